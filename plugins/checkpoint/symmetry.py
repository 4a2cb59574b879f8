"""Judge whether the units of a layer are all the same. Looks at weight matrices, row by row."""

from __future__ import annotations

import numpy as np

from wizard.evidence import Finding, Measurement, Place, Unanswered, inspector
from wizard.evidence.artifacts.checkpoint import Checkpoint, Checkpoints, is_named_as_parameter
from wizard.evidence.artifacts.tensors import TensorDescriptor, rows

MIN_ROWS, MIN_INPUTS = 4, 2
# A constant start keeps units equal but for rounding; the least random start sets them apart by their own size.
SAME_ROW = 1e-3


def could_be_symmetric(name: str, tensor: TensorDescriptor) -> bool:
    """Whether equal rows would be a fault: not in a LoRA B (starts at 0) or a depthwise kernel (blur, upsampling)."""
    if len(tensor.shape) < 2 or tensor.shape[0] < MIN_ROWS or tensor.count < MIN_INPUTS * tensor.shape[0]:
        return False
    is_depthwise = len(tensor.shape) > 2 and tensor.shape[1] == 1
    return is_named_as_parameter(name) and "lora_b" not in name.lower() and not is_depthwise


def rows_are_identical(tensor: TensorDescriptor) -> bool:
    """Whether all rows equal the first; stops at the first that does not."""
    first, norm, seen = np.zeros(0), 0.0, False
    with np.errstate(all="ignore"):  # values that are not finite are judged elsewhere
        for block in rows(tensor):
            wide = block.astype(np.float64)
            if not seen:
                first, norm, seen = wide[0].copy(), float(np.linalg.norm(wide[0])), True
            distance = np.linalg.norm(wide - first, axis=1).max()
            if not distance <= SAME_ROW * norm:
                return False
    return seen


def symmetric_matrices(checkpoint: Checkpoint) -> tuple[list[str], int]:
    """Names of the matrices with identical rows, and how many were judged. All zero is normal before the first step."""
    judged = [name for name, tensor in checkpoint.matrices.items() if could_be_symmetric(name, tensor)]
    same = [name for name in judged if rows_are_identical(checkpoint.weights[name])]
    if checkpoint.step == 0:
        same = [name for name in same if checkpoint.statistics(name).zero < checkpoint.statistics(name).count]
    return same, len(judged)


@inspector(version=1)
def identical_rows(checkpoints: Checkpoints) -> Finding | Unanswered:
    """Whether some weight matrix of the last checkpoint has rows that are all the same."""
    last = checkpoints.last
    same, judged = symmetric_matrices(last)
    if not judged:
        return Unanswered("absent", "The checkpoint holds no weight matrix of at least four rows.")
    if not same:
        return Finding("distinct", {"matrices": judged}, Place(str(last.path), step=last.step))
    measured: Measurement = {
        "matrices": judged,
        "identical": len(same),
        "name": same[0],
        "rows": last.weights[same[0]].shape[0],
    }
    return Finding("identical", measured, Place(str(last.path), step=last.step, parameter=same[0]))
