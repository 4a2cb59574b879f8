"""Clause after clause into statements: behaviours, comparisons, values, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wizard.consultation.intake.attributing import bound, denies_start, named_answer
from wizard.consultation.intake.behaviours import behaviours_of
from wizard.consultation.intake.binding import valued
from wizard.consultation.intake.clauses import A_ROW, Clause, Subject, clauses_of
from wizard.consultation.intake.comparing import AS_COMPARISON, relations_of
from wizard.consultation.intake.ellipsis import Scene, left_out, lists
from wizard.consultation.intake.lexer import Token
from wizard.consultation.intake.memory import Memory
from wizard.consultation.intake.numbers import numbers_of
from wizard.consultation.intake.series import course_of, shared_out
from wizard.consultation.intake.statements import RUNS, Level, Said, Statement

HEALTHY = ("falls", "improves", "normal", "works", "good", "learns", "converges")  # what goes on later may still be so


def read(tokens: Sequence[Token]) -> Said:
    """All that TOKENS say."""
    memory = Memory()
    said: list[Statement] = []
    levels: list[Level] = []
    settings: list[tuple[str, float]] = []
    for clause in clauses_of(tokens):
        memory.enter(clause)
        groups = memory.groups(clause.tokens)
        scene = Scene(clause.tokens, groups, behaviours_of(clause.tokens), numbers_of(clause.tokens))
        here = _timed(_statements(scene, clause, memory), scene, clause, memory)
        if "now" in clause.times:
            said = [one for one in said if not one.early]
        late = frozenset(token.key for token in clause.tokens if token.slot == "onset")
        if late and not here and said and said[-1].positive and not clause.first:  # `... , once in each epoch`
            said[-1] = replace(said[-1], onsets=said[-1].onsets | late)
        said += here if memory.lasts(clause) else []
        resumed = any("resume" in one.onsets for one in here) or "resume" in memory.onsets
        levels += [
            replace(one, contrasts=clause.contrasts, resumed=resumed, early="past" in clause.times)
            for one in _levels(scene, memory)
        ]
        settings += scene.numbers.settings
        memory.keep(clause, groups, here)
    splits = frozenset(token.key for token in tokens if token.slot == "split")
    return Said(tuple(said), tuple(levels), tuple(settings), splits)


def _statements(scene: Scene, clause: Clause, memory: Memory) -> list[Statement]:
    relations = _of_runs(scene, clause, memory) or relations_of(
        scene.tokens, scene.groups, memory.carried, memory.before
    )
    said = list(relations)
    for one in scene.behaviours:
        if not (relations and one.key in AS_COMPARISON and one.key != "falls"):  # the comparison has said it
            said += bound(one, scene, memory)
    if lists(scene, clause, memory):
        said = [replace(one, positive=False) for one in said]
    values = scene.numbers.values
    if (
        values
        and all(one.key in ("moves", "differs") for one in scene.behaviours)
        and (about := _about(values[0].place, scene, memory))
    ):
        said += course_of(values, about[-1], scene.tokens)
    for value in values:
        for subject in _about(value.place, scene, memory)[-1:]:
            if behaviour := value.behaviour(subject, {one.key for one in scene.behaviours}):
                said.append(Statement(subject, behaviour, not value.denied))
    return said or named_answer(scene) or left_out(scene, clause, memory)


def _timed(said: list[Statement], scene: Scene, clause: Clause, memory: Memory) -> list[Statement]:
    """SAID with the times and doubts of its clause, or the times of the clause before if that said nothing else."""
    onsets = frozenset(token.key for token in scene.tokens if token.slot == "onset") | memory.onsets
    memory.onsets = frozenset() if said else onsets
    said = [one for one in said if one.positive or not denies_start(scene)]
    doubted, early = scene.names("speculation"), "at_first" in clause.times
    return [replace(one, onsets=onsets, doubted=doubted, early=early and one.behaviour not in HEALTHY) for one in said]


def _levels(scene: Scene, memory: Memory) -> list[Level]:
    if scene.names("oscillates"):
        return []  # jumps between 0.3 and 0.8
    values = scene.numbers.values
    if shared := shared_out(values, scene.groups, memory.carried):
        return [Level(one, value.number, value.percent) for one, value in zip(shared, values, strict=True)]
    if len(values) >= A_ROW:
        return []
    return [
        Level(subject, value.number, value.percent)
        for value in values
        if not value.denied
        for subject in _about(value.place, scene, memory)[-1:]
    ]


def _about(place: int, scene: Scene, memory: Memory) -> tuple[Subject, ...]:
    group = valued(place, scene.groups)
    return group.subjects if group else memory.carried


def _of_runs(scene: Scene, clause: Clause, memory: Memory) -> list[Statement]:
    """Two numbers, or a difference, where several runs are spoken of."""
    splits = any(one.split for group in scene.groups for one in group.subjects)
    if not memory.runs or splits:
        return []
    if len(scene.numbers.values) > 1:
        same = len({value.number for value in scene.numbers.values}) == 1
        return [Statement(RUNS, "same" if same else "differs")]
    apart = clause.contrasts or scene.names("bad")  # 95%, but trained again 80%; 差8%
    other = scene.names("worse") or (apart and scene.numbers.values)
    return [Statement(RUNS, "differs")] if scene.names("runs") and other else []
