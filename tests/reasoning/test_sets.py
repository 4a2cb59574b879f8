"""Reported marginals against full enumeration of sets of up to three causes."""

from __future__ import annotations

import numpy as np
import pytest
from random_bases import enumerate_sets, random_model

from wizard.knowledge.rows import Model
from wizard.reasoning.belief import Evidence, posterior
from wizard.reasoning.sets import LIKELIEST, report
from wizard.vocabulary import Finding, Origin

ORIGINS: tuple[Origin, ...] = ("person", "log", "person", "log")


def scale_by_bisection(priors: list[float], sets: list[tuple[int, ...]], several: float) -> float:
    """s for which P(two or more | at least one) = several."""
    low, high = 1e-6, 1e6
    for _ in range(200):
        middle = (low * high) ** 0.5
        mass = [float(np.prod([middle * priors[c] for c in s])) for s in sets]
        many = sum(m for m, s in zip(mass, sets, strict=True) if len(s) > 1)
        low, high = (middle, high) if many / sum(mass) < several else (low, middle)
    return float(middle)


def row_of_set(model: Model, check: str, members: tuple[int, ...]) -> list[float]:
    """Design 5, number by number."""
    rows, otherwise = model.rows[check], model.otherwise[check]
    if len(members) == 1:
        return [float(p) for p in rows[members[0]]]
    normal = int(np.argmax(rows[model.hypotheses.index("healthy")]))
    stays = otherwise[normal] * np.prod([min(1.0, rows[c][normal] / otherwise[normal]) for c in members])
    listing = [c for c in members if model.lists[check][c]]
    odd = [i for i in range(rows.shape[1]) if i != normal]
    shares = {i: sum(rows[c][i] for c in listing) if listing else otherwise[i] for i in odd}
    row = [0.0] * rows.shape[1]
    row[normal] = float(stays)
    for i in odd:
        row[i] = float((1 - stays) * shares[i] / sum(shares.values()))
    return row


def marginals_by_enumeration(model: Model, evidence: Evidence) -> np.ndarray:
    sets = enumerate_sets(model)
    priors = [float(p) for p in model.priors[evidence.complaint]]
    scale = scale_by_bisection(priors, sets, model.several_faults)
    mass = [float(np.prod([scale * priors[c] for c in s])) for s in sets]
    faults = sum(priors[c] for (c,) in [s for s in sets if len(s) == 1])
    hypotheses: list[tuple[tuple[int, ...], float]]
    hypotheses = [((h,), priors[h]) for h in range(len(priors)) if model.hypotheses[h] in ("healthy", "other")]
    hypotheses += [(s, faults * m / sum(mass)) for s, m in zip(sets, mass, strict=True)]
    marginals, total = np.zeros(len(priors)), 0.0
    for members, weight in hypotheses:
        for check, finding in evidence.findings.items():
            row = row_of_set(model, check, members)
            if finding.origin == "person":
                error = model.ask_error[check]
                row = [(1 - error) * p + error * (1 - p) / (len(row) - 1) for p in row]
            group = next((g for g in model.groups.values() if check in g), (check,))
            if any(other in evidence.findings for other in group[: group.index(check)]):
                row = [p**0.3 / sum(q**0.3 for q in row) for p in row]
            weight *= row[model.outcomes[check].index(finding.outcome)]
        for remedy, worked in evidence.tried:
            cures = float(np.prod([model.works[model.remedies.index(remedy), c] for c in members]))
            weight *= cures if worked else 1 - cures
        total += weight
        for c in members:
            marginals[c] += weight
    return marginals / total


@pytest.mark.parametrize("seed", range(12))
def test_marginals_equal_full_enumeration(seed: int) -> None:
    """Up to nine causes: every reported probability equals the brute-force sum over all sets."""
    model = random_model(seed, causes=4 + seed % 6, checks=5, groups=True)
    random = np.random.default_rng(seed)
    findings = {
        check: Finding(str(random.choice(model.outcomes[check])), check=check, origin=origin)
        for check, origin in zip(model.checks[:4], ORIGINS, strict=True)
    }
    evidence = Evidence(findings, (("r0", False),) if seed % 2 else (), complaint=seed % 3 == 0)

    result = report(model, evidence).marginals

    assert np.allclose(result, marginals_by_enumeration(model, evidence), atol=1e-10)


def test_without_findings_a_quarter_of_the_faulty_runs_has_several() -> None:
    """P(two or more | at least one) is the number of scales.yaml."""
    model = random_model(0, causes=8)

    result = report(model, Evidence())

    sizes = (result.members >= 0).sum(axis=1)
    causes = [i for i, name in enumerate(model.hypotheses) if name.startswith("c")]
    faulty = np.isin(result.members, causes).any(axis=1)
    assert result.weights[sizes > 1].sum() / result.weights[faulty].sum() == pytest.approx(0.25)


def test_healthy_and_other_keep_their_prior() -> None:
    """Spreading the mass of faults over sets takes nothing from `healthy` and `other`."""
    model = random_model(4)

    result = report(model, Evidence()).marginals

    assert np.allclose(result[-2:], posterior(model, Evidence())[-2:])


@pytest.mark.parametrize("causes", [1, 2, 3])
def test_few_causes_are_summed_exactly(causes: int) -> None:
    """With fewer than three causes there are no triples, and rounding must not invent any."""
    for seed in range(20):
        model = random_model(seed, causes=causes, checks=3)
        evidence = Evidence({"q0": Finding("odd", check="q0", origin="log")})

        result = report(model, evidence).marginals

        assert np.allclose(result, marginals_by_enumeration(model, evidence), atol=1e-10), seed


def test_more_causes_than_sets_are_made_of_leave_the_prior_alone() -> None:
    """Beyond forty causes the mass of faults is shared by the sets there are: `healthy` and `other` keep theirs."""
    model = random_model(0, causes=LIKELIEST + 20, checks=4)

    result = report(model, Evidence())

    assert result.marginals[-2:] == pytest.approx(model.priors[False][-2:], abs=1e-12)
    assert np.isclose(result.weights.sum(), 1.0)
