"""validation_against_chance: better or at_chance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from curves import falling, noisy

from wizard.plugins.log.chance import validation_against_chance as check

Judge = Callable[..., str]


def test_a_run_that_learns_is_better(judge: Judge) -> None:
    """Ten classes at 80 %."""
    accuracy = np.linspace(0.1, 0.8, 10)

    assert judge(check, {"val_loss": falling(10), "val_acc": accuracy}, num_classes=10) == "better"


def test_a_rare_class_that_is_found_is_better(judge: Judge) -> None:
    """97 % where a guess has 90 %."""
    accuracy = np.linspace(90, 97, 10)

    assert judge(check, {"val_acc": accuracy}, num_classes=2, majority_share=0.9) == "better"


def test_validation_that_turned_up_after_learning_is_better(judge: Judge) -> None:
    """Overfitting ends above ln C although it once knew something."""
    loss = np.concatenate([falling(20, 2.3, 1.2), np.linspace(1.2, 3.5, 20)])

    assert judge(check, {"val_loss": loss}, num_classes=10) == "better"


def test_an_accuracy_that_wobbles_around_the_guess_is_chance(judge: Judge) -> None:
    """Six classes at a sixth."""
    accuracy = noisy(np.full(12, 1 / 6), 0.08)

    assert judge(check, {"val_loss": np.full(12, 1.8), "val_acc": accuracy}, num_classes=6) == "at_chance"


def test_always_the_majority_is_chance(judge: Judge) -> None:
    """99.3 % where 99 % of the labels are one class."""
    assert judge(check, {"val_acc": np.full(10, 0.993)}, num_classes=2, majority_share=0.99) == "at_chance"


def test_the_variance_of_the_targets_is_chance(judge: Judge) -> None:
    """A regression that predicts the mean."""
    loss = noisy(np.full(15, 1.02), 0.01)

    assert judge(check, {"val_loss": loss}, target_variance=1.0, loss_name="MSELoss") == "at_chance"


def test_a_loss_that_is_summed_over_the_batch_is_not_held_against_a_mean(judge: Judge) -> None:
    """99 for 256 samples is a good regression."""
    loss = falling(15, 200, 99)

    assert judge(check, {"val_loss": loss}, target_variance=1.0, loss_name="mse_loss", loss_scale=64.0) == "absent"
    assert judge(check, {"val_loss": loss}, target_variance=1.0, loss_name="mse_loss", loss_scale=1.0) == "at_chance"


def test_without_knowing_the_data_there_is_no_answer(judge: Judge) -> None:
    """A loss of 1.8 may be anything."""
    assert judge(check, {"val_loss": np.full(10, 1.8)}) == "absent"


def test_two_classes_without_accuracy_are_not_judged(judge: Judge) -> None:
    """Weights of the loss move its level of chance."""
    assert judge(check, {"val_loss": np.full(10, 1.2)}, num_classes=2) == "absent"
