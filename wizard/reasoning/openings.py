"""What handing something over is worth: it answers many checks at once, for one cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from wizard.knowledge.rows import Floats, Model
from wizard.reasoning.belief import Evidence, expected_rows, posterior, tempered
from wizard.reasoning.plan import Costs, costs_of_plan, expected_minutes
from wizard.vocabulary import Step

SAMPLES = 96  # draws of what an opening would show; the estimate's error is then below two minutes
SEED = 0


def worth_opening(
    model: Model, costs: Costs, evidence: Evidence, candidates: Mapping[str, Sequence[str]]
) -> tuple[Step, ...]:
    """The openings with positive net value, best first; CANDIDATES names the checks that each would still answer.

    What a bundle of findings will show cannot be summed over: it is drawn, always with the same draws, so that equal
    evidence gives equal numbers. The gain of a draw is what the plan of now would cost there beyond the best plan.
    """
    belief = posterior(model, evidence)
    tried = tuple(remedy for remedy, _ in evidence.tried)
    plan = costs_of_plan(model, costs, belief, tried)
    steps = []
    for name, checks in candidates.items():
        beliefs = _normalised(
            np.log(np.maximum(belief, 1e-300))
            + _draw(model, evidence, belief, {c: model.opening_tells[name][c] for c in checks}, name in model.in_words)
        )
        saved = float((beliefs @ plan - expected_minutes(model, costs, beliefs, tried)).mean())
        net = saved - model.opening_minutes[name]
        if net > 0:
            steps.append(Step("", model.opening_minutes[name], net, opening=name))
    return tuple(sorted(steps, key=lambda step: (-round(step.minutes_saved, 9), step.opening)))


def _normalised(logs: Floats) -> Floats:
    """Probabilities from the log weights of each row."""
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _draw(model: Model, evidence: Evidence, belief: Floats, checks: Mapping[str, float], person: bool) -> Floats:
    """Log likelihoods (samples, hypotheses) of drawn outcomes of CHECKS; hypotheses are drawn in proportion.

    CHECKS gives the chance that each is told at all.
    """
    places = (np.arange(SAMPLES) + 0.5) / SAMPLES
    truths = np.searchsorted(belief.cumsum(), places * belief.sum())
    truths = np.minimum(truths, len(belief) - 1)
    logs = np.zeros((SAMPLES, len(belief)))
    first = {
        group: next((member for member in members if member in evidence.findings or member in checks), None)
        for group, members in model.groups.items()
    }
    behind = {member for group, members in model.groups.items() for member in members if member != first[group]}
    draws = _uniforms(2 * len(checks))
    for check, chances, luck in zip(checks, draws[: len(checks)], draws[len(checks) :], strict=True):
        rows = expected_rows(model, check, person)
        rows = tempered(rows) if check in behind else rows
        outcomes = (chances[:, None] > rows[truths].cumsum(axis=1)[:, :-1]).sum(axis=1)
        with np.errstate(divide="ignore"):  # a requirement may rule a hypothesis out
            told = np.log(rows[:, outcomes].T)
        logs += np.where(luck[:, None] < checks[check], told, 0.0)
    return logs


@cache
def _uniforms(checks: int) -> Floats:
    """(checks, samples) numbers between 0 and 1, each row spread evenly in an order of its own."""
    draws = np.random.default_rng(SEED)
    return np.array([(draws.permutation(SAMPLES) + 0.5) / SAMPLES for _ in range(checks)])
