"""loss_becomes_nonfinite: from the first value, later, never."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from curves import falling

from wizard.evidence import Finding
from wizard.plugins.log.nonfinite import loss_becomes_nonfinite as check


def test_a_finite_loss_never_does(judge: Callable[..., str]) -> None:
    """Large values are no infinite ones."""
    assert judge(check, {"train_loss": 1e30 * falling(10)}) == "never"


def test_empty_cells_are_no_nan(judge: Callable[..., str]) -> None:
    """A ragged log leaves most cells empty."""
    assert judge(check, {"train_loss": [2.3, "", 2.1, "", ""], "val_loss": ["", 2.4, "", "", 2.2]}) == "never"


def test_a_broken_validation_loss_beside_a_finite_training_loss_is_left_alone(judge: Callable[..., str]) -> None:
    """The check is about training; an empty validation set gives NaN too."""
    assert judge(check, {"train_loss": falling(10), "val_loss": ["nan"] * 10}) == "never"


def test_nan_from_the_first_value_is_at_start(judge: Callable[..., str]) -> None:
    """Nothing finite comes before, in whichever spelling."""
    assert judge(check, {"loss": ["1.#QNAN", "-inf", 0.5]}) == "at_start"


def test_nan_after_finite_losses_is_later(look: Callable[..., Finding]) -> None:
    """Step and line point at the first row that is not finite."""
    loss = np.r_[falling(20), [np.nan] * 5]

    finding = look(check, {"train_loss": loss})

    assert finding.outcome == "later"
    assert finding.measured == {"n": 25, "nonfinite": 5, "step": 20, "before": 20}
    assert finding.where is not None
    assert (finding.where.line, finding.where.step) == (22, 20)


def test_a_validation_loss_alone_is_judged(judge: Callable[..., str]) -> None:
    """Where no training loss is logged, the validation loss is all there is."""
    assert judge(check, {"val_loss": [1.0, 0.9, "NaN"]}) == "later"


def test_without_a_loss_there_is_no_answer(judge: Callable[..., str]) -> None:
    """A log of accuracies alone says nothing about the loss."""
    assert judge(check, {"accuracy": [0.1, 0.2]}) == "absent"
