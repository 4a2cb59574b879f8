"""Whether class labels come in runs, told from a few batches of them. Without torch, as thresholds.py."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wizard.plugins.recipe.thresholds import MIN_CLASSES, PURE, SMALLEST_BLOCK, SORTED

Labels = NDArray[np.int64]


def in_runs(labels: Sequence[ArrayLike], known: ArrayLike | None = None) -> bool:
    """Whether batches of LABELS hold far fewer classes than a random draw from KNOWN (default: from all of them)."""
    every = np.concatenate([_plain(batch) for batch in labels]) if known is None else _plain(known)
    blocks = blocks_of(labels)
    classes = len(np.unique(every))
    if classes < 2 or not blocks:
        return True
    if classes >= MIN_CLASSES:
        return distinct_in(blocks) < SORTED * distinct_if_mixed(every, blocks)
    return purity(blocks, every) > PURE


def blocks_of(labels: Sequence[ArrayLike]) -> list[Labels]:
    """The batches; small ones joined to blocks of at least SMALLEST_BLOCK. A short last one is left out."""
    batches = [_plain(batch) for batch in labels]
    if len(batches[0]) >= SMALLEST_BLOCK:
        return [batch for batch in batches if len(batch) >= SMALLEST_BLOCK]
    every = np.concatenate(batches)
    starts = range(0, len(every) - SMALLEST_BLOCK + 1, SMALLEST_BLOCK)
    return [every[start : start + SMALLEST_BLOCK] for start in starts]


def distinct_in(blocks: Sequence[Labels]) -> float:
    """Mean number of distinct labels a block."""
    return sum(len(np.unique(block)) for block in blocks) / len(blocks)


def distinct_if_mixed(known: ArrayLike, blocks: Sequence[Labels]) -> float:
    """The same, expected of random draws of their sizes with the shares of KNOWN."""
    counts = np.unique(_plain(known), return_counts=True)[1]
    shares = counts / counts.sum()
    return float(sum((1 - (1 - shares) ** len(block)).sum() for block in blocks) / len(blocks))


def purity(blocks: Sequence[Labels], known: Labels) -> float:
    """0 for two classes mixed at random, 1 for blocks of one class each: how far the shares of blocks scatter."""
    share = float((known == known[0]).mean())
    scatter = sum((float((block == known[0]).mean()) - share) ** 2 for block in blocks) / len(blocks)
    chance = sum(share * (1 - share) / len(block) for block in blocks) / len(blocks)
    return (scatter - chance) / (share * (1 - share) - chance)


def _plain(labels: ArrayLike) -> Labels:
    return np.asarray(labels).astype(np.int64)
