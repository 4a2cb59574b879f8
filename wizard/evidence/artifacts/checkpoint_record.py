"""One moment of a run, as far as its file tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wizard.evidence.artifacts.optimizer_state import OptimizerState, ParameterId, Schedule
from wizard.evidence.artifacts.tensors import Statistics, TensorDescriptor, statistics
from wizard.evidence.artifacts.weight_names import is_buffer, unwrapped


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """One moment of a run. `weights` are by name, buffers included, without the prefixes that wrappers add.

    `imports` are globals that the file asks Python for and that were not imported.
    """

    path: Path
    weights: Mapping[str, TensorDescriptor] = field(default_factory=dict)
    optimizer: OptimizerState | None = None
    schedule: Schedule | None = None
    step: int | None = None
    epoch: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    imports: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    _sums: dict[str, Statistics] = field(default_factory=dict, repr=False)

    @property
    def trainable(self) -> dict[str, TensorDescriptor]:
        """Float weights that look trained: no buffers by name, and tied ones once."""
        found: dict[tuple[Any, ...], tuple[str, TensorDescriptor]] = {}
        for name, tensor in self.weights.items():
            if tensor.is_float and tensor.count and not is_buffer(name, tensor):
                found.setdefault((tensor.storage, tensor.offset, tensor.shape), (name, tensor))
        return dict(found.values())

    @property
    def matrices(self) -> dict[str, TensorDescriptor]:
        """The trainable weights of two or more axes."""
        return {name: tensor for name, tensor in self.trainable.items() if len(tensor.shape) > 1}

    @property
    def progressed(self) -> bool:
        """Whether the file itself says that training had begun."""
        reached = (self.step, self.epoch, self.schedule.last_epoch if self.schedule else None)
        return any(number is not None and number > 0 for number in reached)

    @property
    def parameter_names(self) -> dict[ParameterId, str]:
        """Names of the optimizer's parameters, where the file leaves no doubt: ids need not line up with weights."""
        optimizer = self.optimizer
        if optimizer is None:
            return {}
        named = {
            number: name
            for group in optimizer.groups
            for number, name in zip(group.params, group.names or group.params, strict=False)
            if isinstance(name, str) and (group.names or isinstance(number, str))
        }
        if named:
            return {number: unwrapped(name) for number, name in named.items()}
        weights = list(self.trainable.items())
        shapes = [optimizer.shape(number) for number in optimizer.params]
        if len(optimizer.groups) == 1 and shapes == [tensor.shape for _, tensor in weights]:
            return dict(zip(optimizer.params, (name for name, _ in weights), strict=True))
        return {}

    def statistics(self, name: str) -> Statistics:
        """The sums of one weight, read once."""
        if name not in self._sums:
            self._sums[name] = statistics(self.weights[name])
        return self._sums[name]


def same_weights(one: Checkpoint, other: Checkpoint) -> list[str]:
    """Names of trainable weights that both have in one shape and of which the numbers can be read."""
    mine, theirs = one.trainable, other.trainable
    return [name for name, tensor in mine.items() if name in theirs and theirs[name].shape == tensor.shape]
