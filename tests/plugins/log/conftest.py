"""What an inspector says about a log that is written, read and judged as in earnest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from curves import Columns, write_csv

from wizard.evidence import Fact, Finding, Inspector, Unanswered
from wizard.evidence.artifacts.log import read
from wizard.evidence.inspection import answer, slots_of
from wizard.resources import KNOWLEDGE_BASE

Look = Callable[..., Finding | Unanswered]
Judge = Callable[..., str]


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Result of an inspector for columns of a CSV and facts, held against the outcomes and slots of its YAML."""

    def looked(inspector: Inspector, columns: Columns, **facts: int | float | str) -> Finding | Unanswered:
        log = read((write_csv(tmp_path / "metrics.csv", columns),))
        entry = yaml.safe_load((KNOWLEDGE_BASE / f"checks/log/{inspector.check}.yaml").read_text("utf-8"))
        slots = {name: slots_of(*outcome["says"].values()) for name, outcome in entry["outcomes"].items()}
        known = {name: Fact(name, value) for name, value in facts.items()}
        return answer(inspector, log, known, {inspector.check: slots})

    return looked


@pytest.fixture
def judge(look: Look) -> Judge:
    """The outcome an inspector finds, or the reason why it finds none."""

    def judged(inspector: Inspector, columns: Columns, **facts: int | float | str) -> str:
        result = look(inspector, columns, **facts)
        assert not (isinstance(result, Unanswered) and result.reason == "crashed"), result.detail
        return result.outcome if isinstance(result, Finding) else result.reason

    return judged
