"""One diagnosis from the evidence: verdict, differential, plan and next questions."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from wizard.knowledge.rows import Floats, Model
from wizard.reasoning.belief import Evidence, posterior
from wizard.reasoning.explain import weights_of_evidence
from wizard.reasoning.next_check import next_steps
from wizard.reasoning.plan import Costs, prescribe
from wizard.reasoning.sets import Report, report
from wizard.vocabulary import HEALTHY, OTHER, Diagnosis, Ranked, Verdict

SURE = 0.8
CLEAR_LEAD = 4.0  # the first cause is at least this many times as probable as the next
UNUSUAL_WHEN_HEALTHY = 0.1
EXPLAINED = 8  # hypotheses of the differential that carry their weights of evidence


def diagnose(model: Model, costs: Costs, evidence: Evidence, askable: Iterable[str]) -> Diagnosis:
    """Everything that follows from EVIDENCE; ASKABLE are the checks that a person could still answer."""
    single = posterior(model, evidence)
    reported = report(model, evidence)
    differential = _differential(model, evidence, reported.marginals)
    healthy = float(reported.marginals[~model.faults].sum())
    verdict, named = _verdict(model, reported, healthy, differential)
    tried = tuple(remedy for remedy, _ in evidence.tried)
    solved = any(worked for _, worked in evidence.tried)
    done = solved or verdict == "healthy"
    return Diagnosis(
        verdict=verdict,
        named=named,
        fault=1 - healthy,
        differential=differential,
        plan=() if done else prescribe(model, costs, single, tried),
        next_steps=() if solved else next_steps(model, costs, evidence, askable),
        suspicious=bool(unusual_findings(model, evidence)),
    )


def unusual_findings(model: Model, evidence: Evidence) -> tuple[str, ...]:
    """Checks whose outcome would be seen in at most a tenth of healthy runs."""
    return tuple(
        sorted(
            check
            for check, finding in evidence.findings.items()
            if model.rows[check][-2][model.outcomes[check].index(finding.outcome)] <= UNUSUAL_WHEN_HEALTHY
        )
    )


def _differential(model: Model, evidence: Evidence, marginals: Floats) -> tuple[Ranked, ...]:
    order = sorted(
        range(len(marginals)), key=lambda index: (-round(float(marginals[index]), 12), model.hypotheses[index])
    )
    return tuple(
        Ranked(
            model.hypotheses[index],
            float(marginals[index]),
            weights_of_evidence(model, evidence, model.hypotheses[index]) if place < EXPLAINED else (),
        )
        for place, index in enumerate(order)
    )


def _verdict(
    model: Model, reported: Report, healthy: float, differential: tuple[Ranked, ...]
) -> tuple[Verdict, tuple[str, ...]]:
    """Design 5: healthy, diagnosed, narrowed or undetermined, and the causes it names."""
    if healthy >= SURE:
        return "healthy", ()
    benign = {model.hypotheses[index] for index in np.flatnonzero(model.benign)}
    causes = [ranked for ranked in differential if ranked.cause not in {HEALTHY, OTHER} | benign]
    sure = [ranked for ranked in causes if ranked.probability >= SURE]
    if sure:
        following = causes[1].probability if len(causes) > 1 else 0.0
        if following >= SURE or following * CLEAR_LEAD <= causes[0].probability:
            return "diagnosed", tuple(ranked.cause for ranked in sure)
    first = tuple(ranked.cause for ranked in causes[:3])
    if reported.any_of([model.hypotheses.index(cause) for cause in first]) >= SURE:
        return "narrowed", first
    return "undetermined", ()
