"""training_set_size and batch_size_setting."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from wizard.evidence import Finding, Unanswered
from wizard.evidence.artifacts.recipe import Recipe
from wizard.plugins.recipe.sizes import batch_size_setting, training_set_size


def recipe(samples: int, batch: int = 32, classes: int = 4) -> Recipe:
    """A classifier of random data."""
    data = TensorDataset(torch.randn(samples, 3), torch.arange(samples) % classes)
    return Recipe(
        {
            "model": lambda: nn.Linear(3, classes),
            "data": lambda: (DataLoader(data, batch_size=batch), None),
            "loss": nn.CrossEntropyLoss,
        }
    )


def outcome(result: Finding | Unanswered) -> str:
    """The outcome, or why there is none."""
    return result.outcome if isinstance(result, Finding) else result.reason


@pytest.mark.parametrize(("samples", "expected"), [(4000, "ample"), (200, "ample"), (120, "small")])
def test_samples_are_counted_for_each_class(samples: int, expected: str) -> None:
    """Fifty of each class are enough not to be named."""
    assert outcome(training_set_size(recipe(samples), {})) == expected


@pytest.mark.parametrize(("samples", "expected"), [(600, "ample"), (100, "small")])
def test_texts_of_many_tokens_are_counted_in_all(samples: int, expected: str) -> None:
    """Each of 600 texts shows sixteen of the hundred classes."""
    tokens = torch.arange(samples * 16).reshape(samples, 16) % 100
    made = Recipe(
        {
            "model": lambda: nn.Sequential(nn.Embedding(100, 100)),
            "data": lambda: (DataLoader(TensorDataset(tokens, tokens), batch_size=32), None),
            "loss": lambda: lambda scores, target: nn.functional.cross_entropy(scores.flatten(0, 1), target.flatten()),
        }
    )

    assert outcome(training_set_size(made, {})) == expected


@pytest.mark.parametrize(("batch", "expected"), [(16, "usual"), (8, "usual"), (4, "tiny"), (300, "huge")])
def test_a_batch_is_tiny_usual_or_nearly_everything(batch: int, expected: str) -> None:
    """Of 400 samples."""
    assert outcome(batch_size_setting(recipe(400, batch), {})) == expected


def test_a_recipe_without_data_is_not_judged() -> None:
    """The loaders are what is asked about."""
    from wizard.evidence.artifacts.recipe_parts import guarded

    result = guarded(training_set_size, 20.0, lambda: None)(Recipe({"model": lambda: nn.Linear(2, 2)}), {})

    assert outcome(result) == "absent"
