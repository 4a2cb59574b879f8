"""Judge what the probe saw of the layers: gradients and activations along the depth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.told import Told
from wizard.plugins.recipe.thresholds import MEMORISED, SMALL_LOSS

# gradient_along_depth: first over last, as the check has it
TINY, HUGE = 1e-3, 70.0
END_TINY, END_HUGE = 0.01, 7.0  # what the whole first matrices must differ by from the whole last ones
FEWEST_MATRICES = 3

# activations_along_depth: as the check has it
JUMP, IN_ALL = 10.0, 1000.0
BACK = 3.0  # a trend that goes back by more than that is none
SCALED = 0.1, 10.0  # inputs within these are standardised: what follows can be held against them
SATURATED = 0.5
# Where a layer gets nearly the same for all samples, as in deep networks before training, half of its units are 0 by
# chance: what is above half by chance in a layer of 16 units is left open.
DEAD, HALF_DEAD = 0.9, 0.75
FEWEST_UNITS, FEWEST_SAMPLES = 16, 32
LINEAR = {"Addmm", "Mm", "Convolution", "MkldnnConvolution", "CudnnConvolution", "MpsConvolution", "Linear"}
CURVES = {"Relu", "LeakyRelu", "Tanh", "Sigmoid", "Gelu", "Silu", "Elu", "Mish", "Softplus", "Hardtanh", "Hardswish"}
POOLS = {"MaxPool1D", "MaxPool2DWithIndices", "MaxPool3DWithIndices", "NativeDropout"}
SHAPES = {"View", "UnsafeView", "ReshapeAlias", "Permute", "Transpose", "T", "Squeeze", "Unsqueeze", "Clone", "Alias"}

UNTOLD = "The block of the probe does not tell."


@inspector(version=1)
def gradient_along_depth(told: Told) -> Finding | Unanswered:
    """Norms of the first three and the last three weight matrices that get a gradient, after one backward."""
    count, *norms = told.numbers("gradients") or [0.0]
    if not norms or told.numbers("steps") is None:
        return Unanswered("absent", UNTOLD)
    if count < FEWEST_MATRICES or len(norms) != 2 * min(3, count):
        return Unanswered("inapplicable", "Too few weight matrices get a gradient to compare the first with the last.")
    first, last = norms[0], norms[-1]
    if not (all(map(math.isfinite, norms)) and first > 0 and last > 0):
        return Unanswered("absent", "The gradient of the first or last layer is zero or not finite.")
    end = min(3, int(count) // 2)
    start, finish = norms[:end], norms[-end:]
    if first < TINY * last and max(start) < END_TINY * max(finish):
        if _learns(told):
            return Unanswered("inapplicable", "The gradient shrinks towards the first layers, and the network learns.")
        return Finding("first_layers_tiny")
    huge = first > HUGE * last and min(start) > END_HUGE * max(finish)
    return Finding("first_layers_huge" if huge else "similar")


def _learns(told: Told) -> bool:
    """Whether a copy got one batch by heart, or nearly so."""
    for line in ("fit", "adam"):
        _, _, first, last = [*(told.numbers(line) or ()), *[math.nan] * 4][:4]
        if last < max(MEMORISED * first, SMALL_LOSS):
            return True
    return False


@dataclass(frozen=True, slots=True)
class Given:
    """What went into a layer with weights. SIZE is a root mean square, MADE the operations behind it, latest first."""

    size: float
    limits: float
    dead: float
    units: float
    made: tuple[str, ...]

    @property
    def is_data(self) -> bool:
        """Whether no layer that is trained has made it."""
        return not self.made

    @property
    def sources(self) -> tuple[str, ...]:
        """The operations but for those that only choose or arrange values."""
        return tuple(name for name in self.made if name not in SHAPES | POOLS)

    @property
    def is_plain(self) -> bool:
        """Whether it left a linear layer, through one activation function or none."""
        last, before = (*self.sources, "", "")[:2]
        return last in LINEAR or (last in CURVES and before in LINEAR)

    @property
    def is_bounded(self) -> bool:
        """Whether it left a tanh or a sigmoid."""
        return self.sources[:1] in (("Tanh",), ("Sigmoid",))

    @property
    def is_rectified(self) -> bool:
        """Whether it left a ReLU and its units are still those: a flattened image has one for each place."""
        return next((name for name in self.made if name not in POOLS), "") == "Relu"


def layers(told: Told) -> list[Given]:
    """The words of `activations`, in the order of the forward pass."""
    found = []
    for word in told.words("activations") or ():
        parts = word.split(",")
        try:
            size, limits, dead, units = (float(part) for part in parts[:4])
        except ValueError:
            continue
        if not size < 0:
            found.append(Given(size, limits, dead, units, tuple(parts[4:])))
    return found


@inspector(version=1)
def activations_along_depth(told: Told) -> Finding | Unanswered:
    """Limits and zeros first: a layer of zeros shrinks as well."""
    steps, given = told.numbers("steps"), layers(told)
    hidden = [one for one in given if not one.is_data]
    if steps is None or not given:
        return Unanswered("absent", UNTOLD)
    if not hidden:
        return Unanswered("inapplicable", "The network has no hidden layer whose activations were seen.")
    if not all(math.isfinite(one.size) for one in hidden):
        return Unanswered("inapplicable", "The activations are not finite.")
    limits = [one.limits for one in hidden if one.is_bounded and one.units >= FEWEST_UNITS]
    dead = [one.dead for one in hidden if one.is_rectified and one.units >= FEWEST_UNITS]
    if limits and sum(limits) > SATURATED * len(limits):
        return Finding("saturated")
    if dead and max(dead) > HALF_DEAD:
        if steps[0] < FEWEST_SAMPLES:
            return Unanswered("absent", "The sample holds too few data.")
        if max(dead) > DEAD:
            return Finding("mostly_zero")
        return Unanswered("inapplicable", "Many ReLU units are 0 for these samples, which may be chance.")
    if not all(one.size for one in hidden):
        return Unanswered("inapplicable", "Some layers are given nothing but zeros.")
    trends = {trend(chain) for chain in chains(given)} - {"spread"}
    return Finding(min(trends) if trends else "spread")


def chains(given: list[Given]) -> Iterator[list[Given]]:
    """Layers that follow one another: data start anew, and stand in front where they are standardised."""
    chain: list[Given] = []
    for one in given:
        if one.is_data:
            if len(chain) > 1:
                yield chain
            chain = [one] if SCALED[0] <= one.size <= SCALED[1] else []
        else:
            chain.append(one)
    if len(chain) > 1:
        yield chain


def trend(chain: list[Given]) -> str:
    """Tenfold from one hidden layer to the next where all are plain, else twice; or a thousandfold without a way back.

    Norms, skips and attention bring a size back, so one step says nothing about a network with these.
    """
    ups = [math.log10(two.size) - math.log10(one.size) for one, two in pairwise(chain)]
    hidden = ups[1:] if chain[0].is_data else ups
    plain = all(one.is_plain for one in chain if not one.is_data)
    jump = math.log10(JUMP)
    for sign, outcome in ((1, "grow"), (-1, "shrink")):
        once = plain and any(sign * up > jump for up in hidden)
        twice = any(min(sign * one, sign * two) > jump for one, two in pairwise(ups))
        steadily = sign * sum(ups) > math.log10(IN_ALL) and min(sign * up for up in ups) > -math.log10(BACK)
        if once or twice or steadily:
            return outcome
    return "spread"


def fades(told: Told) -> bool:
    """Whether the gradient, or what is handed from layer to layer, nearly vanishes without being zero."""
    gradients, given = told.numbers("gradients") or [], layers(told)
    if len(gradients) > 2 and 0 < gradients[1] < TINY * gradients[-1]:
        return True
    return all(one.size for one in given if not one.is_data) and "shrink" in map(trend, chains(given))
