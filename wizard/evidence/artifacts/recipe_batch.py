"""Batches of the user's loaders: a counted sample of them, and what in a batch is input and what is target."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils import data

from wizard.evidence.artifacts.recipe_parts import TOO_LONG, Missing, attempt
from wizard.evidence.patience import TookTooLong, patience

# A sample ends at the first of these counts, never by the clock: the order of labels needs four batches,
# the probe for a link between input and label wants about 2,000 samples, 2**27 floats are half a GiB.
MAX_BATCHES, MAX_SAMPLES, MAX_ELEMENTS, MIN_BATCHES = 32, 2048, 2**27, 4
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
    parameters = inspect.signature(forward).parameters.values()
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


@dataclass(frozen=True, slots=True)
class Sample:
    """Batches as a loader gave them; `whole` if it had no more."""

    raw: tuple[Any, ...]
    whole: bool


def take(loader: Iterable[Any], seconds: float) -> Sample:
    """A sample of LOADER's batches by count. A loader slower than SECONDS gives 1, 2, 4, 8 or 16 batches instead:
    the clock ends the wait, and powers of two keep its jitter out of the result. Raises Missing."""
    raw: list[Any] = []
    samples = elements = 0
    whole = False
    try:
        with patience(seconds):
            iterator = attempt(lambda: iter(loader))
            while not (
                len(raw) >= MAX_BATCHES
                or (len(raw) >= MIN_BATCHES and (samples >= MAX_SAMPLES or elements >= MAX_ELEMENTS))
            ):
                batch = attempt(lambda: next(iterator, None))
                if batch is None:
                    whole = True
                    break
                raw.append(mapped(batch, lambda tensor: tensor.cpu().clone()))
                tensors = list(leaves(_fields(raw[-1]) or raw[-1]))
                samples += max((len(tensor) for tensor in tensors if tensor.ndim), default=1)
                elements += sum(tensor.numel() for tensor in tensors)
    except TookTooLong:
        if not raw:
            raise Missing(TOO_LONG, "crashed") from None
        del raw[1 << (len(raw).bit_length() - 1) :]
    if not raw:
        raise Missing("The loader gives no batches.")
    return Sample(tuple(raw), whole)


def in_stored_order(loader: Any) -> bool:
    """Whether LOADER is a DataLoader that walks its data set from front to back."""
    return _sampled_by(loader, data.SequentialSampler) and not composes_batches(loader)


def composes_batches(loader: Any) -> bool:
    """Whether LOADER has a batch sampler of its own, that decides on purpose which samples share a batch."""
    return isinstance(loader, data.DataLoader) and type(loader.batch_sampler) not in (data.BatchSampler, type(None))


def draws_evenly(loader: Any) -> bool:
    """Whether every sample that LOADER draws from comes as often as any other, as far as one can see."""
    return _sampled_by(loader, data.SequentialSampler, data.RandomSampler, data.SubsetRandomSampler)


def draws_by_weight(loader: Any) -> bool:
    """Whether LOADER draws some samples more often on purpose."""
    return _sampled_by(loader, data.WeightedRandomSampler)


def _sampled_by(loader: Any, *kinds: type) -> bool:
    return isinstance(loader, data.DataLoader) and isinstance(loader.sampler, kinds)


def redrawn(loader: Any) -> Iterable[Any] | None:
    """A loader of all of the same data set in a fixed random order; None if it cannot be indexed, or if LOADER picks
    samples from it (two loaders may share one data set)."""
    if not (in_stored_order(loader) or draws_by_weight(loader)):
        return None
    size = None if isinstance(loader.dataset, data.IterableDataset) else length(loader.dataset)
    if size is None:
        return None
    order: list[int] = torch.randperm(size, generator=torch.Generator().manual_seed(0)).tolist()
    return data.DataLoader(loader.dataset, batch_size=loader.batch_size, sampler=order, collate_fn=loader.collate_fn)


def length(dataset: Any) -> int | None:
    """How many samples DATASET holds, None if it does not say."""
    try:
        return len(dataset)
    except (TypeError, NotImplementedError):
        return None
