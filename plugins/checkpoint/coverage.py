"""Judge whether the optimizer trains all the weights, by counts and shapes: ids do not tell which weight is meant."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from wizard.evidence import Finding, Measurement, Place, Unanswered, inspector
from wizard.evidence.artifacts.checkpoint import Checkpoint, Checkpoints, OptimizerState, is_named_as_parameter
from wizard.evidence.artifacts.tensors import TensorDescriptor

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many weights look trained, and how many of them the optimizer does not update."""

    weights: int
    missing: int
    example: str = "?"


def updated(optimizer: OptimizerState) -> list[Shape | None]:
    """The shapes (None: unknown) of the parameters that the optimizer updates.

    Where it keeps moments, a parameter without them never had a gradient: it is frozen or unused. Plain SGD keeps none.
    """
    shapes = [optimizer.shape(number) for number in optimizer.params]
    known = [shape for shape in shapes if shape is not None]
    return [*known] if known else shapes


def coverage(checkpoint: Checkpoint, optimizer: OptimizerState) -> Coverage:
    """Weights without an update: by shape where the moments tell shapes, else by number.

    A weight that bears no parameter's name may be a constant: it is never held to be missing.
    """
    weights = {name: tensor.shape for name, tensor in checkpoint.trainable.items()}
    expected = [name for name in weights if is_named_as_parameter(name)]
    shapes = updated(optimizer)
    spare = Counter(shape for shape in shapes if shape is not None)
    if not spare:
        return Coverage(len(expected), max(0, len(expected) - len(shapes)))
    missing = Counter(weights[name] for name in expected) - spare
    if not missing:
        return Coverage(len(weights), 0)
    shape, count = missing.most_common(1)[0]
    of_shape = [name for name in expected if weights[name] == shape]
    return Coverage(len(expected), missing.total(), of_shape[0] if count == len(of_shape) else f"{shape}")


def never_stepped(checkpoint: Checkpoint, optimizer: OptimizerState) -> bool:
    """Whether an optimizer that keeps moments has none although training had begun."""
    momentum = any(group.number("momentum") for group in optimizer.groups)
    keeps = optimizer.kind == "adam_like" or (optimizer.kind == "sgd_like" and momentum)
    has_moments = any(
        isinstance(value, TensorDescriptor) for entry in optimizer.state.values() for value in entry.values()
    )
    return keeps and not has_moments and checkpoint.progressed


@inspector(version=1)
def optimizer_covers_weights(checkpoints: Checkpoints) -> Finding | Unanswered:
    """Whether the last checkpoint's optimizer updates all weights of the model beside it."""
    last = checkpoints.last
    optimizer, weights = last.optimizer, last.trainable
    if optimizer is None or not optimizer.params or not weights:
        return Unanswered("absent", "The checkpoint does not hold weights together with an optimizer.")
    place = Place(str(last.path), step=last.step)
    shapes = {shape for shape in updated(optimizer) if shape is not None}
    is_another = bool(shapes) and not shapes & {tensor.shape for tensor in weights.values()}
    if is_another and all(len(shape) < 2 for shape in shapes):
        return Unanswered("inapplicable", "The optimizer holds the weights flattened.")
    if is_another or never_stepped(last, optimizer):
        return Finding("none", {"weights": len(weights)}, place)
    found = coverage(last, optimizer)
    if not found.missing:
        return Finding("all", {"weights": found.weights, "parameters": len(optimizer.params)}, place)
    measured: Measurement = {"weights": found.weights, "missing": found.missing, "example": found.example}
    return Finding("some_missing", measured, place)
