"""Whether the accuracy moves when the loss does."""

from __future__ import annotations

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.log import Log
from wizard.evidence.series import Floats, blocks, end_level, noise, start_level

FEW = 5
LOSS_FALL = 0.3  # of the first loss: less need not show in the accuracy
GAIN = 0.02  # as a share
HIGH = 0.8  # an accuracy that is high already has little room, as with a rare class
SIGMAS = 3.0


@inspector(version=1)
def accuracy_follows_loss(log: Log) -> Finding | Unanswered:
    """Training's loss and accuracy if both are logged, else those of validation."""
    for loss, accuracy in (
        (log.values("train_loss"), log.values("train_accuracy")),
        (log.values("val_loss"), log.values("val_accuracy")),
    ):
        if min(len(loss), len(accuracy)) >= FEW:
            return judged(loss, accuracy)
    return Unanswered("absent", "The log holds no accuracy beside its loss, or too few values of it.")


def judged(loss: Floats, accuracy: Floats) -> Finding | Unanswered:
    """The accuracy is stuck if a clear fall of the loss brings neither a gain nor a good level."""
    if accuracy.max() > 100 or accuracy.min() < 0:
        return Unanswered("inapplicable", "The accuracy is neither a share nor a percentage.")
    share = blocks(accuracy) / (100 if accuracy.max() > 1.5 else 1)
    start, end = start_level(loss), end_level(loss)
    first, last = start_level(share), end_level(share)
    fall = (start - end) / max(abs(start), 1e-12)
    if fall < LOSS_FALL or start - end < SIGMAS * noise(loss):
        return Unanswered("inapplicable", "The loss does not fall enough for the accuracy to follow it.")
    gain = max(last - first, float(share.max()) - first - SIGMAS * noise(share))
    measured = {"loss_percent": 100 * fall, "first": first, "last": last}
    return Finding("stuck" if gain < GAIN and last < HIGH else "follows", measured)
