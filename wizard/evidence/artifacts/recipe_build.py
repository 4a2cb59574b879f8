"""Models, optimizers, the loss and the loaders, made by the user's functions under fixed seeds."""

from __future__ import annotations

import copy
import inspect
import random
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn

from wizard.evidence.artifacts.recipe_parts import MISSING, Missing, Part, attempt, remembered
from wizard.vocabulary import Place

PATIENCE = 20.0  # seconds that one call of the user's code may take before it counts as a hang
DEFAULT_RATE = 0.001  # of Adam, torch's own default, where the recipe has no optimizer


def seed() -> None:
    """The same random numbers from here on, whatever ran before."""
    random.seed(0)
    torch.manual_seed(0)
    try:
        import numpy
    except ImportError:  # the user's torch may come without it
        return
    numpy.random.seed(0)


class Built:
    """PARTS are the user's functions by name: model, data, loss, optimizer; any may be lacking."""

    def __init__(self, parts: Mapping[str, Part | Callable[..., Any]], patience: float = PATIENCE) -> None:
        self._parts = parts
        self.patience = patience
        self._places: dict[str, Place] = {}

    def has(self, part: str) -> bool:
        """Whether the user gave a function for PART, be it one that fails."""
        try:
            self.function(part)
        except Missing as missing:
            return missing.unanswered.reason != "absent"
        return True

    def place(self, part: str, parameter: str | None = None) -> Place | None:
        """File and line of the function for PART."""
        place = self._places.get(part)
        return Place(place.file, place.line, parameter=parameter) if place else None

    def shown(self, file: str) -> str:
        """FILE as the user named it, if it is one of the recipe's."""
        return next((one.shown for one in self._parts.values() if isinstance(one, Part) and one.file == file), file)

    def function(self, part: str) -> Any:
        """What the user gave for PART. Raises Missing."""
        given = self._parts.get(part)
        value = given.load(self.patience) if isinstance(given, Part) else given
        if value is None:
            raise Missing(MISSING[part])
        if isinstance(given, Part):
            self._places[part] = given.place(value)
        return value

    def _made(self, part: str, *arguments: Any) -> Any:
        """What the function for PART returns; a thing that is no function stands for itself."""
        function = self.function(part)
        if isinstance(function, nn.Module) or not callable(function):
            return function
        seed()
        return attempt(lambda: function(*arguments), self.patience)

    @remembered
    def loaders(self) -> tuple[Any, Any]:
        """The training loader, and the validation loader or None."""
        made = self._made("data")
        if isinstance(made, Mapping):
            names = ("val", "valid", "validation")
            return made.get("train"), next((made[name] for name in names if name in made), None)
        if isinstance(made, (tuple, list)):
            train, validation = (*made, None, None)[:2]
            return train, validation
        return made, None

    @remembered
    def pristine_model(self) -> nn.Module:
        """The model that all fresh ones are copies of; not to be run."""
        model = self._made("model")
        if not isinstance(model, nn.Module):
            raise Missing("What make_model() returns is no torch.nn.Module.", "crashed")
        return model.cpu()

    def fresh_model(self) -> nn.Module:
        """The model as make_model() builds it under a fixed seed, in training mode; each caller has its own."""
        pristine = self.pristine_model
        seed()
        try:
            model = copy.deepcopy(pristine)
        except Exception:  # locks, generators, tensors inside a graph: a second one from the same seed
            model = self._made("model").cpu()
        return model.train()

    def fresh_optimizer(self, model: nn.Module) -> torch.optim.Optimizer:
        """The recipe's optimizer over MODEL, at the full rate if a warm-up starts it at zero; else Adam."""
        if not self.has("optimizer"):
            return torch.optim.Adam((one for one in model.parameters() if one.requires_grad), lr=DEFAULT_RATE)
        optimizer = self._made("optimizer", model)
        if isinstance(optimizer, (tuple, list)) and optimizer:  # with its scheduler
            optimizer = optimizer[0]
        if not isinstance(optimizer, torch.optim.Optimizer):
            raise Missing("What make_optimizer(model) returns is no torch.optim.Optimizer.", "crashed")
        for group in optimizer.param_groups:
            if group["lr"] == 0 and group.get("initial_lr"):
                group["lr"] = group["initial_lr"]
        return optimizer

    @remembered
    def loss(self) -> Callable[..., Any]:
        """What compares outputs with targets. A function named for it that takes both is itself the loss."""
        function = self.function("loss")
        if not inspect.isclass(function) and not isinstance(function, nn.Module) and _required(function) >= 2:
            taken: Callable[..., Any] = function
            return taken
        made: Callable[..., Any] = self._made("loss")
        return made


def _required(function: Any) -> int:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 0
    return sum(p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
