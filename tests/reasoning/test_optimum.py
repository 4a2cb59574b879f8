"""The policy against the dynamic-programming optimum, which uses exactly the costs of the design."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from random_bases import Troubleshooting, random_model

from wizard.reasoning.belief import Evidence
from wizard.reasoning.next_check import next_steps
from wizard.reasoning.plan import prescribe
from wizard.vocabulary import Finding

MEAN_LIMIT, WORST_LIMIT = 1.03, 1.15


def expected_cost_of_our_policy(problem: Troubleshooting) -> float:
    """Exact expectation over all answers when we ask, try and stop as `next_steps` and `prescribe` say."""
    model = problem.model

    @cache
    def cost(answers: tuple[int, ...], failed: frozenset[int]) -> float:
        findings = {
            check: Finding(model.outcomes[check][outcome], check=check)
            for check, outcome in zip(model.checks, answers, strict=True)
            if outcome >= 0
        }
        tried = tuple((model.remedies[remedy], False) for remedy in sorted(failed))
        evidence = Evidence(findings, tried, complaint=True)
        weights = problem.weights(answers, failed)
        steps = next_steps(model, problem.costs, evidence, set(model.checks) - set(findings))
        if steps:
            return problem.ask_cost(answers, failed, model.checks.index(steps[0].check), weights, cost)
        belief = np.array(weights) / sum(weights)
        plan = prescribe(model, problem.costs, belief, tuple(name for name, _ in tried), at_least=0)
        if plan:
            return problem.try_cost(answers, failed, model.remedies.index(plan[0].remedy), weights, cost)
        return problem.stop_cost(weights)

    return cost(*problem.start())


@pytest.fixture(scope="module")
def ratios() -> list[float]:
    """Our expected minutes over the optimum's, one number a random base."""
    problems = [Troubleshooting(random_model(seed, causes=5, checks=4, remedies=4)) for seed in range(60)]
    return [expected_cost_of_our_policy(problem) / problem.optimum(*problem.start()) for problem in problems]


def test_policy_costs_at_most_three_percent_over_the_optimum(ratios: list[float]) -> None:
    """On 60 random bases the mean ratio to the optimum stays within the design's limit."""
    print(f"mean {np.mean(ratios):.4f}, worst {max(ratios):.4f}")  # noqa: T201

    assert np.mean(ratios) <= MEAN_LIMIT


def test_policy_is_never_far_from_the_optimum(ratios: list[float]) -> None:
    """The worst of the 60 stays within the design's limit, and none beats the optimum."""
    assert max(ratios) <= WORST_LIMIT
    assert min(ratios) >= 1 - 1e-9
