"""The learning rate as it was logged. Whether it suits the problem cannot be told from it."""

from __future__ import annotations

import numpy as np

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.log import Log

FEW = 3  # a warm-up may log a first rate of 0
VANISHED = 1e-4  # of the peak; a cosine is below it for the last 0.6 % of a run, three decays by ten never
EARLY = 0.3  # of the run: an exponential decay for as long as the run needs does not get there


@inspector(version=1)
def logged_learning_rate(log: Log) -> Finding | Unanswered:
    """A rate that ends at 0, or begins there, is usual; one that is 0 for a third of the run is not."""
    series = log.series("learning_rate")
    if series is None or len(rates := series.finite()) < FEW:
        return Unanswered("absent", "The log holds too few learning rates to judge.")
    peak, last = float(rates.high.max()), float(rates.mean[-1])
    if peak <= 0:
        return Finding("zero_throughout", {"n": series.rows}, log.locate("learning_rate", rates.step[0]))
    measured = {"peak": peak, "last": last}
    alive = int(np.flatnonzero(rates.high > VANISHED * peak)[-1])
    length = float(rates.end[-1] - rates.step[0])
    share = (float(rates.end[-1]) - float(rates.end[alive])) / length if length > 0 else 0.0
    if alive + FEW < len(rates) and share > EARLY:
        step = int(rates.step[alive + 1])
        place = log.locate("learning_rate", rates.step[alive + 1])
        return Finding("vanishes_early", measured | {"step": step, "percent": 100 * share}, place)
    return Finding("usual", measured)
