"""A counted sample of the user's batches, and what in the order of a loader is chance and what is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils import data

from wizard.evidence.artifacts.recipe_batch import Batch, Wants, leaves, mapped, split, wants_of
from wizard.evidence.artifacts.recipe_build import Built, seed
from wizard.evidence.artifacts.recipe_parts import TOO_LONG, Missing, attempt, remembered
from wizard.evidence.patience import TookTooLong, patience

# A sample ends at the first of these counts, never by the clock: the order of labels needs four batches,
# the probe for a link between input and label wants about 2,000 samples, 2**27 floats are half a GiB.
MAX_BATCHES, MAX_SAMPLES, MAX_ELEMENTS, MIN_BATCHES = 32, 2048, 2**27, 4
ENOUGH_SAMPLES = 512  # of tiny batches MAX_BATCHES are too few to judge: they go on until there are so many samples
SMALL = 32  # samples of a batch, where a check runs the model: one step of a large model must not take all the time


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
            while len(raw) < MIN_BATCHES or (
                (len(raw) < MAX_BATCHES or samples < ENOUGH_SAMPLES)
                and samples < MAX_SAMPLES
                and elements < MAX_ELEMENTS
            ):
                batch = attempt(lambda: next(iterator, None))
                if batch is None:
                    whole = True
                    break
                raw.append(mapped(batch, lambda tensor: tensor.cpu().clone()))
                tensors = list(leaves(raw[-1]))
                samples += max((len(tensor) for tensor in tensors if tensor.ndim), default=1)
                elements += sum(tensor.numel() for tensor in tensors)
    except TookTooLong:
        del raw[1 << max(0, len(raw).bit_length() - 1) :]
        if not raw:
            raise Missing(TOO_LONG, "crashed") from None
    if not raw:
        raise Missing("The loader gives no batches.")
    return Sample(tuple(raw), whole)


class Sampled(Built):
    """Batches of the recipe's loaders, split into what the model takes and what the loss compares with."""

    @property
    def train_loader(self) -> Any:
        """The training loader itself."""
        loader = self.loaders[0]
        if loader is None:
            raise Missing("The recipe has no training loader.")
        return loader

    @remembered
    def train_batches(self) -> tuple[Batch, ...]:
        """A sample of the training batches in the loader's own order."""
        return self._split(self._train_sample)

    @remembered
    def mixed_batches(self) -> tuple[Batch, ...]:
        """Training batches that stand for the whole set: redrawn at random if the loader keeps the stored order."""
        if self._train_sample.whole or not in_stored_order(self.train_loader):
            return self.train_batches
        return self._split(self._redrawn(self.train_loader) or self._train_sample)

    @remembered
    def even_batches(self) -> tuple[Batch, ...]:
        """Like `mixed_batches`, but with every sample as likely as any other where the loader draws by weight."""
        if not draws_by_weight(self.train_loader):
            return self.mixed_batches
        return self._split(self._redrawn(self.train_loader) or self._train_sample)

    @property
    def train_is_random(self) -> bool:
        """Whether `mixed_batches` surely stand for the whole set."""
        return self._train_sample.whole or draws_evenly(self.train_loader)

    @remembered
    def validation_batches(self) -> tuple[Batch, ...]:
        """Validation batches, drawn at random from the whole set where it can be indexed."""
        return self._split(self._validation_sample)

    @property
    def validation_if_any(self) -> tuple[Batch, ...]:
        """The validation batches, none if there are none or they cannot be had."""
        try:
            return self.validation_batches
        except Missing:
            return ()

    @property
    def validation_is_random(self) -> bool:
        """Whether `validation_batches` surely stand for the whole set."""
        return self._validation_sample.whole or draws_evenly(self.loaders[1])

    def small_batches(self, count: int | None = None, samples: int | None = None) -> list[Batch]:
        """The first samples of up to COUNT training batches, until there are SAMPLES of them, to run a model on.

        SMALL of each, more where there are so few batches that it takes more to get SAMPLES together.
        """
        batches = self.mixed_batches[:count]
        share = max(SMALL, -(-(samples or 0) // len(batches)))
        chosen: list[Batch] = []
        for batch in batches:
            if samples is not None and sum(one.size for one in chosen) >= samples:
                break
            chosen.append(batch.first(share))
        return chosen

    @remembered
    def _train_sample(self) -> Sample:
        return self._taken(self.train_loader)

    @remembered
    def _validation_sample(self) -> Sample:
        loader = self.loaders[1]
        if loader is None:
            raise Missing("The recipe has no validation loader.")
        return self._redrawn(loader) or self._taken(loader)

    def _redrawn(self, loader: Any) -> Sample | None:
        again = redrawn(loader)
        return self._taken(again) if again is not None else None

    def _taken(self, loader: Any) -> Sample:
        seed()
        return take(loader, self.patience)

    def _split(self, sample: Sample) -> tuple[Batch, ...]:
        return tuple(split(raw, self._wants) for raw in sample.raw)

    @remembered
    def _wants(self) -> Wants:
        try:
            return wants_of(self.pristine_model)
        except Missing:  # the batches can be looked at without a model
            return Wants()


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
