"""Many ways to say it into one: `the accuracy does not improve` is flat, `泛化不好` is overfitting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from wizard.consultation.intake.clauses import Subject
from wizard.consultation.intake.levels import compared, jumped, learnt, low_both, poor_in_use
from wizard.consultation.intake.statements import ANSWERS, MODEL, RUN, RUNS, Said, Statement
from wizard.consultation.intake.weighing import guessing, settled, swinging, tested

# Behaviours that have one subject whatever the words say: that subject, the behaviour, and whether it is the same.
OWN_SUBJECT: Mapping[str, tuple[Subject, str, bool]] = {
    "overfits": (MODEL, "overfits", True),
    "gap": (MODEL, "overfits", True),
    "generalises": (MODEL, "overfits", False),
    "reproducible": (RUNS, "same", True),
    "unreproducible": (RUNS, "same", False),
    "learns_slowly": (RUN, "slow", True),
    "learns_fast": (RUN, "fast", True),
    "one_answer": (ANSWERS, "same", True),
    "calls": (ANSWERS, "same", True),
    "mean_answer": (ANSWERS, "same", True),
    "many_answers": (ANSWERS, "same", False),
}
SAME_RUNS = ("same", "reproducible", "works", "alike")  # all else that is said of runs is that they differ
OPPOSITE = {"learns_nothing": "learns", "finite": "nan", "moves": "flat", "steady": "oscillates"}
# What a behaviour is for one quantity; `None` stands for those without a row.
MEANS: Mapping[str | None, Mapping[str, str]] = {
    "loss": {"improves": "falls", "worsens": "rises", "learns": "falls", "works": "normal", "same": "flat"},
    "accuracy": {"improves": "rises", "worsens": "falls", "high": "good", "low": "bad", "works": "good",
                 "normal": "good", "same": "flat", "zero": "flat"},
    "prediction": {"zero": "same", "flat": "same"},
    None: {"works": "good", "normal": "good", "high": "good", "low": "bad"},
}  # fmt: skip
DENIED: Mapping[str | None, Mapping[str, str]] = {
    "loss": {"falls": "flat", "good": "bad"},
    "accuracy": {"rises": "flat", "good": "bad"},
    None: {"improves": "flat", "good": "bad"},
}
OF_TRAINING = {  # said of the model or the training as a whole, these are about its loss
    "flat", "moves", "stalls", "slow", "fast", "learns", "learns_nothing", "converges", "oscillates", "spikes", "nan",
    "explodes", "steps", "leaps", "recovers", "little", "normal", "works", "steady", "improves",
}  # fmt: skip
ALWAYS_OF_LOSS = ("learns", "learns_nothing", "converges", "explodes", "stalls")


def canonical(statements: Iterable[Statement], said: Said) -> list[Statement]:
    """STATEMENTS in few words, with what the levels of all that is SAID say of one split against another."""
    plain = [other for one in statements for other in _plain(one)]
    values = list(said.levels)
    numbers = [*compared(values), *low_both(values, plain), *poor_in_use(values), *learnt(values), *jumped(values)]
    return list(tested([*guessing(swinging(settled(plain)), values), *numbers], said.splits))


def _plain(one: Statement) -> Iterator[Statement]:
    if one.than:
        yield one
    elif one.subject == RUNS:
        yield replace(one, behaviour="same", positive=one.positive == (one.behaviour in SAME_RUNS))
    elif one.behaviour == "generalises" and one.subject.split == "field":
        yield replace(one, behaviour="good" if one.positive else "bad", positive=True)
    elif one.behaviour == "gap" and _measured(one.subject, "gap") == RUN and one.subject.quantity == "loss":
        return  # from what others get
    elif one.behaviour in OWN_SUBJECT and one.subject.quantity != "other_thing":
        subject, behaviour, same = OWN_SUBJECT[one.behaviour]
        yield replace(one, subject=subject, behaviour=behaviour, positive=one.positive == same)
    else:
        yield from _of(_measured(one.subject, one.behaviour), one)


def _measured(subject: Subject, behaviour: str) -> Subject:
    """What a behaviour of a model, a training or a result is measured by."""
    split, quantity = subject.split, subject.quantity
    if quantity in ("model", None) and split in (None, "train") and behaviour in OF_TRAINING:
        return RUN
    if quantity in ("model", None, "prediction", "result") and behaviour in ALWAYS_OF_LOSS:
        return Subject(split or "train", "loss")
    if quantity in ("loss", "gradient"):
        return Subject(split or "train", quantity)
    if quantity == "result" and split:
        return Subject(split, "accuracy")
    return subject


def _of(subject: Subject, one: Statement) -> Iterator[Statement]:
    key, positive = one.behaviour, one.positive
    if key in OPPOSITE:
        key, positive = OPPOSITE[key], not positive
    if subject.quantity == "prediction" and key == "differs":
        key, positive = "same", not positive
    if subject.quantity == "loss" and key == "converges" and positive:
        key = "falls"
    if subject.quantity == "loss" and key in ("high", "low"):
        yield replace(one, subject=subject, behaviour="bad" if key == "high" else "good")
    if key == "stays_low" and subject.quantity == "accuracy" and subject.split != "validation":
        key = "flat"
    key = MEANS.get(subject.quantity, MEANS[None]).get(key, key)
    denied = {} if positive else DENIED.get(subject.quantity, DENIED[None])
    yield replace(one, subject=subject, behaviour=denied.get(key, key), positive=positive or key in denied)
