"""Judge how the outputs of a copy of the model changed when the probe changed its inputs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.told import Told
from wizard.plugins.told.probe_layers import fades

MOST_SAMPLES = 32  # that the probe takes
# samples_independent: rounding is below a thousandth of the outputs' spread; a GPU's TF32 or half precision adds to it
ROUNDING, ROUNDED_SIZE = 1e-3, 1e-5
MIXED, MIXED_SIZE = 0.05, 0.02
FEWEST_TO_MIX = 3  # two of them are run without the others

# inputs_matter: as the check has it
NO_CHANGE = 0.02
SAME_INPUTS = 0.1  # deviation across samples, relative to their size: below, swapping changes little of the inputs
FEWEST_STEPS = 20

UNTOLD = "The block of the probe does not tell."
TOO_SMALL = "The batches hold too few samples."
NO_BATCH = "It is not certain that the first dimension of inputs and outputs is the batch."


@dataclass(frozen=True, slots=True)
class Change:
    """Root mean squares over the outputs in eval mode: of themselves, of their spread, and of what changed them.

    `noise`: the same run again. `swapped`: inputs of half the batch for those of the other. `alone`: two samples only.
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
        return self.noise <= max(ROUNDING * self.spread, ROUNDED_SIZE * self.size)


@dataclass(frozen=True, slots=True)
class Changes:
    """What the probe saw before and, if that stayed finite, after it trained a copy with Adam."""

    seen: list[Change]
    variety: list[float]  # of each input: deviation across samples, relative to its size
    samples: int  # targets of the first batch
    is_batch: bool  # whether the first dimension of inputs and outputs holds samples for certain, and not, say, time


def changes(told: Told) -> Changes | Unanswered:
    """What the line `changes` tells, or why it says nothing."""
    values, words = told.numbers("changes") or [], told.words("batches") or ()
    if len(values) < 15 or not all(map(math.isfinite, values[:8])) or not words[2:] or not words[2][:9].isdecimal():
        return Unanswered("absent", UNTOLD)
    samples, (batch_size, lengths), target = int(words[2][:9]), values[:2], told.spread("target")
    seen = [
        Change(*values[start : start + 6]) for start in (2, 8) if all(map(math.isfinite, values[start : start + 6]))
    ]
    if not all(one.is_steady for one in seen):
        return Unanswered("inapplicable", "The outputs of the same inputs differ from run to run.")
    is_batch = lengths == 1 and seen[0].rows == min(samples, MOST_SAMPLES)
    if batch_size:
        is_batch = is_batch and samples in (batch_size, (told.numbers("samples") or [0])[0])
    else:
        is_batch = is_batch and target is not None and target.a_sample == 1
    return Changes(seen, values[14:], samples, is_batch)


@inspector(version=1)
def samples_independent(told: Told) -> Finding | Unanswered:
    """The last two samples alone against within their batch (many a sound network cannot do with a single one).

    What lies between rounding and mixing is left open.
    """
    found = changes(told)
    if isinstance(found, Unanswered):
        return found
    if found.samples < FEWEST_TO_MIX:
        return Unanswered("inapplicable", TOO_SMALL)
    if not found.is_batch:
        return Unanswered("inapplicable", NO_BATCH)
    if all(one.alone <= max(ROUNDING * one.spread, ROUNDED_SIZE * one.size) for one in found.seen):
        return Finding("independent")
    if any(one.alone > max(MIXED * one.spread, MIXED_SIZE * one.size) for one in found.seen):
        return Finding("samples_mix")
    return Unanswered("inapplicable", "The output of a sample changes a little with its batch, as rounding may do.")


@inspector(version=1)
def inputs_matter(told: Told) -> Finding | Unanswered:
    """The change counts before or after training: deep untrained networks give nearly the same for all inputs."""
    found = changes(told)
    if isinstance(found, Unanswered):
        return found
    if found.samples < 2:
        return Unanswered("inapplicable", TOO_SMALL)
    target = told.spread("target")
    scale = target.deviation if target is not None and told.task == "regression" else math.inf
    if any(one.swapped >= NO_CHANGE * min(one.size, scale) and one.swapped > 0 for one in found.seen):
        return Finding("much_worse_without")
    if not found.is_batch:
        return Unanswered("inapplicable", NO_BATCH)
    if not any(one >= SAME_INPUTS for one in found.variety):
        return Unanswered("inapplicable", "The samples of the batch hardly differ.")
    if fades(told):
        return Unanswered("inapplicable", "So little gets through the layers that nothing can be said of the inputs.")
    steps = [*(told.numbers("adam") or ()), 0.0, 0.0][1]
    if len(found.seen) < 2 or steps < FEWEST_STEPS:
        return Unanswered("skipped", "The copy was trained for too few steps to tell.")
    return Finding("no_difference")
