"""Judge what the probe saw of model, loss and optimizer, by the thresholds of the recipe's inspectors."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

from wizard.evidence import Finding, Measurement, Unanswered, inspector
from wizard.evidence.artifacts.told import Told
from wizard.plugins.recipe.thresholds import (
    DENSE,
    FROZEN_SHARE,
    HIGH_DROPOUT,
    STEPS,
    SUM_TOLERANCE,
    first_loss,
    ground,
    learnt,
)

UNTOLD = "The block of the probe does not tell."
TRAINED = "The optimizer has made steps already, so this is no first loss."
NO_GRAPH = "does not require grad"  # torch's words where the loss has lost its graph


@inspector(version=1)
def task(told: Told) -> Finding | Unanswered:
    """By the loss, else by the targets."""
    return Finding(told.task) if told.task else Unanswered("absent", UNTOLD)


@inspector(version=1)
def dropout_rate(told: Told) -> Finding | Unanswered:
    """The highest rate among the layers, by the name of their type."""
    if told.words("layers") is None:
        return Unanswered("absent", UNTOLD)
    layers = (layer.partition(":") for layer in told.counts("layers"))
    rates = {kind: _number(rate) for kind, _, rate in layers if "Dropout" in kind}
    if not rates:
        return Unanswered("inapplicable", "The model has no dropout layer.")
    name = max(sorted(rates), key=lambda kind: rates[kind])
    return Finding("high" if rates[name] >= HIGH_DROPOUT else "usual", {"rate": rates[name], "name": name})


@inspector(version=1)
def normalisation_layers(told: Told) -> Finding | Unanswered:
    """BatchNorm is known by its name."""
    if told.words("layers") is None:
        return Unanswered("absent", UNTOLD)
    found = sum(int(number) for layer, number in told.counts("layers").items() if "BatchNorm" in layer)
    return Finding("batch_norm" if found else "other_or_none", {"layers": found})


@inspector(version=1)
def output_target_shapes(told: Told) -> Finding | Unanswered:
    """As many samples of either, whatever number of batches the statistics are of."""
    output, target = told.spread("output"), told.spread("target")
    if output is None or target is None:
        return Unanswered("absent", UNTOLD)
    if told.loss_kind not in ("squared", "absolute"):
        return Unanswered("inapplicable", "The loss is none that broadcasts.")
    one, other = output.shape, (*output.shape[:1], *target.shape[1:])
    measured: Measurement = {"output_shape": str(one), "target_shape": str(other)}
    return Finding("broadcast" if _broadcasts(one, other) else "match", measured)


def _broadcasts(output: tuple[int, ...], target: tuple[int, ...]) -> bool:
    if output == target or not output or not target or math.prod(target) == 1:
        return False
    try:
        together = np.broadcast_shapes(output, target)
    except ValueError:
        return False
    return math.prod(together) > min(math.prod(output), math.prod(target))


@inspector(version=1)
def outputs_are_probabilities(told: Told) -> Finding | Unanswered:
    """Numbers between 0 and 1 that left a softmax or sigmoid, or whose rows sum to one: their mean is then 1/C."""
    output = told.spread("output")
    if output is None:
        return Unanswered("absent", UNTOLD)
    if told.loss_kind not in ("cross_entropy", "logistic"):
        return Unanswered("inapplicable", "The loss is none that takes raw scores.")
    last = " ".join((told.words("output") or ())[7:])
    within = output.low >= 0 and output.high <= 1
    classes = told.classes or 0
    if told.loss_kind == "cross_entropy":
        squashed = "SoftmaxBackward" in last and "LogSoftmax" not in last
        squashed = squashed or (classes > 1 and abs(output.mean * classes - 1) < SUM_TOLERANCE)
    else:
        squashed = "SigmoidBackward" in last and "LogSigmoid" not in last
    measured: Measurement = {"loss": told.lines["loss"][0], "lowest": output.low, "highest": output.high}
    return Finding("probabilities" if within and squashed else "scores", measured)


@inspector(version=1)
def initial_loss(told: Told) -> Finding | Unanswered:
    """The loss of the first step, unless the optimizer has made some before."""
    steps, optimizer = told.numbers("steps"), told.words("optimizer")
    if steps is None or len(steps) < 4:
        return Unanswered("absent", UNTOLD)
    if optimizer and optimizer[-1] not in ("0", optimizer[0]):
        return Unanswered("inapplicable", TRAINED)
    value = steps[2]
    if not math.isfinite(value):
        return Finding("nonfinite", {"loss": value})
    expected = chance(told)
    if expected is None or told.loss_kind is None:
        return Unanswered("inapplicable", "The loss is of a kind whose first value is not known.")
    return Finding(first_loss(value, expected, told.loss_kind), {"loss": value, "expected": expected})


def chance(told: Told) -> float | None:
    """The loss of a network that favours nothing; None where it is summed, weighted, smoothed or of another kind."""
    target = told.spread("target")
    if not told.loss_is_plain or target is None:
        return None
    match told.loss_kind:
        case "cross_entropy" | "nll":
            classes = told.classes
            return math.log(classes) if classes and classes > 1 and told.words("labels") else None
        case "logistic" | "probability":
            return math.log(2) if told.words("labels") else None
        case "squared":
            return target.deviation**2
        case "absolute":
            return target.deviation  # no less than the mean distance from the mean
    return None


@inspector(version=1)
def gradient_reaches_parameters(told: Told) -> Finding | Unanswered:
    """Of the third step. A bias may rightly have none (before a BatchNorm)."""
    flags = tensors(told)
    cut = NO_GRAPH in told.why_not("steps")
    if not flags or (told.numbers("steps") is None and not cut):
        return Unanswered("absent", UNTOLD)
    total, frozen = sum(flags.values()), sum(n for flag, n in flags.items() if not _is(flag, "trainable"))
    unreached = [flag for flag in flags if _is(flag, "trainable") and not _reached(flag)]
    reached = total - frozen - sum(flags[flag] for flag in unreached)
    examples = told.counts("examples")
    shown = unreached or [flag for flag in flags if not _is(flag, "trainable")]
    measured: Measurement = {
        "reached": reached,
        "parameters": total,
        "frozen": frozen,
        "names": ", ".join(str(examples.get(flag, "?")) for flag in shown),
    }
    if cut or not any(_is(flag, "pushed") for flag in flags):
        return Finding("none", measured)
    return Finding("some" if unreached or frozen > FROZEN_SHARE * total else "all", measured)


@inspector(version=1)
def optimizer_moves_parameters(told: Told) -> Finding | Unanswered:
    """Trainable tensors against their copies before the first step."""
    flags, steps = tensors(told), told.numbers("steps")
    if not flags or steps is None or len(steps) < 4:
        return Unanswered("absent", UNTOLD)
    trainable = sum(n for flag, n in flags.items() if _is(flag, "trainable"))
    if not trainable:
        return Unanswered("inapplicable", "The model has no parameters that are trained.")
    moved = sum(n for flag, n in flags.items() if _is(flag, "moved"))
    still = [
        flag for flag in flags if _is(flag, "pushed") and not _is(flag, "moved") and not (moved and _is(flag, "driven"))
    ]
    examples = told.counts("examples")
    measured: Measurement = {
        "moved": moved,
        "parameters": trainable,
        "steps": int(steps[1]) + 1,
        "names": ", ".join(str(examples.get(flag, "?")) for flag in still),
    }
    return Finding("none" if not moved else "some" if still else "all", measured)


FLAGS = ("trainable", "matrix", "graded", "pushed", "moved", "driven")


def tensors(told: Told) -> Counter[str]:
    """How many parameter tensors carry which flags: a 0 or 1 for each of FLAGS, in order."""
    counts = told.counts("parameters")
    return Counter({flag: int(n) for flag, n in counts.items() if len(flag) == len(FLAGS) and set(flag) <= {"0", "1"}})


def _is(flag: str, name: str) -> bool:
    return flag[FLAGS.index(name)] == "1"


def _reached(flag: str) -> bool:
    return _is(flag, "graded") and (_is(flag, "pushed") or not _is(flag, "matrix"))


@inspector(version=1)
def overfit_one_batch(told: Told) -> Finding | Unanswered:
    """By the person's own optimizer; the probe stops after four seconds or 1,200 steps."""
    fit, adam, target = told.numbers("fit"), told.numbers("adam"), told.spread("target")
    if fit is None or len(fit) < 4:
        return Unanswered("absent", UNTOLD)
    samples, steps, first, last = fit[:4]
    measured: Measurement = {
        "first": first,
        "last": last,
        "steps": int(steps),
        "samples": int(samples),
        "with_adam": adam[3] if adam is not None and len(adam) > 3 else last,
    }
    if not math.isfinite(last):
        return Finding("nonfinite", measured)
    dense = target is not None and target.a_sample > DENSE
    classes = told.task == "classification"
    outcome = learnt(last, ground(first, constant(told)), classes, dense)
    if outcome in ("partly", "stuck"):
        if steps < STEPS:
            return Unanswered("skipped", "This model is too costly to train for 300 steps here.")
        if told.loss_kind is None or not told.loss_is_plain:
            return Unanswered("inapplicable", "The loss is of a kind whose lowest value is not known.")
    return Finding(outcome, measured)


def constant(told: Told) -> float | None:
    """The loss of the best constant prediction for the first batch; None where that is not known."""
    target = told.spread("target")
    if not told.loss_is_plain or target is None:
        return None
    if told.loss_kind == "squared":
        return target.deviation**2
    if told.loss_kind not in ("cross_entropy", "nll", "logistic", "probability") or not told.labels:
        return None
    shares = np.array(list(Counter(told.labels[0]).values())) / max(1, len(told.labels[0]))
    return float(-(shares * np.log(shares)).sum())


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return 0.0
