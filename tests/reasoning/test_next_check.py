"""Net value by definition, and that asking stops when it no longer pays."""

from __future__ import annotations

import numpy as np
import pytest
from random_bases import random_model

from wizard.knowledge.rows import Model
from wizard.reasoning.belief import Evidence, posterior
from wizard.reasoning.next_check import net_values, next_steps, what_answers_do
from wizard.reasoning.plan import Costs, expected_minutes
from wizard.vocabulary import Finding


def repair_cost(model: Model, costs: Costs, belief: list[float], open_: frozenset[int]) -> float:
    """Expected minutes of the greedy sequence with the best give-up point, by recursion on single numbers."""
    weights, spent, best = list(belief), 0.0, 240 * sum(b for b, f in zip(belief, model.faults) if f)  # noqa: B905
    remaining = set(open_)
    while remaining:
        score = {r: sum(w * model.works[r, h] for h, w in enumerate(weights)) / costs.remedies[r] for r in remaining}
        chosen = max(sorted(remaining), key=lambda r: score[r])
        spent += sum(weights) * costs.remedies[chosen]
        weights = [w * (1 - model.works[chosen, h]) for h, w in enumerate(weights)]
        remaining.discard(chosen)
        best = min(best, spent + 240 * sum(w for w, f in zip(weights, model.faults) if f))  # noqa: B905
    return best


@pytest.mark.parametrize("seed", range(12))
def test_net_value_is_minutes_saved_beyond_its_cost(seed: int) -> None:
    """Equal to ECR now minus (minutes plus expected ECR after), each by definition."""
    model = random_model(seed, groups=True)
    costs = Costs.of(model)
    evidence = Evidence({model.checks[0]: Finding(model.outcomes[model.checks[0]][1], check=model.checks[0])})
    all_ = frozenset(range(len(model.remedies)))
    now = repair_cost(model, costs, list(posterior(model, evidence)), all_)

    values = net_values(model, costs, evidence, model.checks[1:])

    for check in model.checks[1:]:
        after = sum(
            chance * repair_cost(model, costs, list(belief), all_)
            for chance, belief in what_answers_do(model, evidence, check).values()
        )
        assert values[check] == pytest.approx(now - model.ask_minutes[check] - after, abs=0.01)


@pytest.mark.parametrize("seed", range(6))
def test_expected_minutes_never_exceed_giving_up(seed: int) -> None:
    """Stopping at once is always among the options."""
    model = random_model(seed)
    belief = posterior(model, Evidence(complaint=True))

    minutes = expected_minutes(model, Costs.of(model), belief)[0]

    assert minutes <= 240 * belief[model.faults].sum() + 1e-9


def test_a_question_that_costs_more_than_it_saves_is_not_asked() -> None:
    """With every question at ten hours nothing has positive net value."""
    model = random_model(2)
    for check in model.checks:
        model.ask_minutes[check] = 600.0

    assert next_steps(model, Costs.of(model), Evidence(complaint=True), model.checks) == ()


def test_best_question_comes_first() -> None:
    """Steps are in falling order of minutes saved."""
    model = random_model(5)

    steps = next_steps(model, Costs.of(model), Evidence(complaint=True), model.checks)

    saved = [step.minutes_saved for step in steps]
    assert saved
    assert saved == sorted(saved, reverse=True)
    assert np.all(np.array(saved) > 0)


def test_the_shortlist_hides_no_question_that_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    """When nothing on it pays, all candidates are scored before asking stops."""
    model = random_model(5)
    expected = next_steps(model, Costs.of(model), Evidence(complaint=True), model.checks)

    monkeypatch.setattr("wizard.reasoning.next_check.SHORTLIST", 0)

    assert expected
    assert next_steps(model, Costs.of(model), Evidence(complaint=True), model.checks) == expected
