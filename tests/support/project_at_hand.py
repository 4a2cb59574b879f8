"""The names that the reader of a snippet has at hand: a small project in PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SAMPLES, FEATURES, CLASSES = 48, 6, 3


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
