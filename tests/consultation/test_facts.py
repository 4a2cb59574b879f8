"""Facts on the command line: typed, and refused where they cannot be meant."""

from __future__ import annotations

import pytest

from wizard.consultation.facts import stated
from wizard.errors import UsageError


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("num_classes", "10", 10),
        ("learning_rate", "1e-3", 0.001),
        ("learning_rate", "0", 0),
        ("task", "regression", "regression"),
        ("loss_name", "mse", "mse"),
        ("loss", "-0.5", -0.5),
        ("num_val_samples", "200", 200),
        ("vocabulary_size", "32000", 32000),
    ],
)
def test_what_makes_sense_is_taken(name: str, typed: str, value: object) -> None:
    """Numbers as numbers; a name that only a new inspector knows as well."""
    assert stated(name, typed).value == value


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("num_classes", "ten", "whole number from 2"),
        ("num_classes", "1", "whole number from 2"),
        ("batch_size", "0.5", "whole number from 1"),
        ("learning_rate", "nan", "not negative"),
        ("learning_rate", "-0.1", "not negative"),
        ("majority_share", "inf", "not negative"),
        ("task", "classify", "classification, regression"),
        ("num_class", "10", "Did you mean 'num_classes'?"),
        ("losss", "1", "Did you mean 'loss'?"),
        ("loss", "nan", "finite number"),
        ("val_loss", "low", "finite number"),
        ("num_val_samples", "1.5", "whole number from 1"),
    ],
)
def test_what_cannot_be_meant_is_refused(name: str, typed: str, told: str) -> None:
    """A typo would otherwise be passed over in silence."""
    with pytest.raises(UsageError, match=told.replace("?", r"\?")):
        stated(name, typed)
