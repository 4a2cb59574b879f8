"""Which findings and causes a report shows: those that weigh for the first causes, and those a healthy run lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wizard.consultation.session import Session
from wizard.reasoning.diagnosis import unusual_findings
from wizard.vocabulary import HEALTHY, OTHER, Ranked, Weight

WEIGHTY = 3.0  # decibans: odds doubled
MOST_CAUSES, LEAST_PROBABILITY = 5, 0.05
MOST_FIRST = 3
STANDS_OUT = 0.25  # a cause below it is one of many


def calm(session: Session) -> bool:
    """Nobody complains, nothing is unusual, no cause is named: there is nothing to mend."""
    diagnosis = session.diagnosis
    return diagnosis.verdict == "healthy" or not (
        diagnosis.named or diagnosis.suspicious or session.consultation.complaints
    )


def stands_out(session: Session) -> bool:
    """Whether one cause is likelier than the crowd, so that there is a conclusion which could change."""
    ranking = session.diagnosis.differential
    first = next((ranked for ranked in ranking if ranked.cause not in (HEALTHY, OTHER)), None)
    return first is not None and first.probability >= STANDS_OUT


def shown_causes(session: Session) -> list[Ranked]:
    """The head of the differential, and whatever the verdict names."""
    diagnosis = session.diagnosis
    likely = [ranked for ranked in diagnosis.differential[:MOST_CAUSES] if ranked.probability >= LEAST_PROBABILITY]
    named = [ranked for ranked in diagnosis.differential if ranked.cause in diagnosis.named and ranked not in likely]
    return [*likely, *named]


def weighty_findings(session: Session) -> list[Weight]:
    """Each finding (or tried remedy) that matters once, strongest first, with its best weight.

    It matters if it speaks for a first cause or against health, or if a healthy run seldom shows it. Complaints are
    left out: the person knows them.
    """
    weights: dict[str, Weight] = {}
    for weight in () if calm(session) else _speaking(session):
        if weight.decibans >= max(WEIGHTY, weights[weight.check].decibans if weight.check in weights else 0.0):
            weights[weight.check] = weight
    for check in unusual_findings(session.knowledge.model, session.consultation.evidence):
        weights.setdefault(check, Weight(check, session.findings[check].outcome, 0.0))
    complaints = session.consultation.complaints
    told = [weight for weight in weights.values() if weight.check not in complaints]
    return sorted(told, key=lambda weight: (-weight.decibans, weight.check))


def _speaking(session: Session) -> Iterator[Weight]:
    """What speaks for the causes that are named, else for the first suspects, and what speaks against health."""
    named = session.diagnosis.named
    suspects = [ranked for ranked in shown_causes(session) if ranked.cause != HEALTHY]
    for ranked in [ranked for ranked in suspects if ranked.cause in named] or suspects[:MOST_FIRST]:
        yield from ranked.weights
    for ranked in session.diagnosis.differential:
        if ranked.cause == HEALTHY:
            yield from (replace(weight, decibans=-weight.decibans) for weight in ranked.weights)
