"""The code of every remedy runs as it stands, in the names that its reader has at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import yaml
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from wizard.resources import KNOWLEDGE_BASE

REMEDIES = sorted((KNOWLEDGE_BASE / "remedies").glob("*.yaml"))
SAMPLES, FEATURES, CLASSES = 48, 6, 3


def code_of(remedy: Path) -> str:
    """The authored snippet of one remedy's file."""
    code: str = yaml.load(remedy.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["code"]
    return code


def names_at_hand() -> dict[str, Any]:
    """A small classification project with the layers that remedies touch."""
    torch.manual_seed(0)
    dataset = TensorDataset(torch.randn(SAMPLES, FEATURES), torch.arange(SAMPLES) % CLASSES)
    loader = DataLoader(dataset, batch_size=16, shuffle=True)
    model = nn.Sequential(nn.Linear(FEATURES, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, CLASSES))
    x, y = next(iter(loader))
    return {
        "torch": torch,
        "nn": nn,
        "F": F,
        "np": np,
        "model": model,
        "optimizer": torch.optim.AdamW(model.parameters(), lr=0.001),
        "loss_fn": nn.CrossEntropyLoss(),
        "dataset": dataset,
        "loader": loader,
        "validation_loader": DataLoader(dataset, batch_size=16),
        "x": x,
        "y": y,
        "num_classes": CLASSES,
        "epochs": 2,
    }


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
