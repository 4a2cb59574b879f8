"""Silence is half the product: what looks like a fault and is none is not accused by any inspector of logs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml
from curves import HEALTHY

from wizard.evidence import Inspector
from wizard.evidence.inspection import find_inspectors
from wizard.resources import KNOWLEDGE_BASE

INSPECTORS = find_inspectors("log")


@pytest.mark.parametrize("name", HEALTHY)
@pytest.mark.parametrize("inspector", INSPECTORS, ids=lambda inspector: inspector.check)
def test_a_healthy_log_is_left_alone(judge: Callable[..., str], inspector: Inspector, name: str) -> None:
    """The normal outcome, the first in the check's YAML, or no answer."""
    entry = yaml.safe_load((KNOWLEDGE_BASE / f"checks/log/{inspector.check}.yaml").read_text("utf-8"))

    outcome = judge(inspector, HEALTHY[name], num_classes=10)

    assert outcome in (next(iter(entry["outcomes"])), "absent", "inapplicable")


def test_every_check_of_a_log_has_its_inspector() -> None:
    """Checks and inspectors carry the same names."""
    checks = {path.stem for path in (KNOWLEDGE_BASE / "checks/log").glob("*.yaml")}

    assert {inspector.check for inspector in INSPECTORS} == checks
