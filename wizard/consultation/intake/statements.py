"""What one clause says of its subjects, and what a number or a comparison says."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.consultation.intake.clauses import Subject

RUN, RUNS, MODEL, ANSWERS = (
    Subject("train", "loss"),
    Subject(None, "runs"),
    Subject(None, "model"),
    Subject(None, "prediction"),
)


@dataclass(frozen=True, slots=True)
class Statement:
    """SUBJECT behaves so, or does not; against the split `than`; `onsets` say since when or how often."""

    subject: Subject
    behaviour: str
    positive: bool = True
    than: str = ""
    onsets: frozenset[str] = frozenset()
    doubted: bool = False
    early: bool = False  # said of a time before `now`


@dataclass(frozen=True, slots=True)
class Level:
    """SUBJECT was measured to be NUMBER."""

    subject: Subject
    number: float
    percent: bool = False
    contrasts: bool = False  # said after a `but`
    resumed: bool = False  # said of the time after a restart
    early: bool = False  # said of the time before it


@dataclass(frozen=True, slots=True)
class Said:
    """All that a text says, in its order."""

    statements: tuple[Statement, ...] = ()
    levels: tuple[Level, ...] = ()
    settings: tuple[tuple[str, float], ...] = ()
    splits: frozenset[str] = frozenset()  # all that are named
