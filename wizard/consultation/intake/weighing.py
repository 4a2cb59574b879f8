"""Statements against each other: what is taken back, what goes up and down, what a word means beside the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from wizard.consultation.intake.clauses import Subject
from wizard.consultation.intake.numbers import is_chance
from wizard.consultation.intake.statements import RUN, Level, Statement

SWING = ("rises", "falls")


def settled(said: list[Statement]) -> list[Statement]:
    """Without what is taken back later."""
    return [
        one for place, one in enumerate(said)
        if not any(_takes_back(other, one) for other in said[place + 1 :])
    ]  # fmt: skip


def _takes_back(other: Statement, one: Statement) -> bool:
    same = (other.subject, other.behaviour, other.than) == (one.subject, one.behaviour, one.than)
    return same and other.positive != one.positive


def swinging(said: list[Statement]) -> list[Statement]:
    """What rises, falls and rises again, or the other way round, oscillates."""
    swinging = set()
    for subject in {one.subject for one in said}:
        course = [one.behaviour for one in said if one.subject == subject and one.positive and one.behaviour in SWING]
        if sum(before != after for before, after in pairwise(course)) >= len(SWING):
            swinging.add(subject)
    if not swinging:
        return said
    return [
        replace(one, behaviour="oscillates") if one.subject in swinging and one.behaviour in SWING else one
        for one in said
    ]


def guessing(said: list[Statement], levels: list[Level]) -> list[Statement]:
    """A training loss that cannot leave the value of a guess has not fallen yet: it is flat, not too high."""
    fell = any(one.subject == RUN and one.behaviour in ("falls", "little") and one.positive for one in said)
    if fell or not any(level.subject.quantity == "loss" and is_chance(level.number) for level in levels):
        return said
    return [replace(one, behaviour="flat") if one.subject == RUN and one.behaviour == "stalls" else one for one in said]


def tested(said: list[Statement], named: frozenset[str]) -> Iterator[Statement]:
    """Who speaks of training and test only calls the validation set a test set."""
    splits = {one.subject.split for one in said} | {one.than for one in said}
    stands_for = "test" in splits and not (splits | named) & {"validation", "field"}
    for one in said:
        course = "train" in splits or one.behaviour in ("rises", "oscillates", "flat")
        if stands_for and course and "test" in (one.subject.split, one.than):
            split = "validation" if one.subject.split == "test" else one.subject.split
            than = "validation" if one.than == "test" else one.than
            yield replace(one, subject=Subject(split, one.subject.quantity), than=than)
        else:
            yield one
