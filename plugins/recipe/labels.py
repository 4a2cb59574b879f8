"""Judge class labels: their range, how many samples each class has, and how they are spread over the batches."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from wizard.evidence import Facts, Finding, Measurement, Unanswered, inspector
from wizard.evidence.artifacts.recipe import Recipe
from wizard.evidence.artifacts.recipe_batch import leaves
from wizard.evidence.artifacts.recipe_sample import composes_batches
from wizard.plugins.recipe.label_order import blocks_of, distinct_if_mixed, distinct_in, in_runs
from wizard.plugins.recipe.thresholds import MIN_BATCHES, MIN_SAMPLES, balance

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
    measured: Measurement = {
        "ratio": most / max(least, 1),
        "smallest_share": least / sum(counts),
        "classes": len(counts),
        "samples": sum(counts),
    }
    return Finding(balance(counts), measured, recipe.place("data"))


def class_counts(labels: Sequence[Tensor], classes: int | None) -> list[int]:
    """Samples of each class that occurs; if only one of two or more does, the others count as none."""
    counts: list[int] = torch.unique(torch.cat(list(labels)), return_counts=True)[1].tolist()
    return [*counts, 0] if len(counts) == 1 and (classes or 1) > 1 else counts


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
