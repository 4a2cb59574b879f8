"""Posterior over single hypotheses: exact, in log space, whatever the order of the findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from wizard.knowledge.rows import Floats, Model
from wizard.vocabulary import Finding

GROUP_EXPONENT = 0.3  # what a further check of the same mechanism counts; measured best of .1 to 1 in simulation


@dataclass(frozen=True, slots=True)
class Evidence:
    """The finding that counts for each check, each tried remedy and whether it worked, whether somebody complains."""

    findings: Mapping[str, Finding] = field(default_factory=dict)
    tried: tuple[tuple[str, bool], ...] = ()
    complaint: bool = False


def outcome_rows(model: Model, check: str, person: bool) -> Floats:
    """P(outcome as it will be reported | hypothesis), (hypotheses, outcomes)."""
    rows = model.rows[check]
    return through_error(rows, model.ask_error[check]) if person else rows


def through_error(rows: Floats, error: float) -> Floats:
    """What a person reports: right with 1 - error, else any other outcome alike.

    >>> through_error(np.array([[1.0, 0.0]]), 0.1).tolist()
    [[0.9, 0.1]]
    """
    return np.asarray((1 - error) * rows + error * (1 - rows) / (rows.shape[-1] - 1))


def tempered(rows: Floats) -> Floats:
    """Rows with the exponent of a group, renormalised over outcomes."""
    raised = rows**GROUP_EXPONENT
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def tempered_checks(model: Model, answered: Iterable[str]) -> frozenset[str]:
    """The answered checks that stand behind an earlier answered one of their group."""
    known = set(answered)
    return frozenset(
        check for members in model.groups.values() for check in [member for member in members if member in known][1:]
    )


def counted_rows(model: Model, answered: Mapping[str, bool]) -> dict[str, Floats]:
    """The rows each answered check counts with; ANSWERED tells for each whether a person answered it."""
    behind = tempered_checks(model, answered)
    rows = {check: outcome_rows(model, check, person) for check, person in answered.items()}
    return {check: tempered(row) if check in behind else row for check, row in rows.items()}


def prior(model: Model, evidence: Evidence) -> Floats:
    """The prior in this consultation: by complaint, then by what is known of each requirement.

    Authored weights are shares of all runs, so a cause with a requirement has the more of those that meet it: its
    prior is divided by the base rate of the requirement and multiplied by the probability that it is met here.
    """
    weights = model.priors[evidence.complaint].copy()
    for requirement in model.requirements:
        base_rate = model.rows[requirement.check][-2]  # the row of `healthy`
        finding = evidence.findings.get(requirement.check)
        if finding is None:
            continue
        said = np.zeros(len(base_rate))
        said[model.outcomes[requirement.check].index(finding.outcome)] = 1.0
        if finding.origin == "person":
            said = base_rate * through_error(said[None], model.ask_error[requirement.check])[0]
            said /= said.sum()
        weights[requirement.index] *= said[requirement.listed].sum() / base_rate[requirement.listed].sum()
    return np.asarray(weights / weights.sum())


def log_weights(model: Model, evidence: Evidence) -> Floats:
    """Unnormalised log posterior."""
    with np.errstate(divide="ignore"):  # a requirement that a file rules out gives log 0
        total = np.log(prior(model, evidence))
    answered = {check: finding.origin == "person" for check, finding in evidence.findings.items()}
    for check, rows in counted_rows(model, answered).items():
        outcome = model.outcomes[check].index(evidence.findings[check].outcome)
        total = total + np.log(rows[:, outcome])
    for remedy, worked in evidence.tried:
        works = model.works[model.remedies.index(remedy)]
        total = total + np.log(works if worked else 1 - works)
    return total


def posterior(model: Model, evidence: Evidence) -> Floats:
    """P(hypothesis | evidence), one number for each of `model.hypotheses`."""
    return softmax(log_weights(model, evidence))


def softmax(logs: Floats) -> Floats:
    """Normalised exponentials."""
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def predictions(model: Model, evidence: Evidence, checks: Sequence[str]) -> dict[str, tuple[Floats, Floats]]:
    """For each unanswered check: (P(outcome), posterior after each outcome (outcomes, hypotheses)), asked of a person.

    An answer that would come first in its group tempers those already given, in predicting as in updating.
    """
    answered = {check: finding.origin == "person" for check, finding in evidence.findings.items()}
    now = log_weights(model, evidence)
    return {check: _prediction(model, evidence, answered, now, check) for check in checks}


def expected_rows(model: Model, check: str, person: bool) -> Floats:
    """P(outcome as it will be reported | hypothesis); if a hypothesis requires CHECK, among the outcomes it allows."""
    rows = model.rows[check].copy()
    for requirement in model.requirements:
        if requirement.check == check:
            allowed = rows[requirement.index] * requirement.listed
            rows[requirement.index] = allowed / allowed.sum()
    return through_error(rows, model.ask_error[check]) if person else rows


def _prediction(
    model: Model, evidence: Evidence, answered: dict[str, bool], now: Floats, check: str
) -> tuple[Floats, Floats]:
    rows, logs = expected_rows(model, check, person=True), now
    group = next((members for members in model.groups.values() if check in members), ())
    known = [member for member in group if member in answered]
    if known and group.index(known[0]) < group.index(check):
        rows = tempered(rows)
    elif known:
        first = outcome_rows(model, known[0], answered[known[0]])
        outcome = model.outcomes[known[0]].index(evidence.findings[known[0]].outcome)
        logs = now - np.log(first[:, outcome]) + np.log(tempered(first)[:, outcome])
    joint = softmax(logs)[:, None] * rows
    chances = joint.sum(axis=0)
    return chances, (joint / chances).T
