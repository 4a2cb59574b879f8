"""loss_stability: steady, oscillates, spikes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from curves import falling, noisy

from wizard.evidence import Finding
from wizard.plugins.log.stability import loss_stability as check


def test_noise_of_batches_is_steady(judge: Callable[..., str]) -> None:
    """A third of the loss in noise, at a plateau."""
    assert judge(check, {"train_loss": noisy(falling(2000, 1.0, 0.7), 0.33)}) == "steady"


def test_large_swings_of_a_small_loss_are_steady(judge: Callable[..., str]) -> None:
    """Between 0.001 and 0.02 after a start at 2.3: nothing against the descent."""
    loss = falling(100, 2.3, 0.0, 0.05) + np.where(np.arange(100) % 2, 0.001, 0.02)

    assert judge(check, {"train_loss": loss}) == "steady"


@pytest.mark.parametrize(("swing", "outcome"), [(0.02, "steady"), (0.6, "oscillates")])
def test_batches_of_outliers_are_steady_while_validation_is(
    judge: Callable[..., str], swing: float, outcome: str
) -> None:
    """Single batches swing by more than the run has gained; the weights do if validation swings as well."""
    batches = falling(140, 0.55, 0.35, 0.3) * np.random.default_rng(0).lognormal(-0.2, 0.8, 140)
    val = np.full(140, "", dtype=object)
    val[9::10] = 0.4 * (1 + swing * np.where(np.arange(14) % 2, 1, -1))

    assert judge(check, {"train_loss": batches, "val_loss": val}) == outcome


def test_a_late_drop_is_no_swing(judge: Callable[..., str]) -> None:
    """One step down in the second half of the log."""
    loss = np.where(np.arange(200) < 130, 2.3, 0.2)

    assert judge(check, {"train_loss": noisy(loss, 0.1)}) == "steady"


def test_a_spike_that_does_not_recover_is_no_spike(judge: Callable[..., str]) -> None:
    """Divergence in the last values belongs to the trend."""
    loss = noisy(falling(100))
    loss[-4:] = 5

    assert judge(check, {"train_loss": loss}) == "steady"


def test_restarts_of_the_schedule_are_no_spikes(judge: Callable[..., str]) -> None:
    """The learning rate jumps up where the loss does."""
    loss, rate = noisy(falling(120)), np.linspace(0.1, 0.01, 120)
    loss[60:63], rate[60:] = (2.0, 1.5, 0.7), np.linspace(0.1, 0.01, 60)

    assert judge(check, {"train_loss": loss, "lr": rate}) == "steady"
    assert judge(check, {"train_loss": loss}) == "spikes"


@pytest.mark.parametrize("n", [20, 100, 1000])
def test_alternating_large_swings_oscillate(judge: Callable[..., str], n: int) -> None:
    """An overshooting optimizer throws the loss from side to side."""
    loss = falling(n, 2.3, 1.5, 0.05) + np.where(np.arange(n) % 2, 0.5, -0.5)

    assert judge(check, {"train_loss": noisy(loss)}) == "oscillates"


def test_slow_large_swings_oscillate(judge: Callable[..., str]) -> None:
    """Waves of many steps, below the noise of single batches only at first sight."""
    loss = 1.6 + 0.5 * np.sin(np.arange(1000) / 12)

    assert judge(check, {"train_loss": noisy(loss, 0.1)}) == "oscillates"


def test_means_of_epochs_that_swing_oscillate(judge: Callable[..., str]) -> None:
    """One value an epoch hardly has noise, so smaller swings count."""
    loss = np.array([2.3, 1.9, 2.2, 1.4, 2.3, 1.5, 2.2, 2.1, 1.4, 2.2, 1.3, 2.0, 2.1, 1.3, 2.2, 1.4])

    assert judge(check, {"train_loss": loss, "val_loss": loss}) == "oscillates"


def test_jumps_that_recover_are_spikes(look: Callable[..., Finding]) -> None:
    """Their number, and place and height of the largest."""
    loss = noisy(falling(400))
    loss[150:153], loss[300:304] = (2.0, 1.9, 0.8), (3.0, 2.5, 1.5, 0.9)

    finding = look(check, {"train_loss": loss})

    assert finding.outcome == "spikes"
    assert (finding.measured["count"], finding.measured["step"]) == (2, 300)


def test_seven_losses_are_too_few(judge: Callable[..., str]) -> None:
    """Swings need values to swing between."""
    assert judge(check, {"train_loss": [2, 1, 2, 1, 2, 1, 2]}) == "absent"
