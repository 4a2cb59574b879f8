"""The probe run as in a notebook, and what the inspectors make of the block that it prints."""

from __future__ import annotations

import contextlib
import io
import time
import warnings
from functools import cache
from typing import Any
from unittest import mock

import torch
import yaml
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from wizard.cli.probe import snippet
from wizard.evidence.told import examine_told
from wizard.resources import KNOWLEDGE_BASE
from wizard.vocabulary import Artifact, Check, Fact, Finding, Inspected, Outcome, Text, Unanswered

FOLDERS: dict[str, Artifact] = {"recipe": "recipe", "log": "log", "ask": "told", "checkpoint": "checkpoint"}


@cache
def real_checks() -> dict[str, Check]:
    """The checks of the knowledge base, as far as their sentences are concerned."""
    checks = {}
    for folder, artifact in FOLDERS.items():
        for file in (KNOWLEDGE_BASE / "checks" / folder).glob("*.yaml"):
            entry = yaml.safe_load(file.read_text("utf-8"))
            outcomes = {
                name: Outcome(Text("", ""), Text(**outcome["says"])) for name, outcome in entry["outcomes"].items()
            }
            checks[file.stem] = Check(file.stem, artifact, Text("", ""), outcomes, {}, [])
    return checks


def probe(model: nn.Module, loader: Any, loss: Any, optimizer: Any) -> str:
    """What the snippet prints; its clock stands still, so that a busy machine gives the same."""
    names = {"model": model, "loader": loader, "loss_fn": loss, "optimizer": optimizer}
    with (
        contextlib.redirect_stdout(io.StringIO()) as printed,
        mock.patch.object(time, "time", return_value=0.0),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # of a broadcast, which is what some tests are about
        exec(compile(snippet(), "probe", "exec"), names)
    return printed.getvalue()


def inspected(text: str, *facts: Fact) -> Inspected:
    """What is made of TEXT and FACTS with the real checks; a crash fails the test."""
    seen = examine_told(text, facts, real_checks())
    assert [missed for missed in seen.unanswered if missed.reason == "crashed"] == []
    return seen


def results(text: str, *facts: Fact) -> dict[str, str]:
    """Outcome, or reason, of every check."""
    seen = inspected(text, *facts)
    both: list[Finding | Unanswered] = [*seen.findings, *seen.unanswered]
    return {one.check: one.outcome if isinstance(one, Finding) else one.reason for one in both}


def loader_of(inputs: Tensor, targets: Tensor, batch: int = 32, shuffle: bool = True) -> DataLoader[Any]:
    """Batches of tensors."""
    return DataLoader(TensorDataset(inputs, targets), batch_size=batch, shuffle=shuffle)


def numbers(samples: int = 640, features: int = 12) -> Tensor:
    """Standard normal inputs."""
    return torch.randn(samples, features, generator=torch.Generator().manual_seed(0))


def net(features: int = 12, outputs: int = 4) -> nn.Sequential:
    """A sound network, always the same."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(features, 32), nn.ReLU(), nn.Linear(32, outputs))


def adam(model: nn.Module, rate: float = 0.003) -> torch.optim.Optimizer:
    """A usual optimizer."""
    return torch.optim.Adam([one for one in model.parameters() if one.requires_grad], lr=rate)
