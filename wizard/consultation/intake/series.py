"""Numbers that belong together: the course of one value, from one to another, one for each of two subjects."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from wizard.consultation.intake.clauses import A_ROW, Subject
from wizard.consultation.intake.lexer import Token
from wizard.consultation.intake.numbers import Value
from wizard.consultation.intake.statements import Statement
from wizard.consultation.intake.subjects import Group

SPANS = ("from", "to")
HARDLY, NOT = 0.1, 0.002  # of its start: a loss that has fallen by less is slow, or has not moved
MUCH = 1.5


def shared_out(values: Sequence[Value], groups: Sequence[Group], carried: tuple[Subject, ...]) -> list[Subject]:
    """The subject of each of VALUES where one group names as many: `train/val acc = 99/62`."""
    named = [group.subjects for group in groups if group.end <= values[0].place] if values else []
    subjects = named[-1] if named else () if groups else carried
    splits = {one.split for one in subjects}
    if len(values) == len(subjects) > 1 and len(splits) == len(subjects):
        return list(subjects)
    return []


def course_of(values: Sequence[Value], subject: Subject, tokens: Sequence[Token]) -> list[Statement]:
    """What a row of VALUES says of SUBJECT: that it rises, falls, oscillates or stays."""
    numbers = [value.number for value in values]
    if len(numbers) >= A_ROW:
        changes = [after - before for before, after in pairwise(numbers)]
        if not any(changes):
            return [Statement(subject, "flat")]
        if all(change >= 0 for change in changes):
            return [Statement(subject, "rises")]
        return [Statement(subject, "falls" if all(change <= 0 for change in changes) else "oscillates")]
    if len(numbers) == 2 and subject.quantity == "loss" and _spans(values, tokens):
        first, last = numbers
        if first > 0 and last > MUCH * first:
            return [Statement(subject, "rises")]
        if 0 < last <= first:
            if last > (1 - NOT) * first:
                return [Statement(subject, "flat")]
            return [Statement(subject, "slow" if last > (1 - HARDLY) * first else "falls")]
    return []


def _spans(values: Sequence[Value], tokens: Sequence[Token]) -> bool:
    """Whether the two are where something begins and where it ends."""
    between = tokens[values[0].place + 1 : values[1].place]
    before = tokens[values[0].place - 1] if values[0].place else None
    return before is not None and before.key == "from" and any(token.key in SPANS for token in between)
