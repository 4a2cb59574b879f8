"""What the validation loss does while training goes on, and whether the accuracy agrees with it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wizard.evidence import Facts, Finding, Unanswered, inspector
from wizard.evidence.artifacts.log import Log
from wizard.evidence.series import Floats, best_index, end_level, noise, smoothed, start_level
from wizard.plugins.log.loss_trend import falls_of, is_clear_of_guessing

FEW = 5  # epochs: a whole validation set a value, so little noise
RISE = 0.1  # of the best validation loss; trainproof alarms at 0.2, runmedic at 0.05
RISE_FLOOR = 0.03  # of the first validation loss: from 0.02 to 0.04 is nothing when it began at 2.3
SIGMAS = 3.0
NO_FALL = 0.05  # of the first validation loss
TRAINING_FALL = 0.2  # of the first training loss: training clearly works
GOOD_ACCURACY = 0.9  # in the first epoch: little is left to fall
AS_BAD_AS_UNTRAINED = 0.9  # of the first training loss: below it the first epoch has taught validation something
ACCURACY_CHANGE = 0.01  # as a share


class Turn(NamedTuple):
    """The lowest point of the smoothed validation loss, and where it ends."""

    at: int
    step: float
    best: float
    end: float
    is_up: bool


def turn_of(log: Log, val: Floats) -> Turn:
    """Up: clearly beyond noise, a tenth of the best and the absolute floor, at the last three values too."""
    at = best_index(val)
    best, end = float(smoothed(val, 3)[at]), end_level(val)
    rise = end - best
    enough = rise > max(RISE * abs(best), RISE_FLOOR * abs(val[0]), SIGMAS * noise(val))
    step = float(log.curves["val_loss"].finite().step[at])
    restarted = any(since >= step for since, _ in log.rate_rises())
    lasting = len(val) - at > 3 and bool(np.all(val[-3:] > best + rise / 4))
    return Turn(at, step, best, end, enough and lasting and not restarted)


@inspector(version=2)
def validation_loss_trend(log: Log, facts: Facts) -> Finding | Unanswered:
    """Where the training loss does badly as well, there is nothing to learn from validation."""
    val, train = log.values("val_loss"), log.values("train_loss")
    if len(val) < FEW:
        return Unanswered("absent", "The log holds too few validation losses to judge.")
    turn = turn_of(log, val)
    measured = {"n": len(val), "first": float(val[0]), "best": turn.best, "end": turn.end, "step": int(turn.step)}
    if turn.is_up:
        if training_rises(log, turn.step):
            return Unanswered("inapplicable", "The training loss rises as well, so validation says nothing of its own.")
        rise = 100 * (turn.end - turn.best) / max(abs(turn.best), 1e-12)
        return Finding("turns_up", measured | {"percent": rise}, log.locate("val_loss", turn.step))
    if val[0] - turn.best > max(NO_FALL * abs(val[0]), 2 * noise(val)):
        return Finding("falls", measured)
    if len(train) < FEW:
        return Unanswered("absent", "The log holds too few training losses to compare with.")
    clear = TRAINING_FALL * abs(start_level(train))
    if not any(fall.size > max(clear, SIGMAS * fall.error) for fall in falls_of(train)):
        return Unanswered("inapplicable", "The training loss does not fall either.")
    if val[0] < AS_BAD_AS_UNTRAINED * start_level(train):
        return Finding("falls", measured)
    if validates_well_from_the_first(log) or is_clear_of_guessing(float(val[0]), facts):
        return Unanswered("inapplicable", "The run is good from its first logged value, so its trend says little.")
    return Finding("never_falls", measured)


def validates_well_from_the_first(log: Log) -> bool:
    """As a fine-tuned model does."""
    accuracy = log.values("val_accuracy")
    return len(accuracy) > 0 and bool(accuracy[0] >= GOOD_ACCURACY * (100 if accuracy.max() > 1.5 else 1))


def training_rises(log: Log, since: float) -> bool:
    """The training loss ends clearly higher than it was at step SINCE."""
    series = log.series("train_loss")
    if series is None or len(train := series.finite()) < FEW:
        return False
    at = min(int(np.searchsorted(train.step, since, side="right")), len(train) - 1)
    then = float(np.median(train.mean[max(0, at - 2) : at + 1]))
    rise = end_level(train.mean) - then
    return rise > max(RISE * abs(then), SIGMAS * noise(train.mean), RISE_FLOOR * abs(float(train.mean[0])))


@inspector(version=1)
def validation_accuracy_when_loss_turns_up(log: Log) -> Finding | Unanswered:
    """Compares the accuracy where the validation loss was best with the accuracy at the end."""
    val, accuracy = log.values("val_loss"), log.series("val_accuracy")
    if len(val) < FEW or accuracy is None or len(known := accuracy.finite()) < FEW:
        return Unanswered("absent", "The log does not hold enough losses and accuracies of validation.")
    turn = turn_of(log, val)
    if not turn.is_up:
        return Unanswered("inapplicable", "The validation loss does not turn up.")
    share = known.mean / (100 if known.mean.max() > 1.5 else 1)
    at = max(0, int(np.searchsorted(known.step, turn.step, side="right")) - 1)
    then, now = float(np.median(share[max(0, at - 1) : at + 2])), end_level(share)
    change = max(ACCURACY_CHANGE, 2 * noise(share))
    outcome = "rises" if now - then > change else "falls" if then - now > change else "holds"
    return Finding(outcome, {"then": then, "now": now, "step": int(turn.step)}, log.locate("val_loss", turn.step))
