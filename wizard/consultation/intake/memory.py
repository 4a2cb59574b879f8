"""What clauses leave behind for those after them: their subjects, their sayings, the runs and times they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from wizard.consultation.intake.clauses import Clause, Subject, denies
from wizard.consultation.intake.lexer import Token
from wizard.consultation.intake.statements import RUN, Statement
from wizard.consultation.intake.subjects import Group, groups_of

OF_LOSS = ("learns", "learns_nothing", "converges", "explodes", "nan")  # after these `it` is the training loss
COMPARING = ("than", "comparison", "onset")
MEASURED = ("loss", "accuracy")
OTHER_SPLIT = {"train": "validation"}


@dataclass(slots=True)
class Memory:
    """Filled clause by clause."""

    known: list[Subject] = field(default_factory=list)  # every subject so far, the last one last
    carried: tuple[Subject, ...] = ()  # what `it` is
    before: tuple[Statement, ...] = ()  # what the last clause that said something says
    onsets: frozenset[str] = frozenset()  # of a clause that says nothing else
    runs: bool = False  # this sentence speaks of several runs
    listing: bool = False  # the clause before said of something that there is none
    cleft: bool = False  # the clause before denied its subject: `it is not the accuracy that is stuck`

    def enter(self, clause: Clause) -> None:
        """Forget what does not outlast a sentence."""
        if clause.first:
            self.runs, self.onsets = False, self.onsets & {"resume"}
        self.runs |= any(token.key == "runs" for token in clause.tokens)

    def lasts(self, clause: Clause) -> bool:
        """Whether what CLAUSE says still is so; `than before` compares, and speaks of now."""
        compares = any(token.slot in COMPARING or token.key == "steps" for token in clause.tokens)
        return compares or "past" not in clause.times

    def groups(self, tokens: Sequence[Token]) -> list[Group]:
        """The groups of a clause; references are what they refer to, bare splits and quantities are completed."""
        found = groups_of(tokens)
        alone = any(one.split is None and one.quantity in MEASURED for group in found for one in group.subjects)
        moves = any(token.key in ("rises", "falls") for token in tokens)
        groups = [
            replace(group, subjects=tuple(self._completed(one, alone, moves) for one in group.subjects))
            for group in found
        ]
        named = any(not group.weak for group in groups)
        for place, token in enumerate(tokens):
            if token.key == "both" and not named and len(set(self.known)) > 1:
                last, first = tuple(dict.fromkeys(reversed(self.known)))[:2]
                return [Group(place, place + 1, (first, last))]
            if token.key == "other_one" and self.carried:
                return [Group(place, place + 1, (self._other(),))]
        return groups

    def keep(self, clause: Clause, groups: list[Group], said: list[Statement]) -> None:
        """Remember a clause and what it SAID."""
        self.before = tuple(said) or self.before
        self.cleft = any(group.start and denies(clause.tokens[group.start - 1]) for group in groups)
        named = [one for group in groups if not group.weak for one in group.subjects]
        self.known += named
        if named:
            spoken_of = [one for one in named if any(_covers(statement, one) for statement in said)]
            last = next(group for group in reversed(groups) if not group.weak)
            self.carried = tuple(dict.fromkeys(spoken_of)) or last.subjects
        elif not self.carried and any(one.behaviour in OF_LOSS for one in said):
            self.carried = (RUN,)

    def _completed(self, one: Subject, measured: bool, moves: bool) -> Subject:
        """ONE with what it leaves out; a split takes no quantity from before where one is MEASURED in its clause."""
        last = self.carried[-1] if self.carried else Subject()
        if one.quantity is None and one.split != last.split and last.quantity in MEASURED and not measured:
            return Subject(one.split, last.quantity)
        if one.quantity == "error_rate":  # without a split or a course, a message of Python
            return Subject(one.split, "loss" if one.split or moves else "other_thing")
        if (
            one.split is None
            and one.quantity in ("accuracy", "result")
            and not self.runs
            and last.split in ("test", "field")
        ):
            return Subject(last.split, "accuracy")
        if one == Subject(None, "accuracy") and last.quantity in ("loss", None) and last.split != "train":
            return Subject(last.split, "accuracy")
        return one

    def _other(self) -> Subject:
        others = [one for one in reversed(self.known) if one not in self.carried]
        last = self.carried[-1]
        return others[0] if others else replace(last, split=OTHER_SPLIT.get(last.split or "", "train"))


def _covers(said: Statement, one: Subject) -> bool:
    """Whether it is said of ONE; what is alike is so of both."""
    splits = (said.subject.split, said.than) if said.behaviour == "alike" else (said.subject.split,)
    return one.split in splits and said.subject.quantity in (None, one.quantity)
