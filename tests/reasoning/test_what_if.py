"""What the conclusion hangs on, and what would turn it: each line against a recomputation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from random_bases import random_model

from wizard.knowledge.rows import Model
from wizard.reasoning.belief import Evidence, posterior
from wizard.reasoning.what_if import first_cause, hangs_on, would_change, would_revive
from wizard.vocabulary import Finding


def answered(model: Model, count: int) -> Evidence:
    """Somebody who answered the first COUNT checks with their second outcome."""
    findings = {check: Finding(model.outcomes[check][1], check=check) for check in model.checks[:count]}
    return Evidence(findings, complaint=True)


@pytest.mark.parametrize("seed", range(10))
def test_without_what_it_hangs_on_another_cause_comes_first(seed: int) -> None:
    """And every finding that is not named may go without changing it."""
    model = random_model(seed)
    evidence = answered(model, 3)
    first = first_cause(model, posterior(model, evidence))

    named = {turn.check: turn.cause for turn in hangs_on(model, evidence)}

    for check in evidence.findings:
        rest = {name: finding for name, finding in evidence.findings.items() if name != check}
        then = first_cause(model, posterior(model, replace(evidence, findings=rest)))
        assert named.get(check, first) == then


@pytest.mark.parametrize("seed", range(10))
def test_an_answer_that_would_change_it_does(seed: int) -> None:
    """Giving the answer puts the named cause first, with the probability that was promised."""
    model = random_model(seed)
    evidence = answered(model, 2)

    turns = would_change(model, evidence, model.checks[2:])

    for turn in turns:
        finding = Finding(turn.outcome, check=turn.check)
        belief = posterior(model, replace(evidence, findings={**evidence.findings, turn.check: finding}))
        assert first_cause(model, belief) == turn.cause
        assert belief[model.hypotheses.index(turn.cause)] == pytest.approx(turn.probability)
        assert turn.cause != first_cause(model, posterior(model, evidence))


def test_what_would_revive_a_cause_raises_it() -> None:
    """The first line raises it most."""
    model = random_model(4)
    evidence = answered(model, 2)
    cause = model.hypotheses[0]
    now = posterior(model, evidence)[0]

    turns = would_revive(model, evidence, cause, model.checks[2:])

    assert turns
    assert all(turn.probability > now for turn in turns)
    assert turns[0].probability == max(turn.probability for turn in turns)
