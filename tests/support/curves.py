"""Curves as trainers log them, with seeded noise; those in HEALTHY look like a fault and are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]
Columns = Mapping[str, Sequence[object] | Curve]


def falling(n: int, start: float = 2.3, floor: float = 0.1, tau: float = 0.12) -> Curve:
    """An exponential descent over N values; TAU is the share of the run in which it covers 63 %."""
    return floor + (start - floor) * np.exp(-np.arange(n) / n / tau)


def noisy(curve: Curve, share: float = 0.03, seed: int = 0) -> Curve:
    """CURVE with normal noise in proportion to it, as from batches."""
    return np.abs(curve * np.random.default_rng(seed).normal(1, share, len(curve)))


def every(n: int, values: Sequence[object] | Curve, gap: int) -> list[object]:
    """VALUES in every GAP-th of N rows, empty cells between: ragged, as Lightning writes."""
    column: list[object] = [""] * n
    column[gap - 1 :: gap] = list(values)[: len(column[gap - 1 :: gap])]
    return column


def write_csv(path: Path, columns: Columns) -> Path:
    """Write COLUMNS with a step column before them."""
    rows = zip(*columns.values(), strict=True)
    lines = [f"{step}," + ",".join(str(cell) for cell in row) for step, row in enumerate(rows)]
    path.write_text("\n".join([",".join(["step", *columns]), *lines]) + "\n", encoding="utf-8")
    return path


def _restarting(cycles: int, length: int) -> Columns:
    phase = np.tile(np.arange(length) / length, cycles)
    jump = np.arange(cycles * length) >= length
    loss = falling(cycles * length, tau=0.1) * (1 + 1.5 * jump * (1 - phase) ** 2)
    rate = 0.05 * (1 + np.cos(np.pi * phase))
    return {"train_loss": noisy(loss, 0.01), "val_loss": noisy(1.1 * loss, 0.01, 1), "lr": rate}


def _step_decay() -> Columns:
    at = np.arange(90) / 90
    loss = np.where(at < 0.5, 0.3 + 2 * np.exp(-at / 0.05), np.where(at < 0.75, 0.12, 0.09))
    rate = np.where(at < 0.5, 0.1, np.where(at < 0.75, 0.01, 0.001))
    return {"train_loss": noisy(loss), "val_loss": noisy(loss * 1.1, seed=1), "lr": rate}


def _warm_up() -> Columns:
    at = np.arange(400)
    bump = 0.9 * np.exp(-(((at - 12) / 6) ** 2)) * (at > 0)
    rate = 3e-3 * np.minimum(at / 40, 0.5 * (1 + np.cos(np.pi * np.maximum(at - 40, 0) / 359)))
    return {"train_loss": noisy(falling(400) + bump), "lr": rate, "grad_norm": noisy(falling(400, 4, 0.2), 0.2, 3)}


def _late_drop() -> Columns:
    at = np.arange(300) / 300
    loss = np.where(at < 0.5, 4.6 - 0.05 * at, 0.02 + 4.5 * np.exp(-(at - 0.5) / 0.03))
    return {"train_loss": noisy(loss, 0.01), "val_loss": noisy(loss, 0.01, 1)}


_EPOCHS = falling(12, tau=0.15)
_SMALL = falling(300, 1.0, 0.2)
HEALTHY: dict[str, Columns] = {
    "ten_epochs": {"train_loss": falling(10, tau=0.1), "val_loss": falling(10, floor=0.12, tau=0.1)},
    "noise_of_tiny_batches": {"train_loss": _SMALL * np.random.default_rng(0).gamma(2, 0.5, 300)},
    "heavy_tailed_batches": {"train_loss": falling(800) * np.random.default_rng(1).lognormal(0, 0.8, 800)},
    "warm_up_bump": _warm_up(),
    "warm_restarts": _restarting(4, 25),
    "step_decay": _step_decay(),
    "late_drop": _late_drop(),
    "noise_floor_of_regression": {"train_loss": noisy(falling(40, 1.0, 0.8, 0.08), 0.01)},
    "label_smoothing": {"train_loss": noisy(falling(200, 2.3, 0.85)), "train_acc": 1 - falling(200, 0.9, 0.01)},
    "dropout": {"train_loss": noisy(_EPOCHS + 0.02, 0.01), "val_loss": noisy(_EPOCHS, 0.01, 1)},
    "good_from_the_first_epoch": {
        "train_loss": np.linspace(0.021, 0.02, 10),
        "val_loss": np.linspace(0.031, 0.0305, 10),
        "val_acc": np.linspace(0.991, 0.992, 10),
    },
    "tiny_gap": {"train_loss": falling(30, floor=0.001), "val_loss": falling(30, floor=0.003)},
    "rare_class": {"train_loss": falling(20, 0.36, 0.04), "train_acc": np.linspace(0.985, 0.989, 20)},
    "loss_scaling_skips": {
        "train_loss": noisy(falling(100)),
        "grad_norm": [float("inf") if i in (0, 1, 60) else 1.0 + i % 3 for i in range(100)],
    },
    "gradients_fade_with_the_loss": {"train_loss": falling(60, floor=1e-6), "grad_norm": falling(60, 3.0, 1e-7, 0.05)},
}
