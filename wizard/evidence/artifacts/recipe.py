"""The user's model, loaders, loss and optimizer as inspectors see them: built on demand, sampled, always untouched.

Only the recipe's child process and tests import this: it needs torch. Whatever the recipe lacks, and whatever of it
fails, raises Missing, which the caller of an inspector turns into Unanswered; inspectors need no `try`.
"""

from __future__ import annotations

import copy
import inspect
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from wizard.evidence.artifacts.recipe_batch import (
    MAX_BATCHES,
    Batch,
    Sample,
    Wants,
    draws_by_weight,
    draws_evenly,
    in_stored_order,
    leaves,
    length,
    redrawn,
    split,
    take,
    wants_of,
)
from wizard.evidence.artifacts.recipe_loss import CLASSIFIES, LossCall, LossWatch
from wizard.evidence.artifacts.recipe_parts import MISSING, Missing, Part, attempt, remembered
from wizard.vocabulary import Fact, Place

PATIENCE = 20.0  # seconds that one call of the user's code may take before it counts as a hang
SMALL = 32  # samples of a batch, where a check runs the model: one step of a large model must not take all the time
DEFAULT_RATE = 0.001  # of Adam, torch's own default, where the recipe has no optimizer

Task = Literal["classification", "regression"]


@dataclass(frozen=True, slots=True)
class Step:
    """One pass forward: the model's outputs, the loss, the known losses called on the way, what it raised."""

    outputs: Any
    loss: Tensor | None
    calls: tuple[LossCall, ...]
    error: Exception | None = None

    @property
    def scores(self) -> Tensor | None:
        """The output tensor: `logits` of a mapping, else the first tensor."""
        if isinstance(self.outputs, Mapping) and isinstance(self.outputs.get("logits"), Tensor):
            logits: Tensor = self.outputs["logits"]
            return logits
        return next(leaves(self.outputs), None)


class Recipe:
    """PARTS are the user's functions by name: model, data, loss, optimizer; any may be lacking."""

    def __init__(self, parts: Mapping[str, Part | Callable[..., Any]], patience: float = PATIENCE) -> None:
        self._parts = parts
        self._patience = patience
        self._places: dict[str, Place] = {}

    # The parts.

    def has(self, part: str) -> bool:
        """Whether the user gave a function for PART."""
        try:
            self._function(part)
        except Missing as missing:
            return missing.unanswered.reason != "absent"
        return True

    def place(self, part: str, parameter: str | None = None) -> Place | None:
        """File and line of the function for PART."""
        place = self._places.get(part)
        return Place(place.file, place.line, parameter=parameter) if place else None

    def shown(self, file: str) -> str:
        """FILE as the user named it, if it is one of the recipe's."""
        return next((one.shown for one in self._parts.values() if isinstance(one, Part) and one.file == file), file)

    def _function(self, part: str) -> Any:
        given = self._parts.get(part)
        value = given.load() if isinstance(given, Part) else given
        if value is None:
            raise Missing(MISSING[part])
        if isinstance(given, Part):
            self._places[part] = given.place(value)
        return value

    def _made(self, part: str, *arguments: Any) -> Any:
        function = self._function(part)
        seed()
        return attempt(lambda: function(*arguments), self._patience)

    @remembered
    def _loaders(self) -> tuple[Any, Any]:
        made = _once(self, "data")
        if isinstance(made, Mapping):
            train = made.get("train")
            return train, next((made[name] for name in ("val", "valid", "validation", "test") if name in made), None)
        if isinstance(made, (tuple, list)):
            train, validation = (*made, None, None)[:2]
            return train, validation
        return made, None

    @remembered
    def _pristine(self) -> nn.Module:
        model = _once(self, "model")
        if not isinstance(model, nn.Module):
            raise Missing("What make_model() returns is no torch.nn.Module.", "crashed")
        return model.cpu()

    def fresh_model(self) -> nn.Module:
        """The model as make_model() builds it under a fixed seed, in training mode; each caller has its own."""
        pristine = self._pristine
        seed()
        try:
            model = copy.deepcopy(pristine)
        except Exception:  # locks, generators, tensors inside a graph: a second one from the same seed
            model = self._made("model").cpu()
        return model.train()

    def fresh_optimizer(self, model: nn.Module) -> torch.optim.Optimizer:
        """The recipe's optimizer over MODEL, at the full rate if a warm-up starts it at zero; else Adam."""
        if not self.has("optimizer"):
            return torch.optim.Adam((p for p in model.parameters() if p.requires_grad), lr=DEFAULT_RATE)
        optimizer = self._made("optimizer", model)
        if isinstance(optimizer, (tuple, list)) and optimizer:
            optimizer = optimizer[0]
        if not isinstance(optimizer, torch.optim.Optimizer):
            raise Missing("What make_optimizer(model) returns is no torch.optim.Optimizer.", "crashed")
        for group in optimizer.param_groups:
            if group["lr"] == 0 and group.get("initial_lr"):
                group["lr"] = group["initial_lr"]
        return optimizer

    @remembered
    def loss(self) -> Callable[..., Any]:
        """What compares outputs with targets. A named function that takes both is itself the loss."""
        function = self._function("loss")
        if isinstance(function, nn.Module):
            return function
        if not inspect.isclass(function) and _required(function) >= 2:
            taken: Callable[..., Any] = function
            return taken
        made: Callable[..., Any] = _once(self, "loss")
        return made

    # The batches.

    @remembered
    def _wants(self) -> Wants:
        try:
            return wants_of(self._pristine)
        except Missing:  # the batches can be looked at without a model
            return Wants()

    def _batches(self, sample: Sample) -> tuple[Batch, ...]:
        return tuple(split(raw, self._wants) for raw in sample.raw)

    @remembered
    def _train_sample(self) -> Sample:
        return self._take(self._loaders[0])

    @remembered
    def train_batches(self) -> tuple[Batch, ...]:
        """A sample of the training batches in the loader's own order."""
        return self._batches(self._train_sample)

    @property
    def train_loader(self) -> Any:
        """The training loader itself."""
        return self._loaders[0]

    @remembered
    def mixed_batches(self) -> tuple[Batch, ...]:
        """Training batches that stand for the whole set: redrawn at random if the loader keeps the stored order."""
        if self._train_sample.whole or not in_stored_order(self.train_loader):
            return self.train_batches
        return self._batches(self._redraw(self.train_loader) or self._train_sample)

    @remembered
    def even_batches(self) -> tuple[Batch, ...]:
        """Like `mixed_batches`, but with every sample as likely as any other where the loader draws by weight."""
        if not draws_by_weight(self.train_loader):
            return self.mixed_batches
        return self._batches(self._redraw(self.train_loader) or self._train_sample)

    @property
    def train_is_random(self) -> bool:
        """Whether `mixed_batches` surely stand for the whole set."""
        return self._train_sample.whole or draws_evenly(self.train_loader)

    @remembered
    def _validation_sample(self) -> Sample:
        loader = self._loaders[1]
        if loader is None:
            raise Missing("The recipe has no validation loader.")
        return self._redraw(loader) or self._take(loader)

    @remembered
    def validation_batches(self) -> tuple[Batch, ...]:
        """Validation batches, drawn at random from the whole set where it can be indexed."""
        return self._batches(self._validation_sample)

    @property
    def validation_is_random(self) -> bool:
        """Whether `validation_batches` surely stand for the whole set."""
        return self._validation_sample.whole or draws_evenly(self._loaders[1])

    def _redraw(self, loader: Any) -> Sample | None:
        again = redrawn(loader)
        return self._take(again) if again is not None else None

    def _take(self, loader: Any) -> Sample:
        seed()
        return take(loader, self._patience)

    @property
    def validation_if_any(self) -> tuple[Batch, ...]:
        """The validation batches, none if there are none or they cannot be had."""
        try:
            return self.validation_batches
        except Missing:
            return ()

    def small_batches(self, count: int = MAX_BATCHES, samples: int | None = None) -> list[Batch]:
        """The first samples of up to COUNT training batches, until there are SAMPLES of them, to run a model on."""
        chosen: list[Batch] = []
        for batch in self.mixed_batches[:count]:
            if samples is not None and sum(one.size for one in chosen) >= samples:
                break
            chosen.append(batch.first(SMALL))
        return chosen

    # Running them.

    def step(self, model: nn.Module, batch: Batch) -> Step:
        """Run MODEL on BATCH and take the loss; an exception of the user's code is kept in the Step."""
        batch = batch.first(batch.size)  # a model may change its inputs in place
        outputs, loss, error = None, None, None
        watch = LossWatch(batch.targets)
        try:
            with watch:
                named = dict(batch.named)
                if batch.label_name and not self.has("loss"):
                    named[batch.label_name] = batch.targets
                outputs = model(*batch.positional, **named)
                loss = self._loss_of(outputs, batch.targets)
        except Missing:
            raise
        except Exception as raised:  # the user's code may fail in any way; what was seen until then is kept
            error = raised
        return Step(outputs, loss, tuple(watch.calls), error)

    def passed(self, model: nn.Module, batch: Batch) -> tuple[Step, Tensor]:
        """Like `step`, with the loss; raises Missing if the pass failed."""
        step = self.step(model, batch)
        if step.error is not None:
            error = step.error
            attempt(lambda: _raise(error))
        if step.loss is None:
            raise Missing("The loss is no tensor.", "crashed")
        return step, step.loss

    def descend(self, model: nn.Module, optimizer: torch.optim.Optimizer, batch: Batch) -> tuple[Step, Tensor]:
        """One training step: the pass before it, with the loss. A loss without a graph moves nothing."""
        passes: list[tuple[Step, Tensor]] = []

        def closure() -> Tensor:
            optimizer.zero_grad()
            passes.append(self.passed(model, batch))
            loss = passes[-1][1]
            if loss.requires_grad:
                loss.backward()  # type: ignore[no-untyped-call]
            return loss

        if isinstance(optimizer, torch.optim.LBFGS):
            optimizer.step(closure)  # type: ignore[no-untyped-call]
        else:
            closure()
            optimizer.step()
        return passes[0]

    def bears(self, batch: Batch) -> bool:
        """Whether an untouched model's loss on BATCH is finite; False if it cannot be taken."""
        try:
            _, loss = self.passed(self.fresh_model(), batch)
        except Missing:
            return False
        return bool(torch.isfinite(loss).all())

    def _loss_of(self, outputs: Any, targets: Any) -> Tensor | None:
        if not self.has("loss"):
            inside = outputs.get("loss") if isinstance(outputs, Mapping) else getattr(outputs, "loss", None)
            if inside is None:
                raise Missing(MISSING["loss"])
            return inside if isinstance(inside, Tensor) else None
        if targets is None:
            raise Missing("The batches hold no targets.")
        loss = self.loss
        if not isinstance(outputs, Tensor) and type(loss).__module__.startswith("torch.nn"):
            outputs = Step(outputs, None, ()).scores
        value = loss(outputs, targets)
        return value if isinstance(value, Tensor) else None

    @remembered
    def first_step(self) -> Step:
        """The untouched model's pass on the first samples; it may have failed."""
        model, batch = self.fresh_model(), self.small_batches(1)[0]
        with torch.no_grad():
            step: Step = attempt(lambda: self.step(model, batch), self._patience)
        return step

    # What it is.

    @remembered
    def known_loss(self) -> LossCall | None:
        """The first known loss that the recipe calls, None if it calls none or cannot be run."""
        try:
            calls = self.first_step.calls
        except Missing:
            return None
        return calls[0] if calls else None

    @remembered
    def task(self) -> Task | None:
        """By the loss; without a known one by the targets: integers are classes, other numbers are none."""
        loss = self.known_loss
        if loss is not None and loss.kind in ("logistic", "probability") and _fractional(loss.target):
            return None  # the targets are shares: an autoencoder of images, say
        if loss is not None:
            return "classification" if loss.kind in CLASSIFIES else "regression"
        targets = [batch.targets for batch in self.train_batches]
        if not all(isinstance(target, Tensor) for target in targets):
            return None
        values = torch.cat([target.flatten() for target in targets])
        if values.is_floating_point():
            return "regression" if _fractional(values) and not self.has("loss") else None
        return "classification" if torch.unique(values).numel() <= max(20, values.numel() // 2) else None

    def labels(self, batches: tuple[Batch, ...]) -> list[Tensor] | None:
        """One class a sample, batch by batch; None if the targets are not that."""
        if self.task != "classification":
            return None
        if self.known_loss is not None and self.known_loss.classes is None:
            return None  # several labels a sample
        found = [_classes(batch.targets) for batch in batches]
        return [one for one in found if one is not None] if all(one is not None for one in found) else None

    @remembered
    def num_classes(self) -> int | None:
        """By the scores that the loss takes."""
        return self.known_loss.classes if self.known_loss is not None else None

    def facts(self) -> tuple[Fact, ...]:
        """What the recipe tells about itself, as far as its parts work."""
        known: dict[str, Any] = {}
        for name, tell in _FACTS.items():
            try:
                known[name] = tell(self)
            except Missing:
                continue
        return tuple(Fact(name, value, "recipe") for name, value in known.items() if value is not None)


def _optimizer(recipe: Recipe) -> torch.optim.Optimizer:
    recipe._function("optimizer")
    return recipe.fresh_optimizer(recipe.fresh_model())


def _loss_name(recipe: Recipe) -> str | None:
    if recipe.known_loss is not None:
        return recipe.known_loss.name
    loss = recipe.loss
    return getattr(loss, "__name__", type(loss).__name__)


_FACTS: dict[str, Callable[[Recipe], int | float | str | None]] = {
    "task": lambda recipe: recipe.task,
    "num_classes": lambda recipe: recipe.num_classes,
    "batch_size": lambda recipe: recipe.train_batches[0].size,
    "num_train_samples": lambda recipe: length(getattr(recipe.train_loader, "dataset", None)),
    "loss_name": _loss_name,
    "optimizer": lambda recipe: type(_optimizer(recipe)).__name__,
    "learning_rate": lambda recipe: float(f"{float(_optimizer(recipe).param_groups[0]['lr']):.6g}"),
    "majority_share": lambda recipe: _majority_share(recipe),
    "target_variance": lambda recipe: _target_variance(recipe),
    "num_parameters": lambda recipe: sum(parameter.numel() for parameter in recipe.fresh_model().parameters()),
}


def _once(recipe: Recipe, part: str) -> Any:
    function = recipe._function(part)
    return recipe._made(part) if callable(function) and not isinstance(function, nn.Module) else function


def _required(function: Any) -> int:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 0
    return sum(p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)


def _majority_share(recipe: Recipe) -> float | None:
    """The share of the most frequent class in a sample of the training labels."""
    labels = recipe.labels(recipe.mixed_batches)
    if not labels:
        return None
    counts = torch.cat(labels).unique(return_counts=True)[1]
    return float(f"{float(counts.max() / counts.sum()):.6g}")


def _target_variance(recipe: Recipe) -> float | None:
    """The loss of always predicting the mean under MSE, from a sample of the training targets."""
    targets = [batch.targets for batch in recipe.mixed_batches]
    if recipe.task != "regression" or not all(isinstance(target, Tensor) for target in targets):
        return None
    values = torch.cat([target.reshape(len(target), -1) for target in targets]).double()
    return float(f"{float(values.var(0, correction=0).mean()):.6g}")


def _classes(targets: Any) -> Tensor | None:
    if not isinstance(targets, Tensor) or targets.is_complex():
        return None
    if targets.ndim == 2 and targets.shape[1] > 1:  # one-hot rows
        binary = bool(((targets == 0) | (targets == 1)).all()) and bool((targets.sum(1) == 1).all())
        return targets.argmax(1) if binary else None
    if targets.ndim not in (1, 2):
        return None
    flat = targets.flatten()
    return None if _fractional(flat) else flat.long()


def _fractional(values: Tensor) -> bool:
    return values.is_floating_point() and bool((values != values.round()).any())


def _raise(error: Exception) -> None:
    raise error


def seed() -> None:
    """The same random numbers from here on, whatever ran before."""
    random.seed(0)
    torch.manual_seed(0)
    try:
        import numpy
    except ImportError:  # the user's torch may come without it
        return
    numpy.random.seed(0)
