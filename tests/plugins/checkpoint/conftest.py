"""Judging files as the runner does: an outcome that the check does not list, or a slot without a number, is a crash."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from wizard import resources
from wizard.evidence import Finding, Inspector, Unanswered
from wizard.evidence.artifacts.checkpoint import read
from wizard.evidence.inspection import answer, slots_of

Judge = Callable[..., Finding | Unanswered]
Save = Callable[..., Path]


@pytest.fixture
def judge() -> Judge:
    """`judge(inspector, *paths)`: what the inspector says of these checkpoints; it must not crash."""

    def judge(inspector: Inspector, *paths: Path) -> Finding | Unanswered:
        file = resources.KNOWLEDGE_BASE / "checks/checkpoint" / f"{inspector.check}.yaml"
        outcomes = yaml.safe_load(file.read_text("utf-8"))["outcomes"]
        slots = {name: slots_of(entry["says"]["en"], entry["says"]["zh"]) for name, entry in outcomes.items()}
        result = answer(inspector, read(paths), {}, {inspector.check: slots})
        assert not (isinstance(result, Unanswered) and result.reason == "crashed"), result
        return result

    return judge


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """`save(name, content)`: the path of a file of torch.save."""

    def save(name: str, content: Any) -> Path:
        path = tmp_path / name
        torch.save(content, path)
        return path

    return save
