"""A consultation under another version of the knowledge base: what that version does not know is dropped and named."""

from __future__ import annotations

from dataclasses import replace

from wizard.consultation.consultation import (
    STATED,
    Answered,
    Consultation,
    DontKnow,
    Entry,
    Looked,
    Named,
    Told,
    Tried,
    replay,
)
from wizard.consultation.facts import stated
from wizard.errors import UsageError
from wizard.vocabulary import PRESENT, Finding, Inspected, KnowledgeBase, Notice


def refitted(consultation: Consultation, base: KnowledgeBase) -> Consultation:
    """CONSULTATION as far as BASE knows the names in it; what else there was is told among its notes."""
    kept: list[Entry] = []
    dropped: list[str] = []
    for entry in consultation.journal:
        if isinstance(entry, Looked):
            kept.append(Looked(_known_part(entry.inspected, base)))
            dropped += [f"{f.check}={f.outcome}" for f in entry.inspected.findings if not _is_known(f, base)]
        elif (unknown := _unknown(entry, base)) is None:
            kept.append(entry)
        else:
            dropped.append(unknown)
    if dropped:
        notes = tuple(
            Notice("dropped, because this knowledge base does not know it: {what}", {"what": what})
            for what in dict.fromkeys(dropped)
        )
        kept.append(Looked(Inspected(notes=notes)))
    return replay(kept)


def _unknown(entry: Entry, base: KnowledgeBase) -> str | None:
    """What BASE does not know of ENTRY, None if it knows all of it."""
    match entry:
        case Named(symptom) if symptom not in base.symptoms or PRESENT not in base.checks[symptom].outcomes:
            return symptom
        case Answered(check, outcome) if check not in base.checks or outcome not in base.checks[check].outcomes:
            return f"{check}={outcome}"
        case DontKnow(name) if name not in base.checks and name not in base.openings:
            return name
        case Tried(remedy) if remedy not in base.remedies:
            return remedy
        case Told(fact) if fact.origin in STATED:
            try:
                stated(fact.name, str(fact.value))
            except UsageError:
                return f"{fact.name}={fact.value}"
    return None


def _known_part(inspected: Inspected, base: KnowledgeBase) -> Inspected:
    return replace(
        inspected,
        findings=tuple(finding for finding in inspected.findings if _is_known(finding, base)),
        unanswered=tuple(missed for missed in inspected.unanswered if missed.check in base.checks),
    )


def _is_known(finding: Finding, base: KnowledgeBase) -> bool:
    return finding.check in base.checks and finding.outcome in base.checks[finding.check].outcomes
