"""Whether the loss in pasted code has lost the graph that leads back to the weights."""

from __future__ import annotations

import ast

from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_names import Site
from wizard.evidence.artifacts.source_outputs import reaching, returns
from wizard.evidence.artifacts.source_steps import BACKWARD, Training
from wizard.evidence.artifacts.source_tree import Function, argument, calls, dotted, last, receiver

BUILDS = {"tensor", "Tensor", "FloatTensor", "as_tensor", "from_numpy", "Variable"}
PLAIN = {"item", "numpy", "tolist", "float"}
DETACHES = {"detach", "detach_"}

Cut = tuple[str, ast.AST] | None  # "numbers" or "detached", and where


def cut_off(code: Code, training: Training) -> Cut:
    """How the loss of one of the training's backward() calls is plainly cut off."""
    for event in training.of(BACKWARD):
        name = _loss_name(event.node)
        sites = list(reaching(code, name)) if name is not None else []
        if len(sites) == 1 and (cut := _of_loss(code, sites[0])):
            return cut
    return None


def _loss_name(backward: ast.AST) -> ast.expr | None:
    if not isinstance(backward, ast.Call):
        return None
    owner = receiver(backward)
    if isinstance(owner, ast.Call) and last(owner) == "scale" and owner.args:
        owner = owner.args[0]
    elif backward.args and dotted(backward.args[0]):
        owner = backward.args[0]
    return owner if dotted(owner) else None


def _of_loss(code: Code, site: Site) -> Cut:
    value = site.value
    if is_rebuilt(value):
        return "numbers", site.node
    if under_no_grad(code, site.node) and isinstance(value, ast.Call):
        return "detached", site.node
    if not isinstance(value, ast.Call):
        return None
    if last(value) in DETACHES:
        return "detached", site.node
    output = argument(value, "input", 0)
    if isinstance(output, ast.Call) and last(output) in DETACHES and is_loss(value):
        return "detached", site.node
    if isinstance(output, ast.Name) and is_loss(value):
        sites = list(reaching(code, output))
        if len(sites) == 1 and _detached(code, sites[0]):
            return "detached", sites[0].node
        if len(sites) == 1 and is_rebuilt(sites[0].value):
            return "numbers", sites[0].node
    return None


def is_loss(call: ast.Call) -> bool:
    """Whether CALL compares two things: `criterion(out, y)`, `F.mse_loss(out, y)`."""
    known = last(call).lower()
    return len(call.args) + len(call.keywords) >= 2 and any(
        word in known for word in ("loss", "criterion", "entropy", "mse", "bce", "nll", "crit")
    )


def _detached(code: Code, site: Site) -> bool:
    value = site.value
    if isinstance(value, ast.Attribute) and value.attr == "data":
        return isinstance(value.value, ast.Call)
    if not isinstance(value, ast.Call):
        return False
    return last(value) in DETACHES or under_no_grad(code, site.node)


def is_rebuilt(value: ast.expr | None) -> bool:
    """`torch.tensor(loss.item(), requires_grad=True)`: a new leaf made of plain numbers, or of a tensor's values."""
    if not isinstance(value, ast.Call) or last(value) not in BUILDS or not value.args:
        return False
    inner = value.args[0]
    through_numbers = any(last(call) in PLAIN and receiver(call) is not None for call in calls(inner))
    asks = argument(value, "requires_grad")
    new_leaf = isinstance(asks, ast.Constant) and asks.value is True and not _is_literal(inner)
    return through_numbers or new_leaf


def _is_literal(node: ast.expr) -> bool:
    return all(isinstance(one, ast.Constant | ast.List | ast.UnaryOp | ast.USub | ast.Load) for one in ast.walk(node))


def under_no_grad(code: Code, node: ast.AST) -> bool:
    """Whether NODE stands under no_grad or inference_mode within its function."""
    for above in code.above(node):
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef):
            return any(last(mark) in ("no_grad", "inference_mode") for mark in above.decorator_list)
        if isinstance(above, ast.With) and any(
            last(item.context_expr) in ("no_grad", "inference_mode") and not _arguments(item.context_expr)
            for item in above.items
        ):
            return True
    return False


def _arguments(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and bool(node.args or node.keywords)


def returned_number(code: Code, step: Function) -> ast.AST | None:
    """Where a LightningModule's training_step returns the loss as a plain number."""
    for given in returns(code, step):
        value = given.value
        if isinstance(value, ast.Dict):
            pairs = zip(value.keys, value.values, strict=True)
            value = next((one for key, one in pairs if isinstance(key, ast.Constant) and key.value == "loss"), None)
        if isinstance(value, ast.Call) and (last(value) == "item" or is_rebuilt(value)):
            return given
    return None
