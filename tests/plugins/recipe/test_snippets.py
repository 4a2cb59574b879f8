"""The code that a person is asked to run does run, as it stands, with the names it needs."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from torch import nn

from wizard.resources import KNOWLEDGE_BASE

ENTRIES = sorted(Path(KNOWLEDGE_BASE, "checks/recipe").glob("*.yaml"))
SNIPPETS = {file.stem: yaml.safe_load(file.read_text()).get("ask", {}).get("code") for file in ENTRIES}


@pytest.mark.parametrize("check", [check for check, code in SNIPPETS.items() if code])
def test_snippet_runs(check: str, make: Any, capsys: Any) -> None:
    """It prints something, or has nothing to say of a sound run."""
    inputs = make.numbers(64)
    regression = check in ("target_scale", "output_target_shapes")
    model = make.net(outputs=1 if regression else 4)
    loader = make.loader(inputs, inputs[:, :1] if regression else make.classes(inputs))
    names = {
        "torch": torch,
        "nn": nn,
        "x": inputs,
        "dataset": loader.dataset,
        "model": model,
        "loader": loader,
        "validation_loader": make.loader(inputs, make.classes(inputs)),
        "loss_fn": nn.CrossEntropyLoss(),
        "optimizer": torch.optim.Adam(model.parameters()),
    }

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # anomaly detection warns that it is slow
        exec(compile(SNIPPETS[check] or "", check, "exec"), names)
    quiet = check in ("data_finite", "gradient_reaches_parameters", "nonfinite_origin")

    assert bool(capsys.readouterr().out) != quiet
