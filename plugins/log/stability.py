"""How steadily the training loss gets where it goes; noise of small batches, restarts, warm-up are no instability."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.log import Log
from wizard.evidence.series import Floats, blocks, spikes, start_level

FEW = 8
OF_BATCHES = (1.0, 1.0)  # of descent and level: single batches swing by more than the run has gained
OF_MEANS = (0.5, 0.25)  # means of epochs or blocks, and swings that alternate
LONG = 256  # values: from here on 16 blocks of the second half average at least eight batches each
BEYOND_NOISE = 2.0  # times what independent batches would leave in the means of blocks
START_SHARE = 0.05  # of the first level: absolute floor
CALM = 0.15  # of its level: weights that overshoot move validation, which averages over batches, by far more
TURNS = 4  # crossings of the trend line by an eighth of the swing: a single bump has two
ALTERNATING = -0.5  # correlation of neighbours: noise has 0, an overshooting optimizer nearly -1
PER_EPOCH = 1.5  # training losses for each validation loss: hardly more than one means they are means of epochs


class Swing(NamedTuple):
    """Swings around the trend of the second half: 10th to 90th percentile, turns, and whether means swing."""

    size: float
    turns: int
    of_means: bool


@inspector(version=2)
def loss_stability(log: Log) -> Finding | Unanswered:
    """Swings must be large against the level and against the descent; spikes must stand out and recover."""
    series = log.series("train_loss")
    if series is None or len(finite := series.finite()) < FEW:
        return Unanswered("absent", "The log holds too few training losses to judge.")
    loss = finite.mean
    start, level = start_level(loss), float(np.median(loss[len(loss) // 2 :]))
    swings = late_swings(loss, len(loss) <= PER_EPOCH * len(log.values("val_loss")))
    measured = {"n": len(loss), "swing": swings[0].size, "level": level, "descent": start - level}
    rises = [step for step, _ in log.rate_rises()]
    restarted = any(step > finite.step[len(loss) // 2] for step in rises)
    for swing in swings:
        is_batches = not swing.of_means and validation_is_calm(log)
        if not restarted and not is_batches and oscillates(swing, loss, start, level):
            return Finding("oscillates", measured | {"swing": swing.size})
    found = [spike for spike in spikes(finite.high) if not rises_near(finite.step, spike.at, rises)]
    if found:
        worst = max(found, key=lambda spike: spike.top - spike.level)
        step = int(finite.step[worst.at])
        spiky = {"count": len(found), "step": step, "top": worst.top, "around": worst.level}
        return Finding("spikes", measured | spiky, log.locate("train_loss", finite.step[worst.at]))
    return Finding("steady", measured)


def validation_is_calm(log: Log) -> bool:
    """Validation hardly swings, so what swings in single batches is what is in them, and not the weights."""
    val = log.values("val_loss")
    if len(val) < FEW or not np.all(val > 0):
        return False
    late = val[len(val) // 2 :]
    rest = detrended(late)
    return float(rest.max() - rest.min()) < CALM * float(np.median(late))


def late_swings(loss: Floats, per_epoch: bool) -> list[Swing]:
    """Swings of values in the second half and, in a long log, of means of blocks if batches do not explain them."""
    late = loss[len(loss) // 2 :]
    rest = detrended(late)
    spread = float(rest @ rest)
    alternate = len(late) >= FEW and spread > 0 and float(rest[1:] @ rest[:-1]) / spread < ALTERNATING
    found = [swing_of(rest, alternate or per_epoch)]
    if len(loss) >= LONG:
        means = swing_of(detrended(blocks(late, 16)), True)
        if means.size > BEYOND_NOISE * found[0].size / (len(late) // 16) ** 0.5:
            found.append(means)
    return found


def swing_of(rest: Floats, of_means: bool) -> Swing:
    """The smaller swing of both halves of REST counts: an oscillation goes on to the end."""
    parts = [rest] if len(rest) < 2 * FEW else [rest[: len(rest) // 2], rest[len(rest) // 2 :]]
    size = min(float(np.quantile(part, 0.9) - np.quantile(part, 0.1)) for part in parts)
    side = np.sign(rest[np.abs(rest) > size / 8])
    return Swing(size, int(np.sum(side[1:] != side[:-1])), of_means)


def detrended(values: Floats) -> Floats:
    """What is left of VALUES once a straight line is taken away."""
    at = np.arange(len(values)) - (len(values) - 1) / 2
    slant = float(at @ values) / max(float(at @ at), 1e-12)
    rest: Floats = values - values.mean() - slant * at
    return rest


def oscillates(swing: Swing, loss: Floats, start: float, level: float) -> bool:
    """Large against descent and level, above the absolute floor, and again and again."""
    of_descent, of_level = OF_MEANS if swing.of_means else OF_BATCHES
    least = max(of_descent * (start - level), of_level * abs(level), START_SHARE * abs(start))
    back_at_start = float(np.quantile(loss[len(loss) // 2 :], 0.9)) > start
    return swing.turns >= TURNS and swing.size > least and (swing.of_means or back_at_start)


def rises_near(steps: Floats, at: int, rises: list[float]) -> bool:
    """The learning rate jumped up between three values before AT and AT: a restart explains the spike."""
    return any(steps[max(0, at - 3)] <= step <= steps[at] for step in rises)
