"""task: context, by the loss."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from wizard.evidence import Finding
from wizard.evidence.artifacts.recipe import Recipe
from wizard.plugins.recipe.task import task


@pytest.mark.parametrize(
    ("outputs", "targets", "loss", "expected"),
    [
        (4, torch.arange(64) % 4, nn.CrossEntropyLoss, "classification"),
        (1, (torch.arange(64) % 2).float()[:, None], nn.BCEWithLogitsLoss, "classification"),
        (1, torch.randn(64, 1), nn.MSELoss, "regression"),
        (1, torch.randn(64, 1), nn.HuberLoss, "regression"),
    ],
)
def test_the_loss_tells_the_task(
    outputs: int, targets: torch.Tensor, loss: Callable[[], nn.Module], expected: str
) -> None:
    """The usual losses of both."""
    data = DataLoader(TensorDataset(torch.randn(64, 3), targets), batch_size=16)
    recipe = Recipe({"model": lambda: nn.Linear(3, outputs), "data": lambda: (data, None), "loss": loss})

    result = task(recipe, {})

    assert isinstance(result, Finding)
    assert result.outcome == expected
