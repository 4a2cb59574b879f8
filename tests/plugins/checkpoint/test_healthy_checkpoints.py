"""Healthy runs of usual kinds: every inspector gives the normal outcome or none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from wizard import resources
from wizard.evidence import Finding
from wizard.evidence.inspection import find_inspectors

CHECKS = sorted((resources.KNOWLEDGE_BASE / "checks/checkpoint").glob("*.yaml"))

CONTEXTS = ("normalisation_layers", "network_kind")  # they say of what kind a run is, not what is wrong


class Words(torch.nn.Module):
    """A transformer over tokens, with a tied embedding and a mask in its buffers."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding(50, 32)
        self.layer = torch.nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, norm_first=True)
        self.head = torch.nn.Linear(32, 50, bias=False)
        self.head.weight = self.embedding.weight
        self.register_buffer("mask", torch.full((12, 12), -torch.inf).triu(1))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.head(self.layer(self.embedding(tokens), src_mask=self.mask))
        return out.transpose(1, 2)


def images() -> torch.nn.Sequential:
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 16, 3, stride=2),
        torch.nn.BatchNorm2d(16),
        torch.nn.ReLU(),
        torch.nn.Conv2d(16, 32, 3),
        torch.nn.BatchNorm2d(32),
        torch.nn.ReLU(),
        torch.nn.AdaptiveAvgPool2d(1),
        torch.nn.Flatten(),
        torch.nn.Linear(32, 10),
    )


def run(kind: str, folder: Path) -> list[Path]:
    """A checkpoint early in a real training and one at the end of its schedule."""
    torch.manual_seed(0)
    model: Any = Words() if kind == "words" else images()
    inputs = torch.randint(0, 50, (256, 12)) if kind == "words" else torch.randn(256, 3, 8, 8)
    labels = inputs.roll(1, 1) if kind == "words" else torch.randint(0, 10, (256,))
    if kind == "images, SGD":
        optimizer: Any = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
    else:
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=120)
    paths = []
    for step in range(1, 121):
        batch = torch.randint(0, 256, (32,))
        optimizer.zero_grad()
        torch.autograd.backward(torch.nn.functional.cross_entropy(model(inputs[batch]), labels[batch]))
        optimizer.step()
        schedule.step()
        if step in (10, 120):
            paths.append(folder / f"step_{step}.pt")
            content = {"model": model, "optimizer": optimizer, "scheduler": schedule}
            torch.save({"step": step} | {name: part.state_dict() for name, part in content.items()}, paths[-1])
    return paths


@pytest.mark.parametrize("kind", ["images, SGD", "images, AdamW", "words"])
def test_a_healthy_run_is_not_accused(kind: str, judge: Any, tmp_path: Path) -> None:
    """Convolutions with BatchNorm and a transformer with tied weights, to the end of a cosine schedule."""
    files = run(kind, tmp_path)
    normal = {path.stem: next(iter(yaml.safe_load(path.read_text("utf-8"))["outcomes"])) for path in CHECKS}
    inspectors = [inspector for inspector in find_inspectors("checkpoint") if inspector.check not in CONTEXTS]

    results = {inspector.check: judge(inspector, *files) for inspector in inspectors}

    found = {check: result.outcome for check, result in results.items() if isinstance(result, Finding)}
    assert len(found) >= 7
    assert found == {check: normal[check] for check in found}
