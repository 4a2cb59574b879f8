"""Judge the untrained model: is its loss that of a network that favours nothing, and do its ReLU units live?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from wizard.evidence import Finding, Measurement, Unanswered, inspector
from wizard.evidence.artifacts.recipe import Recipe
from wizard.evidence.artifacts.recipe_loss import LossCall
from wizard.plugins.recipe.thresholds import first_loss

LOSS_SAMPLES = 64
DEAD_SHARE = 0.5  # SageMaker Debugger's DeadRelu: more than half of a layer
FEWEST_UNITS = 8
RELU_SAMPLES, FEWEST_SAMPLES = 256, 64


@inspector(version=1)
def initial_loss(recipe: Recipe) -> Finding | Unanswered:
    """First loss against ln C, ln 2, or the targets' own variance. A lower one (a pretrained model) is fine."""
    model = recipe.fresh_model()
    calls: list[LossCall] = []
    for batch in recipe.small_batches(samples=LOSS_SAMPLES):
        with torch.no_grad():
            step, loss = recipe.passed(model, batch)
        if not bool(torch.isfinite(loss).all()):
            return Finding("nonfinite", {"loss": float(loss.flatten()[0])}, recipe.place("model"))
        calls += step.calls[:1]
    if not calls:
        return Unanswered("inapplicable", "The loss is of a kind whose first value is not known.")
    together = merged(calls)
    expected = together.chance()
    if expected is None:
        return Unanswered("inapplicable", "The loss is of a kind whose first value is not known.")
    value = together.plain()
    measured: Measurement = {"loss": value, "expected": expected}
    return Finding(first_loss(value, expected, together.kind), measured, recipe.place("model"))


def merged(calls: Sequence[LossCall]) -> LossCall:
    """All calls as one over more samples; the first alone if their shapes do not fit together."""
    first = calls[0]
    alike = [
        call
        for call in calls
        if call.input.ndim
        and call.target.ndim
        and (call.input.shape[1:], call.target.shape[1:]) == (first.input.shape[1:], first.target.shape[1:])
    ]
    if not alike:
        return first
    return replace(
        first, input=torch.cat([call.input for call in alike]), target=torch.cat([call.target for call in alike])
    )


class ReluWatch(TorchFunctionMode):
    """While active, notes which units of each ReLU were ever above zero; layers are told apart by order of call.

    `alive[i]` holds, for every dimension that may count the units of layer i, a flag a unit.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.alive: list[dict[int, Tensor]] = []
        self.names: list[str] = []
        self._inside = [""]
        self._number = 0
        for name, layer in model.named_modules():
            layer.register_forward_pre_hook(lambda _layer, _given, name=name: self._inside.append(name))
            layer.register_forward_hook(lambda _layer, _given, _out: self._leave())

    def _leave(self) -> None:
        self._inside.pop()

    def __enter__(self) -> ReluWatch:
        self._number = 0
        super().__enter__()  # type: ignore[no-untyped-call]
        return self

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Make the call, then note a rectified result."""
        result = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", "")
        relu6 = name == "hardtanh" and len(args) > 1 and args[1] == 0
        if (name in ("relu", "relu_", "relu6") or relu6) and isinstance(result, Tensor) and result.ndim > 1:
            self._note(result.detach() > 0)
        return result

    def _note(self, positive: Tensor) -> None:
        # After a convolution the units are dimension 1, after a linear layer the last; both in doubt.
        dimensions = {2: (1,), 3: (1, 2)}.get(positive.ndim, (1,))
        seen = {unit: positive.movedim(unit, 0).flatten(1).any(1) for unit in dimensions}
        if self._number == len(self.alive):
            self.alive.append(seen)
            self.names.append(self._inside[-1])
        else:
            earlier = self.alive[self._number]
            self.alive[self._number] = {
                unit: flags | earlier[unit]
                for unit, flags in seen.items()
                if unit in earlier and len(earlier[unit]) == len(flags)
            }
        self._number += 1


@inspector(version=1)
def dead_relu_units(recipe: Recipe) -> Finding | Unanswered:
    """Units of ReLU layers that are zero for every sample seen, in the layer where they are most."""
    model = recipe.fresh_model()
    watch, samples = ReluWatch(model), 0
    for batch in recipe.small_batches(samples=RELU_SAMPLES):
        samples += batch.size
        with torch.no_grad(), watch:
            step = recipe.step(model, batch)
        if step.scores is None:
            recipe.passed(model, batch)
    layers = [
        (min(float((~flags).double().mean()) for flags in alive.values()), name)
        for alive, name in zip(watch.alive, watch.names, strict=True)
        if alive and min(len(flags) for flags in alive.values()) >= FEWEST_UNITS
    ]
    if not layers:
        return Unanswered("inapplicable", "The model has no ReLU layer of eight units or more.")
    if samples < FEWEST_SAMPLES:
        return Unanswered("absent", "The sample holds too few data.")
    share, name = max(layers, key=lambda layer: layer[0])
    measured: Measurement = {"share": share, "layer": name or "forward()", "layers": len(layers), "samples": samples}
    outcome = "many" if share > DEAD_SHARE else "few"
    return Finding(outcome, measured, recipe.place("model", name or None))
