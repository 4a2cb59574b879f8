"""Judge the size of an optimizer step against the weights it changes, from Adam's moments."""

from __future__ import annotations

import math
import statistics

import numpy as np

from wizard.evidence import Finding, Place, Unanswered, inspector
from wizard.evidence.artifacts.checkpoint import Checkpoint, Checkpoints, ParameterId, ParamGroup
from wizard.evidence.artifacts.tensors import Statistics, TensorDescriptor, paired

# About 1e-3 is the rule of thumb (CS231n); Adam varies by layer, so a band of one and two decades around it.
TINY, ABOVE = 1e-5, 1e-2
MIN_STEPS = 20  # before, the moments hold so few gradients that every step is of full size


def update_size(group: ParamGroup, steps: int, moment: TensorDescriptor, square: TensorDescriptor) -> float:
    """Root mean square of Adam's m_hat / (sqrt(v_hat) + eps); NaN without betas."""
    first, second = group.betas or (math.nan, math.nan)
    eps = group.number("eps") or 1e-8
    total, count = 0.0, 0
    with np.errstate(all="ignore"):
        for m, v in paired(moment, square):
            mean = m.astype(np.float64) / (1 - first**steps)
            update = mean / (np.sqrt(v.astype(np.float64) / (1 - second**steps)) + eps)
            total += float(np.dot(update.ravel(), update.ravel()))
            count += update.size
    return math.sqrt(total / count) if count else math.nan


def weight_sizes(checkpoint: Checkpoint) -> dict[tuple[int, ...], float]:
    """Root mean square of the matrices of each shape: ids do not tell which of them is meant."""
    sums: dict[tuple[int, ...], Statistics] = {}
    for name, tensor in checkpoint.matrices.items():
        sums[tensor.shape] = sums.get(tensor.shape, Statistics()) + checkpoint.statistics(name)
    return {shape: total.rms for shape, total in sums.items()}


def update_ratios(checkpoints: Checkpoints) -> dict[ParameterId, float]:
    """Update over weight in the last checkpoint, by parameter, for the matrices that have Adam's moments."""
    checkpoint = checkpoints.last
    optimizer = checkpoint.optimizer
    if optimizer is None or optimizer.kind != "adam_like":
        return {}
    sizes = weight_sizes(checkpoint)
    ratios: dict[ParameterId, float] = {}
    for at, group in enumerate(optimizer.groups):
        rate = highest_rate(checkpoints, at)
        for number in group.params:
            moment, square = optimizer.tensor(number, "exp_avg"), optimizer.tensor(number, "exp_avg_sq")
            steps = optimizer.steps_of(number)
            if moment is None or square is None or moment.shape != square.shape or rate is None:
                continue
            size = sizes.get(moment.shape, 0.0)
            if size > 0 and steps is not None and steps >= MIN_STEPS and moment.is_float and square.is_float:
                ratios[number] = rate * update_size(group, steps, moment, square) / size
    return {number: ratio for number, ratio in ratios.items() if math.isfinite(ratio)}


def highest_rate(checkpoints: Checkpoints, at: int) -> float | None:
    """The rate of the group at AT before its schedule: the largest that any checkpoint holds."""
    groups = [one.optimizer.groups for one in checkpoints.ordered if one.optimizer is not None]
    return max((rate for held in groups if at < len(held) and (rate := held[at].rate) is not None), default=None)


@inspector(version=2)
def update_to_weight_ratio(checkpoints: Checkpoints) -> Finding | Unanswered:
    """Whether the median update of the last checkpoint's matrices is in proportion, at the rate before its schedule."""
    last = checkpoints.last
    if last.optimizer is None or last.optimizer.kind != "adam_like":
        return Unanswered("inapplicable", "Only the state of Adam and its kin tells the size of a step.")
    ratios = update_ratios(checkpoints)
    if not ratios:
        return Unanswered("absent", "The checkpoint holds no weight matrix with moments of at least 20 steps.")
    ratio = statistics.median(ratios.values())
    outcome = "tiny" if ratio < TINY else "above_one_percent" if ratio > ABOVE else "usual"
    return Finding(outcome, {"ratio": ratio, "matrices": len(ratios)}, Place(str(last.path), step=last.step))
