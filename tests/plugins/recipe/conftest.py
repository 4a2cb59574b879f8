"""Small recipes, and a look at them as the recipe's own process would take it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from wizard.evidence import Fact, Finding, Unanswered
from wizard.evidence.artifacts.recipe import Recipe
from wizard.evidence.artifacts.recipe_build import seed
from wizard.evidence.artifacts.recipe_parts import guarded
from wizard.evidence.inspection import Slots, answer, find_inspectors, slots_of
from wizard.resources import KNOWLEDGE_BASE

Look = Callable[..., Finding | Unanswered]


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """As in the child."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def slots() -> Slots:
    """What the sentences of the recipe checks need, by check and outcome."""
    entries = {
        file.stem: yaml.safe_load(file.read_text()) for file in Path(KNOWLEDGE_BASE, "checks/recipe").glob("*.yaml")
    }
    return {
        check: {name: slots_of(*one["says"].values()) for name, one in entry["outcomes"].items()}
        for check, entry in entries.items()
    }


@pytest.fixture
def look(slots: Slots) -> Look:
    """What the inspector of a check says about a recipe."""

    def look(check: str, recipe: Recipe, *facts: Fact) -> Finding | Unanswered:
        inspector = next(one for one in find_inspectors("recipe") if one.check == check)
        return answer(guarded(inspector, 60.0, seed), recipe, {fact.name: fact for fact in facts}, slots)

    return look


class Makes:
    """Builders of recipes and data; every call gives the same."""

    def numbers(self, samples: int = 400, features: int = 12, seed: int = 0) -> Tensor:
        """Standard normal inputs."""
        return torch.randn(samples, features, generator=torch.Generator().manual_seed(seed))

    def classes(self, inputs: Tensor, count: int = 4) -> Tensor:
        """Labels that the inputs determine: which of the first COUNT features is the largest."""
        return inputs.flatten(1)[:, :count].argmax(1)

    def net(self, features: int = 12, outputs: int = 4, width: int = 32) -> nn.Sequential:
        """A sound network."""
        return nn.Sequential(nn.Linear(features, width), nn.ReLU(), nn.Linear(width, outputs))

    def loader(self, *tensors: Tensor, batch: int = 32, shuffle: bool = True, **options: Any) -> DataLoader[Any]:
        """Batches of tensors."""
        data: Dataset[Any] = TensorDataset(*tensors)
        return DataLoader(data, batch_size=batch, shuffle=shuffle, **options)

    def recipe(
        self,
        train: Any,
        validation: Any = None,
        model: Callable[[], nn.Module] | None = None,
        loss: Callable[..., Any] | None = None,
        optimizer: Callable[[nn.Module], Any] | None = None,
    ) -> Recipe:
        """A recipe of the parts given."""
        parts = {"model": model, "loss": loss, "optimizer": optimizer, "data": lambda: (train, validation)}
        return Recipe({name: part for name, part in parts.items() if part is not None})

    def sound(self, **parts: Any) -> Recipe:
        """A recipe that trains; PARTS take the place of its own."""
        inputs, held_out = self.numbers(), self.numbers(seed=1)
        own = {
            "train": self.loader(inputs, self.classes(inputs)),
            "validation": self.loader(held_out, self.classes(held_out), shuffle=False),
            "model": self.net,
            "loss": nn.CrossEntropyLoss,
            "optimizer": lambda model: torch.optim.Adam(model.parameters(), lr=0.003),
        }
        return self.recipe(**{**own, **parts})

    def regression(self, targets: Tensor | None = None, **parts: Any) -> Recipe:
        """A sound recipe for real targets."""
        inputs = self.numbers()
        targets = inputs[:, :1] + 0.5 * inputs[:, 1:2] if targets is None else targets
        own = {"train": self.loader(inputs, targets), "model": lambda: self.net(outputs=1), "loss": nn.MSELoss}
        return self.sound(**{**own, "validation": None, **parts})


@pytest.fixture
def make() -> Makes:
    """Builders of recipes and data."""
    return Makes()
