"""Find the operation in which a training step leaves the finite numbers, forward or backward."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import Node
from torch.utils._python_dispatch import TorchDispatchMode

from wizard.evidence import Finding, Measurement, Place, Unanswered, inspector
from wizard.evidence.artifacts.recipe import Recipe
from wizard.evidence.artifacts.recipe_batch import Batch, leaves
from wizard.evidence.artifacts.recipe_parts import is_users
from wizard.plugins.recipe.values import nonfinite_in

STEPS = 3
_KINDS = {
    "sqrt": ("sqrt", "cdist", "norm"),
    "log": ("log", "log2", "log10", "log1p", "logit", "xlogy", "binary_cross_entropy"),
    "division": ("div", "reciprocal", "rsqrt", "var", "std", "mean", "nll_loss", "remainder"),
    "overflow": (
        *("exp", "expm1", "sinh", "cosh", "mul", "add", "sub", "addcmul", "square", "sum", "cumsum", "prod", "cumprod"),
        *("mm", "bmm", "mv", "dot", "addmm", "baddbmm", "linear", "convolution", "lstm", "gru", "mse_loss"),
    ),
}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names}
# These write infinities because they are told to: the -inf of an attention mask is no fault.
_MEANT = {"masked_fill", "full", "full_like", "new_full", "fill", "where", "scalar_tensor", "lift_fresh", "copy"}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where it began: KIND is an outcome of the check, OPERATION torch's name for it, FRAME the user's line."""

    kind: str
    operation: str
    phase: str
    frame: tuple[str, int] | None = None


@inspector(version=1)
def nonfinite_origin(recipe: Recipe) -> Finding | Unanswered:
    """Up to three training steps; only if one of them is not finite, the same again under watch."""
    batches = recipe.small_batches(STEPS)
    if any(nonfinite_in(batch)[0] for batch in batches):
        return Unanswered("inapplicable", "The data themselves are not finite.")
    model = recipe.fresh_model()
    optimizer = recipe.fresh_optimizer(model)
    broken = None
    for number, batch in enumerate(batches, 1):
        _, loss = recipe.descend(model, optimizer, batch)
        if not _all_finite([loss, *_state(model)]):
            broken = number
            break
    if broken is None:
        return Finding("none", {"steps": len(batches)}, recipe.place("loss"))
    origin = _watched(recipe, batches[:broken])
    measured: Measurement = {"operation": origin.operation, "phase": origin.phase, "step": broken}
    place = Place(recipe.shown(origin.frame[0]), origin.frame[1]) if origin.frame else recipe.place("loss")
    return Finding(origin.kind, measured, place)


def _state(model: nn.Module) -> Iterator[Tensor]:
    for parameter in model.parameters():
        yield parameter
        if parameter.grad is not None:
            yield parameter.grad


def _all_finite(tensors: Sequence[Tensor]) -> bool:
    return all(bool(torch.isfinite(tensor).all()) for tensor in tensors if not tensor.is_sparse)


def _watched(recipe: Recipe, batches: Sequence[Batch]) -> Origin:
    model = recipe.fresh_model()
    if not _all_finite(list(model.parameters())):
        return Origin("elsewhere", "parameter", "forward")
    optimizer = recipe.fresh_optimizer(model)
    for batch in batches[:-1]:
        recipe.descend(model, optimizer, batch)
    optimizer.zero_grad()
    watch = ForwardWatch()
    with torch.autograd.set_detect_anomaly(True, check_nan=False), watch:  # keeps where each node was made
        _, loss = recipe.passed(model, batches[-1])
    if not bool(torch.isfinite(loss).all()) and watch.origin is not None:
        return watch.origin
    found: list[Origin] = []
    for node in _nodes(loss):
        node.register_hook(lambda given, taken, node=node: _look_back(node, given, taken, found))
    if loss.requires_grad:
        loss.backward()  # type: ignore[no-untyped-call]
    # With finite gradients it is the step itself that leaves the range of the numbers.
    return found[0] if found else Origin("overflow", "optimizer.step", "backward")


class ForwardWatch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While active, keeps the first operation that makes NaN from none, or infinity from finite numbers."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.origin: Origin | None = None

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Make the call, then compare what went in with what came out."""
        given = list(leaves([*args, *(kwargs or {}).values()])) if self.origin is None else []
        before = [bool(torch.isnan(one).any()) for one in given], [bool(torch.isinf(one).any()) for one in given]
        result = func(*args, **(kwargs or {}))
        name = func.overloadpacket.__name__.strip("_")
        if self.origin is None and name not in _MEANT and name.rstrip("_") not in _MEANT:
            made = [one for one in leaves([result]) if one.is_floating_point()]
            nan = any(bool(torch.isnan(one).any()) for one in made)
            infinite = any(bool(torch.isinf(one).any()) for one in made)
            if (nan and not any(before[0])) or (infinite and not any(before[0]) and not any(before[1])):
                self.origin = Origin(_forward_kind(name, args), name, "forward", _frame(sys._getframe()))
        return result


def _forward_kind(name: str, args: Sequence[Any]) -> str:
    if name == "pow":
        return _power_kind(args[1] if len(args) > 1 else None)
    stem = re.sub(r"(_forward|_with_logits|_backward|_)$", "", name)
    return next((_KIND_OF[key] for key in (name, stem, name.split("_")[0]) if key in _KIND_OF), "elsewhere")


def _power_kind(exponent: Any) -> str:
    if not isinstance(exponent, (int, float)):
        return "elsewhere"
    if exponent < 0:
        return "division"
    return "sqrt" if exponent < 1 or not float(exponent).is_integer() else "overflow"


def _frame(frame: FrameType | None) -> tuple[str, int] | None:
    while frame is not None:
        if is_users(frame.f_code.co_filename):
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None


def _nodes(loss: Tensor) -> list[Node]:
    found, open_ = [], [loss.grad_fn]
    seen = set()
    while open_:
        node = open_.pop()
        if node is not None and node not in seen:
            seen.add(node)
            found.append(node)
            open_ += [following for following, _ in node.next_functions]
    return found


def _look_back(node: Node, given: Sequence[Any], taken: Sequence[Any], found: list[Origin]) -> None:
    """Hook of a graph node: TAKEN are the gradients that come in, GIVEN those it passes on."""
    if found or not _all_finite(list(leaves(list(taken)))) or _all_finite(list(leaves(list(given)))):
        return
    name = node.name()
    found.append(Origin(_backward_kind(node, name), name, "backward", _made_at(node)))


def _backward_kind(node: Node, name: str) -> str:
    stem = re.sub(r"(Backward\d*)$", "", name)
    if stem == "Pow":
        return _power_kind(getattr(node, "_saved_exponent", math.nan))
    if stem in ("LinalgVectorNorm", "Norm", "Cdist", "Dist", "Std", "StdMean"):
        return "sqrt"
    words = re.sub(r"(?<!^)(?=[A-Z])", "_", stem).lower()
    return _forward_kind(words, ())


def _made_at(node: Node) -> tuple[str, int] | None:
    metadata: Any = node.metadata  # a property, though its stub says a method
    places = re.findall(r'File "([^"]+)", line (\d+)', "".join(metadata.get("traceback_", [])))
    mine = [place for place in places if is_users(place[0])]
    return (mine[-1][0], int(mine[-1][1])) if mine else None
