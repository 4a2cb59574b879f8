"""Judge how far the weights moved between the first and the last checkpoint. Does not ask why."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from wizard.evidence import Finding, Measurement, Place, Unanswered, inspector
from wizard.evidence.artifacts.checkpoint import Checkpoints, Pair, is_named_as_parameter, same_weights
from wizard.evidence.artifacts.tensors import TensorDescriptor, paired

NAMED = 4  # unchanged weights that are named one by one

# By judgement: fine-tuning at 1e-5 moves weights by a thousandth of their norm within some hundred steps.
TINY_MOVEMENT = 1e-4
MIN_STEPS = 100  # two checkpoints closer to each other differ little in any training
# Tenfold leaves room for weights that start near zero and for weight decay at its usual strength.
GREW, SHRANK = 10.0, 0.1

NO_PAIR = Unanswered("absent", "It takes two checkpoints of one model from different moments of the training.")
COPIES = Unanswered("absent", "The two checkpoints are the same and may be copies of each other.")


@dataclass(frozen=True, slots=True)
class Movement:
    """Norms over all weight matrices: before, after, and of the difference."""

    before: float
    after: float
    distance: float


def is_unchanged(before: TensorDescriptor, after: TensorDescriptor) -> bool:
    """Whether every number is the same; never true for tensors that were saved in different precision."""
    if before.dtype != after.dtype:
        return False
    seen = False
    for old, new in paired(before, after):
        seen = True
        if not np.array_equal(old, new, equal_nan=True):
            return False
    return seen


def movement(pair: Pair) -> Movement:
    """The norms, over matrices alone where there are any: biases and scales start at 0 and 1."""
    names = same_weights(pair.first, pair.last)
    names = [name for name in names if len(pair.last.weights[name].shape) > 1] or names
    sums = np.zeros(3)
    with np.errstate(all="ignore"):
        for name in names:
            for old, new in paired(pair.first.weights[name], pair.last.weights[name]):
                wide = old.astype(np.float64).ravel(), new.astype(np.float64).ravel()
                sums += [np.dot(part, part) for part in (*wide, wide[1] - wide[0])]
    before, after, distance = map(math.sqrt, sums.tolist())
    return Movement(before, after, distance)


@inspector(version=1)
def weights_changed(checkpoints: Checkpoints) -> Finding | Unanswered:
    """Which weights are the same, to the last bit, in the first and the last checkpoint.

    Biases decide nothing: one before a BatchNorm gets a gradient of rounding errors and may well stay.
    """
    pair = checkpoints.pair()
    if pair is None:
        return NO_PAIR
    names = same_weights(pair.first, pair.last)
    unchanged = [name for name in names if is_unchanged(pair.first.weights[name], pair.last.weights[name])]
    if len(unchanged) == len(names):
        if not pair.is_certain:
            return COPIES
        measured: Measurement = {"weights": len(names), "first": pair.first.path.name, "last": pair.last.path.name}
        return Finding("none", measured, Place(str(pair.last.path), step=pair.last.step))
    matrices = pair.last.matrices
    frozen = [name for name in unchanged if name in matrices and is_named_as_parameter(name)]
    if not frozen:
        return Finding("all", {"weights": len(names)}, Place(str(pair.last.path), step=pair.last.step))
    elements = sum(tensor.count for tensor in pair.last.trainable.values())
    measured = {
        "weights": sum(name in matrices for name in names),
        "unchanged": len(frozen),
        "names": ", ".join(frozen[:NAMED]) + (", ..." if len(frozen) > NAMED else ""),
        "percent": round(100 * sum(matrices[name].count for name in frozen) / elements, 1),
    }
    return Finding("some_unchanged", measured, Place(str(pair.last.path), step=pair.last.step, parameter=frozen[0]))


@inspector(version=1)
def weight_movement(checkpoints: Checkpoints) -> Finding | Unanswered:
    """How far the weights moved, relative to their norm, and whether the norm itself ran away."""
    pair = checkpoints.pair()
    if pair is None:
        return NO_PAIR
    moved = movement(pair)
    if not math.isfinite(moved.after) or not math.isfinite(moved.before):
        return Unanswered("inapplicable", "The weights are not finite.")
    if moved.before == 0:
        return Unanswered("inapplicable", "The weights of the first checkpoint are all zero.")
    measured = {"movement": moved.distance / moved.before, "growth": moved.after / moved.before}
    if measured["movement"] < TINY_MOVEMENT:
        if not pair.is_certain:
            return COPIES
        if pair.first.step is not None and pair.last.step is not None and pair.last.step - pair.first.step < MIN_STEPS:
            return Unanswered("absent", "The two checkpoints are less than 100 steps apart.")
        outcome = "tiny"
    else:
        outcome = "grew" if measured["growth"] > GREW else "shrank" if measured["growth"] < SHRANK else "usual"
    return Finding(outcome, measured, Place(str(pair.last.path), step=pair.last.step))
