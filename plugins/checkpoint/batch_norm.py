"""Judge the running statistics of BatchNorm. Does not look at its scale and shift, which are weights."""

from __future__ import annotations

from wizard.evidence import Finding, Measurement, Place, Unanswered, inspector
from wizard.evidence.artifacts.checkpoint import Checkpoint, Checkpoints


def layers(checkpoint: Checkpoint) -> list[str]:
    """Prefixes of the layers that keep a running mean and variance."""
    prefixes = [name.removesuffix("running_mean") for name in checkpoint.weights if name.endswith("running_mean")]
    return [prefix for prefix in prefixes if f"{prefix}running_var" in checkpoint.weights]


def is_untouched(checkpoint: Checkpoint, prefix: str) -> bool:
    """Whether mean and variance are a new layer's: all 0, all 1. The batch counter proves nothing: ports set it 0."""
    mean, variance = (checkpoint.statistics(f"{prefix}running_{part}") for part in ("mean", "var"))
    return mean.zero == mean.count and variance.low == variance.high == 1.0


def nonfinite(checkpoint: Checkpoint, prefix: str) -> int:
    """Number of NaN or infinite running values of a layer."""
    return sum(checkpoint.statistics(f"{prefix}running_{part}").nonfinite for part in ("mean", "var"))


@inspector(version=1)
def batch_norm_statistics(checkpoints: Checkpoints) -> Finding | Unanswered:
    """Whether BatchNorm has collected finite statistics."""
    last = checkpoints.last
    found = layers(last)
    if not found:
        return Unanswered("inapplicable", "The model has no BatchNorm with running statistics.")
    broken = [prefix for prefix in found if nonfinite(last, prefix)]
    if broken:
        name = f"{broken[0]}running_var"
        measured: Measurement = {"layers": len(found), "affected": len(broken), "name": broken[0].rstrip(".")}
        return Finding("nonfinite", measured, Place(str(last.path), step=last.step, parameter=name))
    untouched = [prefix for prefix in found if is_untouched(last, prefix)]
    if 2 * len(untouched) <= len(found):  # a single layer may be unused
        return Finding("usual", {"layers": len(found)}, Place(str(last.path), step=last.step))
    if last.step == 0:
        return Unanswered("absent", "The checkpoint is of the first step.")
    measured = {"layers": len(found), "affected": len(untouched), "name": untouched[0].rstrip(".")}
    return Finding(
        "never_updated", measured, Place(str(last.path), step=last.step, parameter=f"{untouched[0]}running_mean")
    )
