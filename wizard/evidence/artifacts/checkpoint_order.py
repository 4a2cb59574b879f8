"""Where checkpoints stand in the training: by their step or epoch, else by their names, else by the time of writing."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from wizard.evidence.artifacts.checkpoint_record import Checkpoint

OrderedBy = Literal["step", "epoch", "name", "time"]


def is_best(part: Checkpoint) -> bool:
    """Whether the name says that it was kept for its score: it may be of any moment."""
    return "best" in part.path.stem.lower()


def what_orders(parts: Sequence[Checkpoint]) -> OrderedBy:
    """By what every one of them tells."""
    for by in ("step", "epoch", "name"):
        if all(not math.isnan(place_of(part, by)) for part in parts):
            return by
    return "time"


def place_of(part: Checkpoint, by: OrderedBy) -> float:
    """Where a checkpoint stands by step, epoch, name or time of the file; NaN if it does not tell."""
    if by == "time":
        return part.path.stat().st_mtime
    if by == "name":
        return moment_named(part.path)
    reached = part.step if by == "step" else part.epoch
    return math.nan if reached is None else reached


def moment_named(path: Path) -> float:
    """The moment that a name tells: `step`, `epoch` or last number; words such as `init` and `final`; NaN if none."""
    for name in (path.stem, path.parent.name if "checkpoint" in path.parent.name.lower() else ""):
        words = set(re.split(r"[^a-z]+", name.lower()))
        if words & {"first", "init", "initial", "start", "begin", "before", "pretrained"}:
            return -math.inf
        if words & {"last", "final", "latest", "end", "after"}:
            return math.inf
        plain = re.sub(r"\d+\.\d+", "", name.lower())
        for pattern in (r"(?:step|iter)\D{0,6}(\d{1,15})", r"ep(?:och)?\D{0,2}(\d{1,15})", r"(\d{1,15})(?!.*\d)"):
            if match := re.search(pattern, plain):
                return float(match[1])
    return math.nan
