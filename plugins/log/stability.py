"""How steadily the training loss gets where it goes; noise of small batches, restarts, warm-up are no instability."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.log import Log
from wizard.evidence.series import Floats, blocks, spikes, start_level

FEW = 8
LONG = 100  # values: from here on means of blocks show whether swings are more than the noise of batches
AVERAGED_SHARE = 0.5  # of the descent, for swings of block means or swings that alternate
RAW_SHARE = 1.0  # of the descent, for swings of single values: they swing by more than the run has gained
LEVEL_SHARE = {True: 0.25, False: 0.5}  # of the level: averaged, raw; a small loss with small swings is fine
START_SHARE = 0.05  # of the first level: absolute floor
TURNS = 4  # crossings of the trend line by an eighth of the swing: a single bump has two
ALTERNATING = -0.5  # correlation of neighbours: noise has 0, an overshooting optimizer nearly -1


class Swing(NamedTuple):
    """Swings around the trend of the second half: their size (10th to 90th percentile) and how often they turn."""

    size: float
    turns: int
    averaged: bool


@inspector(version=1)
def loss_stability(log: Log) -> Finding | Unanswered:
    """Swings must be large against the level and against the descent; spikes must stand out and recover."""
    series = log.series("train_loss")
    if series is None or len(finite := series.finite()) < FEW:
        return Unanswered("absent", "The log holds too few training losses to judge.")
    loss = finite.mean
    start, level = start_level(loss), float(np.median(loss[len(loss) // 2 :]))
    swing = late_swing(loss)
    measured = {"n": len(loss), "swing": swing.size, "level": level, "descent": start - level}
    restarted = any(step > finite.step[len(loss) // 2] for step, _ in log.rate_rises())
    if not restarted and oscillates(swing, start, level):
        return Finding("oscillates", measured)
    rises = {step for step, _ in log.rate_rises()}
    found = [spike for spike in spikes(finite.high) if not rises_near(finite.step, spike.at, rises)]
    if found:
        worst = max(found, key=lambda spike: spike.top - spike.level)
        step = int(finite.step[worst.at])
        spiky = {"count": len(found), "step": step, "top": worst.top, "around": worst.level}
        return Finding("spikes", measured | spiky, log.locate("train_loss", finite.step[worst.at]))
    return Finding("steady", measured)


def late_swing(loss: Floats) -> Swing:
    """Swings of the second half, of block means in a long log unless neighbours alternate."""
    late = loss[len(loss) // 2 :]
    rest = detrended(late)
    spread = float(rest @ rest)
    alternate = len(late) >= FEW and spread > 0 and float(rest[1:] @ rest[:-1]) / spread < ALTERNATING
    averaged = alternate or len(loss) >= LONG
    if not alternate and len(loss) >= LONG:
        rest = detrended(blocks(late))
    low, high = np.quantile(rest, [0.1, 0.9])
    size = float(high - low)
    side = np.sign(rest[np.abs(rest) > size / 8])
    return Swing(size, int(np.sum(side[1:] != side[:-1])), averaged)


def detrended(values: Floats) -> Floats:
    """What is left of VALUES once a straight line is taken away."""
    at = np.arange(len(values)) - (len(values) - 1) / 2
    slant = float(at @ values) / max(float(at @ at), 1e-12)
    rest: Floats = values - values.mean() - slant * at
    return rest


def oscillates(swing: Swing, start: float, level: float) -> bool:
    """Large against descent and level, above the absolute floor, and again and again."""
    share = AVERAGED_SHARE if swing.averaged else RAW_SHARE
    against = max(share * (start - level), LEVEL_SHARE[swing.averaged] * abs(level), START_SHARE * abs(start))
    return swing.turns >= TURNS and swing.size > against


def rises_near(steps: Floats, at: int, rises: set[float]) -> bool:
    """The learning rate jumped up between three values before AT and AT: a restart explains the spike."""
    return any(steps[max(0, at - 3)] <= step <= steps[at] for step in rises)
