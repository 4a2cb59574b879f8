"""Judge the learning rate that the optimizer was given, not what its schedule has made of it: often 0 at the end."""

from __future__ import annotations

from wizard.evidence import Finding, Place, Unanswered, inspector
from wizard.evidence.artifacts.checkpoint import Checkpoint, Checkpoints

# Usual bands by kind of optimizer. Adam: 3e-4 is the safe start (Karpathy's recipe), 1e-5 to 5e-5 is for fine-tuning,
# UMLAUT warns above 1e-2. SGD: CS231n and "37 reasons" start at 1e-2 to 1e-1; 1.0 takes a big batch.
USUAL = {"adam_like": (1e-6, 1e-2), "sgd_like": (1e-5, 1.0), "other": (1e-6, 1.0)}
END_OF_SCHEDULE = 0.9  # share of the schedule after which a rate of 0 is its end


def given_rate(checkpoints: Checkpoints) -> float | None:
    """The largest rate in any of the checkpoints: loops that set the rate by hand leave only the lowered one in the
    last."""
    return max((rate for one in checkpoints.ordered if (rate := base_rate(one)) is not None), default=None)


def base_rate(checkpoint: Checkpoint) -> float | None:
    """The largest rate of any group before its schedule, as far as this checkpoint tells."""
    rates = [checkpoint.optimizer.rate] if checkpoint.optimizer else []
    rates += checkpoint.schedule.base_lrs if checkpoint.schedule else ()
    return max((rate for rate in rates if rate is not None), default=None)


def current_rate(checkpoint: Checkpoint) -> float | None:
    """The largest rate of any group as it stands."""
    groups = checkpoint.optimizer.groups if checkpoint.optimizer else ()
    return max((rate for group in groups if (rate := group.number("lr")) is not None), default=None)


def is_stuck_at_zero(checkpoints: Checkpoints) -> bool:
    """Whether a rate of 0 is not just the end of a schedule: it was 0 long before, or the schedule is not over."""
    schedule = checkpoints.last.schedule
    if schedule is not None and schedule.total and schedule.last_epoch:
        return schedule.last_epoch < END_OF_SCHEDULE * schedule.total
    reached = [
        place
        for checkpoint in checkpoints.ordered
        if current_rate(checkpoint) == 0 and (place := checkpoint.step or checkpoint.epoch)
    ]
    return len(reached) > 1 and min(reached) < END_OF_SCHEDULE * max(reached)


@inspector(version=2)
def stored_learning_rate(checkpoints: Checkpoints) -> Finding | Unanswered:
    """Whether the rate in the last checkpoint's optimizer is usual for its kind."""
    last = checkpoints.last
    rate, now = given_rate(checkpoints), current_rate(last)
    if last.optimizer is None or rate is None or now is None:
        return Unanswered("absent", "The checkpoint holds no optimizer with a learning rate.")
    low, high = USUAL[last.optimizer.kind]
    if rate == 0 or (now == 0 and is_stuck_at_zero(checkpoints)):
        outcome = "zero"
    elif rate < low:
        if last.schedule is not None and last.schedule.is_plateau:
            return Unanswered("absent", "A plateau schedule lowered the rate and the file does not keep the first one.")
        outcome = "very_low"
    else:
        outcome = "very_high" if rate > high else "usual"
    measured = {"rate": rate, "now": now, "low": low, "high": high}
    return Finding(outcome, measured, Place(str(last.path), step=last.step))
