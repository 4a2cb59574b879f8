"""Judge what the probe saw of the layers: gradients and activations along the depth, and what outputs depend on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.told import Told
from wizard.plugins.recipe.thresholds import MEMORISED, SMALL_LOSS

# gradient_along_depth: first over last, as the check has it (DeepLocalize and AutoTrainer's rules, rounded outwards)
TINY, HUGE = 1e-3, 70.0
END_TINY, END_HUGE = 0.01, 7.0  # what the whole first matrices must differ by from the whole last ones
FEWEST_MATRICES = 3

# activations_along_depth: as the check has it
JUMP, IN_ALL = 10.0, 1000.0
BACK = 3.0  # a trend that goes back by more than that is none
SCALED = 0.1, 10.0  # inputs within these are standardised: what follows can be held against them
MOST, NEARLY_ALL = 0.5, 0.9
FEWEST_UNITS, FEWEST_SAMPLES = 8, 32
LINEAR = {"Addmm", "Mm", "Convolution", "MkldnnConvolution", "CudnnConvolution", "MpsConvolution", "Linear"}
CURVES = {"Relu", "LeakyRelu", "Tanh", "Sigmoid", "Gelu", "Silu", "Elu", "Mish", "Softplus", "Hardtanh", "Hardswish"}
POOLS = {"MaxPool1D", "MaxPool2DWithIndices", "MaxPool3DWithIndices", "NativeDropout"}
SHAPES = {"View", "UnsafeView", "ReshapeAlias", "Permute", "Transpose", "T", "Squeeze", "Unsqueeze", "Clone", "Alias"}

# samples_independent: rounding is below a thousandth of the outputs' spread; a GPU's TF32 or half precision adds to it
ROUNDING, ROUNDED_SIZE = 1e-3, 1e-5
MIXED, MIXED_SIZE = 0.05, 0.02

# inputs_matter: as the check has it
NO_CHANGE = 0.02
SAME_INPUTS = 0.1  # deviation across samples, relative to their size: below, swapping changes little of the inputs
FEWEST_STEPS = 20

UNTOLD = "The block of the probe does not tell."
NOT_FINITE = "The activations are not finite."
VARYING = "The outputs of the same inputs differ from run to run."


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
    def is_plain(self) -> bool:
        """Whether it left a linear layer, through one activation function or none."""
        after = [name for name in self.made if name not in SHAPES | POOLS]
        return after[:1] != [] and (after[0] in LINEAR or (after[0] in CURVES and after[1:2] != [] and after[1] in LINEAR))

    @property
    def is_bounded(self) -> bool:
        """Whether it left a tanh or a sigmoid."""
        after = [name for name in self.made if name not in SHAPES | POOLS]
        return after[:1] in (["Tanh"], ["Sigmoid"])

    @property
    def is_rectified(self) -> bool:
        """Whether it left a ReLU and its units are still those: a flattened image has one for each place."""
        after = [name for name in self.made if name not in POOLS]
        return after[:1] == ["Relu"]


def layers(told: Told) -> list[Given]:
    """The words of `activations`, in the order of the forward pass."""
    found = []
    for word in told.words("activations") or ():
        parts = word.split(",")
        try:
            found.append(Given(*(float(part) for part in parts[:4]), tuple(parts[4:])))  # type: ignore[call-arg]
        except (ValueError, TypeError):
            continue
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
        return Unanswered("inapplicable", NOT_FINITE)
    limits = [one.limits for one in hidden if one.is_bounded and one.units >= FEWEST_UNITS]
    dead = [one.dead for one in hidden if one.is_rectified and one.units >= FEWEST_UNITS]
    if limits and sum(limits) > MOST * len(limits):
        return Finding("saturated")
    if dead and max(dead) > MOST:
        if steps[0] < FEWEST_SAMPLES:
            return Unanswered("absent", "The sample holds too few data.")
        if max(dead) > NEARLY_ALL or sum(dead) > MOST * len(dead):
            return Finding("mostly_zero")
        return Unanswered("inapplicable", "Only some layers have units that are zero throughout.")
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
    """Tenfold in one step of plain layers or in two steps of any, or a thousandfold without a way back."""
    steps = [(math.log10(two.size / one.size), two.is_plain) for one, two in pairwise(chain)]
    for sign, outcome in ((1, "grow"), (-1, "shrink")):
        ups = [sign * step for step, _ in steps]
        jump = math.log10(JUMP)
        plainly = any(sign * step > jump and plain for step, plain in steps)
        twice = any(min(two) > jump for two in pairwise(ups))
        steadily = sum(ups) > math.log10(IN_ALL) and min(ups) > -math.log10(BACK)
        if plainly or twice or steadily:
            return outcome
    return "spread"


@dataclass(frozen=True, slots=True)
class Change:
    """Root mean squares over the outputs in eval mode: of themselves, of their spread, and of what changed them.

    `noise`: the same run again. `swapped`: the inputs of half the batch for those of the other. `alone`: one sample.
    """

    rows: float
    size: float
    spread: float
    noise: float
    swapped: float
    alone: float

    @property
    def is_steady(self) -> bool:
        """Whether the same inputs give the same outputs, but for rounding."""
        return self.noise <= ROUNDING * self.spread or self.noise <= ROUNDED_SIZE * self.size


def changes(told: Told) -> tuple[float, float, list[Change], list[float]] | None:
    """Batch size of the loader, kinds of lengths in a batch, changes before and after training, variety of inputs."""
    values = told.numbers("changes") or []
    if len(values) < 15 or not all(map(math.isfinite, values[:8])):
        return None
    found = [Change(*values[start : start + 6]) for start in (2, 8)]
    return values[0], values[1], [one for one in found if math.isfinite(one.swapped + one.alone)], values[14:]


@inspector(version=1)
def samples_independent(told: Told) -> Finding | Unanswered:
    """The last sample alone against within its batch. What lies between rounding and mixing is left open."""
    seen, samples = changes(told), _samples(told)
    if seen is None or samples is None:
        return Unanswered("absent", UNTOLD)
    batch_size, lengths, found, _ = seen
    if samples < 2:
        return Unanswered("inapplicable", "The batches hold one sample each.")
    if lengths != 1 or found[0].rows != min(samples, 32) or not _is_batch(told, samples, batch_size):
        return Unanswered("inapplicable", "It is not certain that the first dimension of inputs and outputs is the batch.")
    if not all(one.is_steady for one in found):
        return Unanswered("inapplicable", VARYING)
    if all(one.alone <= max(ROUNDING * one.spread, ROUNDED_SIZE * one.size) for one in found):
        return Finding("independent")
    if any(one.alone > max(MIXED * one.spread, MIXED_SIZE * one.size) for one in found):
        return Finding("samples_mix")
    return Unanswered("inapplicable", "The output of a sample changes a little with its batch, as rounding may do.")


def _samples(told: Told) -> int | None:
    """Targets of the first batch."""
    words = told.words("batches") or ()
    return int(words[2]) if len(words) > 2 and words[2].isascii() and words[2][:9].isdigit() else None


def _is_batch(told: Told, samples: int, batch_size: float) -> bool:
    """Whether the first dimension holds samples and not, say, time: by the loader's batch size, else by the targets."""
    if batch_size:
        return samples in (batch_size, (told.numbers("samples") or [0])[0])
    target = told.spread("target")
    return target is not None and target.a_sample == 1


@inspector(version=1)
def inputs_matter(told: Told) -> Finding | Unanswered:
    """The change counts before or after training: deep untrained networks give nearly the same for all inputs."""
    seen, samples, gradients = changes(told), _samples(told), told.numbers("gradients") or [0.0]
    if seen is None or samples is None:
        return Unanswered("absent", UNTOLD)
    _, _, found, variety = seen
    if samples < 2:
        return Unanswered("inapplicable", "The batches hold one sample each.")
    if not all(one.is_steady for one in found):
        return Unanswered("inapplicable", VARYING)
    target = told.spread("target")
    scale = target.deviation if target is not None and told.task == "regression" else math.inf
    if any(one.swapped >= NO_CHANGE * min(one.size, scale) and one.swapped > 0 for one in found):
        return Finding("much_worse_without")
    if not any(one >= SAME_INPUTS for one in variety):
        return Unanswered("inapplicable", "The samples of the batch hardly differ.")
    small = [one.size for one in layers(told) if not one.is_data]
    fading = 0 < gradients[1] < TINY * gradients[-1] if len(gradients) > 2 else False
    if fading or any(trend(chain) == "shrink" for chain in chains(layers(told)) if all(small)):
        return Unanswered("inapplicable", "So little gets through the layers that nothing can be said of the inputs.")
    steps = [*(told.numbers("adam") or ()), 0.0, 0.0][1]
    if len(found) < 2 or steps < FEWEST_STEPS:
        return Unanswered("skipped", "The copy was trained for too few steps to tell.")
    return Finding("no_difference")
