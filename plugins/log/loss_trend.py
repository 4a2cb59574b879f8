"""Where the training loss goes over the whole log. Does not judge how steadily it gets there, or how fit it ends."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from wizard.evidence import Facts, Finding, Unanswered, inspector
from wizard.evidence.artifacts.log import Log
from wizard.evidence.series import Floats, blocks, end_level, noise, slope, smoothed, start_level

FEW = 5  # epoch means, which hardly scatter, show a trend from five on
SIGMAS = 3.0  # a change counts when it exceeds so many standard errors
CLEAR_FALL = 0.2  # of the first level: whatever the curve does after, it has learnt something
SMALL_FALL = 0.05  # of the first level: the "not learning" line of trainproof and TheDeepChecker
MOST_HIDDEN = 0.15  # of the first level: a fall that noise might hide must be smaller before a loss is called flat
STEADY_PACE = 0.25  # of the whole fall in its last third: a straight line has 0.33, a levelling curve less
RISE = 0.1  # of the first level
LOST = 0.5  # of what was gained: divergence in runmedic
SMALL_LOSS = 0.1  # a loss that starts below this has little left to fall
GOOD_ACCURACY = 0.9
CLEAR_OF_GUESSING = 0.5  # of the least that guesses without the input can cost: knows what is in the input
ENTROPIES = ("cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits")
MEDIAN_ERROR = 1.25  # of the standard error of a mean


class Fall(NamedTuple):
    """How far the loss ends below its first level, and the standard error of that."""

    size: float
    error: float


@inspector(version=2)
def training_loss_trend(log: Log, facts: Facts) -> Finding | Unanswered:
    """A small but steady fall is slow; a small fall that is over is flat, unless the run was good from the first."""
    loss = log.values("train_loss")
    if len(loss) < FEW:
        return Unanswered("absent", "The log holds too few training losses to judge.")
    start, end = start_level(loss), end_level(loss)
    percent = 100 * (start - end) / max(abs(start), 1e-12)
    measured = {"n": len(loss), "start": start, "end": end, "percent": abs(percent)}
    if has_risen(log, loss):
        series = log.curves["train_loss"].finite()
        best = int(np.argmin(loss))
        place = log.locate("train_loss", series.step[best])
        return Finding("rises", measured | {"best": float(loss[best]), "step": place.step or 0}, place)
    falls, slow = falls_of(loss), falls_steadily(loss)
    least = SMALL_FALL if not slow else CLEAR_FALL
    if any(fall.size > max(least * abs(start), SIGMAS * fall.error) for fall in falls):
        return Finding("falls", measured)
    if abs(start) < SMALL_LOSS or was_good_from_the_first(log) or is_clear_of_guessing(start, facts):
        return Unanswered("inapplicable", "The run is good from its first logged value, so its trend says little.")
    if not slow and max(0.0, falls[-1].size) + 2 * falls[-1].error > MOST_HIDDEN * abs(start):
        return Unanswered("inapplicable", "The training loss scatters too much to tell whether it falls.")
    return Finding("falls_slowly" if slow else "flat", measured)


def falls_of(loss: Floats) -> list[Fall]:
    """The fall from the first values, from the first twentieth and from the first eighth, as far as these differ."""
    count = len(loss)
    start, end, last = start_level(loss), end_level(loss), max(3, count // 10)
    found = []
    for head in sorted({1, max(1, count // 20), max(1, count // 8)}):
        # no higher than noise allows: a jump in the first steps is nothing to come down from
        level = min(float(np.median(loss[:head])), start + SIGMAS * noise(loss)) if head > 1 else start
        found.append(Fall(level - end, MEDIAN_ERROR * noise(loss) * (1 / head + 1 / last) ** 0.5))
    return found


def has_risen(log: Log, loss: Floats) -> bool:
    """The loss ends above its start, or has lost more than half of what it had gained, for good and not by design."""
    start, end, scatter = start_level(loss), end_level(loss), noise(loss)
    if end - start > max(RISE * abs(start), SIGMAS * scatter):
        return True
    course = smoothed(blocks(loss), 3)
    best = float(course.min())
    gained, lost = start - best, end - best
    if gained < CLEAR_FALL * abs(start) or lost < max(LOST * gained, SIGMAS * scatter):
        return False
    at = log.curves["train_loss"].finite().step[int(np.argmin(loss))]
    restarted = any(step > at for step, _ in log.rate_rises())
    return not restarted and bool(np.all(loss[-3:] > best + lost / 4))


def falls_steadily(loss: Floats) -> bool:
    """The fall is beyond noise in the second half as well, and its last third keeps most of the pace."""
    course = blocks(loss)
    whole, half, third = slope(course), slope(course[len(course) // 2 :]), slope(course[-(len(course) // 3) :])
    beyond_noise = -whole.change > SIGMAS * whole.error and -half.change > SIGMAS * half.error
    last = third.change if len(course) >= 12 else half.change * 2 / 3
    return beyond_noise and whole.change < 0 and last < STEADY_PACE * whole.change


def was_good_from_the_first(log: Log) -> bool:
    """The accuracy, as a share or in percent, was high in the first values already."""
    for accuracy in (log.values("train_accuracy"), log.values("val_accuracy")):
        if len(accuracy):
            return bool(start_level(accuracy) >= GOOD_ACCURACY * (100 if accuracy.max() > 1.5 else 1))
    return False


def is_clear_of_guessing(loss: float, facts: Facts) -> bool:
    """LOSS is a cross entropy far below what a guess by the shares of the classes costs, whatever the other shares."""
    if "majority_share" not in facts or "loss_name" not in facts or facts["loss_name"].value not in ENTROPIES:
        return False
    return 0 < loss < CLEAR_OF_GUESSING * -math.log(max(float(facts["majority_share"].value), 1e-12))
