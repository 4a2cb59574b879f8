"""What a loss does, seen from outside: the known loss functions called while it runs, and with which tensors."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from wizard.evidence.artifacts.recipe_batch import leaves

Kind = Literal["cross_entropy", "nll", "logistic", "probability", "squared", "absolute"]

_KINDS: dict[str, Kind] = {
    "cross_entropy": "cross_entropy",
    "nll_loss": "nll",
    "binary_cross_entropy_with_logits": "logistic",
    "binary_cross_entropy": "probability",
    "mse_loss": "squared",
    "l1_loss": "absolute",
    "smooth_l1_loss": "absolute",
    "huber_loss": "absolute",
}
_BY_HAND = {"pow": "mse_loss", "square": "mse_loss", "mul": "mse_loss", "norm": "mse_loss", "abs": "l1_loss"}
CLASSIFIES: tuple[Kind, ...] = ("cross_entropy", "nll", "logistic", "probability")
REGRESSES: tuple[Kind, ...] = ("squared", "absolute")


@dataclass(frozen=True, slots=True)
class LossCall:
    """One call of a loss of torch.nn.functional, inside the user's loss or model.

    `squashed`: INPUT left a sigmoid. `value`: the sum of what the call gave, a single number unless not reduced.
    """

    name: str
    kind: Kind
    input: Tensor
    target: Tensor
    options: Mapping[str, Any]
    squashed: bool = False
    value: float = math.nan

    @property
    def classes(self) -> int | None:
        """How many classes the scores tell apart; None for regression and for several labels a sample."""
        if self.kind in ("cross_entropy", "nll"):
            return self.input.shape[1 if self.input.ndim > 1 else 0]
        if self.kind in ("logistic", "probability"):
            return 2 if self.input.ndim < 2 or self.input.shape[1:].numel() == 1 else None
        return None

    @property
    def weighted(self) -> bool:
        """Whether the loss weighs the classes."""
        return any(isinstance(self.options.get(name), Tensor) for name in ("weight", "pos_weight"))

    def plain(self) -> float:
        """Mean loss a target without weights and the reduction chosen, less what soft targets or label smoothing make
        unavoidable: about zero when every target is met."""
        scores, target = self.input.detach().float(), self.target.detach()
        soft = target.is_floating_point()
        ignored = int(self.options.get("ignore_index", -100))
        if self.kind == "cross_entropy":
            loss = functional.cross_entropy(scores, target.float() if soft else target, ignore_index=ignored)
            if soft:
                return float(loss - _entropy(target.float()).sum(1).mean())
            smoothing = float(self.options.get("label_smoothing", 0.0))
            return float(loss) + math.log(1 - smoothing + smoothing / (self.classes or 1))
        if self.kind == "nll":
            return float(functional.nll_loss(scores, target, ignore_index=ignored))
        function: Callable[[Tensor, Tensor], Tensor] = getattr(functional, self.name)
        loss = function(scores, target.float())
        if self.kind in ("logistic", "probability"):
            shares = target.float().clamp(0, 1)
            loss = loss - (_entropy(shares) + _entropy(1 - shares)).mean()
        return float(loss)

    def constant(self) -> float | None:
        """The loss of the best constant prediction for these targets; None where no such prediction is natural."""
        target = self.target.detach()
        if self.kind in ("logistic", "probability"):
            shares = target.double().mean(0).clamp(0, 1)
            return float((_entropy(shares) + _entropy(1 - shares)).mean())
        if self.kind in CLASSIFIES:
            if target.is_floating_point():
                return None
            kept = target[target != int(self.options.get("ignore_index", -100))].long()
            if not kept.numel() or int(kept.min()) < 0:
                return None
            shares = torch.bincount(kept.flatten()).double() / kept.numel()
            return float(_entropy(shares).sum())
        spread = target.double() - target.double().mean(0)
        return float((spread**2).mean()) if self.kind == "squared" else float(spread.abs().mean())

    def chance(self) -> float | None:
        """The loss of a network that favours nothing: ln C, ln 2 a label, or that of the targets' mean."""
        if self.kind in ("cross_entropy", "nll"):
            classes = self.classes
            return math.log(classes) if classes and classes > 1 else None
        return math.log(2) if self.kind in ("logistic", "probability") else self.constant()


def _entropy(shares: Tensor) -> Tensor:
    """-p ln p, elementwise."""
    return -torch.xlogy(shares, shares)


class LossWatch(TorchFunctionMode):
    """While active, records the calls of known losses; a difference to TARGETS that is squared counts as mse_loss."""

    def __init__(self, targets: Any = None) -> None:
        super().__init__()
        self.calls: list[LossCall] = []
        self._targets = [tensor.untyped_storage().data_ptr() for tensor in leaves(targets)]
        self._squashed: list[Tensor] = []
        self._differences: list[tuple[Tensor, Tensor, Tensor]] = []  # difference, scores, target

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Note the call, then make it."""
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        known = self._noted(name, args, kwargs)
        at = len(self.calls)
        self.calls += known  # before it is made: it may raise
        result = func(*args, **kwargs)
        if known and isinstance(result, Tensor):
            self.calls[at : at + len(known)] = [replace(call, value=float(result.detach().sum())) for call in known]
        if name in ("sigmoid", "sigmoid_") and isinstance(result, Tensor):
            self._squashed.append(result)
        elif name in ("sub", "subtract") and len(args) == 2 and all(isinstance(arg, Tensor) for arg in args):
            first, second = args
            if self._is_target(first) != self._is_target(second):
                scores, target = (second, first) if self._is_target(first) else (first, second)
                self._differences.append((result, scores, target))
        return result

    def _is_target(self, tensor: Tensor) -> bool:
        return tensor.untyped_storage().data_ptr() in self._targets

    def _noted(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[LossCall]:
        """What a call of NAME is as a known loss, before it is made; nothing if it is none."""
        if name in _BY_HAND and args:
            kind = _KINDS[_BY_HAND[name]]
            pairs = [(scores, target) for difference, scores, target in self._differences if args[0] is difference]
            return [LossCall(_BY_HAND[name], kind, scores, target, {}) for scores, target in pairs]
        if name not in _KINDS:
            return []
        tensors = [*args[:2], *(kwargs[key] for key in ("input", "target") if key in kwargs)]
        if len(tensors) != 2 or not all(isinstance(tensor, Tensor) for tensor in tensors):
            return []
        scores, target = tensors
        options = {key: value for key, value in kwargs.items() if key not in ("input", "target")}
        if len(args) > 2:  # those losses of torch.nn.functional that have a weight take it third
            options.setdefault("weight", args[2])
        storage = scores.untyped_storage().data_ptr()
        squashed = any(storage == one.untyped_storage().data_ptr() for one in self._squashed)
        return [LossCall(name, _KINDS[name], scores, target, options, squashed)]
