"""Compare training with validation data. Random augmentation of either must not look like a difference."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from wizard.evidence import Finding, Measurement, Unanswered, inspector
from wizard.evidence.artifacts.recipe import Recipe
from wizard.evidence.artifacts.recipe_batch import Batch
from wizard.evidence.artifacts.recipe_sample import draws_by_weight, draws_evenly
from wizard.plugins.recipe.label_order import in_runs
from wizard.plugins.recipe.labels import ORDERED

# An effect floor in units of the values' own deviation: flips, crops, colour jitter and noise stay well below it,
# a missing Normalize (mean 0.47, deviation 0.25 instead of 0 and 1) gives 0.6 and a ratio of 4.
FAR, STRETCHED = 0.5, 2.0
SHARE_OF_FEATURES = 0.2
LABELS_APART = 0.05  # Jensen-Shannon divergence, bits; knowledge of the field: ordered splits
CHANCE = 0.001  # of a false alarm over all features
PERMUTATIONS = 200
MIN_SAMPLES = 50
MOST_PLACES = 256  # of one feature in one sample, evenly spaced
TAIL = 0.01  # clipped at either end, so that outliers make no difference


@inspector(version=1)
def train_validation_shift(recipe: Recipe) -> Finding | Unanswered:
    """Labels by their histograms, inputs and real targets by mean and deviation of each feature."""
    train, validation = recipe.even_batches, recipe.validation_batches
    sizes = [sum(batch.size for batch in batches) for batches in (train, validation)]
    if min(sizes) < MIN_SAMPLES:
        return Unanswered("absent", "The sample holds too few training or validation data.")
    labels = recipe.labels(train), recipe.labels(validation)
    for found, random in zip(labels, (recipe.train_is_random, recipe.validation_is_random), strict=True):
        if found is not None and not random and in_runs(found):
            return Unanswered("inapplicable", ORDERED)
    divergence, labels_differ = 0.0, False
    loader = recipe.train_loader
    resampled = hasattr(loader, "sampler") and not (draws_evenly(loader) or draws_by_weight(loader))
    if labels[0] is not None and labels[1] is not None and not resampled:
        divergence, labels_differ = _label_shift(torch.cat(labels[0]), torch.cat(labels[1]))
    elif recipe.task == "regression":
        _, labels_differ = _feature_shift(*(_target_columns(batches) for batches in (train, validation)))
    distance, inputs_differ = _feature_shift(*(list(_input_columns(batches)) for batches in (train, validation)))
    measured: Measurement = {
        "distance": distance,
        "divergence": divergence,
        "train_samples": sizes[0],
        "validation_samples": sizes[1],
    }
    outcome = "labels_differ" if labels_differ else "inputs_differ" if inputs_differ else "similar"
    return Finding(outcome, measured, recipe.place("data"))


def _label_shift(train: Tensor, validation: Tensor) -> tuple[float, bool]:
    """Divergence of two sets of labels, and whether it is large and larger than in any random split of their union."""
    pooled = torch.unique(torch.cat([train, validation]), return_inverse=True)[1]
    observed = divergence_of(pooled[: len(train)], pooled[len(train) :])
    generator = torch.Generator().manual_seed(0)
    by_chance = 0.0
    for _ in range(PERMUTATIONS if observed > LABELS_APART else 0):
        mixed = pooled[torch.randperm(len(pooled), generator=generator)]
        by_chance = max(by_chance, divergence_of(mixed[: len(train)], mixed[len(train) :]))
    return observed, observed > LABELS_APART and observed > by_chance


def divergence_of(first: Tensor, second: Tensor) -> float:
    """Jensen-Shannon divergence of two label histograms in bits: 0 for equal shares, 1 for no label in common."""
    classes = int(max(first.max(), second.max())) + 1
    one, two = (torch.bincount(part, minlength=classes).double() / len(part) for part in (first, second))
    middle = (one + two) / 2
    return sum(float((p * (p / middle).log2().nan_to_num(0.0, 0.0, 0.0)).sum()) / 2 for p in (one, two))


def _feature_shift(train: Sequence[Tensor], validation: Sequence[Tensor]) -> tuple[float, bool]:
    """Largest distance of a feature's means, in deviations, and whether a fair share of the features differ."""
    pairs = [(one, two) for one, two in zip(train, validation, strict=False) if one.shape[1:] == two.shape[1:]]
    if not pairs:
        return 0.0, False
    sure = math.sqrt(2 * math.log(len(pairs) / CHANCE))  # bounds the largest of that many normal deviates
    distances, differing = [], 0
    for one, two in pairs:
        distance, differs = compare(one, two, sure)
        distances.append(distance)
        differing += differs
    return max(distances), differing > 0 and differing >= SHARE_OF_FEATURES * len(pairs)


def compare(one: Tensor, two: Tensor, sure: float) -> tuple[float, bool]:
    """Of one feature (samples x places): distance of the means in deviations, and whether mean or deviation differs
    by more than the floor and by more than SURE standard errors.

    Places of one sample hang together, so what is counted is samples. A feature that hardly varies is not judged.
    """
    pooled = torch.cat([one.flatten(), two.flatten()])
    thinned = pooled[:: max(1, len(pooled) // 100_000)]  # quantile() takes no more than 16 million
    low, high = float(thinned.quantile(TAIL)), float(thinned.quantile(1 - TAIL))
    if not high > low:
        return 0.0, False
    one, two = one.clamp(low, high), two.clamp(low, high)
    spreads = [float(part.std(unbiased=False)) for part in (one, two)]
    together = math.sqrt((spreads[0] ** 2 + spreads[1] ** 2) / 2)
    distance = abs(float(one.mean() - two.mean())) / together
    stretched = max(spreads) > STRETCHED * min(spreads)
    means = one.mean(1), two.mean(1)
    squares = ((one - one.mean()) ** 2).mean(1), ((two - two.mean()) ** 2).mean(1)
    differs = (distance > FAR and _certainty(*means) > sure) or (stretched and _certainty(*squares) > sure)
    return distance, differs


def _certainty(one: Tensor, two: Tensor) -> float:
    """Distance of two means in standard errors, as if both came from one population."""
    deviation = float(torch.cat([one, two]).std(unbiased=False))
    error = deviation * math.sqrt(1 / len(one) + 1 / len(two))
    return abs(float(one.mean() - two.mean())) / error if error else 0.0


def _input_columns(batches: Sequence[Batch]) -> Iterator[Tensor]:
    """Every real-valued input feature as samples x places; channels are the features of images."""
    for name, first in batches[0].inputs.items():
        if not (first.is_floating_point() or first.dtype == torch.uint8) or not first.ndim:
            continue
        tensors = [batch.inputs[name] for batch in batches if name in batch.inputs]
        alike = torch.cat([tensor for tensor in tensors if tensor.shape[1:] == first.shape[1:]]).float()
        if alike.ndim < 3:
            yield from (column[:, None] for column in alike.reshape(len(alike), -1).T)
            continue
        feature = 1 if alike.ndim > 3 or alike.shape[1] < alike.shape[2] else 2
        for column in alike.movedim(feature, 0):
            places = column.flatten(1)
            chosen = torch.linspace(0, places.shape[1] - 1, min(MOST_PLACES, places.shape[1])).long()
            yield places[:, chosen]


def _target_columns(batches: Sequence[Batch]) -> list[Tensor]:
    tensors = [batch.targets for batch in batches if isinstance(batch.targets, Tensor) and batch.targets.ndim in (1, 2)]
    if not tensors:
        return []
    values = torch.cat([tensor.float().reshape(len(tensor), -1) for tensor in tensors])
    return [column[:, None] for column in values.T]
