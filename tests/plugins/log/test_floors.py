"""loss_at_known_floor: chance, softmax floor, sigmoid floor, none."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from curves import falling, noisy

from wizard.plugins.log.floors import loss_at_known_floor as check


def test_a_loss_below_all_floors_rests_on_none(judge: Callable[..., str]) -> None:
    """A descent to 0.1, whether or not the number of classes is known."""
    columns = {"train_loss": noisy(falling(50))}

    assert judge(check, columns, num_classes=10) == judge(check, columns) == "none"


def test_a_loss_that_passes_a_floor_does_not_rest_on_it(judge: Callable[..., str]) -> None:
    """Still falling when the log ends at 1.47."""
    assert judge(check, {"train_loss": np.linspace(2.3, 1.47, 60)}, num_classes=10) == "none"


def test_a_plateau_that_was_undercut_is_no_floor(judge: Callable[..., str]) -> None:
    """Nothing goes below a floor, so a loss that was at 1.2 before is not on it."""
    loss = np.r_[np.linspace(2.3, 1.2, 20), np.full(80, 1.47)]

    assert judge(check, {"train_loss": noisy(loss, 0.005)}, num_classes=10) == "none"


def test_an_accuracy_of_a_half_rules_the_softmax_floor_out(judge: Callable[..., str]) -> None:
    """At 1.47 an extra softmax would leave nearly everything right."""
    columns = {"train_loss": noisy(falling(100, 2.3, 1.47), 0.005), "train_acc": np.linspace(0.1, 0.5, 100)}

    assert judge(check, columns, num_classes=10) == "none"


def test_a_loss_at_ln_c_is_at_chance(judge: Callable[..., str]) -> None:
    """After a moment of chaos as well."""
    loss = noisy(np.full(94, math.log(10) + 0.01), 0.01)
    loss[1:4] = 10, 2.7, 2.0

    assert judge(check, {"train_loss": loss}, num_classes=10) == "chance"


def test_a_loss_that_never_moves_from_a_well_known_chance_needs_no_fact(judge: Callable[..., str]) -> None:
    """0.693 from start to end is guessing between two classes."""
    assert judge(check, {"train_loss": noisy(np.full(60, math.log(2)), 0.002)}) == "chance"


def test_a_plateau_at_the_softmax_floor_is_named(judge: Callable[..., str]) -> None:
    """A softmax before the cross-entropy stops at 1.461 for ten classes."""
    assert judge(check, {"train_loss": noisy(falling(100, 2.3, 1.475), 0.003)}, num_classes=10) == "softmax_floor"


def test_an_accuracy_explains_a_plateau_above_the_softmax_floor(judge: Callable[..., str]) -> None:
    """Nine in ten right, and yet a loss of 1.56."""
    columns = {"train_loss": noisy(falling(100, 2.3, 1.56), 0.003), "train_acc": np.linspace(0.1, 0.9, 100)}

    assert judge(check, columns, num_classes=10) == "softmax_floor"


def test_a_plateau_at_the_sigmoid_floor_is_named(judge: Callable[..., str]) -> None:
    """A sigmoid before BCEWithLogitsLoss stops at 0.503 in a balanced problem."""
    assert judge(check, {"train_loss": noisy(falling(100, 0.72, 0.505), 0.003)}, num_classes=2) == "sigmoid_floor"


def test_without_the_number_of_classes_a_plateau_says_nothing(judge: Callable[..., str]) -> None:
    """A loss of regression may rest anywhere."""
    assert judge(check, {"train_loss": noisy(falling(100, 3.0, 1.47), 0.003)}) == "absent"
