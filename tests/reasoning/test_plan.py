"""The order of remedies: chance over cost, what failed before taken into account, roots before effects."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_models import T, base_of, cause, check

from wizard.knowledge.rows import Model, compile_model
from wizard.reasoning.plan import Costs, expected_minutes, prescribe
from wizard.vocabulary import Remedy


def model_of(minutes: dict[str, float], works: dict[str, dict[str, float]], leads_to: dict[str, float]) -> Model:
    """Causes by name with the chances of their remedies; `root` leads to LEADS_TO."""
    causes = [
        replace(cause(name, "x", 5, {"q": {"odd": 0.5}}, leads_to if name == "root" else None), remedies=dict(chances))
        for name, chances in works.items()
    ]
    remedies = {name: Remedy(name, T, T, T, T, cost, "low", ["s"]) for name, cost in minutes.items()}
    return compile_model(replace(base_of([check("q")], causes), remedies=remedies))


def belief(model: Model, **chances: float) -> np.ndarray:
    return np.array([chances.get(name, 0.0) for name in model.hypotheses])


def test_the_cheaper_of_two_equals_comes_first() -> None:
    """Equal chances: ten minutes before sixty, each with the run that shows whether it worked."""
    model = model_of({"long": 60, "short": 10}, {"a": {"long": 0.9}, "b": {"short": 0.9}}, {})

    plan = prescribe(model, Costs.of(model), belief(model, a=0.5, b=0.5))

    assert [step.remedy for step in plan] == ["short", "long"]
    assert [step.causes for step in plan] == [("b",), ("a",)]


def test_what_failed_before_is_taken_into_account() -> None:
    """The second remedy of a cause that was probably mended comes after that of another cause."""
    works = {"a": {"first": 0.95, "again": 0.9}, "b": {"second": 0.9}}
    model = model_of({"again": 10, "first": 10, "second": 10}, works, {})

    plan = prescribe(model, Costs.of(model), belief(model, a=0.7, b=0.3))

    assert [step.remedy for step in plan][:2] == ["first", "second"]
    assert plan[1].works == pytest.approx((0.3 * 0.995 * 0.9 + 0.7 * 0.05 * 0.005) / (0.3 * 0.995 + 0.7 * 0.05))


@pytest.mark.parametrize(("leads_to", "first"), [({"effect": 0.6}, "cure"), ({}, "relief")])
def test_a_root_is_treated_before_its_effect(leads_to: dict[str, float], first: str) -> None:
    """The remedy of an effect waits for that of a root as likely, though cheaper; without the link it does not."""
    model = model_of({"cure": 30, "relief": 5}, {"effect": {"relief": 0.9}, "root": {"cure": 0.9}}, leads_to)

    plan = prescribe(model, Costs.of(model), belief(model, effect=0.5, root=0.5))

    assert plan[0].remedy == first


def test_only_faults_owe_minutes() -> None:
    """With nothing to try, stopping costs 240 minutes of each chance of a fault, `other` among them, benign not."""
    model = model_of({"r": 5}, {"a": {"r": 0.9}, "b": {"r": 0.9}}, {})
    model = replace(model, benign=np.array([False, True, False, False]))

    minutes = expected_minutes(model, Costs.of(model), belief(model, a=0.1, b=0.2, healthy=0.3, other=0.4), ("r",))

    assert minutes == pytest.approx([240 * 0.5])


def test_a_remedy_costs_its_minutes_whatever_the_truth() -> None:
    """5 minutes and a run of 20 are spent on a healthy run too; what is not listed works in one of 200."""
    model = model_of({"r": 5}, {"a": {"r": 0.9}}, {})

    minutes = expected_minutes(model, Costs.of(model), belief(model, a=0.6, healthy=0.2, other=0.2))

    assert minutes == pytest.approx([25 + 240 * (0.6 * 0.1 + 0.2 * 0.995)])


def test_the_plan_ends_where_giving_up_is_cheaper() -> None:
    """A remedy whose minutes outweigh what it would save is left out, unless it is all there is."""
    model = model_of({"cheap": 5, "dear": 400}, {"a": {"cheap": 0.9}, "b": {"dear": 0.9}}, {})

    plan = prescribe(model, Costs.of(model), belief(model, a=0.8, b=0.2))
    only = prescribe(model, Costs.of(model), belief(model, b=1.0), tried=("cheap",))

    assert [step.remedy for step in plan] == ["cheap"]
    assert [step.remedy for step in only] == ["dear"]
