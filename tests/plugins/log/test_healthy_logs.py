"""Silence is half the product: what looks like a fault and is none is not accused by any inspector of logs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml
from curves import HEALTHY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wizard.evidence import Finding, Inspector, Unanswered
from wizard.evidence.inspection import find_inspectors
from wizard.resources import KNOWLEDGE_BASE

INSPECTORS = find_inspectors("log")
COLUMNS = ["train_loss", "val_loss", "train_acc", "val_acc", "lr", "grad_norm"]


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


VALUES = st.lists(st.one_of(st.floats(), st.sampled_from([0.0, 1.0, 0.5, -1.0, float("nan")])), min_size=1, max_size=40)


@given(columns=st.dictionaries(st.sampled_from(COLUMNS), VALUES, min_size=1), classes=st.integers(1, 12))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_inspector_crashes_over_any_numbers(
    look: Callable[..., Finding | Unanswered], columns: dict[str, list[float]], classes: int
) -> None:
    """Short, constant, negative, huge or absent: each ends as a finding or an answer why there is none."""
    length = max(len(values) for values in columns.values())
    padded = {name: values + [""] * (length - len(values)) for name, values in columns.items()}

    results = [look(inspector, padded, num_classes=classes) for inspector in INSPECTORS]

    assert [result for result in results if isinstance(result, Unanswered) and result.reason == "crashed"] == []
