"""dropout_rate: usual or high."""

from __future__ import annotations

import pytest
from torch import nn

from wizard.evidence import Finding, Unanswered
from wizard.evidence.artifacts.recipe import Recipe
from wizard.plugins.recipe.dropout import dropout_rate


def outcome(*layers: nn.Module) -> str:
    """What the inspector finds for a model of these layers."""
    result = dropout_rate(Recipe({"model": lambda: nn.Sequential(*layers)}), {})
    return result.outcome if isinstance(result, Finding) else result.reason


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 0.6])
def test_common_rates_are_usual(rate: float) -> None:
    """Up to the half of the units, and a little more."""
    assert outcome(nn.Linear(2, 2), nn.Dropout(rate)) == "usual"


def test_one_layer_that_drops_nearly_all_is_high() -> None:
    """The highest of several rates is judged."""
    assert outcome(nn.Dropout(0.1), nn.Linear(2, 2), nn.Dropout2d(0.95)) == "high"


def test_dropout_between_the_layers_of_an_rnn_counts() -> None:
    """It is a number of the module, not a layer of its own."""
    assert outcome(nn.GRU(2, 2, num_layers=2, dropout=0.8)) == "high"


def test_a_model_without_dropout_is_not_judged() -> None:
    """Nothing to say."""
    assert outcome(nn.Linear(2, 2)) == "inapplicable"
    assert isinstance(dropout_rate(Recipe({"model": lambda: nn.Linear(2, 2)}), {}), Unanswered)
