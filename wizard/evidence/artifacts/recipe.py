"""The user's model, loaders, loss and optimizer as inspectors see them: built on demand, sampled, always untouched.

Only the recipe's child process and tests import this: it needs torch. Whatever the recipe lacks, and whatever of it
fails, raises Missing, which the caller of an inspector turns into Unanswered; inspectors need no `try`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from wizard.evidence.artifacts.recipe_batch import Batch, leaves
from wizard.evidence.artifacts.recipe_facts import facts_of
from wizard.evidence.artifacts.recipe_loss import CLASSIFIES, LossCall, LossWatch
from wizard.evidence.artifacts.recipe_parts import MISSING, Missing, attempt, remembered
from wizard.evidence.artifacts.recipe_sample import Sampled
from wizard.vocabulary import Fact

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


class Recipe(Sampled):
    """Runs the model on batches, and tells task, labels and loss from what it sees."""

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
    def known_loss(self) -> LossCall | None:
        """The first known loss that an untouched model's first pass calls, None if it calls none or cannot be run."""
        try:
            model, batch = self.fresh_model(), self.small_batches(1)[0]
            with torch.no_grad():
                step: Step = attempt(lambda: self.step(model, batch), self.patience)
        except Missing:
            return None
        return step.calls[0] if step.calls else None

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

    @property
    def num_classes(self) -> int | None:
        """By the scores that the loss takes."""
        return self.known_loss.classes if self.known_loss is not None else None

    def labels(self, batches: Sequence[Batch]) -> list[Tensor] | None:
        """One class a sample, batch by batch; None if the targets are not that."""
        if self.task != "classification":
            return None
        if self.known_loss is not None and self.known_loss.classes is None:
            return None  # several labels a sample
        found = [_classes(batch.targets) for batch in batches]
        return [one for one in found if one is not None] if all(one is not None for one in found) else None

    def facts(self) -> tuple[Fact, ...]:
        """What the recipe tells about itself, as far as its parts work."""
        return facts_of(self)


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
