"""Policies for the decision problem of a random base, and the exact expectation of what they cost."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from random_bases import Troubleshooting

from wizard.reasoning.belief import Evidence
from wizard.reasoning.next_check import information_per_minute, next_steps
from wizard.reasoning.plan import prescribe
from wizard.vocabulary import Finding

Choice = Callable[[Troubleshooting, Evidence, list[str]], str | None]


def by_net_value(problem: Troubleshooting, evidence: Evidence, open_: list[str]) -> str | None:
    """Ours."""
    steps = next_steps(problem.model, problem.costs, evidence, open_)
    return steps[0].check if steps else None


def in_fixed_order(_: Troubleshooting, __: Evidence, open_: list[str]) -> str | None:
    """Every question in the order of its name, as a checklist does."""
    return min(open_, default=None)


def most_informative(problem: Troubleshooting, evidence: Evidence, open_: list[str]) -> str | None:
    """Every question, the most informative a minute first."""
    gain = information_per_minute(problem.model, evidence, open_)
    return max(sorted(open_), key=lambda name: gain[name], default=None)


def no_questions(_: Troubleshooting, __: Evidence, ___: list[str]) -> None:
    """Try remedies at once."""


def expected_minutes(problem: Troubleshooting, choose: Choice) -> float:
    """Exact expectation over all answers when CHOOSE picks the questions and our plan the remedies."""
    model = problem.model

    @cache
    def cost(answers: tuple[int, ...], failed: frozenset[int]) -> float:
        findings = {
            check: Finding(model.outcomes[check][outcome], check=check)
            for check, outcome in zip(model.checks, answers, strict=True)
            if outcome >= 0
        }
        tried = tuple((model.remedies[remedy], False) for remedy in sorted(failed))
        weights = problem.weights(answers, failed)
        question = choose(
            problem, Evidence(findings, tried, complaint=True), [c for c in model.checks if c not in findings]
        )
        if question is not None:
            return float(problem.ask_cost(answers, failed, model.checks.index(question), weights, cost))
        belief = np.array(weights) / sum(weights)
        plan = prescribe(model, problem.costs, belief, tuple(name for name, _ in tried), at_least=0)
        if plan:
            return float(problem.try_cost(answers, failed, model.remedies.index(plan[0].remedy), weights, cost))
        return problem.stop_cost(weights)

    return cost(*problem.start())
