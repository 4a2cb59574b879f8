"""Numbers of two splits against each other: 98 % on the training set, 60 % on the validation set."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.consultation.intake.clauses import Subject
from wizard.consultation.intake.statements import Level, Statement

# Accuracies this far apart are a complaint; as far as this they are alike. Losses likewise, by ratio.
FAR, BETTER, ALIKE = 0.1, 0.03, 0.05
LOW_LOSS, LOW_SCORE, POOR, GOOD = 0.1, 0.3, 0.6, 0.9
FAR_RATIO, BETTER_RATIO = 1.5, 0.8
PAIRS = (("validation", "train"), ("test", "validation"), ("field", "validation"), ("test", "train"), ("field", "test"))


def compared(levels: list[Level]) -> Iterator[Statement]:
    """What two numbers for two splits say."""
    for split, other in PAIRS:
        for quantity in ("accuracy", "loss"):
            mine = [one for one in levels if one.subject.split == split and _is(one, quantity)]
            theirs = [one for one in levels if one.subject.split == other and _is(one, quantity)]
            if mine and theirs:
                yield from _judged(mine[-1], theirs[-1], quantity, other)


def low_both(levels: list[Level], said: list[Statement]) -> Iterator[Statement]:
    """A loss near zero, by its number or as SAID, with a poor accuracy."""
    low = Statement(Subject("train", "loss"), "good")
    near_zero = any((one.subject, one.behaviour, one.positive) == (low.subject, low.behaviour, True) for one in said)
    losses = [one.number for one in levels if _is(one, "loss") and one.subject.split in ("train", None)]
    scores = [one for one in levels if _is(one, "accuracy") and one.subject == Subject(None, "accuracy")]
    poor = bool(scores) and scores[-1].number <= LOW_SCORE * (100 if scores[-1].percent else 1)
    if poor and (near_zero or (losses and 0 <= losses[-1] <= LOW_LOSS)):
        yield low
        yield Statement(scores[-1].subject, "bad")


def jumped(levels: list[Level]) -> Iterator[Statement]:
    """A loss that was lower before the restart."""
    after = [one.number for one in levels if one.resumed and not one.early and _is(one, "loss")]
    before = [one.number for one in levels if one.early and _is(one, "loss")]
    if after and before and after[0] > FAR_RATIO * before[-1] > 0:
        yield Statement(Subject("train", "loss"), "leaps", onsets=frozenset({"resume"}))


def learnt(levels: list[Level]) -> Iterator[Statement]:
    """A training accuracy that leaves little to wish."""
    for one in levels:
        if one.subject.split == "train" and _is(one, "accuracy") and one.number >= GOOD * (100 if one.percent else 1):
            yield Statement(Subject("train", "accuracy"), "good")


def poor_in_use(levels: list[Level]) -> Iterator[Statement]:
    """A poor accuracy on test or in use after a `but`: what stands before the `but` was good."""
    if any(one.subject.split == "validation" and _is(one, "accuracy") for one in levels):
        return  # the two are compared
    for one in levels:
        told = one.subject.split in ("test", "field") and one.contrasts and _is(one, "accuracy")
        if told and 0 < one.number <= POOR * (100 if one.percent else 1):
            yield Statement(Subject(one.subject.split, "accuracy"), "bad")


def _is(level: Level, quantity: str) -> bool:
    """A percentage of whatever is an accuracy."""
    scored = level.percent or level.subject.quantity in ("accuracy", "result", None)
    return scored if quantity == "accuracy" else level.subject.quantity == "loss" and not level.percent


def _judged(mine: Level, theirs: Level, quantity: str, other: str) -> Iterator[Statement]:
    subject = Subject(mine.subject.split, quantity)
    if quantity == "loss":
        if mine.number > max(FAR_RATIO * theirs.number, 0):
            yield Statement(subject, "worse", than=other)
        elif 0 < mine.number < BETTER_RATIO * theirs.number:
            yield Statement(subject, "better", than=other)
        return
    scale = 100 if max(mine.number, theirs.number) > 1 or mine.percent or theirs.percent else 1
    lead = (mine.number - theirs.number) / scale
    if lead <= -FAR:
        yield Statement(subject, "worse", than=other)
    elif lead >= BETTER:
        yield Statement(subject, "better", than=other)
    elif abs(lead) < ALIKE:
        yield Statement(subject, "worse", positive=False, than=other)
