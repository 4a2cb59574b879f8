"""What a clause leaves out and takes from the one before: its negation, or its behaviour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wizard.consultation.intake.behaviours import Behaviour
from wizard.consultation.intake.clauses import Clause, denies
from wizard.consultation.intake.lexer import Token
from wizard.consultation.intake.memory import Memory
from wizard.consultation.intake.numbers import Numbers
from wizard.consultation.intake.statements import RUNS, Statement
from wizard.consultation.intake.subjects import Group

LISTED = ("nan", "spikes", "explodes", "oscillates", "overfits", "gap", "steps", "leaps", "zero", "negative")


@dataclass(frozen=True, slots=True)
class Scene:
    """One clause with all that is found in it."""

    tokens: Sequence[Token]
    groups: list[Group]
    behaviours: list[Behaviour]
    numbers: Numbers

    def names(self, key: str) -> bool:
        """Whether a form of KEY stands in the clause."""
        return any(token.key == key for token in self.tokens)


def lists(scene: Scene, clause: Clause, memory: Memory) -> bool:
    """Whether the clause only goes on with what the one before says is not there: `no nan, spikes or jumps`."""
    listed = scene.tokens
    if scene.groups and scene.groups[-1].linked and scene.groups[-1].end == len(listed):
        listed = listed[: scene.groups[-1].start - 1]  # `... or jumps in the loss`
    splits = {one.split for group in scene.groups for one in group.subjects}
    elsewhere = memory.before and not {memory.before[-1].subject.split, None} & splits and splits  # 波动的是验证loss
    bare = not elsewhere and all(token.key in (*LISTED, "or", "and") for token in listed)
    goes_on = bare and bool(scene.behaviours) and memory.listing and not clause.first and not clause.contrasts
    memory.listing = goes_on or scene.names("no_such")
    return goes_on


def left_out(scene: Scene, clause: Clause, memory: Memory) -> list[Statement]:
    """`... but the validation loss does not`, `... and the accuracy too`, `不是验证集，是训练loss`."""
    if not scene.groups or scene.groups[-1].weak or not memory.before or memory.before[0].subject == RUNS:
        return []
    last = memory.before[0]
    too, denied = scene.names("too"), any(denies(token) for token in scene.tokens)
    known = all(token.slot != "unknown" for token in scene.tokens)
    bare = clause.contrasts and all(token.slot in ("split", "quantity") for token in scene.tokens)
    if not too and not (known and (denied or ((memory.cleft or bare) and not last.positive))):
        return []
    positive = last.positive if too else not denied
    return [replace(last, subject=subject, positive=positive, than="") for subject in scene.groups[-1].subjects]
