"""Whether the log ends while the training loss is still falling at a rate worth waiting for."""

from __future__ import annotations

import numpy as np

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.log import Log
from wizard.evidence.series import Floats, blocks, slope, start_level

FEW = 8
TAIL = 0.25  # of the log; the tuning playbook looks for the best step there
WORTH = 0.05  # of the loss, over the tail
WORTH_FLOOR = 0.01  # of the first loss: halving 0.001 is not worth waiting for
SIGMAS = 3.0
STILL = 0.25  # of the average pace is left in the last quarter of the tail
FINISHED = 0.05  # of the peak learning rate: the schedule has run its course (seed S013)


@inspector(version=1)
def still_falling_at_end(log: Log) -> Finding | Unanswered:
    """Slope of the log of the loss over the last quarter; a schedule that has run out ends a run by plan."""
    loss = log.values("train_loss")
    if len(loss) < FEW:
        return Unanswered("absent", "The log holds too few training losses to judge.")
    if loss.min() <= 0:
        return Unanswered("inapplicable", "The loss is not positive, so its relative fall says nothing.")
    tail = blocks(loss[-max(4, int(len(loss) * TAIL)) :])
    fall = -slope(np.log(tail)).change
    measured = {"percent": 100 * (1 - float(np.exp(-fall))), "n": len(loss), "end": float(tail[-1])}
    rates = log.values("learning_rate")
    finished = len(rates) > 0 and float(rates[-1]) < FINISHED * float(rates.max())
    is_falling = not finished and falls_on(tail) and fall * tail.mean() > WORTH_FLOOR * start_level(loss)
    return Finding("still_falling" if is_falling else "levelled", measured)


def falls_on(tail: Floats) -> bool:
    """The fall is worth it, beyond the noise, and not over by the last quarter of the tail."""
    logs = np.log(tail)
    whole = slope(logs)
    quarter = max(1, len(logs) // 4)
    last = float(logs[-quarter:].mean() - logs[-2 * quarter : -quarter].mean())
    return -whole.change > max(WORTH, SIGMAS * whole.error) and last < STILL * whole.change / 4
