"""The total gradient norm as it was logged. A norm that shrinks because the loss is nearly 0 is good news."""

from __future__ import annotations

import numpy as np

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.log import Log
from wizard.evidence.series import Floats, Series, blocks, end_level, start_level

FEW = 8
NONFINITE_SHARE = 0.1  # loss scaling skips a step now and then, each with an infinite norm
GROWTH = 5.0  # times the largest block mean of the first tenth; single peaks of 10 x median are common
GROWTH_FLOOR = 0.1  # growing from nothing to little is no harm
STEADILY = 0.8  # rank correlation of block means with time
VANISHED = 1e-4  # of the first level (AutoTrainer's bound on the ratio of layers is 1e-3)
VANISHED_FLOOR = 1e-6
LOSS_FALL = 0.2  # of the first loss: a run that learns may have small gradients


@inspector(version=1)
def logged_gradient_norm(log: Log) -> Finding | Unanswered:
    """Judges levels of blocks, not single norms; vanishing needs a loss that has not fallen."""
    series = log.series("gradient_norm")
    if series is None or series.rows < FEW:
        return Unanswered("absent", "The log holds too few gradient norms to judge.")
    if stays_nonfinite(series):
        place = log.locate("gradient_norm", series.step[series.first_nonfinite() or 0])
        return Finding("nonfinite", {"nonfinite": int(series.nonfinite.sum()), "n": series.rows}, place)
    norms = log.values("gradient_norm")
    if len(norms) < FEW:
        return Unanswered("absent", "The log holds too few gradient norms to judge.")
    course = blocks(norms)
    early, end = float(course[: max(1, len(course) // 10)].max()), end_level(course)
    measured = {"start": start_level(norms), "early": early, "end": end}
    if end > GROWTH * early and end > GROWTH_FLOOR and rank_correlation(course) > STEADILY:
        return Finding("grows", measured)
    if end < max(VANISHED * start_level(norms), VANISHED_FLOOR):
        loss = log.values("train_loss")
        if len(loss) < FEW:
            return Unanswered(
                "absent", "The gradient norm vanishes, and the log holds no loss to say whether that is bad."
            )
        if end_level(loss) > (1 - LOSS_FALL) * start_level(loss):
            return Finding("vanishes", measured)
    return Finding("steady", measured)


def stays_nonfinite(series: Series) -> bool:
    """More than a tenth of the norms are not finite, or the last of them."""
    share = float(series.nonfinite.sum()) / series.rows
    return share > NONFINITE_SHARE or bool(np.all(series.nonfinite[-3:] > 0))


def rank_correlation(values: Floats) -> float:
    """Spearman's correlation of VALUES with their order: 1 if they only grow."""
    ranks = np.argsort(np.argsort(values)).astype(np.float64)
    at = np.arange(len(values)) - (len(values) - 1) / 2
    return float(at @ (ranks - ranks.mean()) / (at @ at))
