"""still_falling_at_end: levelled or still falling."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from curves import falling, noisy

from wizard.plugins.log.end_of_run import still_falling_at_end as check


@pytest.mark.parametrize("n", [8, 30, 1000])
def test_a_plateau_has_levelled(judge: Callable[..., str], n: int) -> None:
    """The descent took the first half."""
    assert judge(check, {"train_loss": noisy(falling(n, floor=0.2, tau=0.08), 0.02)}) == "levelled"


def test_a_schedule_that_has_run_out_ends_a_run_by_plan(judge: Callable[..., str]) -> None:
    """The loss falls to the end, and so does the learning rate, to 0."""
    columns = {"train_loss": noisy(np.linspace(2.3, 0.5, 100), 0.01), "lr": np.linspace(1e-3, 0, 100)}

    assert judge(check, columns) == "levelled"


def test_a_loss_near_zero_is_not_worth_waiting_for(judge: Callable[..., str]) -> None:
    """It still halves, from 0.002 to 0.001 after a start at 2.3."""
    assert judge(check, {"train_loss": falling(100, floor=0, tau=0.12)}) == "levelled"


def test_a_fall_that_is_over_before_the_end_has_levelled(judge: Callable[..., str]) -> None:
    """A step of the schedule in the last quarter, then a plateau."""
    loss = np.where(np.arange(100) < 82, 0.8, 0.5)

    assert judge(check, {"train_loss": noisy(np.r_[2.3, 1.5, loss], 0.01)}) == "levelled"


@pytest.mark.parametrize("n", [12, 200])
def test_a_straight_descent_still_falls(judge: Callable[..., str], n: int) -> None:
    """With a constant learning rate there is more to come."""
    columns = {"train_loss": noisy(np.linspace(2.3, 0.8, n), 0.01), "lr": np.full(n, 1e-3)}

    assert judge(check, columns) == "still_falling"


def test_negative_losses_have_no_relative_fall(judge: Callable[..., str]) -> None:
    """A log-likelihood of densities may be below 0."""
    assert judge(check, {"train_loss": np.linspace(1, -1, 30)}) == "inapplicable"


def test_seven_losses_are_too_few(judge: Callable[..., str]) -> None:
    """The last quarter would be a single value."""
    assert judge(check, {"train_loss": falling(7)}) == "absent"
