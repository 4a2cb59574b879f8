"""Every vignette of the knowledge base: the known cause comes first, and healthy runs are not accused."""

from __future__ import annotations

from functools import cache

import pytest

from wizard import resources
from wizard.knowledge.load import load
from wizard.knowledge.rows import compile_model
from wizard.reasoning.belief import Evidence
from wizard.reasoning.sets import report
from wizard.vocabulary import HEALTHY, OTHER, PRESENT, Finding

BASE = load(resources.KNOWLEDGE_BASE)
MODEL = compile_model(BASE)
ACCUSED = 0.8
FEWEST_WITHOUT_A_FAULT = 30


@cache
def marginals(name: str) -> dict[str, float]:
    """Reported probabilities; what only a person can tell was told, the rest was seen by an inspector."""
    vignette = BASE.vignettes[name]
    findings = {symptom: Finding(PRESENT, check=symptom) for symptom in vignette.complaint}
    for check, outcome in vignette.findings.items():
        artifact = BASE.checks[check].artifact
        findings[check] = Finding(outcome, check=check, origin="person" if artifact == "told" else artifact)
    reported = report(MODEL, Evidence(findings, complaint=bool(vignette.complaint)))
    return dict(zip(MODEL.hypotheses, reported.marginals.tolist(), strict=True))


@pytest.mark.parametrize("name", [name for name, v in BASE.vignettes.items() if v.cause != HEALTHY])
def test_the_cause_of_a_vignette_comes_first(name: str) -> None:
    """First before every other cause, its look-alikes among them."""
    chances = marginals(name)

    ranking = sorted((cause for cause in chances if cause not in (HEALTHY, OTHER)), key=lambda cause: -chances[cause])

    assert ranking[0] == BASE.vignettes[name].cause, [(cause, round(chances[cause], 3)) for cause in ranking[:4]]


@pytest.mark.parametrize("name", [name for name, cause in BASE.causes.items() if cause.looks_like])
def test_a_cause_is_not_first_in_a_case_of_its_look_alikes(name: str) -> None:
    """What a cause is easily taken for, and the other way round: in each case the right one of the two is ahead."""
    cases = {case: v.cause for case, v in BASE.vignettes.items() if v.cause in BASE.causes[name].looks_like}

    wrong = [case for case, cause in cases.items() if marginals(case)[name] >= marginals(case)[cause]]

    assert cases
    assert not wrong


@pytest.mark.parametrize("name", [name for name, v in BASE.vignettes.items() if v.cause == HEALTHY])
def test_a_healthy_vignette_is_not_accused(name: str) -> None:
    """P(fault) stays below the verdict's threshold."""
    chances = marginals(name)

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


def test_enough_cases_have_no_fault() -> None:
    """A tool that accuses everybody finds every fault: what looks like one and is none must be well covered."""
    harmless = {HEALTHY, *(name for name, cause in BASE.causes.items() if cause.benign)}

    cases = [name for name, vignette in BASE.vignettes.items() if vignette.cause in harmless]

    assert len(cases) >= FEWEST_WITHOUT_A_FAULT


@pytest.mark.parametrize("name", [name for name, cause in BASE.causes.items() if cause.benign])
def test_a_benign_cause_has_two_cases(name: str) -> None:
    """One told by a person, one seen otherwise."""
    assert sum(vignette.cause == name for vignette in BASE.vignettes.values()) >= 2
