"""One diagnosis from the evidence: verdict, differential, plan and next questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from wizard.knowledge.rows import Floats, Model
from wizard.reasoning.belief import Evidence, posterior
from wizard.reasoning.explain import weights_of_evidence
from wizard.reasoning.next_check import next_steps
from wizard.reasoning.openings import worth_opening
from wizard.reasoning.plan import Costs, prescribe
from wizard.reasoning.sets import Report, report
from wizard.vocabulary import OTHER, Diagnosis, Ranked, Step, Verdict

SURE = 0.8
CLEAR_LEAD = 4.0  # the first cause is at least this many times as probable as the next
UNUSUAL_WHEN_HEALTHY = 0.1
EXPLAINED = 8  # hypotheses of the differential that carry their weights of evidence


def diagnose(
    model: Model,
    costs: Costs,
    evidence: Evidence,
    askable: Iterable[str],
    openable: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Diagnosis:
    """Everything that follows from EVIDENCE; ASKABLE are the checks that a person could still answer.

    OPENABLE names what could be handed over, with the checks that it would answer.
    """
    single = posterior(model, evidence)
    reported = report(model, evidence)
    conclusion, named = verdict(model, reported)
    tried = tuple(remedy for remedy, _ in evidence.tried)
    solved = any(worked for _, worked in evidence.tried)
    done = solved or conclusion == "healthy"
    return Diagnosis(
        verdict=conclusion,
        named=named,
        fault=1 - _no_fault(model, reported),
        differential=_differential(model, evidence, reported.marginals),
        plan=() if done else prescribe(model, costs, single, tried),
        next_steps=() if solved else _worth_a_step(model, costs, evidence, askable, openable),
        suspicious=bool(unusual_findings(model, evidence)),
    )


def _worth_a_step(
    model: Model,
    costs: Costs,
    evidence: Evidence,
    askable: Iterable[str],
    openable: Mapping[str, Sequence[str]],
) -> tuple[Step, ...]:
    """Questions and openings in one order: the most minutes saved first."""
    steps = [*next_steps(model, costs, evidence, askable), *worth_opening(model, costs, evidence, openable)]
    return tuple(sorted(steps, key=lambda step: (-round(step.minutes_saved, 9), step.minutes, step.check)))


def unusual_findings(model: Model, evidence: Evidence) -> tuple[str, ...]:
    """Checks whose outcome would be seen in at most a tenth of healthy runs; a rare context is no sign of anything."""
    return tuple(
        sorted(
            check
            for check, finding in evidence.findings.items()
            if check not in model.contexts
            and model.rows[check][-2][model.outcomes[check].index(finding.outcome)] <= UNUSUAL_WHEN_HEALTHY
        )
    )


def verdict(model: Model, reported: Report) -> tuple[Verdict, tuple[str, ...]]:
    """Design 5: healthy, diagnosed, narrowed or undetermined, and the causes it names, likeliest first."""
    if _no_fault(model, reported) >= SURE:
        return "healthy", ()
    faults = model.faults
    causes = [
        index for index in _ranking(model, reported.marginals) if faults[index] and model.hypotheses[index] != OTHER
    ]
    chances = reported.marginals[causes]
    sure = int((chances >= SURE).sum())
    if sure > 1 or (sure and (len(causes) == 1 or chances[1] * CLEAR_LEAD <= chances[0])):
        return "diagnosed", tuple(model.hypotheses[index] for index in causes[:sure])
    if reported.any_of(causes[:3]) >= SURE:
        return "narrowed", tuple(model.hypotheses[index] for index in causes[:3])
    return "undetermined", ()


def _no_fault(model: Model, reported: Report) -> float:
    """P(healthy), benign causes counted in."""
    return float(reported.marginals[~model.faults].sum())


def _ranking(model: Model, marginals: Floats) -> list[int]:
    """Hypotheses, likeliest first; ties by name."""
    return sorted(
        range(len(marginals)), key=lambda index: (-round(float(marginals[index]), 12), model.hypotheses[index])
    )


def _differential(model: Model, evidence: Evidence, marginals: Floats) -> tuple[Ranked, ...]:
    return tuple(
        Ranked(
            model.hypotheses[index],
            float(marginals[index]),
            weights_of_evidence(model, evidence, model.hypotheses[index]) if place < EXPLAINED else (),
        )
        for place, index in enumerate(_ranking(model, marginals))
    )
