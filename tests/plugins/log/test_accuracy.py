"""accuracy_follows_loss: follows or stuck."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from curves import falling, noisy

from wizard.plugins.log.accuracy import accuracy_follows_loss as check

LOSS = noisy(falling(30))


def test_an_accuracy_that_rises_follows(judge: Callable[..., str]) -> None:
    """From a tenth to nine tenths."""
    assert judge(check, {"train_loss": LOSS, "train_acc": np.linspace(0.1, 0.9, 30)}) == "follows"


def test_an_accuracy_that_was_high_from_the_first_is_not_stuck(judge: Callable[..., str]) -> None:
    """Of a rare class nearly everything is right by default."""
    assert judge(check, {"train_loss": LOSS, "train_acc": np.full(30, 0.985)}) == "follows"


def test_a_loss_that_hardly_falls_need_not_show(judge: Callable[..., str]) -> None:
    """Ten per cent of a loss may cost no decision."""
    assert judge(check, {"train_loss": falling(30, 2.3, 2.1), "train_acc": np.full(30, 0.3)}) == "inapplicable"


def test_a_constant_accuracy_beside_a_falling_loss_is_stuck(judge: Callable[..., str]) -> None:
    """In percent, of validation alone."""
    assert judge(check, {"val_loss": LOSS, "val_acc": np.full(30, 12.5)}) == "stuck"


def test_a_noisy_accuracy_around_one_level_is_stuck(judge: Callable[..., str]) -> None:
    """Batches scatter, and nothing is gained."""
    accuracy = noisy(np.full(300, 0.25), 0.2)

    assert judge(check, {"train_loss": noisy(falling(300)), "train_acc": accuracy}) == "stuck"


def test_counts_of_right_answers_are_no_accuracy(judge: Callable[..., str]) -> None:
    """Neither a share nor a percentage."""
    assert judge(check, {"train_loss": LOSS, "train_acc": np.linspace(100, 900, 30)}) == "inapplicable"


def test_without_an_accuracy_there_is_no_answer(judge: Callable[..., str]) -> None:
    """Regression logs none."""
    assert judge(check, {"train_loss": LOSS}) == "absent"
