"""What was understood of a person's words, told back to them."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.consultation.consultation import Answered, Entry, Named, Told
from wizard.consultation.telling import Telling
from wizard.report.phrases import mark
from wizard.report.wording import Wording, number, safe
from wizard.vocabulary import ABSENT

MEND = mark("If that is wrong, type b and say it in other words.")
KNOWN = mark("That is known already.")


def meanings(stated: Iterable[Entry], wording: Wording) -> list[str]:
    """Each symptom, answer and fact in a few words."""
    meant = []
    for entry in stated:
        match entry:
            case Named(symptom):
                meant.append(wording.text("you see: {symptom}", symptom=wording.check(symptom)))
            case Answered(check, outcome) if outcome == ABSENT and wording.base.checks[check].symptom:
                meant.append(wording.text("not so: {symptom}", symptom=wording.check(check)))
            case Answered(check, outcome):
                meant.append(wording.observed(check, outcome))
            case Told(fact):
                meant.append(f"{safe(fact.name)} = {number(fact.value)}")
    return meant


def understood(telling: Telling, wording: Wording) -> str:
    """All of TELLING in one line: what was stated, and what inspectors found in it."""
    meant = [*meanings(telling.stated, wording), *(wording.finding(finding).rstrip(".。") for finding in telling.fresh)]
    if not meant:
        return wording.text(KNOWN)
    return wording.text("Understood: {meant}", meant=wording.listed(meant))


def not_understood(telling: Telling, wording: Wording) -> str:
    """What inspectors say of the looking, else that nothing was understood."""
    notices = " ".join(wording.notice(notice) for notice in telling.notices)
    return notices or wording.text("I did not understand that. Say it in other words, or paste lines as they stand.")
