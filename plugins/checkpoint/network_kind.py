"""What kind of network the weights are of, by their names and shapes. Mixtures are told only if one kind rules."""

from __future__ import annotations

import re
from itertools import pairwise
from math import prod

from wizard.evidence import Finding, Place, Unanswered, inspector
from wizard.evidence.artifacts.checkpoint import Checkpoints
from wizard.evidence.artifacts.weight_names import is_buffer, without_prefixes

RECURRENT = re.compile(r"(^|\.)(weight|bias)_(ih|hh)(_l\d+)?(_reverse)?$")  # nn.LSTM, GRU, RNN and their cells
ATTENTION = re.compile(
    r"in_proj_weight$|(^|[._])(q|k|v|qkv|query|key|value|to_q|to_k|to_v|c_attn|attn|attention)([._]|$)|[qkv]_proj"
)
RULES = 4.0  # times the parameters of the other kind: a patch embedding does not make a transformer convolutional


@inspector(version=1)
def network_kind(checkpoints: Checkpoints) -> Finding | Unanswered:
    """Recurrent if there is any recurrent layer; a chain of plain matrices is fully connected."""
    last = checkpoints.last
    place = Place(str(last.path), step=last.step)
    weights = {name: t.shape for name, t in without_prefixes(last.weights).items() if not is_buffer(name, t)}
    if any(RECURRENT.search(name) for name in weights):
        return Finding("recurrent", {}, place)
    attention = any(ATTENTION.search(name) for name in weights)
    kernels = sum(prod(shape) for shape in weights.values() if len(shape) >= 3)
    matrices = [shape for shape in weights.values() if len(shape) == 2]
    flat = sum(map(prod, matrices))
    if attention and flat >= RULES * kernels:
        return Finding("transformer", {}, place)
    if kernels and not attention:
        return Finding("convolutional", {}, place)
    chained = all(after[1] == before[0] for before, after in pairwise(matrices))
    if matrices and chained and len(weights) > len(matrices) and not kernels and not attention:
        return Finding("fully_connected", {}, place)
    return Unanswered("absent", "Names and shapes of the weights leave the kind of network open.")
