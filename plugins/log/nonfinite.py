"""When the loss stops being a number. Does not look for the operation that did it."""

from __future__ import annotations

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.log import Log
from wizard.evidence.artifacts.log_columns import Role


@inspector(version=1)
def loss_becomes_nonfinite(log: Log) -> Finding | Unanswered:
    """`at_start` means that no finite loss was logged before; the validation loss counts only where it is alone."""
    role: Role = "val_loss" if log.series("train_loss") is None else "train_loss"
    loss = log.series(role)
    if loss is None:
        return Unanswered("absent", "The log holds no loss.")
    onset = loss.first_nonfinite()
    if onset is None:
        return Finding("never", {"n": loss.rows})
    step = int(loss.step[onset])
    before = int(loss.count[:onset].sum())
    measured = {"n": loss.rows, "nonfinite": int(loss.nonfinite.sum()), "step": step, "before": before}
    return Finding("later" if before else "at_start", measured, log.locate(role, loss.step[onset]))
