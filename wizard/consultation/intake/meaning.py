"""Statements into symptoms, by the patterns that stand with each symptom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from wizard.consultation.intake.statements import Statement
from wizard.vocabulary import KnowledgeBase

ANY = "any"


@dataclass(frozen=True, slots=True)
class Condition:
    """`validation loss not falls than train @resume`: alternatives in each place, `any` for all."""

    splits: frozenset[str]
    quantities: frozenset[str]
    behaviours: frozenset[str]
    positive: bool
    than: str
    onsets: frozenset[str]

    def met_by(self, one: Statement, positive: bool) -> bool:
        """Whether ONE says this, or with POSITIVE false the opposite of it."""
        return (
            (ANY in self.splits or (one.subject.split or "none") in self.splits)
            and (ANY in self.quantities or (one.subject.quantity or "none") in self.quantities)
            and (ANY in self.behaviours or one.behaviour in self.behaviours)
            and self.than == one.than
            and (not self.onsets or bool(self.onsets & one.onsets))
            and one.positive == (self.positive == positive)
        )


@dataclass(frozen=True, slots=True)
class Pattern:
    """All of its conditions, one after another where `in_order`, `unless` one of those after this word."""

    all: tuple[Condition, ...]
    unless: tuple[Condition, ...]
    in_order: bool = False

    def last_met(self, said: Sequence[Statement], positive: bool = True) -> int | None:
        """The place of the last statement that meets it; a pattern of several conditions has no opposite."""
        if not positive and len(self.all) > 1:
            return None
        if positive and any(one.met_by(statement, True) for one in self.unless for statement in said):
            return None
        places = [[place for place, one in enumerate(said) if each.met_by(one, positive)] for each in self.all]
        if not all(places) or (self.in_order and places[-1][-1] < places[0][0]):
            return None
        return max(found[-1] for found in places)


@lru_cache(maxsize=512)
def pattern(text: str) -> Pattern:
    """TEXT as `condition + condition unless condition or condition`, or with `then` where the order counts."""
    wanted, _, exceptions = text.partition(" unless ")
    in_order = " then " in wanted
    return Pattern(
        tuple(_condition(part) for part in wanted.replace(" then ", " + ").split(" + ")),
        tuple(_condition(part) for part in exceptions.split(" or ") if part),
        in_order,
    )


def _condition(text: str) -> Condition:
    words = text.split()
    onsets = frozenset(words.pop()[1:].split("|")) if words[-1].startswith("@") else frozenset[str]()
    than = words.pop() if len(words) > 3 and words[-2] == "than" else ""
    if than:
        words.pop()
    positive = "not" not in words
    split, quantity, behaviour = (word for word in words if word != "not")
    return Condition(_choice(split), _choice(quantity), _choice(behaviour), positive, than, onsets)


def _choice(word: str) -> frozenset[str]:
    return frozenset(word.split("|"))


def symptoms_of(said: Sequence[Statement], base: KnowledgeBase) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The symptoms that are said to be there, and those said not to be; of two opposite sayings the later counts."""
    named: list[str] = []
    denied: list[str] = []
    for id, check in base.symptoms.items():
        symptom = check.symptom
        if symptom is None or not symptom.means:
            continue
        patterns = [pattern(text) for text in symptom.means]
        present = _last(one.last_met(said) for one in patterns)
        absent = _last(one.last_met(said, positive=False) for one in patterns)
        refuted = _last(pattern(text).last_met(said) for text in symptom.denied_by)
        if refuted is not None or (absent is not None and (present is None or _withdrawn(said, present, absent))):
            denied.append(id)
        elif present is not None:
            named.append(id)
    covered = {id for name in named if (known := base.checks[name].symptom) for id in known.covers}
    return tuple(id for id in named if id not in covered), tuple(denied)


def _withdrawn(said: Sequence[Statement], present: int, absent: int) -> bool:
    """Whether what is said at ABSENT takes back what is said at PRESENT: it comes later, and of the same split."""
    splits = (said[present].subject.split, said[absent].subject.split)
    return present < absent and (splits[0] == splits[1] or None in splits)


def _last(places: Iterable[int | None]) -> int | None:
    return max((place for place in places if place is not None), default=None)
