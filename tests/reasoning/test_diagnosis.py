"""Verdicts from the reported probabilities, at their limits; and what ends a consultation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from random_bases import random_base, random_model
from small_models import base_of, cause, check

from wizard.knowledge.rows import Model, compile_model
from wizard.reasoning.belief import Evidence
from wizard.reasoning.diagnosis import diagnose, unusual_findings, verdict
from wizard.reasoning.plan import Costs
from wizard.reasoning.sets import Report
from wizard.vocabulary import Finding

BENIGN = "d"


def four_causes() -> Model:
    """Causes a, b, c and the benign d."""
    entries = [cause(name, "x", 5) for name in "abc"]
    return compile_model(base_of([check("q")], [*entries, replace(cause(BENIGN, "x", 5), benign=True)]))


def reported(model: Model, weights: dict[str, float]) -> Report:
    """The report in which each set of hypotheses, named by its letters or in words, has this weight."""
    members, marginals = np.full((len(weights), 3), -1), np.zeros(len(model.hypotheses))
    for row, (name, weight) in enumerate(weights.items()):
        for place, part in enumerate([name] if name in model.hypotheses else name):
            members[row, place] = model.hypotheses.index(part)
            marginals[members[row, place]] += weight
    return Report(marginals, members, np.array(list(weights.values())))


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({"healthy": 0.8, "a": 0.2}, ("healthy", ())),
        ({"healthy": 0.6, BENIGN: 0.25, "a": 0.15}, ("healthy", ())),
        ({"healthy": 0.79, "a": 0.21}, ("undetermined", ())),
        ({"a": 0.8, "b": 0.2}, ("diagnosed", ("a",))),
        ({"a": 0.8, "b": 0.15, "ab": 0.05}, ("diagnosed", ("a",))),
        ({"a": 0.6, "b": 0.06, "ab": 0.2, "healthy": 0.14}, ("narrowed", ("a", "b", "c"))),
        ({"a": 0.1, "b": 0.1, "ab": 0.8}, ("diagnosed", ("a", "b"))),
        ({"a": 0.1, "abc": 0.85, "other": 0.05}, ("diagnosed", ("a", "b", "c"))),
        ({"a": 0.4, "b": 0.25, "c": 0.15, "healthy": 0.2}, ("narrowed", ("a", "b", "c"))),
        ({"a": 0.4, "b": 0.2, "c": 0.15, "healthy": 0.25}, ("undetermined", ())),
        ({"ab": 0.5, "bc": 0.2, "healthy": 0.3}, ("undetermined", ())),
        ({"a": 0.5, BENIGN: 0.4, "b": 0.1}, ("undetermined", ())),
        ({"other": 0.9, "a": 0.1}, ("undetermined", ())),
    ],
)
def test_the_verdict_of_reported_probabilities(
    weights: dict[str, float], expected: tuple[str, tuple[str, ...]]
) -> None:
    """Both sides of each limit; sets count once, `healthy`, benign and `other` are no causes."""
    model = four_causes()

    assert verdict(model, reported(model, weights)) == expected


def test_a_remedy_that_worked_ends_the_consultation() -> None:
    """No plan and no questions are left, though much could still be asked."""
    model = random_model(3)
    before = diagnose(model, Costs.of(model), Evidence(complaint=True), model.checks)

    after = diagnose(model, Costs.of(model), Evidence(tried=(("r0", True),), complaint=True), model.checks)

    assert before.plan
    assert before.next_steps
    assert (after.plan, after.next_steps) == ((), ())


def test_when_every_remedy_failed_none_is_prescribed() -> None:
    """What was tried is not prescribed again, and there is still a diagnosis."""
    model = random_model(3)
    tried = tuple((remedy, False) for remedy in model.remedies)

    diagnosis = diagnose(model, Costs.of(model), Evidence(tried=tried, complaint=True), model.checks)

    assert diagnosis.plan == ()
    assert sum(ranked.probability for ranked in diagnosis.differential) >= 1 - 1e-9


def test_benign_counts_as_no_fault() -> None:
    """P(fault) leaves out what looks like a fault and is none."""
    base = random_base(4)
    model = compile_model(replace(base, causes={**base.causes, "c1": replace(base.causes["c1"], benign=True)}))

    diagnosis = diagnose(model, Costs.of(model), Evidence(), ())

    chances = {ranked.cause: ranked.probability for ranked in diagnosis.differential}
    assert chances["c1"] > 0.05
    assert diagnosis.fault == pytest.approx(1 - chances["healthy"] - chances["c1"])


def test_a_rare_context_is_not_suspicious() -> None:
    """One healthy run in twenty is of this kind: that is no sign of a fault."""
    bound = replace(cause("a", "x", 5, {"q": {"odd": 0.9}}), requires={"task": ["regression"]})
    task = check("task", outcomes=("classification", "regression"), regression=0.05)
    model = compile_model(base_of([task, check("q", odd=0.05)], [bound]))
    findings = {"task": Finding("regression", check="task"), "q": Finding("odd", check="q")}

    assert unusual_findings(model, Evidence(findings)) == ("q",)
