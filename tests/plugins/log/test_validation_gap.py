"""train_validation_gap: none, above, far above, below."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from curves import every, falling, noisy

from wizard.plugins.log.validation_gap import train_validation_gap as check

TRAIN = falling(20, floor=0.4)


@pytest.mark.parametrize("factor", [0.85, 1.0, 1.2])
def test_losses_that_end_close_have_no_gap(judge: Callable[..., str], factor: float) -> None:
    """A fifth more or less is what data sets differ by."""
    assert judge(check, {"train_loss": TRAIN, "val_loss": factor * TRAIN}) == "none"


def test_a_threefold_of_nearly_nothing_is_no_gap(judge: Callable[..., str]) -> None:
    """0.001 against 0.003 after a start at 2.3."""
    columns = {"train_loss": falling(20, floor=0.001, tau=0.05), "val_loss": falling(20, floor=0.003, tau=0.05)}

    assert judge(check, columns) == "none"


def test_a_small_gap_of_a_fine_tuned_classifier_is_not_far(judge: Callable[..., str]) -> None:
    """It starts where others end, so its own first loss is no measure; without an accuracy it is all there is."""
    columns = {"train_loss": np.linspace(0.08, 0.037, 20), "val_loss": np.full(20, 0.095)}

    assert judge(check, columns | {"val_acc": np.full(20, 0.96)}) == "above"
    assert judge(check, columns) == "far_above"


def test_a_loss_that_falls_between_validations_is_compared_at_their_time(judge: Callable[..., str]) -> None:
    """Training losses from long before a validation would make it look too good."""
    train = noisy(np.linspace(4, 0.4, 400))

    assert judge(check, {"train_loss": train, "val_loss": every(400, train[49::50], 50)}) == "none"


@pytest.mark.parametrize(("factor", "outcome"), [(1.6, "above"), (3.0, "far_above"), (0.6, "below")])
def test_a_clear_ratio_is_a_gap(judge: Callable[..., str], factor: float, outcome: str) -> None:
    """In a log with one row an epoch."""
    assert judge(check, {"train_loss": TRAIN, "val_loss": factor * TRAIN}) == outcome


def test_a_gap_is_seen_in_a_ragged_log(judge: Callable[..., str]) -> None:
    """Losses of steps against losses of epochs, in rows of their own."""
    train = noisy(falling(500, floor=0.4), 0.2)

    assert judge(check, {"train_loss": train, "val_loss": every(500, 2.5 * falling(10, floor=0.4), 50)}) == "far_above"


def test_negative_losses_have_no_ratio(judge: Callable[..., str]) -> None:
    """A log-likelihood of densities may be below 0."""
    assert judge(check, {"train_loss": TRAIN - 3, "val_loss": TRAIN - 2}) == "inapplicable"


def test_a_training_loss_alone_has_no_gap_to_judge(judge: Callable[..., str]) -> None:
    """Nothing to compare with."""
    assert judge(check, {"train_loss": TRAIN}) == "absent"
