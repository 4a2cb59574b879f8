"""Every vignette of the knowledge base: the known cause comes first, and healthy runs are not accused."""

from __future__ import annotations

import pytest

from wizard import resources
from wizard.knowledge.load import load
from wizard.knowledge.rows import compile_model
from wizard.reasoning.belief import Evidence
from wizard.reasoning.sets import report
from wizard.vocabulary import HEALTHY, OTHER, PRESENT, Finding, Vignette

BASE = load(resources.KNOWLEDGE_BASE)
MODEL = compile_model(BASE)
ACCUSED = 0.8


def marginals(vignette: Vignette) -> dict[str, float]:
    """Reported probabilities; what only a person can tell was told, the rest was seen by an inspector."""
    findings = {symptom: Finding(PRESENT, check=symptom) for symptom in vignette.complaint}
    for check, outcome in vignette.findings.items():
        artifact = BASE.checks[check].artifact
        findings[check] = Finding(outcome, check=check, origin="person" if artifact == "told" else artifact)
    reported = report(MODEL, Evidence(findings, complaint=bool(vignette.complaint)))
    return dict(zip(MODEL.hypotheses, reported.marginals.tolist(), strict=True))


@pytest.mark.parametrize("name", [name for name, v in BASE.vignettes.items() if v.cause != HEALTHY])
def test_the_cause_of_a_vignette_comes_first(name: str) -> None:
    """First before every other cause, its look-alikes among them."""
    vignette = BASE.vignettes[name]
    chances = marginals(vignette)

    ranking = sorted((cause for cause in chances if cause not in (HEALTHY, OTHER)), key=lambda cause: -chances[cause])

    assert ranking[0] == vignette.cause, [(cause, round(chances[cause], 3)) for cause in ranking[:4]]


@pytest.mark.parametrize("name", [name for name, v in BASE.vignettes.items() if v.cause == HEALTHY])
def test_a_healthy_vignette_is_not_accused(name: str) -> None:
    """P(fault) stays below the verdict's threshold."""
    vignette = BASE.vignettes[name]
    chances = marginals(vignette)

    fault = 1 - chances[HEALTHY] - sum(chances[cause] for cause, entry in BASE.causes.items() if entry.benign)

    assert fault < ACCUSED, sorted(chances.items(), key=lambda item: -item[1])[:4]


def test_every_cause_has_a_vignette() -> None:
    """A cause that no case shows cannot be trusted to be found."""
    shown = {vignette.cause for vignette in BASE.vignettes.values()}

    assert set(BASE.causes) <= shown


def test_every_look_alike_has_a_vignette() -> None:
    """What is easily confused is told apart by a case."""
    shown = {vignette.cause for vignette in BASE.vignettes.values()}

    assert {alike for cause in BASE.causes.values() for alike in cause.looks_like} <= shown
