"""Handing something over competes with questions: its value by definition, sensible limits, equal numbers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from random_bases import random_model

from wizard.knowledge.rows import Model
from wizard.reasoning.belief import Evidence, posterior
from wizard.reasoning.openings import worth_opening
from wizard.reasoning.plan import Costs, costs_of_plan, expected_minutes

MINUTES = 3.0


def opened(model: Model) -> Model:
    """MODEL with one opening."""
    model.opening_minutes["files"] = MINUTES
    model.opening_tells["files"] = dict.fromkeys(model.checks, 1.0)
    return model


def exact_value(model: Model, costs: Costs, checks: tuple[str, ...]) -> float:
    """Expected minutes now, less those after all of CHECKS are seen and the minutes of opening: by enumeration."""
    belief = posterior(model, Evidence())
    after = 0.0
    for outcomes in itertools.product(*(range(len(model.outcomes[check])) for check in checks)):
        weights = belief.copy()
        for check, outcome in zip(checks, outcomes, strict=True):
            weights = weights * model.rows[check][:, outcome]
        after += weights.sum() * expected_minutes(model, costs, weights / weights.sum())[0]
    return float(expected_minutes(model, costs, belief)[0] - after - MINUTES)


@pytest.mark.parametrize("seed", range(10))
def test_an_opening_is_worth_what_enumeration_says(seed: int) -> None:
    """Drawn, not summed: within four minutes of the exact net value, and absent only if that is near nothing."""
    model = opened(random_model(seed))
    costs = Costs.of(model)
    checks = model.checks[:4]
    exact = exact_value(model, costs, checks)

    steps = worth_opening(model, costs, Evidence(), {"files": checks})

    assert (steps[0].minutes_saved if steps else 0.0) == pytest.approx(max(exact, 0.0), abs=4.0)


def test_equal_evidence_gives_equal_numbers() -> None:
    """The draws are always the same."""
    model = opened(random_model(3))
    costs = Costs.of(model)

    first, second = (worth_opening(model, costs, Evidence(), {"files": model.checks}) for _ in range(2))

    assert first == second != ()


def test_more_checks_for_the_same_minutes_are_worth_more() -> None:
    """Up to the error of drawing."""
    model = opened(random_model(5))
    costs = Costs.of(model)

    few = worth_opening(model, costs, Evidence(), {"files": model.checks[:1]})
    all_ = worth_opening(model, costs, Evidence(), {"files": model.checks})

    assert all_[0].minutes_saved > (few[0].minutes_saved if few else 0.0)


def test_what_tells_nothing_is_not_worth_opening() -> None:
    """Every hypothesis shows the same there."""
    model = opened(random_model(1))
    check = model.checks[0]
    model.rows[check][:] = model.rows[check][0]

    steps = worth_opening(model, Costs.of(model), Evidence(), {"files": (check,)})

    assert steps == ()


@pytest.mark.parametrize("seed", range(6))
def test_the_costs_of_a_plan_average_to_its_expectation(seed: int) -> None:
    """Each hypothesis in its share."""
    model = random_model(seed)
    costs, belief = Costs.of(model), posterior(model, Evidence())

    each = costs_of_plan(model, costs, belief)

    assert float(each @ belief) == pytest.approx(float(expected_minutes(model, costs, belief)[0]), abs=1e-6)
    assert np.all(each >= 0)
