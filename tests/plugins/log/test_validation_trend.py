"""validation_loss_trend and validation_accuracy_when_loss_turns_up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from curves import falling, noisy

from wizard.evidence import Finding
from wizard.plugins.log.validation_trend import validation_accuracy_when_loss_turns_up as accuracy_check
from wizard.plugins.log.validation_trend import validation_loss_trend as check

TRAIN = falling(30, floor=0.02)
FALLS = noisy(falling(30, floor=0.5, tau=0.1), 0.01)
TURNS = noisy(np.r_[falling(12, 2.3, 0.5, 0.2), np.linspace(0.52, 1.1, 18)], 0.01)


def test_a_validation_loss_that_levels_falls(judge: Callable[..., str]) -> None:
    """Down and then flat with noise."""
    assert judge(check, {"train_loss": TRAIN, "val_loss": FALLS}) == "falls"


def test_one_bad_epoch_at_the_end_is_no_turn(judge: Callable[..., str]) -> None:
    """A rise must last."""
    assert judge(check, {"train_loss": TRAIN, "val_loss": np.r_[FALLS[:-1], 1.1]}) == "falls"


def test_a_doubling_of_nearly_nothing_is_no_turn(judge: Callable[..., str]) -> None:
    """From 0.02 to 0.04 after a start at 2.3."""
    val = np.r_[falling(12, 2.3, 0.02, 0.1), np.linspace(0.02, 0.04, 18)]

    assert judge(check, {"train_loss": TRAIN, "val_loss": val}) == "falls"


def test_a_rise_after_a_warm_restart_is_no_turn(judge: Callable[..., str]) -> None:
    """The schedule has just jumped up, and the run is not over."""
    rate = np.r_[np.linspace(0.1, 0.001, 12), np.linspace(0.1, 0.05, 18)]

    assert judge(check, {"train_loss": TRAIN, "val_loss": TURNS, "lr": rate}) == "falls"


def test_a_validation_loss_that_is_good_from_the_first_epoch_falls(judge: Callable[..., str]) -> None:
    """Its fall lies before the first validation."""
    columns = {"train_loss": falling(10, 1.0, 0.25), "val_loss": np.linspace(0.35, 0.345, 10)}

    assert judge(check, columns) == "falls"


def test_a_fine_tuned_model_has_nothing_left_to_fall(judge: Callable[..., str]) -> None:
    """96 % from the first epoch on, while the training loss goes on to nothing."""
    columns = {"train_loss": falling(10, 0.12, 0.02), "val_loss": np.full(10, 0.12)}

    assert judge(check, columns | {"val_acc": np.full(10, 0.96)}) == "inapplicable"
    assert judge(check, columns | {"val_acc": np.full(10, 0.6)}) == "never_falls"


def test_a_validation_loss_far_below_any_guess_has_nothing_left_to_fall(judge: Callable[..., str]) -> None:
    """Of ten classes, where the data are known and no accuracy was logged; not if two in three are of one class."""
    columns = {"train_loss": falling(10, 0.5, 0.1), "val_loss": np.full(10, 0.5)}

    assert judge(check, columns, loss_name="cross_entropy", majority_share=0.1) == "inapplicable"
    assert judge(check, columns, loss_name="cross_entropy", majority_share=0.66) == "never_falls"


@pytest.mark.parametrize("seed", range(6))
def test_noise_of_training_batches_is_no_fall(judge: Callable[..., str], seed: int) -> None:
    """Whatever the first few happen to be; only where they do fall does validation that stays prove something."""
    batches = np.random.default_rng(seed).lognormal(-0.4, 0.9, 60)
    val = np.full(60, "", dtype=object)
    val[11::12] = 2.0

    assert judge(check, {"train_loss": batches, "val_loss": val}) == "inapplicable"
    assert judge(check, {"train_loss": 0.2 * batches + falling(60, 2.0, 0.1), "val_loss": val}) == "never_falls"


@pytest.mark.parametrize("epochs", [6, 30])
def test_a_lasting_rise_turns_up(look: Callable[..., Finding], epochs: int) -> None:
    """In six epochs as in thirty."""
    val = np.r_[2.3, 0.9, np.linspace(1.0, 1.8, 4)] if epochs == 6 else TURNS

    finding = look(check, {"train_loss": falling(epochs, floor=0.02), "val_loss": val})

    assert finding.outcome == "turns_up"
    assert finding.where is not None
    assert finding.where.step == int(np.argmin(val))


def test_where_training_diverges_too_validation_says_nothing(judge: Callable[..., str]) -> None:
    """Both rise: that is no overfitting."""
    assert judge(check, {"train_loss": TURNS, "val_loss": 1.1 * TURNS}) == "inapplicable"


def test_a_validation_loss_that_stays_as_bad_as_untrained_never_falls(judge: Callable[..., str]) -> None:
    """While the training loss goes to nothing."""
    assert judge(check, {"train_loss": TRAIN, "val_loss": noisy(np.full(30, 2.35), 0.01)}) == "never_falls"


def test_where_training_does_not_fall_validation_cannot(judge: Callable[..., str]) -> None:
    """Stuck at chance on both sides."""
    flat = noisy(np.full(30, 2.3), 0.01)

    assert judge(check, {"train_loss": flat, "val_loss": flat}) == "inapplicable"


def test_four_validations_are_too_few(judge: Callable[..., str]) -> None:
    """A turn needs a before and an after."""
    assert judge(check, {"train_loss": TRAIN[:4], "val_loss": TURNS[:4]}) == "absent"


@pytest.mark.parametrize(("end", "outcome"), [(0.55, "falls"), (0.705, "holds"), (0.78, "rises")])
@pytest.mark.parametrize("scale", [1, 100])
def test_the_accuracy_since_the_turn_is_compared(
    judge: Callable[..., str], end: float, outcome: str, scale: int
) -> None:
    """As a share or in percent."""
    accuracy = scale * np.r_[np.linspace(0.1, 0.7, 12), np.linspace(0.7, end, 18)]

    assert judge(accuracy_check, {"val_loss": TURNS, "val_acc": accuracy}) == outcome


def test_without_a_turn_the_accuracy_is_not_asked(judge: Callable[..., str]) -> None:
    """The question makes no sense for a loss that levels."""
    assert judge(accuracy_check, {"val_loss": FALLS, "val_acc": np.linspace(0.1, 0.9, 30)}) == "inapplicable"


def test_without_an_accuracy_there_is_no_answer(judge: Callable[..., str]) -> None:
    """A loss alone cannot tell."""
    assert judge(accuracy_check, {"val_loss": TURNS}) == "absent"
