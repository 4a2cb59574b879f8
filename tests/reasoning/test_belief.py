"""The posterior against enumeration by definition, and what must leave it alone."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from random_bases import Troubleshooting, random_model
from small_models import base_of, cause
from small_models import check as question

from wizard.knowledge.rows import Model, compile_model
from wizard.reasoning.belief import Evidence, posterior, predictions
from wizard.vocabulary import Finding, Origin


def findings_of(model: Model, seed: int, origin: Origin = "person") -> dict[str, Finding]:
    """A random answer to all but the last check."""
    random = np.random.default_rng(seed)
    return {
        check: Finding(str(random.choice(model.outcomes[check])), check=check, origin=origin)
        for check in model.checks[:-1]
    }


def by_definition(model: Model, findings: dict[str, Finding], tried: tuple[tuple[str, bool], ...]) -> list[float]:
    """Product of prior, rows, answer errors and group exponents, written out number by number."""
    weights = []
    for h, start in enumerate(model.priors[True]):
        weight = float(start)
        for check, finding in findings.items():
            row = [float(p) for p in model.rows[check][h]]
            if finding.origin == "person":
                error = model.ask_error[check]
                row = [(1 - error) * p + error * (1 - p) / (len(row) - 1) for p in row]
            group = next((g for g in model.groups.values() if check in g), (check,))
            if any(other in findings for other in group[: group.index(check)]):
                row = [p**0.3 for p in row]
                row = [p / sum(row) for p in row]
            weight *= row[model.outcomes[check].index(finding.outcome)]
        for remedy, worked in tried:
            works = float(model.works[model.remedies.index(remedy), h])
            weight *= works if worked else 1 - works
        weights.append(weight)
    return [weight / sum(weights) for weight in weights]


@pytest.mark.parametrize("seed", range(20))
def test_posterior_equals_enumeration(seed: int) -> None:
    """Answers of people and inspectors, groups and a failed remedy: equal to the definition to 1e-12."""
    model = random_model(seed, groups=True)
    findings = findings_of(model, seed) | dict(itertools.islice(findings_of(model, seed, "log").items(), 2))
    tried = (("r0", False), ("r1", seed % 2 == 0))

    result = posterior(model, Evidence(findings, tried, complaint=True))

    assert np.allclose(result, by_definition(model, findings, tried), atol=1e-12, rtol=0)


@pytest.mark.parametrize("seed", range(5))
def test_order_of_findings_is_irrelevant(seed: int) -> None:
    """Every order of the same findings gives the same bytes' worth of posterior, groups included."""
    model = random_model(seed, groups=True)
    findings = findings_of(model, seed)
    expected = posterior(model, Evidence(findings))

    orders = [dict(order) for order in itertools.permutations(findings.items())]

    assert all(np.allclose(posterior(model, Evidence(order)), expected, atol=1e-14) for order in orders)


@pytest.mark.parametrize("seed", range(10))
def test_prediction_is_the_update_it_predicts(seed: int) -> None:
    """The posterior promised for each answer is the one that giving this answer leads to."""
    model = random_model(seed, groups=True)
    evidence = Evidence(findings_of(model, seed))
    check = model.checks[-1]

    chances, beliefs = predictions(model, evidence, [check])[check]

    assert math.isclose(chances.sum(), 1.0)
    for outcome, belief in zip(model.outcomes[check], beliefs, strict=True):
        answered = dict(evidence.findings) | {check: Finding(outcome, check=check)}
        assert np.allclose(belief, posterior(model, Evidence(answered)), atol=1e-12)


def test_a_certain_answer_outweighs_one_that_may_be_wrong() -> None:
    """The same outcome moves the posterior less from a person than from an inspector."""
    model = random_model(3)
    check = model.checks[0]
    model.ask_error[check] = 0.2
    start = posterior(model, Evidence())

    told = posterior(model, Evidence({check: Finding(model.outcomes[check][1], check=check)}))
    seen = posterior(model, Evidence({check: Finding(model.outcomes[check][1], check=check, origin="log")}))

    assert np.abs(told - start).sum() < np.abs(seen - start).sum()


def test_oracle_and_engine_agree_on_the_weights() -> None:
    """The decision problem of the optimum test and the engine compute the same posterior."""
    model = random_model(1)
    problem = Troubleshooting(model)
    answers = (1, 0, -1, -1, 1)
    findings = {
        check: Finding(model.outcomes[check][outcome], check=check)
        for check, outcome in zip(model.checks, answers, strict=True)
        if outcome >= 0
    }

    weights = np.array(problem.weights(answers, frozenset({0})))

    expected = posterior(model, Evidence(findings, ((model.remedies[0], False),), complaint=True))
    assert np.allclose(weights / weights.sum(), expected, atol=1e-12)


def context_model() -> Model:
    """One cause bound to regression and one that is not, as likely where it applies; the task can be asked."""
    bound = replace(cause("bound", "x", 5, {"q": {"odd": 0.6}}), requires={"task": ["regression"]})
    task = question("task", outcomes=("classification", "regression"), regression=0.25)
    return compile_model(base_of([task, question("q", odd=0.1)], [bound, cause("free", "y", 5, {"q": {"odd": 0.8}})]))


def test_predicting_a_context_is_the_update_it_predicts() -> None:
    """Asking for a context promises the posterior that its answer leads to, weighed by the chance of that answer."""
    model = context_model()
    evidence = Evidence({"q": Finding("odd", check="q")})
    now = posterior(model, evidence)

    chances, beliefs = predictions(model, evidence, ["task"])["task"]

    for outcome, belief in zip(model.outcomes["task"], beliefs, strict=True):
        answered = dict(evidence.findings) | {"task": Finding(outcome, check="task")}
        assert np.allclose(belief, posterior(model, Evidence(answered)), atol=1e-12)
    assert np.allclose(chances @ beliefs, now, atol=1e-12)
    assert not np.allclose(beliefs[0], beliefs[1], atol=0.01)


def test_a_context_seen_in_a_file_rules_out_what_it_excludes() -> None:
    """Unanswered, the weight is the share of all runs; where it is met, that over its base rate of .25 (by hand)."""
    model = context_model()
    index = model.hypotheses.index("bound")
    excluded, included = "classification", "regression"

    def share(outcome: str | None, origin: Origin = "person") -> float:
        findings = {"task": Finding(outcome, check="task", origin=origin)} if outcome else {}
        belief = posterior(model, Evidence(findings))
        return float(belief[index] / belief[model.hypotheses.index("free")])

    assert share(None) == pytest.approx(1.0)
    assert share(excluded, "recipe") == 0.0
    assert share(included, "recipe") == pytest.approx(4.0)
    assert share(excluded) == pytest.approx(4 * 0.25 * 0.05 / (0.25 * 0.05 + 0.75 * 0.95))
    assert share(included) == pytest.approx(4 * 0.25 * 0.95 / (0.25 * 0.95 + 0.75 * 0.05))


@pytest.mark.parametrize("seed", range(6))
def test_chances_weigh_answers_back_to_the_present(seed: int) -> None:
    """Weighed by them, the posteriors after each answer are the present one, as long as no group tempers."""
    model = random_model(seed)
    findings = findings_of(model, seed)
    check = model.checks[-1]

    chances, beliefs = predictions(model, Evidence(findings), [check])[check]

    assert np.allclose(chances @ beliefs, posterior(model, Evidence(findings)), atol=1e-12)
