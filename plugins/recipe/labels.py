"""Judge class labels: their range, how many samples each class has, and how they are spread over the batches."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from wizard.evidence import Facts, Finding, Measurement, Unanswered, inspector
from wizard.evidence.artifacts.recipe import Recipe
from wizard.evidence.artifacts.recipe_batch import leaves
from wizard.evidence.artifacts.recipe_sample import composes_batches

SKEWED, EXTREME = 10.0, 50.0  # largest class over smallest; SageMaker Debugger's ClassImbalance alarms at 10
RARE, RARE_OF_EVEN = 0.01, 0.1  # a class below 1 %, and below a tenth of an even share (cleanlab's rule)
MIN_BATCHES, MIN_CLASSES = 4, 3
SORTED = 0.5  # distinct labels a batch below half of what a random draw gives: knowledge of the field, judgement
PURE = 0.5  # for two classes: half the way from a random draw to batches of one class each
SMALLEST_BLOCK = 16  # smaller batches are joined: two labels a batch tell nothing of order
MIN_SAMPLES = 64
NOISE = 2.0  # standard errors of counting that are given away

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
    """Samples a class in a sample that stands for the whole set, with room for the noise of counting."""
    labels = recipe.labels(recipe.mixed_batches)
    if labels is None:
        return Unanswered("inapplicable", ONE_LABEL)
    if recipe.known_loss is not None and recipe.known_loss.weighted:
        return Unanswered("inapplicable", "The loss already weighs the classes.")
    if not recipe.train_is_random and in_runs(labels):
        return Unanswered("inapplicable", ORDERED)
    counts = class_counts(labels, recipe.num_classes)
    if len(counts) < 2 or sum(counts) < MIN_SAMPLES:
        return Unanswered("absent", "The sample holds too few labels.")
    most, least = max(counts), min(counts)
    ratio = (most - NOISE * math.sqrt(most)) / _at_most(least)
    share = _at_most(least) / sum(counts)
    measured: Measurement = {
        "ratio": most / max(least, 1),
        "smallest_share": least / sum(counts),
        "classes": len(counts),
        "samples": sum(counts),
    }
    if ratio > EXTREME or share < min(RARE, RARE_OF_EVEN / len(counts)):
        return Finding("extreme", measured, recipe.place("data"))
    return Finding("skewed" if ratio > SKEWED else "balanced", measured, recipe.place("data"))


def class_counts(labels: Sequence[Tensor], classes: int | None) -> list[int]:
    """Samples of each class that occurs; if only one of two or more does, the others count as none."""
    counts: list[int] = torch.unique(torch.cat(list(labels)), return_counts=True)[1].tolist()
    return [*counts, 0] if len(counts) == 1 and (classes or 1) > 1 else counts


def _at_most(count: int) -> float:
    """The largest count that would still be seen as COUNT now and then (of none, three: the rule of three)."""
    return max(3.0, count + NOISE * math.sqrt(count))


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
    if len(blocks) < MIN_BATCHES or len(every) < MIN_SAMPLES:
        return Unanswered("absent", "The sample holds too few labels.")
    if len(torch.unique(known)) < 2:
        return Unanswered("absent", "All labels seen are of one class.")
    measured: Measurement = {
        "distinct": distinct_in(blocks),
        "expected": distinct_if_mixed(known, blocks),
        "batches": len(labels),
    }
    return Finding("sorted" if in_runs(labels, known) else "mixed", measured, recipe.place("data"))


def in_runs(labels: Sequence[Tensor], known: Tensor | None = None) -> bool:
    """Whether blocks of LABELS hold far fewer classes than a random draw from KNOWN (default: from all of them)."""
    known = torch.cat(list(labels)) if known is None else known
    blocks = blocks_of(labels)
    classes = len(torch.unique(known))
    if classes < 2 or not blocks:
        return True
    if classes >= MIN_CLASSES:
        return distinct_in(blocks) < SORTED * distinct_if_mixed(known, blocks)
    return purity(blocks, known) > PURE


def blocks_of(labels: Sequence[Tensor]) -> list[Tensor]:
    """The batches; small ones joined to blocks of at least SMALLEST_BLOCK. A short last one is left out."""
    if len(labels[0]) >= SMALLEST_BLOCK:
        return [block for block in labels if len(block) >= SMALLEST_BLOCK]
    every = torch.cat(list(labels))
    starts = range(0, len(every) - SMALLEST_BLOCK + 1, SMALLEST_BLOCK)
    return [every[start : start + SMALLEST_BLOCK] for start in starts]


def distinct_in(blocks: Sequence[Tensor]) -> float:
    """Mean number of distinct labels a block."""
    return sum(len(torch.unique(block)) for block in blocks) / len(blocks)


def distinct_if_mixed(known: Tensor, blocks: Sequence[Tensor]) -> float:
    """The same, expected of random draws of their sizes with the shares of KNOWN."""
    shares = torch.unique(known, return_counts=True)[1].double() / len(known)
    return sum(float((1 - (1 - shares) ** len(block)).sum()) for block in blocks) / len(blocks)


def purity(blocks: Sequence[Tensor], known: Tensor) -> float:
    """0 for two classes mixed at random, 1 for blocks of one class each: how far the shares of blocks scatter."""
    one = known[0]
    share = float((known == one).double().mean())
    scatter = sum((float((block == one).double().mean()) - share) ** 2 for block in blocks) / len(blocks)
    chance = sum(share * (1 - share) / len(block) for block in blocks) / len(blocks)
    return (scatter - chance) / (share * (1 - share) - chance)
