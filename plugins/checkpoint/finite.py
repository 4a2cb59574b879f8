"""Judge whether the weights are numbers. Looks at what is trained, not at masks and running statistics."""

from __future__ import annotations

from wizard.evidence import Finding, Measurement, Place, Unanswered, inspector
from wizard.evidence.artifacts.checkpoint import Checkpoint, Checkpoints, is_named_as_parameter
from wizard.evidence.artifacts.tensors import is_damaged


def nonfinite_weights(checkpoint: Checkpoint) -> dict[str, int]:
    """Number of NaN or infinite values by weight, where there are any.

    A constant may hold infinities by design, so a weight counts if it bears a parameter's name or most are affected.
    """
    trainable = checkpoint.trainable
    bad = {name: sums.nonfinite for name in trainable if (sums := checkpoint.statistics(name)).nonfinite}
    return (
        bad if 2 * len(bad) >= len(trainable) else {name: n for name, n in bad.items() if is_named_as_parameter(name)}
    )


@inspector(version=1)
def weights_finite(checkpoints: Checkpoints) -> Finding | Unanswered:
    """Whether the last checkpoint holds NaN or infinite weights."""
    last = checkpoints.last
    weights = last.trainable
    if not weights:
        return Unanswered("absent", "The checkpoint holds no weights.")
    bad = nonfinite_weights(last)
    if not bad:
        return Finding("finite", {"weights": len(weights)}, Place(str(last.path), step=last.step))
    if any(is_damaged(weights[name].storage) for name in bad):
        return Unanswered("absent", "The file is damaged: a record of it does not match its checksum.")
    name = next(iter(bad))
    measured: Measurement = {"weights": len(weights), "affected": len(bad), "name": name, "values": sum(bad.values())}
    return Finding("nonfinite", measured, Place(str(last.path), step=last.step, parameter=name))
