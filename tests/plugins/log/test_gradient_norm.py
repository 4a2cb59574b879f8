"""logged_gradient_norm: steady, grows, vanishes, nonfinite."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from curves import falling, noisy

from wizard.plugins.log.gradient_norm import logged_gradient_norm as check

LOSS = noisy(falling(100))
FLAT = np.full(100, 2.3)


def test_a_norm_with_peaks_is_steady(judge: Callable[..., str]) -> None:
    """Single peaks of ten times the median are common."""
    norm = np.random.default_rng(0).lognormal(0, 0.9, 100)

    assert judge(check, {"train_loss": LOSS, "grad_norm": norm}) == "steady"


def test_a_norm_that_rises_from_its_warm_up_and_stays_is_steady(judge: Callable[..., str]) -> None:
    """Sharpness grows at first and then no more."""
    norm = 1 + 2 * np.minimum(np.arange(100) / 10, 1)

    assert judge(check, {"train_loss": LOSS, "grad_norm": noisy(norm, 0.2)}) == "steady"


def test_a_norm_that_shrinks_with_the_loss_is_steady(judge: Callable[..., str]) -> None:
    """A loss near 0 has no gradient left."""
    assert judge(check, {"train_loss": falling(100, floor=1e-7), "grad_norm": falling(100, 1, 1e-8, 0.05)}) == "steady"


def test_a_few_infinite_norms_of_loss_scaling_are_steady(judge: Callable[..., str]) -> None:
    """The scaler tries, skips, and goes on."""
    norm = np.where(np.arange(100) % 40 == 0, np.inf, 1.0)

    assert judge(check, {"train_loss": LOSS, "grad_norm": norm}) == "steady"


def test_a_norm_that_keeps_growing_grows(judge: Callable[..., str]) -> None:
    """As gradients do that are never reset."""
    assert judge(check, {"train_loss": LOSS, "grad_norm": noisy(np.linspace(1, 60, 100), 0.3)}) == "grows"


def test_growth_from_nothing_to_little_is_steady(judge: Callable[..., str]) -> None:
    """A ratio alone is no alarm."""
    norm = noisy(np.linspace(1e-4, 6e-3, 100), 0.3)

    assert judge(check, {"train_loss": LOSS, "grad_norm": norm}) == "steady"


def test_no_gradient_while_the_loss_is_high_vanishes(judge: Callable[..., str]) -> None:
    """Nothing flows, nothing is learnt."""
    assert judge(check, {"train_loss": FLAT, "grad_norm": falling(100, 1, 1e-8, 0.02)}) == "vanishes"


def test_norms_that_stay_infinite_are_nonfinite(judge: Callable[..., str]) -> None:
    """The last three at least."""
    norm = np.r_[np.ones(95), [np.nan] * 5]

    assert judge(check, {"train_loss": LOSS, "grad_norm": norm}) == "nonfinite"


def test_seven_norms_are_too_few(judge: Callable[..., str]) -> None:
    """Levels need blocks."""
    assert judge(check, {"train_loss": LOSS[:7], "grad_norm": np.ones(7)}) == "absent"
