"""Loss Wizard: an expert system that finds out why a neural network does not train."""

import os

__version__ = "0.1.0"

# Our matrices have a hundred rows: a second thread gains nothing, and on a busy machine waiting for it costs tenfold.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
