"""What a person tells beyond answers: words of a complaint, numbers, pasted lines, as entries of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wizard.consultation.consultation import (
    Answered,
    Consultation,
    DontKnow,
    Entry,
    Looked,
    Named,
    Told,
    TookBack,
    Tried,
    replay,
)
from wizard.consultation.facts import stated
from wizard.consultation.listening import Heard
from wizard.consultation.session import Session
from wizard.vocabulary import ABSENT, Check, Finding, Inspected, Notice


@dataclass(frozen=True, slots=True)
class Telling:
    """What something told amounts to.

    `stated` is what the words mean; `looked` what inspectors make of them, None if that is nothing new; `fresh` are
    the findings in it that are new, and `notices` what inspectors say of the looking itself. They may have
    `recognised` something that is known already.
    """

    stated: tuple[Entry, ...] = ()
    looked: Looked | None = None
    fresh: tuple[Finding, ...] = ()
    notices: tuple[Notice, ...] = ()
    recognised: bool = False

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What belongs in the journal."""
        return (*self.stated, *([self.looked] if self.looked else []))

    @property
    def understood(self) -> bool:
        """Whether anything came of it."""
        return bool(self.stated or self.fresh or self.recognised)


def told(said: str, session: Session) -> Telling:
    """What is understood of SAID, a line or pasted text.

    The lines of a log or of a probe's block are no sentences: of their words only those that a program prints count.
    """
    from wizard.consultation.intake import understand  # deferred: its words are compiled when it is first needed

    understood = understand(said, session.knowledge.base)
    answers: list[Entry] = [Answered(check, outcome) for check, outcome in understood.answers]
    printed = _inspected(said, session.consultation, session) if "\n" in said else Inspected()
    if printed.artifacts:
        return _telling(answers, printed, session, session.consultation)
    meant: list[Entry] = [
        *(Named(symptom) for symptom in understood.named),
        *(Answered(symptom, ABSENT) for symptom in understood.denied),
        *answers,
        *(Told(fact) for fact in understood.facts),
    ]
    inspected = _inspected(said, session.consultation.after(*meant), session)
    return _telling(meant, inspected, session, session.consultation)


def taken(heard: Heard, check: Check | None, session: Session) -> Telling:
    """What a line that was HEARD while CHECK was asked amounts to.

    Raises UsageError for a number that cannot be.
    """
    number = check.ask.number if check is not None and check.ask else None
    match heard.kind:
        case "answer" if check is not None:
            return Telling((Answered(check.id, heard.what),))
        case "number" if number is not None:
            return told_number(number, heard.what, session)
        case _:
            return told(heard.what, session)


def told_number(name: str, typed: str, session: Session) -> Telling:
    """The number TYPED for the fact NAME. Raises UsageError for a value that cannot be."""
    meant = [Told(stated(name, typed))]
    inspected = _inspected("", session.consultation.after(*meant), session)
    return _telling(meant, inspected, session, session.consultation)


def judged_anew(session: Session) -> Telling:
    """What inspectors make of the facts that are left, where the last entries of SESSION took some back."""
    journal = list(session.consultation.journal)
    while journal and isinstance(journal[-1], TookBack):
        journal.pop()
    return _telling([], _inspected("", session.consultation, session), session, replay(journal))


def _inspected(said: str, now: Consultation, session: Session) -> Inspected:
    """What inspectors see in SAID and in the facts stated by NOW."""
    from wizard.evidence.told import examine_told

    return examine_told(said, now.stated, session.knowledge.base.checks)


def _telling(meant: Sequence[Entry], inspected: Inspected, session: Session, before: Consultation) -> Telling:
    """MEANT and INSPECTED as news to SESSION; what was found in the facts of BEFORE alone may be gone.

    What a file has answered stays: it is trusted more than what is told.
    """
    seen = session.consultation.seen
    earlier = _inspected("", before, session).findings if before.stated else ()
    answered = {finding.check for finding in inspected.findings}
    gone = {f.check for f in earlier if f.check not in answered and seen.get(f.check) == f}
    fresh = tuple(finding for finding in inspected.findings if _is_news(finding, seen.get(finding.check)))
    missed = tuple(
        missing
        for missing in inspected.unanswered
        if missing.check in gone or (inspected.artifacts and missing.check not in seen)
    )
    return Telling(
        stated=tuple(meant),
        looked=Looked(replace(inspected, findings=fresh, unanswered=missed)) if fresh or gone else None,
        fresh=fresh,
        notices=(*inspected.unreadable, *inspected.notes),
        recognised=any(finding not in earlier for finding in inspected.findings),
    )


def _is_news(finding: Finding, known: Finding | None) -> bool:
    return known is None or (known.origin == finding.origin and known != finding)


def key_of(entry: Entry) -> str:
    """What TookBack calls the check, opening, symptom, fact or remedy that a person stated something about."""
    match entry:
        case Named(symptom):
            return symptom
        case Answered(check) | DontKnow(check):
            return check
        case Told(fact):
            return fact.name
        case Tried(remedy):
            return remedy
    raise TypeError(f"{type(entry).__name__} is not stated by a person")
