"""The report in twelve lines, to forward to a colleague: what is seen, the verdict, what to try, what to ask back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath

from rich.cells import chop_cells

from wizard.consultation.session import Session
from wizard.report.layout import WIDTH, padded, wrapped
from wizard.report.matters import calm
from wizard.report.wording import Wording
from wizard.vocabulary import HEALTHY, OTHER, Ranked

MOST_LINES = 12
ASKED_BACK = 3
LABEL = 11  # cells


@dataclass(frozen=True, slots=True)
class Part:
    """Something told, over as many lines as it takes; a further line goes to the lowest `rank` that wants one."""

    lines: list[str]
    rank: int


def render(session: Session, wording: Wording) -> str:
    """At most twelve lines of eighty columns; what does not fit ends in an ellipsis."""
    parts = [*_known(session, wording), *_concluded(session, wording), *_asked_back(session, wording)]
    shown = dict.fromkeys(range(len(parts)), 1)
    while sum(shown.values()) < MOST_LINES:
        wanting = [place for place, part in enumerate(parts) if shown[place] < len(part.lines)]
        if not wanting:
            break
        shown[min(wanting, key=lambda place: (shown[place], parts[place].rank))] += 1
    lines = (line for place, part in enumerate(parts) for line in _cut(part.lines, shown[place]))
    return "\n".join(lines) + "\n"


def _cut(lines: list[str], most: int) -> list[str]:
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], chop_cells(lines[most - 1], WIDTH - 2)[0] + "…"]


def _part(label: str, text: str, rank: int) -> Part:
    return Part(wrapped(text, padded(label, LABEL)), rank)


def _known(session: Session, wording: Wording) -> list[Part]:
    now = session.consultation
    files = [wording.file(PurePath(file.path).name) for file in now.artifacts] or [wording.text("no file")]
    answered = wording.text("checks answered: {n}", n=len(session.findings) - len(now.complaints))
    seen = [wording.check(symptom) for symptom in now.complaints] or [wording.text("nobody complains")]
    return [
        _part(wording.text("Looked at"), wording.listed((*files, answered)), 6),
        _part(wording.text("Seen"), wording.listed(seen), 5),
    ]


def _concluded(session: Session, wording: Wording) -> list[Part]:
    """Verdict; if something is wrong, the first cause with its strongest evidence, and the first remedy."""
    diagnosis = session.diagnosis
    parts = [_part(wording.text("Verdict"), wording.verdict(diagnosis), 2)]
    first = next((ranked for ranked in diagnosis.differential if ranked.cause not in (HEALTHY, OTHER)), None)
    if calm(session) or first is None:
        return parts
    because = _strongest(first, session, wording)
    label = wording.text("Because")
    if first.cause not in diagnosis.named:
        label, estimate = wording.text("Likeliest"), wording.estimate(first.cause, first.probability)
        because = wording.listed((estimate, because)) if because else estimate
    if because:
        parts.append(_part(label, because, 0))
    for step in diagnosis.plan[:1]:
        cost = wording.text("{minutes} min and a run", minutes=f"{step.minutes:g}")
        parts.append(_part(wording.text("Try first"), wording.noted(wording.remedy(step.remedy), cost), 4))
    return parts


def _strongest(first: Ranked, session: Session, wording: Wording) -> str:
    """The finding that speaks most for the cause, other than what the person complains of."""
    for weight in first.weights:
        finding = session.findings.get(weight.check)
        if finding is not None and weight.decibans > 0 and weight.check not in session.consultation.complaints:
            said, place = wording.finding(finding), wording.place(finding.where)
            return wording.noted(said, place) if place else said
    return ""


def _asked_back(session: Session, wording: Wording) -> list[Part]:
    if session.diagnosis.verdict == "healthy":
        return []
    steps = list(islice((*session.questions, *session.openings), ASKED_BACK))
    if not steps:
        return []
    heading = wording.text("Three things to ask back") if len(steps) == ASKED_BACK else wording.text("To ask back")
    asked = [Part(wrapped(wording.step(step), f"  {place}. "), 1) for place, step in enumerate(steps, start=1)]
    return [Part([heading], 7), *asked]
