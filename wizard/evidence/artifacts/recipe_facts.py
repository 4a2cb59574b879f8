"""What a recipe tells about itself: size, rate and the like, as far as its parts work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from wizard.evidence.artifacts.recipe_parts import Missing
from wizard.evidence.artifacts.recipe_sample import length
from wizard.vocabulary import Fact

if TYPE_CHECKING:
    from wizard.evidence.artifacts.recipe import Recipe


def facts_of(recipe: Recipe) -> tuple[Fact, ...]:
    """Every fact that can be had; a part that is lacking or fails costs only its own."""
    known: list[Fact] = []
    for name, tell in _FACTS.items():
        try:
            value = tell(recipe)
        except Missing:
            continue
        if value is not None:
            known.append(Fact(name, float(f"{value:.6g}") if isinstance(value, float) else value, "recipe"))
    return tuple(known)


def _optimizer(recipe: Recipe) -> torch.optim.Optimizer:
    recipe.function("optimizer")
    return recipe.fresh_optimizer(recipe.fresh_model())


def _loss_name(recipe: Recipe) -> str:
    if recipe.known_loss is not None:
        return recipe.known_loss.name
    return str(getattr(recipe.loss, "__name__", type(recipe.loss).__name__))


def _loss_scale(recipe: Recipe) -> float | None:
    """How many times its mean over the targets the loss of an untrained model is: 1, or more where it is summed."""
    model, batch = recipe.fresh_model(), recipe.small_batches(1)[0]
    with torch.no_grad():
        step, loss = recipe.passed(model, batch)
    mean = step.calls[0].plain() if step.calls else 0.0
    return float(loss.sum()) / mean if mean > 0 else None


def _majority_share(recipe: Recipe) -> float | None:
    """The share of the most frequent class in a sample of the training labels."""
    labels = recipe.labels(recipe.mixed_batches)
    if not labels:
        return None
    counts = torch.unique(torch.cat(labels), return_counts=True)[1]
    return float(counts.max() / counts.sum())


def _target_variance(recipe: Recipe) -> float | None:
    """The loss of always predicting the mean under MSE, from a sample of the training targets."""
    targets = [batch.targets for batch in recipe.mixed_batches]
    if recipe.task != "regression" or not all(isinstance(target, Tensor) for target in targets):
        return None
    values = torch.cat([target.reshape(len(target), -1) for target in targets]).double()
    return float(values.var(0, correction=0).mean())


_FACTS: dict[str, Callable[[Any], int | float | str | None]] = {  # of a Recipe, whose module imports this one
    "task": lambda recipe: recipe.task,
    "num_classes": lambda recipe: recipe.num_classes,
    "batch_size": lambda recipe: recipe.train_batches[0].size,
    "num_train_samples": lambda recipe: length(getattr(recipe.train_loader, "dataset", None)),
    "loss_name": _loss_name,
    "loss_scale": _loss_scale,
    "optimizer": lambda recipe: type(_optimizer(recipe)).__name__,
    "learning_rate": lambda recipe: float(_optimizer(recipe).param_groups[0]["lr"]),
    "majority_share": _majority_share,
    "target_variance": _target_variance,
    "num_parameters": lambda recipe: sum(parameter.numel() for parameter in recipe.fresh_model().parameters()),
}
