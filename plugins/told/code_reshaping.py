"""How forward() brings tensors into another shape: flattened, reordered, or cut anew across axes."""

from __future__ import annotations

import ast
import itertools

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_models import method, modules
from wizard.evidence.artifacts.source_network import Network, network
from wizard.evidence.artifacts.source_outputs import reaching
from wizard.evidence.artifacts.source_tree import Function, calls, dotted, last, receiver, walk

CUTS = {"view", "reshape"}
REORDERS = {"permute", "transpose", "swapaxes", "movedim", "rearrange", "einsum", "swapdims"}
OTHERS = {
    "view_as",
    "reshape_as",
    "unfold",
    "fold",
    "unflatten",
    "Unflatten",
    "Rearrange",
    "chunk",
    "PixelShuffle",
    "expand",
}


@inspector(version=1)
def reshaping_in_forward(code: Code) -> Finding | Unanswered:
    """A view that swaps axes anywhere, else what all forward() of the trained network in view do."""
    for class_ in modules(code).values():
        forward = method(class_, "forward")
        swapped = _swapped(code, forward) if forward else None
        if swapped is not None:
            return Finding("view_across_axes", {}, code.place(swapped))
    model = network(code)
    if model is None or not model.classes or not model.complete or not all(code.whole(one) for one in model.classes):
        return Unanswered("absent", "The code does not show forward() of the whole model.")
    return _judged(code, model)


def _judged(code: Code, model: Network) -> Finding | Unanswered:
    made = [call for class_ in model.classes for call in calls(class_)]
    cuts = [call for call in made if last(call) in CUTS]
    turned = any(
        isinstance(node, ast.Attribute) and node.attr in ("T", "mT") for one in model.classes for node in walk(one)
    )
    if turned or any(last(call) in REORDERS for call in made):
        return Finding("transpose_or_permute", {}, code.place(model.node))
    if all(_flattens(call) for call in cuts) and not any(last(call) in OTHERS for call in made):
        return Finding("none_or_flatten", {}, code.place(model.node))
    return Unanswered("absent", "The code does not show plainly which axes forward() brings together.")


def _shape(call: ast.Call) -> tuple[ast.expr | None, list[ast.expr]]:
    """The tensor and the sizes of `x.view(a, b)`, `torch.reshape(x, (a, b))`."""
    owner, sizes = receiver(call), list(call.args)
    if dotted(owner) == "torch" and sizes:
        owner, sizes = sizes[0], sizes[1:]
    if len(sizes) == 1 and isinstance(sizes[0], ast.Tuple | ast.List):
        sizes = list(sizes[0].elts)
    return owner, sizes


def _flattens(call: ast.Call) -> bool:
    """`x.view(x.size(0), -1)`, `x.view(-1, 784)`: one row for each sample, or one axis in all."""
    _, sizes = _shape(call)
    minus = [isinstance(one, ast.UnaryOp) and isinstance(one.op, ast.USub) for one in sizes]
    return len(sizes) <= 2 and sum(minus) == 1


def _swapped(code: Code, forward: Function) -> ast.AST | None:
    """`B, C, T = x.shape` and then `x.view(B, T, C)` of the same x: all axes, in another order."""
    for call in calls(forward):
        if last(call) in CUTS:
            tensor, sizes = _shape(call)
            axes = [_axis(code, tensor, size) for size in sizes]
            known = [axis for axis in axes if axis is not None]
            if len(known) == len(axes) >= 2 and sorted(known) == list(range(len(known))) and _moves(known):
                return call
    return None


def _moves(axes: list[int]) -> bool:
    return any(later < earlier for earlier, later in itertools.pairwise(axes)) and len(axes) > 1


def _axis(code: Code, tensor: ast.expr | None, size: ast.expr) -> int | None:
    """Which axis of TENSOR as it stands there SIZE is the length of."""
    if tensor is None or not dotted(tensor):
        return None
    direct = _length_of(size)
    if direct is not None:
        return direct[1] if direct[0] == dotted(tensor) else None
    if not isinstance(size, ast.Name):
        return None
    sites = list(reaching(code, size))
    node = sites[0].node if len(sites) == 1 else None
    if not isinstance(node, ast.Assign) or _rebound(code, tensor, node):
        return None
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Tuple) and _is_shape(value) == dotted(tensor):
        names = [dotted(one) for one in target.elts]
        return names.index(size.id) if names.count(size.id) == 1 and len(names) == len(set(names)) else None
    found = _length_of(value)
    return found[1] if found is not None and found[0] == dotted(tensor) else None


def _length_of(node: ast.expr) -> tuple[str, int] | None:
    """("x", 1) of `x.size(1)` and `x.shape[1]`."""
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr="size"), args=[ast.Constant(value=int(axis))]):
            return dotted(value), axis
        case ast.Subscript(value=ast.Attribute(value=value, attr="shape"), slice=ast.Constant(value=int(axis))):
            return dotted(value), axis
    return None


def _is_shape(node: ast.expr) -> str:
    match node:
        case ast.Attribute(value=value, attr="shape"):
            return dotted(value)
        case ast.Call(func=ast.Attribute(value=value, attr="size"), args=[]):
            return dotted(value)
    return ""


def _rebound(code: Code, tensor: ast.expr, since: ast.Assign) -> bool:
    """Whether TENSOR has been assigned again after SINCE, or may have been."""
    sites = list(reaching(code, tensor))
    return any(
        site.end > (since.end_lineno or 0, since.end_col_offset or 0) and site.node is not tensor for site in sites
    )
