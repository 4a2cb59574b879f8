"""What the words before a printed number name: a curve, a counter, or whether it is of training or validation."""

from __future__ import annotations

import re
from functools import lru_cache

from wizard.evidence.artifacts.log_columns import MEANING, NEUTRAL, REJECTED, Column, understand

CURVES = ("loss", "accuracy", "learning_rate", "gradient_norm")
COUNTERS = ("step", "batch", "epoch")
CACHED = 4_096  # names: a log repeats a few dozen
PART = re.compile(r"[^\W_]+")


@lru_cache(CACHED)
def split_of(words: tuple[str, ...]) -> str:
    """The last word of WORDS that says train, val or test; empty if none does."""
    meanings = [MEANING.get(part, "") for word in words for part in PART.findall(word.lower())]
    return next((meaning for meaning in reversed(meanings) if meaning in ("train", "val", "test")), "")


@lru_cache(CACHED)
def counter_of(words: tuple[str, ...]) -> str:
    """`step`, `batch` or `epoch` if WORDS end in one, as `Step` and `Epoch (train)` do; else empty."""
    word = words[-2] if len(words) > 1 and split_of(words[-1:]) else words[-1]
    column = understand(word)
    return column.quantity if column is not None and column.quantity in COUNTERS else ""


@lru_cache(CACHED)
def named(words: tuple[str, ...]) -> tuple[str, Column] | None:
    """The longest ending of WORDS that names a curve, with at most one word that says of which part of a loss."""
    if any(part in REJECTED for word in words for part in PART.findall(word.lower())):
        return None
    if not (_is_known(words[-1]) or words[-1].lower() in ("rate", "norm")):
        return None
    known = len(words) - 1
    while known and _is_known(words[known - 1]):
        known -= 1
    for start in range(max(0, known - 1), known + 1):
        name = " ".join(words[start:])
        column = understand(name)
        if column is not None and column.quantity in CURVES:
            return name, column
    return None


def _is_known(word: str) -> bool:
    column, lowered = understand(word), word.lower()
    if column is not None and column.quantity in CURVES:
        return True
    return lowered in MEANING or lowered in NEUTRAL or lowered == "learning" or bool(split_of((word,)))
