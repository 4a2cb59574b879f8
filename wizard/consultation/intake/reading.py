"""Clause after clause into statements: behaviours, comparisons, values, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from wizard.consultation.intake.behaviours import Behaviour, behaviours_of
from wizard.consultation.intake.binding import chosen, measures_nothing, valued
from wizard.consultation.intake.canonical import ANSWERS, MODEL
from wizard.consultation.intake.clauses import A_ROW, Clause, Subject, clauses_of, denies
from wizard.consultation.intake.comparing import AS_COMPARISON, relations_of
from wizard.consultation.intake.ellipsis import RUNS, Scene, left_out, lists
from wizard.consultation.intake.lexer import Token
from wizard.consultation.intake.memory import RUN, Memory
from wizard.consultation.intake.numbers import numbers_of
from wizard.consultation.intake.series import course_of, shared_out
from wizard.consultation.intake.statements import Level, Said, Statement
from wizard.consultation.intake.subjects import Group, companions

SCORE = Subject("validation", "accuracy")
OF_RUNS = ("same", "differs", "moves", "reproducible", "unreproducible", "works", "alike", "oscillates", "steps")
OF_RUNS_LATER = ("same", "differs", "unreproducible", "reproducible")  # in a clause after the one that names the runs
OF_THE_WHOLE = ("learns", "learns_nothing", "learns_slowly", "overfits", "generalises")  # never of what `it` is
TOGETHER = ("rises", "falls", "improves", "worsens")
HEALTHY = ("falls", "improves", "normal", "works", "good", "learns", "converges")  # what goes on later may still be so
# Said of no subject at all, these still can only be about the run.
ALONE = (*OF_THE_WHOLE, "calls", "converges", "explodes", "nan", "stalls", "learns_fast", "one_answer", "unreproducible",
         "reproducible")  # fmt: skip


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
    return Said(tuple(said), tuple(levels), tuple(settings))


def _statements(scene: Scene, clause: Clause, memory: Memory) -> list[Statement]:
    relations = _of_runs(scene, clause, memory) or relations_of(scene.tokens, scene.groups, memory.carried, memory.before)
    said = list(relations)
    for one in scene.behaviours:
        if not (relations and one.key in AS_COMPARISON and one.key != "falls"):  # the comparison has said it
            said += _bound(one, scene, memory)
    if lists(scene, clause, memory):
        said = [replace(one, positive=False) for one in said]
    values = scene.numbers.values
    if values and not scene.behaviours and (about := _about(values[0].place, scene, memory)):
        said += course_of(values, about[-1], scene.tokens)
    for value in values:
        for subject in _about(value.place, scene, memory)[-1:]:
            if behaviour := value.behaviour(subject, {one.key for one in scene.behaviours}):
                said.append(Statement(subject, behaviour, not value.denied))
    return said or _named_answer(scene) or left_out(scene, clause, memory)


def _timed(said: list[Statement], scene: Scene, clause: Clause, memory: Memory) -> list[Statement]:
    """SAID with the times and doubts of its clause, or the times of the clause before if that said nothing else."""
    onsets = frozenset(token.key for token in scene.tokens if token.slot == "onset") | memory.onsets
    memory.onsets = frozenset() if said else onsets
    said = [one for one in said if one.positive or not _denies_start(scene)]
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
    other = scene.names("worse") or (clause.contrasts and scene.numbers.values)  # 95%, but trained again 80%
    return [Statement(RUNS, "differs")] if scene.names("runs") and other else []


def _bound(one: Behaviour, scene: Scene, memory: Memory) -> list[Statement]:
    """ONE with its subjects."""
    group = chosen(one.place, scene.groups)
    predicts = group is not None and any(subject.quantity == "prediction" for subject in group.subjects)
    runs = (scene.names("runs") and one.key in OF_RUNS) or (memory.runs and one.key in OF_RUNS_LATER)
    if runs and not (predicts and one.key not in ("differs", "moves")):
        return [Statement(RUNS, one.key, one.positive)]
    if (group and _denies_pair(one, group, scene)) or (one.key == "calls" and not _of_everything(scene)):
        return []
    following = scene.tokens[one.place + 1 : one.place + 2]
    if one.key == "same" and not predicts and any(token.slot == "unknown" for token in following):
        answers = group is not None and group.subjects == (MODEL,) and _of_everything(scene)
        return [Statement(ANSWERS, "same", one.positive)] if answers else []  # the same size
    positive = one.positive
    if group and group.start > one.place:  # 震荡的不是训练loss
        positive ^= any(denies(token) for token in scene.tokens[one.place : group.start])
    if group and measures_nothing(group) and (one.key in OF_THE_WHOLE or (memory.carried and scene.names("it"))):
        group = None  # `with another rate it is slow`
    subjects = group.subjects if group else memory.carried
    if subjects == (Subject(None, "loss"),) and one.key in ("rises", "worsens") and memory.carried == (SCORE,):
        subjects = (replace(SCORE, quantity="loss"),)
    unsaid = not subjects and (one.key in ALONE or scene.names("resume"))
    if group is None and (one.key in OF_THE_WHOLE or unsaid):
        subjects = (RUN,)
    along = companions(scene.tokens) if one.key in TOGETHER else ()
    return [Statement(subject, one.key, positive) for subject in (*subjects, *along)]


def _named_answer(scene: Scene) -> list[Statement]:
    """`it predicts cat for every image`: an answer that is named, and that it is given to all."""
    answers = [group.end for group in scene.groups if any(one.quantity == "prediction" for one in group.subjects)]
    if not answers or scene.numbers.values or not _of_everything(scene):
        return []
    after = [token for token in scene.tokens[answers[-1] :] if token.slot not in ("mark", "negation")]
    return [Statement(ANSWERS, "same")] if after and after[0].slot == "unknown" else []


def _denies_pair(one: Behaviour, group: Group, scene: Scene) -> bool:
    """Whether it is denied of two together, which leaves open what is so of each: `not that loss and accuracy rise`."""
    if one.positive or one.denied_at is None or one.denied_at >= group.start:
        return False
    either = any(token.key == "or" for token in scene.tokens)
    return len({subject.quantity for subject in group.subjects}) > 1 and not either


def _denies_start(scene: Scene) -> bool:
    """Whether it is denied only that it is so from the start."""
    return any(one.key == "not" and other.key == "from_start" for one, other in pairwise(scene.tokens))


def _of_everything(scene: Scene) -> bool:
    """Whether something is said of every input, and of nothing that is measured."""
    measured = any(subject.quantity in ("loss", "accuracy") for group in scene.groups for subject in group.subjects)
    return not measured and any(token.slot == "stay" for token in scene.tokens)
