"""A checklist with its ticks: what the findings of a session say about each step."""

from __future__ import annotations

from wizard.consultation.session import Session
from wizard.report.layout import wrapped
from wizard.report.wording import Wording
from wizard.vocabulary import HEALTHY, Checklist, ChecklistStep

OPEN, FINE, FOUND = "[ ]", "[x]", "[!]"


def mark_of(step: ChecklistStep, session: Session) -> str:
    """Not looked at, as in a healthy run, or not so."""
    finding = session.findings.get(step.check or "")
    if finding is None:
        return OPEN
    if step.wrong:
        return FOUND if finding.outcome in step.wrong else FINE
    model = session.knowledge.model
    healthy = model.rows[finding.check][model.hypotheses.index(HEALTHY)]
    return FINE if model.outcomes[finding.check][int(healthy.argmax())] == finding.outcome else FOUND


def ticked(checklist: Checklist, session: Session, wording: Wording) -> list[str]:
    """Every step, with what was found; what was found at another step of the same check is told there."""
    lines = wrapped(checklist.title.to(wording.language))
    for number, step in enumerate(checklist.steps, start=1):
        mark = mark_of(step, session)
        lines += wrapped(step.do.to(wording.language), f"  {mark} {number}. ", "        ")
        finding = session.findings.get(step.check or "")
        if finding is not None and not (step.wrong and mark == FINE):
            lines += wrapped(wording.finding(finding), "        = ")
    lines += wrapped(
        wording.text("[x] looked at and as it should be, [!] not as it should be, [ ] not looked at"), "  "
    )
    return lines


def fitting(session: Session) -> list[Checklist]:
    """The checklists for what the person sees first, then the others."""
    seen = set(session.consultation.complaints)
    lists = session.knowledge.base.checklists.values()
    return sorted(lists, key=lambda entry: (not seen & set(entry.symptoms), entry.id))
