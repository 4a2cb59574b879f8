"""Judge the numbers that the network is fed: finite, and of a scale that its first layer and its loss can bear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from wizard.evidence import Finding, Measurement, Unanswered, inspector
from wizard.evidence.artifacts.recipe import Recipe
from wizard.evidence.artifacts.recipe_batch import Batch, leaves
from wizard.plugins.recipe.thresholds import CONSTANT, ENOUGH_SAMPLES, LARGE_TARGET, is_off_scale, scales_itself

SCALE_SAMPLES = 512

_WEIGHTED = (nn.Linear, nn.Bilinear, nn.modules.conv._ConvNd, nn.RNNBase, nn.MultiheadAttention)
_NORMALISES = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm)
_EMBEDS = (nn.Embedding, nn.EmbeddingBag)


@inspector(version=1)
def data_finite(recipe: Recipe) -> Finding | Unanswered:
    """NaN and infinity in inputs and targets. A network that gets by with missing values is left alone."""
    samples = 0
    for name, batches in (("training", recipe.train_batches), ("validation", recipe.validation_if_any)):
        for number, batch in enumerate(batches, 1):
            samples += batch.size
            count, part = nonfinite_in(batch)
            if count and recipe.bears(batch):
                return Unanswered("inapplicable", "The data hold missing values, and the loss leaves them out.")
            if count:
                measured: Measurement = {"count": count, "part": part, "split": name, "batch": number}
                return Finding("nonfinite", measured, recipe.place("data"))
    return Finding("finite", {"samples": samples}, recipe.place("data"))


def nonfinite_in(batch: Batch) -> tuple[int, str]:
    """How many values of BATCH are not finite, and whether that is in its inputs or targets; masks do not count."""
    for part, tensors in (("inputs", batch.inputs.values()), ("targets", leaves(batch.targets))):
        for tensor in tensors:
            if tensor.is_floating_point() and not _is_mask(tensor):
                count = int((~torch.isfinite(tensor)).sum())
                if count:
                    return count, part
    return 0, ""


def _is_mask(tensor: Tensor) -> bool:
    """Whether TENSOR is an attention mask to be added: minus infinity where nothing is to be seen."""
    hidden = tensor == -torch.inf
    return bool(hidden.any()) and bool((hidden | (tensor == 0) | (tensor == 1)).all())


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean, deviation and largest size of all values; deviations of the largest and smallest varying feature."""

    mean: float
    deviation: float
    largest: float
    widest: float
    narrowest: float
    two_valued: bool
    constant: bool


def scale_of(values: Tensor, feature: int) -> Scale:
    """Measure VALUES, whose first dimension counts samples and whose dimension FEATURE counts features.

    Two-valued features are left out: one-hot and binary inputs have no scale to speak of.
    """
    columns = values.double().movedim(feature, -1).reshape(-1, values.shape[feature])
    kept = columns[:, [len(torch.unique(column)) > 2 for column in columns.T]]
    everything = kept if kept.numel() else columns
    deviations = everything.std(0, unbiased=False)
    varying = deviations[deviations > CONSTANT]
    tolerance = CONSTANT * max(1.0, float(columns.abs().mean()))
    per_place = values.double().std(0, unbiased=False)
    return Scale(
        mean=float(everything.mean()),
        deviation=float(everything.std(unbiased=False)),
        largest=float(everything.abs().max()),
        widest=float(deviations.max()),
        narrowest=float(varying.quantile(0.05)) if varying.numel() else 1.0,
        two_valued=not kept.numel(),
        constant=len(values) >= ENOUGH_SAMPLES and float(per_place.max()) < tolerance,
    )


@inspector(version=1)
def input_scale(recipe: Recipe) -> Finding | Unanswered:
    """Scale of what the first layer with weights is given; token ids and normalising first layers have none."""
    seen = _first_layer_inputs(recipe) if recipe.has("model") else _raw_inputs(recipe)
    if isinstance(seen, Unanswered):
        return seen
    values, feature, normalised = seen
    if not bool(torch.isfinite(values).all()):
        return Unanswered("inapplicable", "The inputs are not finite, so they have no scale.")
    scale = scale_of(values, feature)
    measured = {"mean": scale.mean, "std": scale.deviation, "samples": len(values)}
    if scale.constant:
        return Finding("constant", measured, recipe.place("data"))
    large = is_off_scale(scale.mean, scale.deviation, scale.largest, scale.widest, scale.narrowest)
    return Finding(
        "large" if large and not (normalised or scale.two_valued) else "standard", measured, recipe.place("data")
    )


class _Entered(Exception):
    """The first layer with weights has been reached."""


Seen = tuple[Tensor, int, bool]  # values, the dimension of their features, whether the network normalises them


def _raw_inputs(recipe: Recipe) -> Seen | Unanswered:
    for name, first in recipe.train_batches[0].inputs.items():
        if first.is_floating_point() and first.ndim > 1 and not _is_mask(first):
            tensors = [batch.inputs[name] for batch in recipe.mixed_batches if name in batch.inputs]
            alike = [tensor.flatten(1) if tensor.ndim < 3 else tensor for tensor in tensors]
            return torch.cat(_same_shape(alike)), 1 if first.ndim > 3 else -1, False
    return Unanswered("inapplicable", "The inputs are no real numbers, so they have no scale.")


def _first_layer_inputs(recipe: Recipe) -> Seen | Unanswered:
    model = recipe.fresh_model().eval()
    entered: list[tuple[nn.Module, Tensor]] = []

    def note(layer: nn.Module, given: tuple[Any, ...]) -> None:
        if given and isinstance(given[0], Tensor):
            entered.append((layer, given[0].detach().clone()))
            if not isinstance(layer, _EMBEDS):
                raise _Entered  # the rest of the pass is of no interest

    for layer in model.modules():
        if isinstance(layer, (*_WEIGHTED, *_NORMALISES, *_EMBEDS)):
            layer.register_forward_pre_hook(note)
    tensors: list[Tensor] = []
    first: nn.Module | None = None
    for batch in recipe.small_batches(samples=SCALE_SAMPLES):
        entered.clear()
        with torch.no_grad():
            recipe.step(model, batch)
        real = any(tensor.is_floating_point() and not _is_mask(tensor) for tensor in batch.inputs.values())
        if entered and isinstance(entered[0][0], _EMBEDS) and not real:
            return Unanswered("inapplicable", "The inputs are no real numbers, so they have no scale.")
        first, given = next(((one, x) for one, x in entered if not isinstance(one, _EMBEDS)), (None, None))
        if first is None or given is None or not given.is_floating_point() or given.ndim < 2:
            return _raw_inputs(recipe)
        tensors.append(given)
    channels_first = isinstance(first, (nn.modules.conv._ConvNd, nn.modules.batchnorm._NormBase))
    return torch.cat(_same_shape(tensors)), 1 if channels_first else -1, isinstance(first, _NORMALISES)


def _same_shape(tensors: Sequence[Tensor]) -> list[Tensor]:
    return [tensor for tensor in tensors if tensor.shape[1:] == tensors[0].shape[1:]]


@inspector(version=1)
def target_scale(recipe: Recipe) -> Finding | Unanswered:
    """Mean and deviation of regression targets, of the worst column; a model that scales its outputs is left alone."""
    if recipe.task != "regression":
        return Unanswered("inapplicable", "Only regression targets have a scale.")
    tensors = [batch.targets for batch in recipe.mixed_batches if isinstance(batch.targets, Tensor)]
    if not tensors:
        return Unanswered("inapplicable", "The targets are no single tensor.")
    values = torch.cat(_same_shape([tensor.double().reshape(len(tensor), -1) for tensor in tensors]))
    mean, deviation = max(map(_moments, values.T), key=lambda moments: max(abs(moments[0]), moments[1]))
    measured = {"mean": mean, "std": deviation, "samples": len(values)}
    unscaled = max(abs(mean), deviation) > LARGE_TARGET
    return Finding(
        "unscaled" if unscaled and not _scales_itself(recipe) else "standard", measured, recipe.place("data")
    )


def _moments(column: Tensor) -> tuple[float, float]:
    finite = column[torch.isfinite(column)]
    return (float(finite.mean()), float(finite.std(unbiased=False))) if finite.numel() else (0.0, 0.0)


def _scales_itself(recipe: Recipe) -> bool:
    loss = recipe.known_loss
    if loss is None or loss.input.numel() < 2:
        return False
    return scales_itself(*_moments(loss.target.flatten()), *_moments(loss.input.flatten()))
