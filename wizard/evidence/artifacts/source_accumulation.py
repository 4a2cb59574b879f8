"""Whether pasted code adds up the gradients of several batches before a step, and divides the loss by their number."""

from __future__ import annotations

import ast
from typing import Literal

from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_graph import is_loss
from wizard.evidence.artifacts.source_outputs import reaching
from wizard.evidence.artifacts.source_steps import BACKWARD, CLEAR, STEP, Event, Training
from wizard.evidence.artifacts.source_tree import LOOPS, dotted, last, walk

Accumulation = Literal["none", "divided", "undivided", "cleared_between", "unclear"]


def accumulation(code: Code, training: Training) -> Accumulation:
    """What happens to the gradients between one step and the next."""
    step, clear, backward = (training.of(kind)[0] for kind in (STEP, CLEAR, BACKWARD))
    inner = [one for one in code.above(backward.node) if isinstance(one, LOOPS) and one in _within(training)]
    if inner and inner[0] not in code.above(step.node):
        if inner[0] in code.above(clear.node):
            return "unclear" if _reads_gradients(inner[0]) else "cleared_between"
        return "divided" if _divides(code, training, backward) else "unclear"
    counted = [_counted(event) for event in (step, clear, backward)]
    if counted[0] == counted[1] == counted[2]:
        return "none"
    if counted[0] != counted[1] or counted[2]:
        return "unclear"
    if _divides(code, training, backward):
        return "divided"
    return "undivided" if _is_plain(code, backward, step) else "unclear"


def _within(training: Training) -> list[ast.AST]:
    return [node for node in walk(training.region) if isinstance(node, LOOPS) and node is not training.region]


def _counted(event: Event) -> set[ast.AST]:
    """The branches that are taken every k-th time."""
    return {one for one, _ in event.path if isinstance(one, ast.If) and _counts(one.test)}


def _counts(test: ast.expr) -> bool:
    return any(isinstance(node, ast.Mod) or "accum" in last(node) for node in walk(test))


def _divides(code: Code, training: Training, backward: Event) -> bool:
    """Whether the loss or the gradients are scaled anywhere on the way."""
    loss = backward.subject
    for node in walk(training.region):
        scaled = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div | ast.Mult | ast.FloorDiv)
        scaled |= isinstance(node, ast.Call) and last(node) in ("div", "div_", "mul", "mul_", "true_divide")
        if scaled and (_holds(node, loss) or _reads_gradients(node)):
            return True
    sites = [site for site in code.names.sites.get((code.function(backward.node), loss), []) if site.value is not None]
    return any(isinstance(node, ast.BinOp) for site in sites if site.value for node in walk(site.value)) or any(
        isinstance(node, ast.BinOp) for node in walk(backward.node)
    )


def _holds(node: ast.AST, name: str) -> bool:
    """Whether the tensor NAME itself stands in NODE, not only its number."""
    if isinstance(node, ast.Call) and last(node) in ("item", "detach", "float"):
        return False
    if isinstance(node, ast.Name | ast.Attribute) and dotted(node) == name:
        return True
    return any(_holds(child, name) for child in ast.iter_child_nodes(node))


def _is_plain(code: Code, backward: Event, step: Event) -> bool:
    """Whether the loss is a mean over one batch beyond doubt, of more than one batch a step."""
    if code.says("reduction", "accumulate", "GradientAccumulation") or "accelerator" in ast.unparse(backward.node):
        return False
    name = next((one for one in walk(backward.node) if isinstance(one, ast.Name) and one.id == backward.subject), None)
    sites = list(reaching(code, name)) if name is not None else []
    value = sites[0].value if len(sites) == 1 else None
    known = isinstance(value, ast.Call) and is_loss(value) and _method_free(value)
    known |= isinstance(value, ast.Attribute) and value.attr == "loss"
    counts = [node.right for node in _moduli(step)]
    return known and bool(counts) and all(code.names.number(count) != 1 for count in counts)


def _method_free(call: ast.Call) -> bool:
    return not isinstance(call.func, ast.Attribute) or isinstance(call.func.value, ast.Name)


def _moduli(step: Event) -> list[ast.BinOp]:
    tests = [one.test for one in _counted(step) if isinstance(one, ast.If)]
    return [
        node for test in tests for node in walk(test) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod)
    ]


def _reads_gradients(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Attribute) and one.attr == "grad" for one in walk(node))
