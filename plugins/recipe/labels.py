"""Judge class labels: their range, how many samples each class has, and how they are spread over the batches."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from wizard.evidence import Facts, Finding, Measurement, Unanswered, inspector
from wizard.evidence.artifacts.recipe import Recipe
from wizard.evidence.artifacts.recipe_batch import composes_batches, in_stored_order, leaves

SKEWED, EXTREME = 10.0, 50.0  # largest class over smallest; SageMaker Debugger's ClassImbalance alarms at 10
RARE, RARE_OF_EVEN = 0.01, 0.1  # a class below 1 %, and below a tenth of an even share (cleanlab's rule)
MIN_BATCHES, MIN_CLASSES = 4, 3
SORTED = 0.5  # distinct labels a batch below half of what a random draw gives: knowledge of the field, judgement
PURE = 0.5  # for two classes: half the way from a random draw to batches of one class each
SMALLEST_BLOCK = 16  # smaller batches are joined: two labels a batch tell nothing of order
MIN_SAMPLES = 64

ONE_LABEL = "The targets are not one class a sample."
ORDERED = "The training loader gives its data in order, so its first batches say nothing about the rest."


@inspector(version=1)
def labels_in_range(recipe: Recipe, facts: Facts) -> Finding | Unanswered:
    """Class numbers against the number of scores; targets of a logistic loss against 0..1."""
    if recipe.task != "classification":
        return Unanswered("inapplicable", "Only classes have a range.")
    loss = recipe.known_loss
    if loss is not None and loss.kind in ("logistic", "probability"):
        lowest, highest = 0.0, 1.0
        ignored = None
    else:
        stated = facts["num_classes"].value if "num_classes" in facts else None
        classes = recipe.num_classes or (int(stated) if stated is not None else None)
        if classes is None:
            return Unanswered("absent", "The number of classes is not known.")
        lowest, highest = 0.0, float(classes - 1)
        ignored = int(loss.options.get("ignore_index", -100)) if loss is not None else -100
    samples = 0
    for number, batch in enumerate(recipe.train_batches, 1):
        samples += batch.size
        for target in leaves(batch.targets):
            if target.is_floating_point() and ignored is not None:
                continue  # shares of classes, not class numbers
            counted = target[target != ignored] if ignored is not None else target
            wrong = counted[(counted < lowest) | (counted > highest)]
            if wrong.numel():
                measured: Measurement = {"label": float(wrong[0]), "highest": highest, "batch": number}
                return Finding("out_of_range", measured, recipe.place("data"))
    return Finding("in_range", {"samples": samples, "highest": highest}, recipe.place("data"))


@inspector(version=1)
def class_balance(recipe: Recipe) -> Finding | Unanswered:
    """Samples a class, over the whole data set where its labels can be read, else a sample with room for its noise."""
    labels = recipe.labels(recipe.mixed_batches)
    if labels is None:
        return Unanswered("inapplicable", ONE_LABEL)
    if recipe.known_loss is not None and recipe.known_loss.weighted:
        return Unanswered("inapplicable", "The loss already weighs the classes.")
    if unrepresentative(recipe, recipe.labels(recipe.train_batches) or labels):
        return Unanswered("inapplicable", ORDERED)
    counts = torch.unique(torch.cat(labels), return_counts=True)[1].double()
    if len(counts) < 2 or counts.sum() < MIN_SAMPLES:
        return Unanswered("absent", "The sample holds too few labels.")
    ratio = _surely_at_least(counts)
    share = _surely_at_most(counts.min()) / float(counts.sum())
    measured: Measurement = {
        "ratio": float(counts.max() / counts.min()),
        "smallest_share": float(counts.min() / counts.sum()),
        "classes": len(counts),
        "samples": int(counts.sum()),
    }
    if ratio > EXTREME or share < min(RARE, RARE_OF_EVEN / len(counts)):
        return Finding("extreme", measured, recipe.place("data"))
    return Finding("skewed" if ratio > SKEWED else "balanced", measured, recipe.place("data"))


def _surely_at_least(counts: Tensor) -> float:
    """Largest over smallest class with two standard errors of counting given away on either side."""
    most = float(counts.max())
    return (most - 2 * most**0.5) / _surely_at_most(counts.min())


def _surely_at_most(count: Tensor) -> float:
    return float(count) + 2 * float(count) ** 0.5


@inspector(version=1)
def batch_label_order(recipe: Recipe) -> Finding | Unanswered:
    """Labels that come in runs, so that a batch holds few classes. Batches composed on purpose are left alone."""
    if composes_batches(recipe.train_loader):
        return Unanswered("inapplicable", "The loader has a batch sampler of its own.")
    labels = recipe.labels(recipe.train_batches)
    if labels is None:
        return Unanswered("inapplicable", ONE_LABEL)
    every = torch.cat(labels)
    known = torch.cat(recipe.labels(recipe.mixed_batches) or labels)
    blocks = blocks_of(labels)
    classes = len(torch.unique(known))
    if len(blocks) < MIN_BATCHES or len(every) < MIN_SAMPLES:
        return Unanswered("absent", "The sample holds too few labels.")
    if classes < 2:
        return Unanswered("absent", "All labels seen are of one class.")
    distinct = sum(len(torch.unique(block)) for block in blocks) / len(blocks)
    expected = sum(distinct_if_mixed(known, len(block)) for block in blocks) / len(blocks)
    measured: Measurement = {"distinct": distinct, "expected": expected, "batches": len(labels)}
    ordered = distinct < SORTED * expected if classes >= MIN_CLASSES else purity(blocks, known) > PURE
    return Finding("sorted" if ordered else "mixed", measured, recipe.place("data"))


def blocks_of(labels: Sequence[Tensor]) -> list[Tensor]:
    """The batches; small ones joined to blocks of at least SMALLEST_BLOCK. A short last one is left out."""
    if len(labels[0]) >= SMALLEST_BLOCK:
        return [block for block in labels if len(block) >= SMALLEST_BLOCK]
    every = torch.cat(list(labels))
    return [block for block in every.split(SMALLEST_BLOCK) if len(block) == SMALLEST_BLOCK]


def distinct_if_mixed(known: Tensor, size: int) -> float:
    """Expected number of distinct labels when SIZE are drawn with the shares of KNOWN."""
    shares = torch.unique(known, return_counts=True)[1].double() / len(known)
    return float((1 - (1 - shares) ** size).sum())


def purity(blocks: Sequence[Tensor], known: Tensor) -> float:
    """0 for two classes mixed at random, 1 for blocks of one class each: how far the shares of blocks scatter."""
    one = known[0]
    share = float((known == one).double().mean())
    scatter = sum((float((block == one).double().mean()) - share) ** 2 for block in blocks) / len(blocks)
    chance = sum(share * (1 - share) / len(block) for block in blocks) / len(blocks)
    return (scatter - chance) / (share * (1 - share) - chance)


def unrepresentative(recipe: Recipe, labels: Sequence[Tensor]) -> bool:
    """Whether the sampled LABELS come in runs and nothing better than this sample can be had."""
    if recipe.sample_is_whole or in_stored_order(recipe.train_loader):
        return False
    blocks, every = blocks_of(labels), torch.cat(list(labels))
    if len(blocks) < 2 or len(torch.unique(every)) < 2:
        return len(torch.unique(every)) < 2
    distinct = sum(len(torch.unique(block)) for block in blocks) / len(blocks)
    expected = sum(distinct_if_mixed(every, len(block)) for block in blocks) / len(blocks)
    return distinct < SORTED * expected or (len(torch.unique(every)) == 2 and purity(blocks, every) > PURE)
