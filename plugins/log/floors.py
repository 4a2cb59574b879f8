"""Levels at which a loss of classification gets stuck, each with its own cause. Needs the number of classes."""

from __future__ import annotations

import math

import numpy as np

from wizard.evidence import Facts, Finding, Unanswered, inspector
from wizard.evidence.artifacts.log import Log
from wizard.evidence.series import Floats, blocks, end_level, noise, slope, start_level

FEW = 5
CHANCE = (0.985, 1.03)  # of ln C: a stuck net bounces a little above it, one that learns goes below
SHARP = 0.015  # of ln C: standard error that the mean of the second half may have at most
SOFTMAX = (0.998, 1.03)  # of ln(1 + (C-1)/e), which no softmax before cross-entropy can undercut (seed S019)
SOFTMAX_WHEN_ACCURATE = 1.15  # an accuracy of A explains 1 - A above the floor; used only where A is known
ACCURATE = 0.8
SIGMOID_FLOOR = (math.log(1 + math.exp(-1)) + math.log(2)) / 2  # 0.503: sigmoid before BCEWithLogits, balanced
SIGMOID = (0.99, 1.02)
SIGMOID_CEILING = SIGMOID_FLOOR + 0.5  # every output wrong
LEVELLED = 0.02  # of the level, over the last quarter
FLAT = 0.02  # of the first level, from start to end
USUAL_CLASSES = (2, 10, 100, 1000)  # recognised without being told, and only from a loss that never moves
UNMISTAKABLE = 0.003  # of ln C


@inspector(version=1)
def loss_at_known_floor(log: Log, facts: Facts) -> Finding | Unanswered:
    """Without the number of classes: `chance` if the loss never leaves a well-known ln C, else hardly an answer."""
    loss = log.values("train_loss")
    if len(loss) < FEW:
        return Unanswered("absent", "The log holds too few training losses to judge.")
    level = end_level(loss)
    classes = int(facts["num_classes"].value) if "num_classes" in facts else guessed_classes(loss)
    if classes is None or classes < 2:
        if level < floors(2)["softmax_floor"] * CHANCE[0]:
            return Finding("none", {"level": level})
        return Unanswered("absent", "The number of classes is not known, so levels of chance cannot be told.")
    floor = floors(classes)
    measured: dict[str, int | float | str] = {"level": level, "classes": classes}
    outcome = matched_floor(loss, level, floor, end_accuracy(log))
    return Finding(outcome, measured | ({"floor": floor[outcome]} if outcome in floor else {}))


def floors(classes: int) -> dict[str, float]:
    """The known levels for a number of classes."""
    levels = {"chance": math.log(classes), "softmax_floor": math.log(1 + (classes - 1) / math.e)}
    return levels | ({"sigmoid_floor": SIGMOID_FLOOR} if classes == 2 else {})


def matched_floor(loss: Floats, level: float, floor: dict[str, float], accuracy: float | None) -> str:
    """The floor on which the loss has come to rest; one that cannot be undercut never was."""
    tail = blocks(loss[-max(4, len(loss) // 4) :])
    if abs(slope(tail).change) > LEVELLED * abs(level):
        return "none"
    if rests_at_chance(loss[len(loss) // 2 :], floor["chance"]):
        return "chance"
    lowest, highest = float(blocks(loss).min()), float(blocks(loss).max())
    # outputs between 0 and 1 bound the loss from above as well
    ceiling = {"softmax_floor": math.log(math.exp(floor["chance"]) - 1 + math.e), "sigmoid_floor": SIGMOID_CEILING}

    def rests_on(name: str, low: float, high: float) -> bool:
        bounded = name in floor and lowest >= low * floor[name] and highest <= 1.01 * ceiling[name]
        return bounded and level <= high * floor[name]

    if rests_on("sigmoid_floor", *SIGMOID):
        return "sigmoid_floor"
    if accuracy is not None:
        is_softmax = accuracy >= ACCURATE and rests_on("softmax_floor", SOFTMAX[0], SOFTMAX_WHEN_ACCURATE)
        return "softmax_floor" if is_softmax else "none"
    return "softmax_floor" if rests_on("softmax_floor", *SOFTMAX) else "none"


def rests_at_chance(late: Floats, chance: float) -> bool:
    """Both halves of the second half lie on ln C, and the noise allows to say so."""
    parts = np.array_split(late, 2)
    is_sharp = noise(late) / len(late) ** 0.5 < SHARP * chance
    return is_sharp and all(CHANCE[0] * chance <= part.mean() <= CHANCE[1] * chance for part in parts)


def guessed_classes(loss: Floats) -> int | None:
    """The number of classes if the loss stays on its ln C from start to end."""
    level = end_level(loss)
    if abs(start_level(loss) - level) > FLAT * level:
        return None
    near = [count for count in USUAL_CLASSES if abs(level - math.log(count)) < UNMISTAKABLE * math.log(count)]
    return near[0] if near else None


def end_accuracy(log: Log) -> float | None:
    """The last level of the training accuracy, else of the validation accuracy, as a share."""
    for accuracy in (log.values("train_accuracy"), log.values("val_accuracy")):
        if len(accuracy):
            return end_level(accuracy) / (100 if accuracy.max() > 1.5 else 1)
    return None
