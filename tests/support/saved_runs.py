"""Checkpoints of a small real training, as people and libraries save them."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from wizard.evidence.artifacts.checkpoint import Checkpoint, read

NAMES = [
    "0.weight",
    "0.bias",
    "1.weight",
    "1.bias",
    "1.running_mean",
    "1.running_var",
    "1.num_batches_tracked",
    "3.weight",
    "3.bias",
]


class Run:
    """A few real steps of a small model, with its optimizer and schedule."""

    def __init__(self, optimizer: str = "AdamW", **settings: Any) -> None:
        torch.manual_seed(0)
        self.model = torch.nn.Sequential(
            torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.ReLU(), torch.nn.Linear(8, 3)
        )
        self.optimizer = getattr(torch.optim, optimizer)(self.model.parameters(), **({"lr": 0.01} | settings))
        self.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, T_max=6)

    def train(self, steps: int) -> Run:
        """Take STEPS steps on random inputs."""
        for _ in range(steps):
            self.optimizer.zero_grad()
            self.model(torch.randn(16, 4)).square().mean().backward()
            self.optimizer.step()
            self.scheduler.step()
        return self

    def content(self, **more: Any) -> dict[str, Any]:
        """What is usually saved."""
        return {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(), **more}


def save(path: Path, content: Any) -> Path:
    """PATH, after torch.save of CONTENT; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(content, path)
    return path


def read_one(folder: Path, content: Any) -> Checkpoint:
    """CONTENT as it comes back from a file in FOLDER."""
    return read((save(folder / "checkpoint.pt", content),)).last


def save_safetensors(path: Path, tensors: Mapping[str, torch.Tensor]) -> Path:
    """PATH, written as the library writes it."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    body = b""
    for name, tensor in sorted(tensors.items()):
        raw = tensor.reshape(-1).view(torch.uint8).numpy().tobytes()
        dtype = {torch.float32: "F32", torch.bfloat16: "BF16", torch.int64: "I64"}[tensor.dtype]
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [len(body), len(body) + len(raw)]}
        body += raw
    text = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)
    return path
