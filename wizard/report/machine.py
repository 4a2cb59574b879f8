"""The report of a session as one JSON document for scripts: stable ids, the same bytes for the same inputs."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from wizard import __version__
from wizard.consultation.session import Session
from wizard.errors import WizardError
from wizard.report.wording import UNPRINTABLE, Wording
from wizard.resources import fill
from wizard.vocabulary import Fact, Finding, Language, Place, Prescription, Ranked, Step

SCHEMA_VERSION = 1
LONGEST = 4096  # characters of any text; those of the knowledge base are far shorter
BASIS = "judgement"  # until rows are measured


def render(session: Session, argv: Sequence[str], language: Language = "en") -> str:
    """The JSON document of design section 7; texts are in LANGUAGE."""
    now, diagnosis = session.consultation, session.diagnosis
    wording = Wording(session.knowledge.base, language)
    return _json(
        {
            "schema_version": SCHEMA_VERSION,
            "wizard_version": __version__,
            "kb_hash": session.knowledge.base.hash,
            "argv": list(argv),
            "artifacts": [asdict(file) for file in now.artifacts],
            "facts": [_fact(fact, now.fact_conflicts.get(name, ())) for name, fact in sorted(now.facts.items())],
            "verdict": diagnosis.verdict,
            "differential": [_ranked(ranked, wording) for ranked in diagnosis.differential],
            "findings": [_finding(finding, wording) for _, finding in sorted(session.findings.items())],
            "unanswered": [
                {"check": check, "reason": unanswered.reason, "detail": wording.text(unanswered.detail)}
                for check, unanswered in sorted(session.unanswered.items())
            ],
            "events": [asdict(event) for event in now.events],
            "plan": [_prescription(step, wording) for step in diagnosis.plan],
            "next_checks": [_step(step, wording) for step in diagnosis.next_steps],
        }
    )


def error(err: WizardError, language: Language = "en") -> str:
    """The document that stands in for a report that could not be made."""
    what, next = (fill(part, err.values, language) for part in (err.what, err.next))
    return _json({"schema_version": SCHEMA_VERSION, "error": {"what": what, "where": err.where, "next": next}})


def _fact(fact: Fact, conflicting: Iterable[Fact]) -> dict[str, Any]:
    others = [{"value": other.value, "origin": other.origin} for other in conflicting if other is not fact]
    return asdict(fact) | ({"disagrees": others} if others else {})


def _ranked(ranked: Ranked, wording: Wording) -> dict[str, Any]:
    return {
        "cause": ranked.cause,
        "title": wording.cause(ranked.cause),
        "probability": ranked.probability,
        "for": [asdict(weight) for weight in ranked.weights if weight.decibans > 0],
        "against": [asdict(weight) for weight in ranked.weights if weight.decibans < 0],
        "basis": BASIS,
    }


def _finding(finding: Finding, wording: Wording) -> dict[str, Any]:
    return {
        "check": finding.check,
        "outcome": finding.outcome,
        "says": wording.finding(finding),
        "measured": dict(sorted(finding.measured.items())),
        "where": _place(finding.where),
        "origin": finding.origin,
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    return None if place is None else {name: value for name, value in asdict(place).items() if value is not None}


def _prescription(step: Prescription, wording: Wording) -> dict[str, Any]:
    remedy, language = wording.base.remedies[step.remedy], wording.language
    return {
        "remedy": step.remedy,
        "causes": list(step.causes),
        "do": remedy.do.to(language),
        "code": remedy.code,
        "verify": remedy.verify.to(language),
        "undo": remedy.undo.to(language),
        "minutes": step.minutes,
        "risk": remedy.risk,
        "works_probability": step.works,
    }


def _step(step: Step, wording: Wording) -> dict[str, Any]:
    return {
        "check": step.check or None,
        "ask": wording.step(step),
        "minutes": step.minutes,
        "minutes_saved": step.minutes_saved,
        "hand_over": step.opening or step.hand_over,
    }


def _json(document: Mapping[str, Any]) -> str:
    text = json.dumps(_plain(document), ensure_ascii=False, allow_nan=False, indent=2)
    return "".join(_printable(character) for character in text) + "\n"


def _plain(value: Any) -> Any:
    """VALUE with floats to six significant digits, non-finite ones as words, and long texts cut."""
    if isinstance(value, Mapping):
        return {str(key)[:LONGEST]: _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        return float(f"{value:.6g}")
    return value[:LONGEST] if isinstance(value, str) else value


def _printable(character: str) -> str:
    """Controls, bidi marks and lone surrogates as JSON escapes: the data stays the same, the terminal is left alone."""
    if character.isprintable() or character == "\n" or unicodedata.category(character) not in UNPRINTABLE:
        return character
    return json.dumps(character)[1:-1] if ord(character) > 0x7F else f"\\u{ord(character):04x}"
