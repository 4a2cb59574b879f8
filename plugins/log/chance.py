"""Whether validation ever does better than a guess that ignores the input. Needs what the data look like."""

from __future__ import annotations

import math

from wizard.evidence import Facts, Finding, Unanswered, inspector
from wizard.evidence.artifacts.log import Log
from wizard.evidence.series import Floats, smoothed

FEW = 3
HARDLY = 0.1  # of what is left above the guess; sampling lifts the best of many epochs by about that
LEAST_MARGIN = 0.005  # as a share: a tenth of a rare class is less than one sample of many validation sets
MEAN = (0.8, 1.25)  # of the mean loss: further away it is summed or weighed, and guesses cannot be told
NEAR_VARIANCE = 0.95  # of the variance of the targets, which is the loss of always guessing their mean
NEAR_ENTROPY = 0.97  # of ln C, the loss of guessing all classes alike


@inspector(version=2)
def validation_against_chance(log: Log, facts: Facts) -> Finding | Unanswered:
    """The best validation score against always guessing the most frequent class, or the mean of the targets."""
    accuracy, loss = log.values("val_accuracy"), log.values("val_loss")
    share = guessed_share(facts)
    if len(accuracy) >= FEW and share is not None and accuracy.min() >= 0 and accuracy.max() <= 100:
        return by_accuracy(accuracy / (100 if accuracy.max() > 1.5 else 1), share)
    if len(loss) < FEW:
        return Unanswered("absent", "The log holds too few validation results to judge.")
    guess = guessed_loss(facts)
    if guess is None:
        return Unanswered("absent", "What a guess would score is not known without the data.")
    best = float(smoothed(loss, 3).min())
    return Finding("at_chance" if best >= guess else "better", {"best": best, "guess": guess})


def guessed_share(facts: Facts) -> float | None:
    """Accuracy of always guessing the most frequent class; all classes alike where only their number is known."""
    if "majority_share" in facts:
        return float(facts["majority_share"].value)
    classes = number_of_classes(facts)
    return 1 / classes if classes > 1 else None


def guessed_loss(facts: Facts) -> float | None:
    """The loss from which on a run is no better than guessing; None where weights or a sum have moved it."""
    if "loss_scale" in facts and not MEAN[0] <= float(facts["loss_scale"].value) <= MEAN[1]:
        return None
    if "target_variance" in facts and "loss_name" in facts and "mse" in str(facts["loss_name"].value).lower():
        return NEAR_VARIANCE * float(facts["target_variance"].value)
    classes = number_of_classes(facts)
    return NEAR_ENTROPY * math.log(classes) if classes > 2 else None


def number_of_classes(facts: Facts) -> float:
    """0 if it is not known."""
    return float(facts["num_classes"].value) if "num_classes" in facts else 0.0


def by_accuracy(accuracy: Floats, guess: float) -> Finding:
    """At chance if the best level is hardly above the guess."""
    best = float(smoothed(accuracy, 3).max())
    margin = max(HARDLY * (1 - guess), LEAST_MARGIN)
    return Finding("at_chance" if best <= guess + margin else "better", {"best": best, "guess": guess})
