"""A batch of the user's loader: what in it is input and what is target, and a smaller copy of it."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

LABEL_NAMES = ("labels", "label", "targets", "target", "y")


@dataclass(frozen=True, slots=True)
class Wants:
    """What a model's forward() takes: REQUIRED positional inputs, inputs by NAMES, or any."""

    required: int = 1
    names: tuple[str, ...] = ()
    any_number: bool = False
    any_names: bool = False


def wants_of(model: torch.nn.Module) -> Wants:
    """Read from the signature of forward(); of the module inside, if MODEL was compiled."""
    forward = getattr(model, "_orig_mod", model).forward
    try:
        parameters = inspect.signature(forward).parameters.values()
    except (TypeError, ValueError):  # native code without a signature
        return Wants()
    plain = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return Wants(
        required=max(1, sum(p.default is p.empty for p in plain)),
        names=tuple(p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)),
        any_number=any(p.kind is p.VAR_POSITIONAL for p in parameters),
        any_names=any(p.kind is p.VAR_KEYWORD for p in parameters),
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """What the model takes (positional, by name), what the loss compares with, and how many samples it holds."""

    positional: tuple[Any, ...]
    named: Mapping[str, Any]
    targets: Any
    label_name: str | None = None  # set if the model itself takes the targets, under this name

    @property
    def size(self) -> int:
        """Samples in the batch: the targets' first dimension, else that of the first input."""
        shaped = [t for t in (*leaves(self.targets), *self.inputs.values()) if t.ndim]
        return len(shaped[0]) if shaped else 1

    @property
    def inputs(self) -> dict[str, Tensor]:
        """Every input tensor, by its name or position."""
        found = {}
        for name, value in [*enumerate(self.positional, 1), *self.named.items()]:
            tensors = list(leaves(value))
            for number, tensor in enumerate(tensors, 1):
                found[f"{name}.{number}" if len(tensors) > 1 else str(name)] = tensor
        return found

    def first(self, count: int) -> Batch:
        """A copy of the first COUNT samples; of all if not every tensor has the samples in its first dimension."""
        size = self.size
        everything = [*leaves(self.targets), *self.inputs.values()]
        sliceable = all(tensor.ndim and len(tensor) == size for tensor in everything)

        def change(tensor: Tensor) -> Tensor:
            return (tensor[:count] if sliceable else tensor).clone()

        named = {name: mapped(value, change) for name, value in self.named.items()}
        positional = tuple(mapped(value, change) for value in self.positional)
        return Batch(positional, named, mapped(self.targets, change), self.label_name)


def leaves(value: Any) -> Iterator[Tensor]:
    """The tensors inside nested tuples, lists and mappings."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from leaves(item)


def mapped(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """VALUE with every tensor changed; numpy arrays become tensors first."""
    if isinstance(value, Tensor):
        return change(value.detach())
    if isinstance(value, Mapping):
        return {name: mapped(item, change) for name, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(mapped(item, change) for item in value))
    if isinstance(value, (tuple, list)):
        return type(value)(mapped(item, change) for item in value)
    if hasattr(value, "__array__") and getattr(value, "ndim", 0) > 0:
        return change(torch.as_tensor(value))
    return value


def split(raw: Any, wants: Wants) -> Batch:
    """Tell inputs from targets: (x, y), (x1, x2, y) as forward() takes them, or by the name of the labels."""
    fields = _fields(raw)
    if fields is not None:
        label = next((name for name in LABEL_NAMES if name in fields), None)
        inputs = {name: value for name, value in fields.items() if name != label}
        accepted = {name: value for name, value in inputs.items() if wants.any_names or name in wants.names}
        targets = fields[label] if label else None
        if accepted:
            return Batch((), accepted, targets, label if label in wants.names else None)
        only = next(iter(inputs.values())) if len(inputs) == 1 else inputs
        return Batch((only,), {}, targets)
    if isinstance(raw, (tuple, list)) and len(raw) > 1:
        count = len(raw) - 1 if wants.any_number else min(wants.required, len(raw) - 1)
        return Batch(tuple(raw[:count]), {}, raw[count])
    only = raw[0] if isinstance(raw, (tuple, list)) and raw else raw
    return Batch((only,), {}, getattr(only, "y", None))


def _fields(raw: Any) -> dict[str, Any] | None:
    if isinstance(raw, Mapping):
        return dict(raw)
    if isinstance(raw, tuple) and hasattr(raw, "_asdict"):
        named: dict[str, Any] = raw._asdict()
        return named if any(name in named for name in LABEL_NAMES) else None
    if dataclasses.is_dataclass(raw):
        return {field.name: getattr(raw, field.name) for field in dataclasses.fields(raw)}
    return None
