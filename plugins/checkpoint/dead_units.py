"""Judge how many units get no gradient at all, from Adam's moments. Does not say why: dead ReLU is one reason."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wizard.evidence import Finding, Measurement, Place, Unanswered, inspector
from wizard.evidence.artifacts.checkpoint import Checkpoint, Checkpoints, OptimizerState, ParameterId, ParamGroup
from wizard.evidence.artifacts.tensors import TensorDescriptor, rows

MANY = 0.5  # of a layer: the limit of SageMaker's DeadRelu rule
MIN_UNITS = 8
MIN_STEPS = 50  # a unit may well be silent for the first batches
VOCABULARY = 5000  # so many rows are an embedding or its transpose, where rows without gradient are normal
MIN_MOMENTUM = 0.8
# With a beta1 of 0.9 a first moment falls this far below the second within 260 steps without gradient.
NO_GRADIENT = 1e-12


@dataclass(frozen=True, slots=True)
class Silence:
    """Units of one layer, and how many of them get no gradient."""

    units: int
    silent: int

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.silent / self.units


def silence(moment: TensorDescriptor, square: TensorDescriptor) -> Silence:
    """Count the rows whose first moment has died away beside the second."""
    units = silent = 0
    with np.errstate(all="ignore"):  # a moment that is not finite is not silent
        for m, v in zip(rows(moment), rows(square), strict=True):
            largest = np.abs(m.astype(np.float64)).max(axis=1)
            silent += int(np.count_nonzero(largest <= NO_GRADIENT * np.sqrt(v.astype(np.float64).max(axis=1))))
            units += len(m)
    return Silence(units, silent)


def tells_gradients(group: ParamGroup) -> bool:
    """Whether moments are of gradients alone: decay inside the gradient also moves the weights of dead units."""
    coupled = group.settings.get("decoupled_weight_decay") is False and (group.number("weight_decay") or 0.0) > 0
    return not coupled and group.betas is not None and group.betas[0] >= MIN_MOMENTUM


def silent_layers(checkpoint: Checkpoint, optimizer: OptimizerState) -> dict[ParameterId, Silence]:
    """By parameter: weight matrices that are no embeddings and took enough steps."""
    names = checkpoint.parameter_names
    embeddings = {tensor.shape for name, tensor in checkpoint.weights.items() if "emb" in name.lower()}
    found: dict[ParameterId, Silence] = {}
    for group in filter(tells_gradients, optimizer.groups):
        for number in group.params:
            moment, square = optimizer.tensor(number, "exp_avg"), optimizer.tensor(number, "exp_avg_sq")
            if moment is None or square is None or len(moment.shape) < 2:
                continue
            if (moment.shape, moment.stride) != (square.shape, square.stride):
                continue
            is_embedding = "emb" in names.get(number, "").lower() or moment.shape in embeddings
            readable = {moment.dtype, square.dtype} <= {"float32", "float64", "bfloat16"}  # a float16 underflows
            if is_embedding or not readable or not MIN_UNITS <= moment.shape[0] < VOCABULARY:
                continue
            if (optimizer.steps_of(number) or 0) >= MIN_STEPS and moment.count:
                counted = silence(moment, square)
                if counted.units:
                    found[number] = counted
    return found


@inspector(version=1)
def zero_gradient_units(checkpoints: Checkpoints) -> Finding | Unanswered:
    """Whether more than half of the units of some layer in the last checkpoint get no gradient."""
    last = checkpoints.last
    if last.optimizer is None or last.optimizer.kind != "adam_like":
        return Unanswered("inapplicable", "Only the state of Adam and its kin keeps the gradients of every unit.")
    found = silent_layers(last, last.optimizer)
    if not found:
        return Unanswered("absent", "The optimizer holds no layer whose gradients can be judged.")
    number, worst = max(found.items(), key=lambda item: item[1].share)
    name = last.parameter_names.get(number, f"#{number}")
    measured: Measurement = {"layers": len(found), "name": name, "units": worst.units, "silent": worst.silent}
    outcome = "many" if worst.share > MANY else "few"
    return Finding(outcome, measured, Place(str(last.path), step=last.step, parameter=name))
