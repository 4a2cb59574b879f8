"""The report of a session as plain text for 80 columns: marks and words, no colour, the verdict last."""

from __future__ import annotations

from wizard import __version__
from wizard.consultation.session import Session
from wizard.report.advice import plan, questions
from wizard.report.changes import what_would_change
from wizard.report.layout import padded, wrapped
from wizard.report.matters import calm, shown_causes, stands_out, weighty_findings
from wizard.report.missing import failures, not_checked
from wizard.report.wording import Wording, number, safe
from wizard.vocabulary import HEALTHY, OTHER, Ranked, Weight

NOTABLE = 3.0  # decibans: odds doubled or halved
MOST_WEIGHTS = 3
LEAST_DETAILED = 0.1  # below it for and against are left out


def render(session: Session, wording: Wording) -> str:
    """Everything worth telling about SESSION, in the order in which it is needed; ends with the verdict."""
    ill = not calm(session)
    sections = [
        [f"Loss Wizard {__version__}"],
        looked_at(session, wording),
        what_counts(session, wording),
        causes(session, wording) if ill else [],
        what_would_change(session, wording) if ill and stands_out(session) else [],
        conflicts(session, wording),
        plan(session, wording) if ill else [],
        not_checked(session, wording),
        questions(session, wording) if session.diagnosis.verdict != "healthy" else [],
        wrapped(wording.verdict(session.diagnosis)),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def looked_at(session: Session, wording: Wording) -> list[str]:
    """Files, facts, complaints, and what could not be read."""
    now = session.consultation
    lines = [wording.text("Looked at")]
    for file in now.artifacts:
        label = padded(wording.artifact(file.kind), 14)
        name = wording.file(file.path) if file.kind == "told" else safe(file.path)
        lines += wrapped(f"{name} ({_size(file.size)})", f"  {label}")
    if not now.artifacts:
        lines.append("  " + wording.text("no file"))
    if now.facts:
        facts = (f"{safe(name)} {number(fact.value)}" for name, fact in now.facts.items())
        lines += wrapped(", ".join(facts), "  " + padded(wording.text("known"), 14))
    if now.complaints:
        named = wording.listed(wording.check(symptom) for symptom in now.complaints)
        lines += wrapped(named, "  " + padded(wording.text("you see"), 14))
    for kind, reason in failures(session, wording).items():
        silent = wording.text(
            "no check answered by the {artifact}: {reason}", artifact=wording.artifact(kind), reason=reason
        )
        lines += wrapped(silent, "  ? ", "    ")
    for notice in now.unreadable:
        lines += wrapped(wording.notice(notice), "  ? " + wording.text("not readable") + ": ", "    ")
    for notice in now.notes:
        lines += wrapped(wording.notice(notice), "  - ")
    return lines


def what_counts(session: Session, wording: Wording) -> list[str]:
    """The findings that speak for the first causes, or that a healthy run seldom shows, with place and weight."""
    answered = len(session.findings) - len(session.consultation.complaints)
    weighty = weighty_findings(session)
    if not weighty:
        none = wording.text("Checks answered: {n}, none of them unusual.", n=answered)
        return [none if answered else wording.text("No check is answered yet.")]
    lines = [wording.text("What counts")]
    for weight in weighty:
        finding = session.findings.get(weight.check)
        said = wording.finding(finding) if finding else wording.observed(weight.check, weight.outcome)
        lines += wrapped(said, "  ! ")
        place = wording.place(finding.where if finding else None)
        tells = [place] if place else []
        if weight.decibans >= NOTABLE:
            tells.append(wording.text("{strength} evidence", strength=wording.strength(weight.decibans)))
        if tells:
            lines += wrapped(wording.joined(tells), "    ")
    rest = answered - sum(weight.check in session.findings for weight in weighty)
    if rest:
        lines.append("  - " + wording.text("Other checks answered, nothing remarkable: {n}", n=rest))
    return lines


def causes(session: Session, wording: Wording) -> list[str]:
    """The ranking, with what speaks for and against each."""
    lines = [wording.text("Causes, likeliest first")]
    for position, ranked in enumerate(shown_causes(session), start=1):
        estimate = wording.estimate(ranked.cause, ranked.probability)
        lines += wrapped(wording.joined((estimate, wording.band(ranked.probability))), f"  {position}. ")
        if ranked.cause not in (HEALTHY, OTHER) and ranked.probability >= LEAST_DETAILED:
            lines += _for_and_against(ranked, wording)
    return lines


def _for_and_against(ranked: Ranked, wording: Wording) -> list[str]:
    supports = [weight for weight in ranked.weights if weight.decibans >= NOTABLE]
    objects = [weight for weight in ranked.weights if weight.decibans <= -NOTABLE]
    lines = []
    for label, weights in ((wording.text("for"), supports), (wording.text("against"), objects)):
        if weights:
            lines += wrapped(_weights(weights, wording), "     " + padded(label, 9))
    return lines


def _weights(weights: list[Weight], wording: Wording) -> str:
    strongest = sorted(weights, key=lambda weight: -abs(weight.decibans))[:MOST_WEIGHTS]
    return wording.listed(
        wording.noted(wording.observed(weight.check, weight.outcome), wording.strength(weight.decibans))
        for weight in strongest
    )


def conflicts(session: Session, wording: Wording) -> list[str]:
    """Where the person and a file, or two files, say different things, and which one counts."""
    now = session.consultation
    lines = []
    for check in now.conflicts:
        seen, counts = now.seen[check], now.findings[check]
        answer = wording.text("you say otherwise, and your word counts")
        if counts.origin != "person":
            answer = wording.text("you say otherwise; to overrule it, use --answer {check}=OUTCOME", check=check)
        lines += wrapped(f"{wording.noted(wording.finding(seen), wording.origin(seen.origin))}; {answer}", "  ! ")
    for name, facts in now.fact_conflicts.items():
        counting = now.facts[name]
        said = wording.listed(wording.noted(safe(fact.value, 60), wording.origin(fact.origin)) for fact in facts)
        used = wording.text("{value} counts", value=safe(counting.value, 60))
        lines += wrapped(f"{safe(name)}: {said}; {used}", "  ! ")
    return [wording.text("Disagreements"), *lines] if lines else []


def _size(size: int) -> str:
    for unit, least in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= least:
            return f"{size / least:.3g} {unit}"
    return f"{size} B"
