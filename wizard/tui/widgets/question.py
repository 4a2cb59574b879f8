"""What is asked at the moment, in words: a check with its outcomes, or what could be handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wizard.report.wording import Wording
from wizard.vocabulary import Check, Step

NONE = "none"  # of what is offered


@dataclass(frozen=True, slots=True)
class Question:
    """`id` tells one question from another; `answers` are their words by id, in the order of their numbers.

    With `number`, a number may be typed instead of an answer.
    """

    id: str
    words: str
    answers: Mapping[str, str]
    number: bool = False


def about_check(check: Check, wording: Wording) -> Question:
    """Which outcome CHECK has."""
    asked = check.ask.question if check.ask else check.title
    answers = {outcome: wording.outcome(check.id, outcome) for outcome in check.outcomes}
    number = check.ask is not None and check.ask.number is not None
    return Question(check.id, asked.to(wording.language), answers, number)


def about_openings(openings: Sequence[Step], wording: Wording) -> Question:
    """Which of OPENINGS the person has, each with what it costs and saves; `NONE` is the last answer."""
    answers = {step.opening: _priced(step, wording) for step in openings} | {NONE: wording.text("None of these")}
    words = wording.text("More than any question this would tell. Do you have one of these?")
    return Question(" ".join(answers), words, answers)


def _priced(step: Step, wording: Wording) -> str:
    saved = max(1, round(step.minutes_saved))
    cost = wording.text("{minutes} min, saves {saved}", minutes=f"{step.minutes:g}", saved=saved)
    return wording.noted(wording.base.openings[step.opening].title.to(wording.language), cost)
