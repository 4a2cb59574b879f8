"""What was asked, answered and found, in the order in which it happened; every finding can be overruled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wizard.errors import WizardError
from wizard.report.wording import Wording, safe
from wizard.tui.widgets.looking_line import Looking, names_of
from wizard.vocabulary import Finding, Inspected, Unanswered

if TYPE_CHECKING:
    from wizard.consultation.consultation import Entry
    from wizard.consultation.session import Session

SAID, SEEN, UNUSUAL, FAILED = "›", "·", "!", "✗"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the transcript; `check` is the finding it tells of, if any."""

    sign: str
    text: str
    check: str | None = None


class Transcript(OptionList):
    """Shows what was added last from its beginning."""

    DEFAULT_CSS = """
    Transcript { height: 1fr; min-height: 3; padding: 0; background: transparent; }
    """

    @dataclass
    class Overrule(Message):
        """The person wants to set the finding of CHECK aside."""

        check: str

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._lines_shown: tuple[Line, ...] = ()

    def show(
        self,
        session: Session,
        looking: Looking | None,
        troubles: Sequence[tuple[int, WizardError]],
        wording: Wording,
    ) -> None:
        """Write the journal of SESSION; each of TROUBLES stands after the entry at its position."""
        self.border_title = wording.text("So far")
        lines: list[Line] = []
        journal = session.consultation.journal
        for places in [*_in_one_line(journal, wording), (len(journal),)]:
            lines += [
                Line(FAILED, safe(error.told(wording.language), 400)) for after, error in troubles if after in places
            ]
            lines += entry_lines([journal[place] for place in places if place < len(journal)], session, wording)
        if looking is not None:
            lines += list(_results(looking.results, session, wording))
        if tuple(lines) == self._lines_shown:
            return
        before, highlighted = len(self._lines_shown), self.highlighted or 0
        self._lines_shown = tuple(lines)
        self.set_options(Option(Content.assemble((f"{line.sign} ", "bold"), line.text)) for line in lines)
        if lines:
            self.highlighted = min(before if len(lines) > before else highlighted, len(lines) - 1)
            self.call_after_refresh(self.scroll_to_highlight, top=True)

    def action_overrule(self) -> None:
        """Post the check of the highlighted finding."""
        if self.highlighted is None:
            return
        check = self._lines_shown[self.highlighted].check
        if check is not None:
            self.post_message(self.Overrule(check))

    @on(OptionList.OptionSelected)
    def overrule_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_overrule()

    def to_finding(self) -> bool:
        """Highlight the next line that can be overruled, else the last one; whether there is one."""
        places = [place for place, line in enumerate(self._lines_shown) if line.check is not None]
        if places:
            self.highlighted = next((place for place in places if place >= (self.highlighted or 0)), places[-1])
        return bool(places)


def _in_one_line(journal: Sequence[Entry], wording: Wording) -> Iterator[tuple[int, ...]]:
    """The places of entries that share a line: what was offered and declined at once, or taken back at once."""
    from wizard.consultation.consultation import DontKnow, TookBack

    def key(place: int) -> int | str:
        match journal[place]:
            case TookBack():
                return "taken back"
            case DontKnow(asked) if asked in wording.base.openings:
                return "declined"
        return place

    for _, places in groupby(range(len(journal)), key):
        yield tuple(places)


def entry_lines(entries: Sequence[Entry], session: Session, wording: Wording) -> Iterator[Line]:
    """What entries that share a line look like; most stand alone."""
    from wizard.consultation.consultation import Answered, DontKnow, Looked, Named, Told, TookBack, Tried

    match entries:
        case [TookBack(), *_]:
            taken = (_title(entry.check, wording) for entry in entries if isinstance(entry, TookBack))
            yield Line(SAID, wording.text("Taken back: {check}", check=wording.listed(taken)))
        case [DontKnow(check), *_] if check in wording.base.openings:
            declined = (_title(entry.check, wording) for entry in entries if isinstance(entry, DontKnow))
            yield Line(SAID, wording.text("You do not have: {what}", what=wording.listed(declined)))
        case [Named(symptom)]:
            yield Line(SAID, wording.text("You see: {symptom}", symptom=wording.check(symptom)))
        case [Answered(check, outcome, overrule)]:
            said = wording.observed(check, outcome)
            yield Line(SAID, wording.text("You overrule: {said}", said=said) if overrule else said, check)
        case [DontKnow(check)]:
            yield Line(SAID, wording.text("{check}: you do not know", check=wording.check(check)))
        case [Told(fact)]:
            yield Line(SAID, f"{safe(fact.name, 60)} = {safe(fact.value, 60)}")
        case [Looked(inspected)]:
            yield from _looked(inspected, session, wording)
        case [Tried(remedy, worked)]:
            outcome = wording.outcome("tried:", "worked" if worked else "failed")
            yield Line(SAID, f"{wording.check('tried:' + remedy)} – {outcome}")


def _title(id: str, wording: Wording) -> str:
    """What a check, an opening or a remedy is called; a fact is called by its name."""
    base = wording.base
    if id in base.openings:
        return base.openings[id].title.to(wording.language)
    if id in base.remedies:
        return wording.remedy(id)
    return wording.check(id) if id in base.checks else safe(id, 60)


def _looked(inspected: Inspected, session: Session, wording: Wording) -> Iterator[Line]:
    if inspected.artifacts:
        yield Line(SAID, wording.text("Looked at: {what}", what=names_of(inspected.artifacts, wording)))
    elif not (inspected.findings or inspected.unanswered):
        yield Line(FAILED, wording.text("Neither a log nor a checkpoint was found there."))
    for notice in (*inspected.unreadable, *inspected.notes):
        yield Line(FAILED if notice in inspected.unreadable else SEEN, wording.notice(notice))
    yield from _results((*inspected.findings, *inspected.unanswered), session, wording)


def _results(results: Sequence[Finding | Unanswered], session: Session, wording: Wording) -> Iterator[Line]:
    """Unusual findings first, then what crashed, then the rest; other silence is told on the plan."""
    found = [result for result in results if isinstance(result, Finding)]
    unusual = [finding for finding in found if _is_unusual(finding, session)]
    yield from (Line(UNUSUAL, _seen(finding, session, wording), finding.check) for finding in unusual)
    for result in results:
        if isinstance(result, Unanswered) and result.reason == "crashed":
            yield Line(FAILED, f"{wording.check(result.check)} – {wording.missing(result)}")
    yield from (
        Line(SEEN, _seen(finding, session, wording), finding.check) for finding in found if finding not in unusual
    )


def _seen(finding: Finding, session: Session, wording: Wording) -> str:
    """The inspector's sentence, its place, and whether the person said otherwise."""
    place = wording.place(finding.where)
    text = f"{wording.finding(finding)} ({place})" if place else wording.finding(finding)
    if finding.check not in session.consultation.conflicts:
        return text
    if session.findings[finding.check].origin == "person":
        return wording.text("{finding} – overruled by you", finding=text)
    return wording.text("{finding} – you said otherwise; this counts unless you overrule it (o)", finding=text)


def _is_unusual(finding: Finding, session: Session) -> bool:
    from wizard.reasoning.belief import Evidence
    from wizard.reasoning.diagnosis import unusual_findings

    return bool(unusual_findings(session.knowledge.model, Evidence({finding.check: finding})))
