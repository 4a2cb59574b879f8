"""training_loss_trend: falls, falls slowly, stays flat, rises."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from curves import falling, noisy

from wizard.plugins.log.loss_trend import training_loss_trend as check


@pytest.mark.parametrize("n", [5, 10, 30, 1000])
def test_a_descent_falls(judge: Callable[..., str], n: int) -> None:
    """From five epochs to a thousand steps."""
    assert judge(check, {"train_loss": noisy(falling(n))}) == "falls"


def test_a_small_fall_to_a_noise_floor_falls(judge: Callable[..., str]) -> None:
    """Twelve per cent is all there is to gain, and it has been gained."""
    assert judge(check, {"train_loss": noisy(falling(60, 1.0, 0.88, 0.1), 0.01)}) == "falls"


def test_a_loss_that_was_small_from_the_first_is_not_judged(judge: Callable[..., str]) -> None:
    """Converged within the first epoch: flat, and rightly so."""
    assert judge(check, {"train_loss": noisy(np.full(12, 0.02), 0.01)}) == "inapplicable"


def test_a_high_accuracy_from_the_first_is_not_judged(judge: Callable[..., str]) -> None:
    """Percent or share, training or validation."""
    columns = {"train_loss": noisy(np.full(12, 0.3), 0.01), "val_acc": np.full(12, 93.0)}

    assert judge(check, columns) == "inapplicable"


def test_noise_that_could_hide_a_fall_is_not_called_flat(judge: Callable[..., str]) -> None:
    """Forty batches of half the loss in noise tell nothing."""
    assert judge(check, {"train_loss": noisy(np.full(40, 1.0), 0.5)}) == "inapplicable"


def test_a_spike_at_the_second_step_is_no_descent(judge: Callable[..., str]) -> None:
    """A first update that throws the loss up to 10, from where it returns to its start, has taught nothing."""
    loss = noisy(np.full(94, 2.3), 0.01)
    loss[1], loss[2] = 10.2, 2.7

    assert judge(check, {"train_loss": loss}) == "flat"


@pytest.mark.parametrize("n", [5, 20, 3000])
def test_a_loss_that_stays_is_flat(judge: Callable[..., str], n: int) -> None:
    """At the level of chance, with the noise of batches."""
    assert judge(check, {"train_loss": noisy(np.full(n, 2.3), 0.02)}) == "flat"


@pytest.mark.parametrize("share", [0.02, 0.15])
def test_a_small_even_fall_is_slow(judge: Callable[..., str], share: float) -> None:
    """A straight line down that does not level."""
    loss = noisy(np.linspace(2.3, 2.3 * (1 - share), 200), 0.005)

    assert judge(check, {"train_loss": loss}) == "falls_slowly"


def test_a_loss_that_ends_above_its_start_rises(judge: Callable[..., str]) -> None:
    """Divergence from the first step."""
    assert judge(check, {"train_loss": noisy(np.linspace(2.3, 9.0, 30))}) == "rises"


def test_a_loss_that_gives_back_most_of_its_gain_rises(judge: Callable[..., str]) -> None:
    """Down to 0.3, then up for good to 1.8, still below the start."""
    loss = np.r_[falling(60, 2.3, 0.3), np.linspace(0.3, 1.8, 20), np.full(20, 1.8)]

    assert judge(check, {"train_loss": noisy(loss)}) == "rises"


def test_a_log_that_ends_after_a_warm_restart_does_not_rise(judge: Callable[..., str]) -> None:
    """The jump of the learning rate explains the jump of the loss."""
    loss = np.r_[falling(80, 2.3, 0.3), np.full(10, 1.5)]
    rate = np.r_[np.linspace(0.1, 0.001, 80), np.full(10, 0.1)]

    assert judge(check, {"train_loss": noisy(loss), "lr": rate}) == "falls"


def test_four_losses_are_too_few(judge: Callable[..., str]) -> None:
    """No judgement from a log that has just begun."""
    assert judge(check, {"train_loss": [2.3, 2.3, 2.3, 2.3]}) == "absent"
