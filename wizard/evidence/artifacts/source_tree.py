"""Small questions to a syntax tree: what a call is called, what stands in it, in which order and under what."""

from __future__ import annotations

import ast
from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
Loop = ast.For | ast.AsyncFor | ast.While
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
# methods that give back the model or tensor itself, in other form
KEEPS = {
    "to", "cuda", "cpu", "float", "double", "half", "bfloat16", "train", "eval", "requires_grad_", "contiguous",
    "apply", "squeeze", "unsqueeze", "view", "reshape", "flatten", "permute", "transpose", "type", "clone",
}  # fmt: skip
WRAPS = {
    "DataParallel",
    "DistributedDataParallel",
    "DDP",
    "compile",
    "convert_sync_batchnorm",
    "prepare",
    "jit",
    "script",
}


def dotted(node: ast.AST | None) -> str:
    """`torch.optim.Adam`; empty for anything but names and attributes of names."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def last(node: ast.AST | None) -> str:
    """The last part of the name: `backward` of `scaler.scale(loss).backward`; of a call, that of what is called."""
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def receiver(call: ast.Call) -> ast.expr | None:
    """What a method is called on."""
    return call.func.value if isinstance(call.func, ast.Attribute) else None


def argument(call: ast.Call, name: str, place: int | None = None) -> ast.expr | None:
    """The argument by its NAME, or by its PLACE."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if place is not None and place < len(call.args) and not any(isinstance(arg, ast.Starred) for arg in call.args):
        return call.args[place]
    return None


def is_open(call: ast.Call) -> bool:
    """Whether `*args` or `**kwargs` may hand over more than is seen."""
    return any(isinstance(arg, ast.Starred) for arg in call.args) or any(key.arg is None for key in call.keywords)


def walk(*nodes: ast.AST) -> Iterator[ast.AST]:
    """All nodes in the order of the text, outer before inner."""
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(list(ast.iter_child_nodes(node))))


def calls(*nodes: ast.AST) -> Iterator[ast.Call]:
    """All calls in the order of the text."""
    return (node for node in walk(*nodes) if isinstance(node, ast.Call))


def mentions(node: ast.AST, name: str) -> bool:
    """Whether the dotted NAME occurs in NODE."""
    return any(dotted(child) == name for child in walk(node) if isinstance(child, ast.Name | ast.Attribute))


def unwrapped(node: ast.expr) -> ast.expr:
    """`Net()` of `nn.DataParallel(Net().to(device))`."""
    while isinstance(node, ast.Call):
        if last(node) in WRAPS and node.args:
            node = node.args[0]
        elif (
            last(node) in KEEPS and isinstance(node.func, ast.Attribute) and not dotted(node.func).startswith("torch.")
        ):
            node = node.func.value
        else:
            break
    return node


def position(node: ast.AST) -> tuple[int, int]:
    """Line and column where NODE ends: what is called in an argument comes before what it is called for."""
    return getattr(node, "end_lineno", 0) or 0, getattr(node, "end_col_offset", 0) or 0


def targets(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """What an assignment binds, and to what (None if it is not one expression)."""
    match node:
        case ast.Assign(targets=names, value=value):
            for name in names:
                yield from _paired(name, value)
        case ast.AnnAssign(target=target, value=value) if value is not None:
            yield target, value
        case ast.NamedExpr(target=target, value=value):
            yield target, value
        case ast.AugAssign(target=target):
            yield target, None
        case ast.For(target=target) | ast.AsyncFor(target=target) | ast.comprehension(target=target):
            yield from _paired(target, None)
        case ast.withitem(optional_vars=target) if target is not None:
            yield from _paired(target, None)


def _paired(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    if isinstance(target, ast.Tuple | ast.List):
        values = list(value.elts) if isinstance(value, ast.Tuple | ast.List) else []
        if isinstance(value, ast.Call) and last(value) == "prepare":
            values = value.args  # gives back what it got, wrapped
        for place, element in enumerate(target.elts):
            yield from _paired(element, values[place] if len(values) == len(target.elts) else None)
    else:
        yield target, value
