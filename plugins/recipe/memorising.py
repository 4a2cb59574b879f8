"""Experiment: can the model learn one batch by heart? If not, something is broken before data can be to blame."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from wizard.evidence import Finding, Measurement, Unanswered, inspector
from wizard.evidence.artifacts.recipe import Recipe, Step
from wizard.evidence.artifacts.recipe_batch import Batch
from wizard.evidence.artifacts.recipe_build import DEFAULT_RATE
from wizard.plugins.recipe.thresholds import DENSE, STEPS, ground, learnt

MORE_STEPS = 1200  # for small models: plain SGD at 0.001 trains, but has hardly begun after 300
AFFORDED = 1e12  # floating-point operations: what one core does in about the declared 20 seconds
SIZES = (32, 16, 8, 4)  # samples, fewer for costly models
OTHER_TERMS = 0.05  # by which the whole loss changes against its known part: it has terms of its own, such as a VAE's
LAST = 5  # losses whose median is judged


@dataclass(frozen=True, slots=True)
class Curve:
    """Losses of a run on one batch, the loss of the best constant prediction, if that is known, and how many times
    the known part of the loss the whole was."""

    losses: tuple[float, ...]
    constant: float | None
    times: tuple[float, ...] = ()

    @property
    def ground(self) -> float:
        """What a network that only learns the targets' average comes down to; the first loss if that is lower."""
        return ground(self.losses[0], self.constant)

    @property
    def last(self) -> float:
        """Median of the last losses."""
        tail = sorted(self.losses[-LAST:])
        return tail[len(tail) // 2]

    @property
    def has_other_terms(self) -> bool:
        """Whether the whole loss is no fixed multiple of the known one, whose lowest value then means nothing."""
        known = [times for times in self.times if math.isfinite(times)]
        return bool(known) and max(known) - min(known) > OTHER_TERMS * abs(max(known, key=abs))

    def outcome(self, classes: bool, dense: bool) -> str:
        """How much of the batch was learnt."""
        if not math.isfinite(self.losses[-1]):
            return "nonfinite"
        return learnt(self.last, self.ground, classes, dense)


@inspector(version=2, seconds=20.0)
def overfit_one_batch(recipe: Recipe) -> Finding | Unanswered:
    """Trains a fresh model on one batch with the recipe's own optimizer, then, if that fails, with Adam at 0.001.

    Dropout is off. The outcome is that of the recipe's own optimizer.
    """
    batch = recipe.small_batches(1)[0]
    cost = _cost(recipe, batch)
    size = next((size for size in SIZES if STEPS * cost * min(size, batch.size) <= AFFORDED), SIZES[-1])
    batch = batch.first(size)
    steps = min(STEPS, int(AFFORDED // (cost * batch.size))) if cost else STEPS
    more = MORE_STEPS if cost and MORE_STEPS * cost * batch.size <= AFFORDED else steps
    first, _ = recipe.passed(recipe.fresh_model(), batch)
    classes = recipe.task == "classification"
    dense = _targets_a_sample(first, batch) > DENSE
    curve = _train(recipe, batch, recipe.has("optimizer"), more, classes, dense)
    outcome = curve.outcome(classes, dense)
    if outcome in ("partly", "stuck"):
        if steps < STEPS:
            return Unanswered("skipped", "This model is too costly to train for 300 steps here.")
        if len(first.calls) != 1 or curve.has_other_terms:
            return Unanswered("inapplicable", "The loss is of a kind whose lowest value is not known.")
    adam = curve
    if outcome != "memorised" and recipe.has("optimizer"):
        adam = _train(recipe, batch, False, STEPS, classes, dense)
    measured: Measurement = {
        "first": curve.losses[0],
        "last": curve.last if math.isfinite(curve.losses[-1]) else curve.losses[-1],
        "steps": len(curve.losses) - 1,
        "samples": batch.size,
        "with_adam": adam.last,
    }
    return Finding(outcome, measured, recipe.place("model"))


def _cost(recipe: Recipe, batch: Batch) -> float:
    """Floating-point operations of one training step, for each sample."""
    model = recipe.fresh_model()
    few = batch.first(SIZES[-1])
    with FlopCounterMode(display=False) as counter:
        _, loss = recipe.passed(model, few)
        if loss.requires_grad:
            loss.backward()  # type: ignore[no-untyped-call]
    return float(counter.get_total_flops()) / few.size


def _targets_a_sample(step: Step, batch: Batch) -> float:
    return step.calls[0].target.numel() / batch.size if step.calls else 1.0


def _train(recipe: Recipe, batch: Batch, own: bool, steps: int, classes: bool, dense: bool) -> Curve:
    model = recipe.fresh_model()
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if own:
        optimizer = recipe.fresh_optimizer(model)
    elif trainable:
        optimizer = torch.optim.Adam(trainable, lr=DEFAULT_RATE)
    without_dropout(model)
    curve = Curve((), None)
    for _ in range(steps + 1):
        step, loss = recipe.descend(model, optimizer, batch)
        known = step.calls[0] if len(step.calls) == 1 else None
        value = known.plain() if known is not None and bool(torch.isfinite(loss).all()) else float(loss.detach())
        times = float(loss.detach().sum()) / known.value if known is not None and known.value else math.nan
        curve = Curve((*curve.losses, value), known.constant() if known else None, (*curve.times, times))
        if not math.isfinite(value):
            break
        if len(curve.losses) > LAST and curve.outcome(classes, dense) == "memorised":
            break
    return curve


def without_dropout(model: nn.Module) -> None:
    """Switch off every kind of dropout, and leave the rest (BatchNorm) in training mode."""
    for layer in model.modules():
        name = type(layer).__name__
        if "Dropout" in name or name in ("DropPath", "StochasticDepth"):
            layer.eval()
        if isinstance(getattr(layer, "dropout", None), float):  # attention and recurrent layers
            setattr(layer, "dropout", 0.0)  # noqa: B010 - no attribute of every Module
