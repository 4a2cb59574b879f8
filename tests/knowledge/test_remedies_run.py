"""The code of every remedy runs as it stands, in the names that its reader has at hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import yaml
from project_at_hand import names_at_hand

from wizard.resources import KNOWLEDGE_BASE

REMEDIES = sorted((KNOWLEDGE_BASE / "remedies").glob("*.yaml"))


def code_of(remedy: Path) -> str:
    """The authored snippet of one remedy's file."""
    code: str = yaml.load(remedy.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["code"]
    return code


def test_there_are_remedies() -> None:
    """An empty folder would make the test below pass without running anything."""
    assert len(REMEDIES) >= 18


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("remedy", REMEDIES, ids=[path.stem for path in REMEDIES])
def test_the_code_runs_twice_and_leaves_the_weights_finite(remedy: Path) -> None:
    """People paste a snippet again; neither run may raise, warn or spoil the model."""
    code = compile(code_of(remedy), str(remedy), "exec")
    names = names_at_hand()

    exec(code, names)
    exec(code, names)

    assert all(bool(torch.isfinite(weight).all()) for weight in names["model"].parameters())
