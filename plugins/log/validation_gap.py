"""How far validation and training loss are apart at the end. Does not say which of them moved."""

from __future__ import annotations

import math

import numpy as np

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.log import Log
from wizard.evidence.series import Series, start_level

FEW = 5
ABOVE = 0.25  # of the training loss; SageMaker's 0.1 alarms on every second healthy run
FAR_ABOVE = 1.0
BELOW = -0.2  # dropout and augmentation weigh on training alone
ABOVE_FLOOR = 0.05  # of the first training loss: 0.001 against 0.003 is nothing
FAR_ABOVE_FLOOR = 0.15
UNTRAINED = math.log(2)  # the least that an untrained classifier costs: a fine-tuned one may begin at a tenth of it
SMALL = 0.02  # nats or so: a run that was good from its first logged loss may double it


@inspector(version=2)
def train_validation_gap(log: Log) -> Finding | Unanswered:
    """Compares the last fifth of the validation losses with the training losses logged meanwhile."""
    train, val = log.series("train_loss"), log.series("val_loss")
    if train is None or val is None or min(train.count.sum(), val.count.sum()) < FEW:
        return Unanswered("absent", "The log does not hold enough losses of both training and validation.")
    train, val = train.finite(), val.finite()
    validation, training = last_levels(train, val)
    scale = start_level(train.mean)
    if log.series("train_accuracy") or log.series("val_accuracy"):
        scale = max(scale, UNTRAINED)
    if training <= 0 or validation <= 0:
        return Unanswered("inapplicable", "The losses are not positive, so their ratio says nothing.")
    gap, apart = (validation - training) / training, abs(validation - training)
    least = max(ABOVE_FLOOR * scale, min(SMALL, scale))
    measured = {"train": training, "validation": validation, "percent": 100 * abs(gap)}
    if gap > FAR_ABOVE and apart > max(least, FAR_ABOVE_FLOOR * scale):
        return Finding("far_above", measured)
    if gap > ABOVE and apart > least:
        return Finding("above", measured)
    if gap < BELOW and apart > least:
        return Finding("below", measured)
    return Finding("none", measured)


def last_levels(train: Series, val: Series) -> tuple[float, float]:
    """Medians over the last validation losses (a fifth, at least three) and over the training losses before each.

    Of the training losses between two validations the second half counts; single batches make no median, means do.
    """
    last = max(3, len(val) // 5)
    before = np.concatenate([[-np.inf], val.end])[-last - 1 : -1]
    training = []
    for since, until in zip(before, val.end[-last:], strict=True):
        meanwhile = train.between(np.nextafter(since, np.inf), until)
        late = meanwhile.take(slice(len(meanwhile) // 2, None))
        if len(late):
            training.append(float(np.average(late.mean, weights=late.count)))
    if not training:  # the two are counted differently
        training = [float(np.mean(train.mean[-max(3, len(train) // 5) :]))]
    return float(np.median(val.mean[-last:])), float(np.median(training))
