"""Judge how outputs and loss fit together: raw scores where the loss wants them, one output for one target."""

from __future__ import annotations

import torch
from torch import Tensor

from wizard.evidence import Finding, Measurement, Unanswered, inspector
from wizard.evidence.artifacts.recipe import Recipe
from wizard.evidence.artifacts.recipe_loss import REGRESSES, LossCall
from wizard.plugins.recipe.thresholds import SUM_TOLERANCE

BATCHES = 3


def calls_of(recipe: Recipe) -> list[LossCall]:
    """The known losses called on a few batches."""
    model = recipe.fresh_model()
    calls: list[LossCall] = []
    for batch in recipe.small_batches(BATCHES):
        with torch.no_grad():
            step = recipe.step(model, batch)
            if not step.calls:
                recipe.passed(model, batch)
        calls += step.calls
    return calls


@inspector(version=1)
def outputs_are_probabilities(recipe: Recipe) -> Finding | Unanswered:
    """Rows that sum to one going into a cross entropy, or the output of a sigmoid going into the logistic loss."""
    calls = [call for call in calls_of(recipe) if call.kind in ("cross_entropy", "logistic")]
    if not calls:
        return Unanswered("inapplicable", "The loss is none that takes raw scores.")
    squashed = all(_squashed(call) for call in calls)
    scores = torch.cat([call.input.flatten() for call in calls]).float()
    measured: Measurement = {
        "loss": calls[0].name,
        "lowest": float(scores.min()),
        "highest": float(scores.max()),
        "batches": min(BATCHES, len(calls)),
    }
    return Finding("probabilities" if squashed else "scores", measured, recipe.place("model"))


def _squashed(call: LossCall) -> bool:
    scores = call.input.float()
    if not bool(((scores >= 0) & (scores <= 1)).all()):
        return False
    if call.kind == "logistic":
        return call.squashed
    sums = scores.sum(1 if scores.ndim > 1 else 0)
    return scores.shape[1 if scores.ndim > 1 else 0] > 1 and bool(((sums - 1).abs() < SUM_TOLERANCE).all())


@inspector(version=1)
def output_target_shapes(recipe: Recipe) -> Finding | Unanswered:
    """Outputs and targets of a regression that differ in shape, so that every output meets several targets."""
    calls = [call for call in calls_of(recipe) if call.kind in REGRESSES]
    if not calls:
        return Unanswered("inapplicable", "The loss is none that broadcasts.")
    for call in calls:
        if broadcasts(call.input, call.target):
            return Finding("broadcast", _shapes(call), recipe.place("model"))
    return Finding("match", _shapes(calls[0]), recipe.place("model"))


def broadcasts(output: Tensor, target: Tensor) -> bool:
    """Whether their difference has more elements than one of them; a single number against all is meant so."""
    if output.shape == target.shape or not target.ndim or not output.ndim or target.numel() == 1:
        return False
    return (output - target).numel() > min(output.numel(), target.numel())


def _shapes(call: LossCall) -> Measurement:
    output, target = (str(tuple(tensor.shape)) for tensor in (call.input, call.target))
    return {"output_shape": output, "target_shape": target}
