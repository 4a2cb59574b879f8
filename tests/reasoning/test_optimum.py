"""The policy against the dynamic-programming optimum, which uses exactly the costs of the design."""

from __future__ import annotations

import numpy as np
import pytest
from policies import by_net_value, expected_minutes
from random_bases import Troubleshooting, random_model

MEAN_LIMIT, WORST_LIMIT = 1.03, 1.15


@pytest.fixture(scope="module")
def ratios() -> list[float]:
    """Our expected minutes over the optimum's, one number a random base."""
    problems = [Troubleshooting(random_model(seed, causes=6, checks=4, remedies=5)) for seed in range(60)]
    return [expected_minutes(problem, by_net_value) / problem.optimum(*problem.start()) for problem in problems]


def test_policy_costs_at_most_three_percent_over_the_optimum(ratios: list[float]) -> None:
    """On 60 random bases the mean ratio to the optimum stays within the design's limit."""
    assert np.mean(ratios) <= MEAN_LIMIT


def test_policy_is_never_far_from_the_optimum(ratios: list[float]) -> None:
    """The worst of the 60 stays within the design's limit, and none beats the optimum."""
    assert max(ratios) <= WORST_LIMIT
    assert min(ratios) >= 1 - 1e-9
