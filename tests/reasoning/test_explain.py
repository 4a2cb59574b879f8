"""Decibans are arithmetic, not decoration."""

from __future__ import annotations

import numpy as np
import pytest
from random_bases import random_model

from wizard.reasoning.belief import Evidence, posterior, prior
from wizard.reasoning.explain import weights_of_evidence
from wizard.vocabulary import Finding


@pytest.mark.parametrize("seed", range(8))
def test_decibans_sum_to_the_change_of_log_odds(seed: int) -> None:
    """For every hypothesis: prior log odds plus all weights is the posterior log odds, to 1e-9."""
    model = random_model(seed, groups=True)
    random = np.random.default_rng(seed)
    findings = {
        check: Finding(str(random.choice(model.outcomes[check])), check=check, origin="log") for check in model.checks
    }
    evidence = Evidence(findings, (("r1", False),))
    start, end = prior(model, evidence), posterior(model, evidence)

    for index, hypothesis in enumerate(model.hypotheses):
        total = sum(weight.decibans for weight in weights_of_evidence(model, evidence, hypothesis))

        change = 10 * np.log10(end[index] / (1 - end[index])) - 10 * np.log10(start[index] / (1 - start[index]))
        assert total == pytest.approx(change, abs=1e-9)


def test_what_tells_nothing_weighs_nothing() -> None:
    """A check answered alike under every hypothesis has exactly no decibans: rounding is no evidence."""
    model = random_model(1)
    silent = model.checks[0]
    model.rows[silent] = np.tile([0.7, 0.2, 0.1][: len(model.outcomes[silent])], (len(model.hypotheses), 1))
    findings = {check: Finding(model.outcomes[check][1], check=check, origin="log") for check in model.checks}

    weights = [
        weight.decibans
        for hypothesis in model.hypotheses
        for weight in weights_of_evidence(model, Evidence(findings), hypothesis)
        if weight.check == silent
    ]

    assert weights == [0.0] * len(model.hypotheses)
