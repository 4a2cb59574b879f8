"""What the words settle besides symptoms: printed warnings, and since when it goes wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wizard.consultation.intake.statements import Statement
from wizard.vocabulary import KnowledgeBase

WHEN = "when_it_goes_wrong"
ONSETS = {
    "resume": "after_resuming",
    "boundary": "at_epoch_boundary",
    "from_start": "from_first_step",
    "suddenly": "suddenly_later",
}
# What a program prints is no complaint, whatever words it holds: messages, places in files, lines of code.
PROGRAM = re.compile(
    r"(?<![A-Za-z])[A-Za-z]{0,60}(?:Error|Warning|Exception|WARN|ERROR)\b:?.*|Traceback .*|^\s*File \".*"
    r"|(?<!\S)\S{0,200}\.py\b\S*|^[ \t]+[A-Za-z_][\w.]*(?:\(| = ).*",
    re.MULTILINE,
)
READ = 20_000  # characters of a pasted text in which printed words are looked for


def answers_of(
    text: str, named: Sequence[str], said: Sequence[Statement], base: KnowledgeBase
) -> tuple[tuple[str, str], ...]:
    """(check, outcome) of each check that TEXT answers with one outcome only."""
    answers = printed_in(text, base)
    onsets = {ONSETS[onset] for one in said for onset in one.onsets if onset in ONSETS}
    known = WHEN in base.checks and base.checks[WHEN].outcomes
    if named and len(onsets) == 1 and known and (outcome := onsets.pop()) in known:
        answers.append((WHEN, outcome))
    return tuple(answers)


def spoken(text: str) -> str:
    """TEXT without what a program printed."""
    return PROGRAM.sub(" ", text[:READ])


def printed_in(text: str, base: KnowledgeBase) -> list[tuple[str, str]]:
    """(check, outcome) whose printed words stand in TEXT, where only one outcome of the check has any there."""
    plain = " ".join(text[:READ].casefold().split())
    found: list[tuple[str, str]] = []
    for id, check in base.checks.items():
        outcomes = [
            name
            for name, outcome in check.outcomes.items()
            if any(" ".join(words.casefold().split()) in plain for words in outcome.printed)
        ]
        if len(outcomes) == 1:
            found.append((id, outcomes[0]))
    return found
