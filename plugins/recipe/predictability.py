"""Do the inputs say anything about the targets? Cheap probes on a sample, held against permuted targets.

A probe is a matrix that turns the targets of one half of the sample into predictions for the other half. It depends
on the inputs alone, so one matrix serves the true targets and every permutation of them.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from wizard.evidence import Finding, Measurement, Unanswered, inspector
from wizard.evidence.artifacts.recipe import Recipe

MOST_SAMPLES, MIN_SAMPLES, MIN_OF_A_CLASS = 2000, 200, 20
MOST_CLASSES, MOST_COLUMNS = 10, 8
MOST_FEATURES = 512
SIDE = 16  # images are averaged down to SIDE x SIDE
NEIGHBOURS = 5
PERMUTATIONS = 100
AT_CHANCE = 0.95  # quantile of the permuted scores that the true one must exceed
RIDGE = 0.01  # of the kernel's trace per sample


@inspector(version=1)
def inputs_predict_labels(recipe: Recipe) -> Finding | Unanswered:
    """At chance only if no probe does better on the true targets than on permuted ones."""
    batches = recipe.mixed_batches
    targets = _targets(recipe)
    if targets is None:
        return Unanswered("inapplicable", "The targets are not one class or a few numbers a sample.")
    views = input_views([list(batch.inputs.values()) for batch in batches])
    if not views:
        return Unanswered("inapplicable", "The inputs are no tensors of one shape.")
    kept = _kept(targets) if recipe.task == "classification" else torch.arange(len(targets))
    if len(kept) < MIN_SAMPLES:
        return Unanswered("absent", "The sample holds too few data of each class.")
    kept = kept[torch.randperm(len(kept), generator=torch.Generator().manual_seed(0))[:MOST_SAMPLES]]
    columns = _columns(targets[kept], recipe.task == "classification")
    if not bool(torch.isfinite(columns).all()) or not columns.shape[1]:
        return Unanswered("inapplicable", "The targets do not vary or are not finite.")
    above = excess([view[kept] for view in views], columns)
    measured: Measurement = {"excess": above, "samples": len(kept), "permutations": PERMUTATIONS}
    return Finding("predictive" if above > 0 else "at_chance", measured, recipe.place("data"))


def _targets(recipe: Recipe) -> Tensor | None:
    labels = recipe.labels(recipe.mixed_batches)
    if labels is not None:
        return torch.cat(labels)
    if recipe.task != "regression":
        return None
    tensors = [batch.targets for batch in recipe.mixed_batches]
    if not all(isinstance(tensor, Tensor) and tensor.ndim in (1, 2) for tensor in tensors):
        return None
    return torch.cat([tensor.double().reshape(len(tensor), -1)[:, :MOST_COLUMNS] for tensor in tensors])


def _kept(labels: Tensor) -> Tensor:
    """Rows of the most frequent classes that have enough samples each."""
    classes, counts = torch.unique(labels, return_counts=True)
    order = torch.argsort(counts, descending=True, stable=True)[:MOST_CLASSES]
    chosen = classes[order][counts[order] >= MIN_OF_A_CLASS]
    empty = torch.zeros(0, dtype=torch.long)
    return torch.isin(labels, chosen).nonzero().flatten() if len(chosen) > 1 else empty


def _columns(targets: Tensor, classes: bool) -> Tensor:
    """Standardised columns: one a class, or those of real targets that vary."""
    values = functional.one_hot(torch.unique(targets, return_inverse=True)[1]).double() if classes else targets.double()
    deviation = values.std(0, unbiased=False)
    return ((values - values.mean(0)) / deviation)[:, deviation > 0]


def input_views(batches: list[list[Tensor]]) -> list[Tensor]:
    """The inputs as standardised features: as they are (images averaged down, ids spread out), and as a spectrum."""
    plain: list[Tensor] = []
    spectra: list[Tensor] = []
    for tensors in zip(*batches, strict=False):
        if any(tensor.shape[1:] != tensors[0].shape[1:] or not tensor.ndim for tensor in tensors):
            continue
        values = torch.cat(tensors)
        if not values.is_floating_point() and values.dtype != torch.uint8:
            plain.append(_spread_ids(values.reshape(len(values), -1)))
            continue
        values = values.float().nan_to_num(0.0, 0.0, 0.0)
        plain.append(_shrunk(values))
        if values.ndim > 1 and values.shape[-1] >= 2 * SIDE:
            spectra.append(_shrunk(torch.fft.fft2(values).abs() if values.ndim > 3 else torch.fft.rfft(values).abs()))
    return [_standardised(torch.cat(view, 1)) for view in (plain, spectra) if view]


def _shrunk(values: Tensor) -> Tensor:
    if values.ndim == 4:
        values = functional.adaptive_avg_pool2d(values, (min(SIDE, values.shape[2]), min(SIDE, values.shape[3])))
    flat = values.reshape(len(values), -1)
    return (
        flat if flat.shape[1] <= MOST_FEATURES else functional.adaptive_avg_pool1d(flat[:, None], MOST_FEATURES)[:, 0]
    )


def _spread_ids(ids: Tensor) -> Tensor:
    """Which ids occur, and which occurs where, hashed into a fixed number of columns."""
    half = MOST_FEATURES // 2
    places = torch.arange(ids.shape[1])
    counts = torch.zeros(len(ids), MOST_FEATURES)
    ids = ids.long()
    counts.scatter_add_(1, ids.remainder(half), torch.ones(ids.shape))
    counts.scatter_add_(1, half + (ids * 31 + places * 7919).remainder(half), torch.ones(ids.shape))
    return counts


def _standardised(features: Tensor) -> Tensor:
    deviation = features.std(0, unbiased=False)
    return ((features - features.mean(0)) / deviation.clamp_min(1e-6))[:, deviation > 1e-6]


def excess(views: list[Tensor], columns: Tensor) -> float:
    """How far the best probe's score lies above the AT_CHANCE quantile of permuted ones, in their deviations.

    A score is the squared deviation from what permutations of that probe give, so that a probe that is reliably
    wrong counts too: the nearest neighbours of a parity have the other parity.
    """
    generator = torch.Generator().manual_seed(0)
    half = len(columns) // 2
    orders = [torch.arange(len(columns))]
    orders += [torch.randperm(len(columns), generator=generator) for _ in range(PERMUTATIONS)]
    targets = torch.stack([columns[order] for order in orders], 1)  # samples x orders x columns
    scores = [
        sum(
            (_scores(matrix, *parts) for matrix, parts in zip(pair, halves(targets, half), strict=True)),
            torch.zeros(()),
        )
        for view in views
        for pair in zip(*(probes(fitted, tested) for fitted, tested in halves(view, half)), strict=True)
    ]
    if not scores:
        return 0.0
    table = torch.stack(scores)
    permuted = table[:, 1:]
    standard = (table - permuted.mean(1, keepdim=True)) / permuted.std(1, keepdim=True).clamp_min(1e-12)
    best = standard.abs().max(0).values
    return float(best[0] - best[1:].quantile(AT_CHANCE))


def halves(values: Tensor, half: int) -> list[tuple[Tensor, Tensor]]:
    """What is fitted and what is tested: the first half and the second, then the other way round."""
    return [(values[:half], values[half:]), (values[half:], values[:half])]


def _scores(matrix: Tensor, fitted: Tensor, tested: Tensor) -> Tensor:
    """Mean agreement of prediction and truth for every order of the targets."""
    predicted = (matrix @ fitted.flatten(1)).reshape(tested.shape)
    return (predicted * tested).mean((0, 2))


def probes(fitted: Tensor, tested: Tensor) -> list[Tensor]:
    """Nearest neighbours and two kernel ridges, linear and Gaussian with the median distance."""
    if not fitted.shape[1]:
        return []
    fitted, tested = fitted.double(), tested.double()
    distances = torch.cdist(tested, fitted)
    nearest = torch.zeros_like(distances).scatter_(
        1, distances.topk(NEIGHBOURS, 1, largest=False).indices, 1 / NEIGHBOURS
    )
    width = 2 * float(distances.median()) ** 2 or 1.0
    gaussian = torch.exp(-(distances**2) / width), torch.exp(-(torch.cdist(fitted, fitted) ** 2) / width)
    linear = tested @ fitted.T, fitted @ fitted.T
    found = [nearest]
    for across, within in (gaussian, linear):
        ridge = (RIDGE * float(within.diagonal().mean()) + 1e-9) * len(fitted) ** 0.5
        found.append(across @ torch.linalg.inv(within + ridge * torch.eye(len(fitted), dtype=torch.double)))
    return found
