"""Which question to ask next: the one that saves the most expected minutes beyond what it costs."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from wizard.knowledge.rows import Floats, Model, entropy
from wizard.reasoning.belief import Evidence, posterior, predictions
from wizard.reasoning.plan import Costs, expected_minutes
from wizard.vocabulary import Step

SHORTLIST = 16  # scoring 16 chose the same question as scoring all 190 of a large base, at a fiftieth of the cost


def net_values(model: Model, costs: Costs, evidence: Evidence, candidates: Iterable[str]) -> dict[str, float]:
    """For each check: expected minutes now - (its minutes + expected minutes after its answer)."""
    now = expected_minutes(model, costs, posterior(model, evidence), _tried(evidence))[0]
    predicted = predictions(model, evidence, list(candidates))
    if not predicted:
        return {}
    after = expected_minutes(model, costs, np.vstack([beliefs for _, beliefs in predicted.values()]), _tried(evidence))
    values, start = {}, 0
    for check, (chances, _) in predicted.items():
        end = start + len(chances)
        values[check] = float(now - model.ask_minutes[check] - chances @ after[start:end])
        start = end
    return values


def next_steps(model: Model, costs: Costs, evidence: Evidence, candidates: Iterable[str]) -> tuple[Step, ...]:
    """Questions with positive net value, best first; ties go to the cheaper, then by id.

    Candidates are scored exactly on a shortlist by information per minute; only if nothing there pays, on all.
    """
    names = sorted(candidates)
    gain = information_per_minute(model, evidence, names)
    shortlist = sorted(names, key=lambda name: (-gain[name], name))[:SHORTLIST]
    values = net_values(model, costs, evidence, shortlist)
    if not any(value > 0 for value in values.values()) and len(names) > SHORTLIST:
        values = net_values(model, costs, evidence, names)
    paying = [name for name, value in values.items() if value > 0]
    paying.sort(key=lambda name: (-round(values[name], 9), model.ask_minutes[name], name))
    return tuple(Step(name, model.ask_minutes[name], values[name]) for name in paying)


def information_per_minute(model: Model, evidence: Evidence, names: Iterable[str]) -> dict[str, float]:
    """Expected information in bits about the hypotheses, by the minute of asking."""
    gains = {}
    for name, (chances, beliefs) in predictions(model, evidence, list(names)).items():
        before = entropy(chances @ beliefs)
        gains[name] = float((before - chances @ entropy(beliefs)) / model.ask_minutes[name])
    return gains


def what_answers_do(model: Model, evidence: Evidence, check: str) -> dict[str, tuple[float, Floats]]:
    """WHY: for each outcome of CHECK its probability and the posterior after it."""
    chances, beliefs = predictions(model, evidence, [check])[check]
    outcomes = model.outcomes[check]
    return {name: (float(chances[i]), beliefs[i]) for i, name in enumerate(outcomes)}


def _tried(evidence: Evidence) -> tuple[str, ...]:
    return tuple(remedy for remedy, _ in evidence.tried)
