"""Judge what the probe saw of the data, by the thresholds of the recipe's inspectors."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

from wizard.evidence import Finding, Measurement, Unanswered, inspector
from wizard.evidence.artifacts.told import Spread, Told
from wizard.plugins.recipe.label_order import blocks_of, distinct_if_mixed, distinct_in, in_runs
from wizard.plugins.recipe.thresholds import (
    CONSTANT,
    ENOUGH_SAMPLES,
    LARGE_TARGET,
    MIN_BATCHES,
    MIN_CLASSES,
    MIN_SAMPLES,
    balance,
    is_off_scale,
    scales_itself,
)

UNTOLD = "The block of the probe does not tell."
IGNORED = -100  # the label that CrossEntropyLoss leaves out
IN_ORDER = "SequentialSampler"
AUTOMATIC = {"BatchSampler", "NoneType", "int"}  # batch samplers that compose nothing on purpose; int: no DataLoader
TWO_VALUES = 1e-3  # of the variance: numbers with two values have the largest one that their mean allows


@inspector(version=1)
def data_finite(told: Told) -> Finding | Unanswered:
    """NaN and infinity in the batches that were looked at. A loss that leaves missing values out is left alone."""
    bad, samples = told.words("nonfinite"), told.spread("target")
    if bad is None or told.words("batches") is None:
        return Unanswered("absent", UNTOLD)
    if not bad:
        return Finding("finite", {"samples": samples.shape[0] if samples and samples.shape else 0})
    batch, part, count = [*bad[0].rsplit(":", 2), "", ""][:3]
    steps = told.numbers("steps")
    if batch == "1" and steps is not None and len(steps) > 3 and math.isfinite(steps[2]):
        return Unanswered("inapplicable", "The data hold missing values, and the loss leaves them out.")
    where = "targets" if part == "targets" else "inputs"
    measured: Measurement = {"count": count, "part": where, "split": "training", "batch": batch}
    return Finding("nonfinite", measured)


@inspector(version=1)
def input_scale(told: Told) -> Finding | Unanswered:
    """Scale of what the first layer with weights was given; token ids and normalising first layers have none."""
    seen, words = told.spread("input"), told.words("input")
    if seen is None or not words:
        return Unanswered("absent", UNTOLD)
    if "float" not in words[1] or "Embedding" in words[0]:
        return Unanswered("inapplicable", "The inputs are no real numbers, so they have no scale.")
    if not seen.is_finite:
        return Unanswered("inapplicable", "The inputs are not finite, so they have no scale.")
    samples = seen.shape[0] if seen.shape else 1
    measured = {"mean": seen.mean, "std": seen.deviation, "samples": samples}
    if samples >= ENOUGH_SAMPLES and seen.widest < CONSTANT * max(1.0, abs(seen.mean)):
        return Finding("constant", measured)
    # only the columns of a table are features; a column that does not vary has no unit
    table = len(seen.shape) == 2 and seen.narrowest > CONSTANT
    features = (seen.widest, seen.narrowest) if table else (seen.deviation, seen.deviation)
    large = is_off_scale(seen.mean, seen.deviation, max(abs(seen.low), abs(seen.high)), *features)
    return Finding("large" if large and not ("Norm" in words[0] or _has_two_values(seen)) else "standard", measured)


def _has_two_values(seen: Spread) -> bool:
    most = (seen.mean - seen.low) * (seen.high - seen.mean)
    return most > 0 and abs(seen.deviation**2 - most) < TWO_VALUES * most


@inspector(version=1)
def target_scale(told: Told) -> Finding | Unanswered:
    """Mean and deviation of regression targets; a model that scales its outputs is left alone."""
    target, output = told.spread("target"), told.spread("output")
    if target is None:
        return Unanswered("absent", UNTOLD)
    if told.task != "regression":
        return Unanswered("inapplicable", "Only regression targets have a scale.")
    if not target.is_finite:
        return Unanswered("inapplicable", "The targets do not vary or are not finite.")
    deviation = max(target.deviation, target.widest)
    measured = {"mean": target.mean, "std": deviation, "samples": target.shape[0]}
    itself = output is not None and scales_itself(target.mean, target.deviation, output.mean, output.deviation)
    unscaled = max(abs(target.mean), deviation) > LARGE_TARGET and not itself
    return Finding("unscaled" if unscaled else "standard", measured)


@inspector(version=1)
def labels_in_range(told: Told) -> Finding | Unanswered:
    """Class numbers against the number of scores; targets of a logistic loss against 0..1."""
    target = told.spread("target")
    if target is None:
        return Unanswered("absent", UNTOLD)
    if told.task != "classification":
        return Unanswered("inapplicable", "Only classes have a range.")
    logistic = told.loss_kind in ("logistic", "probability")
    classes = told.classes if not logistic else 2
    if classes is None and "num_classes" in told.facts:
        classes = int(told.facts["num_classes"].value)
    if classes is None:
        return Unanswered("absent", "The number of classes is not known.")
    highest = classes - 1
    wrong = [
        label for label in (target.high, *sorted({one for batch in told.labels for one in batch}), target.low)
        if not 0 <= label <= highest and (logistic or label != IGNORED)
    ]  # fmt: skip
    if not wrong:
        return Finding("in_range", {"samples": target.shape[0], "highest": highest})
    batch = next((number for number, labels in enumerate(told.labels, 1) if wrong[0] in labels), None)
    seen = len(told.labels) or 1
    return Finding("out_of_range", {"label": wrong[0], "highest": highest, "batch": batch or f"1-{seen}"})


@inspector(version=1)
def class_balance(told: Told) -> Finding | Unanswered:
    """Samples a class among the labels that the probe printed."""
    labels = [label for batch in told.labels for label in batch if label != IGNORED]
    if why := _without_labels(told):
        return why
    if told.loss_is_weighted:
        return Unanswered("inapplicable", "The loss already weighs the classes.")
    if IN_ORDER in (told.words("batches") or ()) and in_runs(told.labels):
        return Unanswered(
            "inapplicable",
            "The training loader gives its data in order, so its first batches say nothing about the rest.",
        )
    counts = list(Counter(labels).values())
    if len(counts) == 1 and (told.classes or 1) > 1:
        counts.append(0)
    if len(counts) < 2 or sum(counts) < MIN_SAMPLES:
        return Unanswered("absent", "The sample holds too few labels.")
    most, least = max(counts), min(counts)
    measured: Measurement = {
        "ratio": most / max(least, 1),
        "smallest_share": least / sum(counts),
        "classes": len(counts),
        "samples": sum(counts),
    }
    return Finding(balance(counts), measured)


@inspector(version=1)
def batch_label_order(told: Told) -> Finding | Unanswered:
    """Labels that come in runs. One class in all batches of a loader that keeps the stored order is a run as well."""
    if why := _without_labels(told):
        return why
    batches = told.words("batches") or ()
    if len(batches) > 3 and batches[3] not in AUTOMATIC:
        return Unanswered("inapplicable", "The loader has a batch sampler of its own.")
    labels = [batch for batch in told.labels if batch]
    every = np.concatenate(labels)
    blocks = blocks_of(labels)
    if len(blocks) < MIN_BATCHES or len(every) < MIN_SAMPLES:
        return Unanswered("absent", "The sample holds too few labels.")
    known = every
    if len(np.unique(every)) < 2:
        if IN_ORDER not in batches or (told.classes or 0) < MIN_CLASSES:
            return Unanswered("absent", "All labels seen are of one class.")
        known = np.arange(told.classes or 0)
    measured: Measurement = {"distinct": distinct_in(blocks), "expected": distinct_if_mixed(known, blocks)}
    return Finding("sorted" if in_runs(labels, known) else "mixed", measured)


def _without_labels(told: Told) -> Unanswered | None:
    if told.spread("target") is None:
        return Unanswered("absent", UNTOLD)
    if told.task != "classification" or not any(told.labels):
        return Unanswered("inapplicable", "The targets are not one class a sample.")
    return None
