"""Judge whether gradients arrive at the parameters, and whether the optimizer then moves them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from wizard.evidence import Finding, Measurement, Unanswered, inspector
from wizard.evidence.artifacts.recipe import Recipe
from wizard.evidence.artifacts.recipe_build import DEFAULT_RATE
from wizard.plugins.recipe.thresholds import FROZEN_SHARE

BATCHES = 3  # a step between them lets gradients through layers that start at zero (LoRA, zero-initialised residuals)
STEPS = 2
NAMES_SHOWN = 3


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMES_SHOWN])
    return f"{shown}, ..." if len(names) > NAMES_SHOWN else shown


@inspector(version=1)
def gradient_reaches_parameters(recipe: Recipe) -> Finding | Unanswered:
    """Parameters whose gradient is None or zero in every step. A bias may rightly have none (before a BatchNorm)."""
    model = recipe.fresh_model()
    parameters = dict(model.named_parameters())
    trainable = {name: parameter for name, parameter in parameters.items() if parameter.requires_grad}
    if not parameters:
        return Unanswered("inapplicable", "The model has no parameters.")
    reached: set[str] = set()
    nothing = True
    if trainable:
        optimizer = torch.optim.Adam(trainable.values(), lr=DEFAULT_RATE)
        for batch in recipe.small_batches(BATCHES):
            recipe.descend(model, optimizer, batch)
            reached |= {name for name, parameter in trainable.items() if _arrived(parameter)}
            nothing &= not any(map(_nonzero, trainable.values()))
    unreached = [name for name in trainable if name not in reached]
    frozen = [name for name in parameters if name not in trainable]
    measured: Measurement = {
        "reached": len(reached),
        "parameters": len(parameters),
        "frozen": len(frozen),
        "names": _named(unreached or frozen),
    }
    if nothing:
        return Finding("none", measured, recipe.place("model"))
    some = bool(unreached) or len(frozen) > FROZEN_SHARE * len(parameters)
    first = (unreached or frozen)[0] if some else None
    return Finding("some" if some else "all", measured, recipe.place("model", first))


def _arrived(parameter: nn.Parameter) -> bool:
    if parameter.grad is None:
        return False
    return parameter.ndim < 2 or _nonzero(parameter)


def _nonzero(parameter: nn.Parameter) -> bool:
    gradient = parameter.grad
    if gradient is None:
        return False
    return bool((gradient.coalesce().values() if gradient.is_sparse else gradient).any())


@inspector(version=1)
def optimizer_moves_parameters(recipe: Recipe) -> Finding | Unanswered:
    """Parameters that got a gradient and stay the same, bit by bit, through real steps of the recipe's optimizer.

    Where others move, one stands still only if the optimizer does not hold it or holds it at rate zero: else its
    update was merely too small for its digits.
    """
    if not recipe.has("optimizer"):
        return Unanswered("absent", "The recipe has no make_optimizer(model).")
    model = recipe.fresh_model()
    trainable = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    if not trainable:
        return Unanswered("inapplicable", "The model has no parameters that are trained.")
    optimizer = recipe.fresh_optimizer(model)
    before = {name: parameter.detach().clone() for name, parameter in trainable.items()}
    with_gradient: set[str] = set()
    for batch in (recipe.small_batches(STEPS) * STEPS)[:STEPS]:
        model.zero_grad()  # of parameters that the optimizer does not know, too
        recipe.descend(model, optimizer, batch)
        with_gradient |= {name for name, one in trainable.items() if _nonzero(one)}
    moved = {name for name, parameter in trainable.items() if not torch.equal(parameter, before[name])}
    driven = {id(one) for group in optimizer.param_groups if group["lr"] > 0 for one in group["params"]}
    still = [
        name
        for name, parameter in trainable.items()
        if name in with_gradient and name not in moved and not (moved and id(parameter) in driven)
    ]
    measured: Measurement = {"moved": len(moved), "parameters": len(trainable), "steps": STEPS, "names": _named(still)}
    place = recipe.place("optimizer", still[0] if still and moved else None)
    if not moved:
        return Finding("none", measured, place)
    return Finding("some" if still else "all", measured, place)
