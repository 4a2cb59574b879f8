"""How saved weights reach the model in the pasted code. Which keys they hold is not in the code."""

from __future__ import annotations

import ast

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_layers import is_library_model
from wizard.evidence.artifacts.source_steps import OPTIMIZER_NAME, trainings
from wizard.evidence.artifacts.source_tree import argument, calls, dotted, is_open, last, receiver

OTHER_STATE = ("opt", "sched", "scaler", "ema")


@inspector(version=1)
def weights_loaded_how(code: Code) -> Finding | Unanswered:
    """The first plain way of loading before the training."""
    idle = _never_used(code)
    if idle is not None:
        return Finding("never_called", {}, code.place(idle))
    begins = min((getattr(one.region, "lineno", 0) for one in trainings(code)), default=0)
    loads = [
        call
        for call in code.called("load_state_dict")
        if _is_of_model(call) and _is_from_file(code, call) and _comes_before(code, call, begins)
    ]
    for call in loads:
        strict = code.names.number(argument(call, "strict", 1))
        if strict == 0 and isinstance(code.parents[call], ast.Expr):
            return Finding("strict_false_unread", {}, code.place(call))
    if loads and all(argument(call, "strict", 1) is None and not is_open(call) for call in loads):
        return Finding("all_keys_matched", {}, code.place(loads[0]))
    ready = [call for call in code.calls if is_library_model(last(call)) and _is_pretrained(call)]
    if ready and not loads:
        return Finding("all_keys_matched", {}, code.place(ready[0]))
    return Unanswered("absent", "The code does not show how weights are loaded before the training.")


def _is_of_model(call: ast.Call) -> bool:
    owner = receiver(call)
    name = ast.unparse(owner).lower() if owner is not None else ""
    return bool(name) and not OPTIMIZER_NAME.search(name) and not any(word in name for word in OTHER_STATE)


def _is_from_file(code: Code, call: ast.Call) -> bool:
    """Whether it is not the state of another model, or of this one from earlier."""
    state = argument(call, "state_dict", 0)
    meant = [value for value in (state, *code.names.meanings(state)) if value is not None]
    return not any(last(one) in ("state_dict", "deepcopy") for value in meant for one in calls(value))


def _comes_before(code: Code, call: ast.Call, begins: int) -> bool:
    """Whether it is not the best weights being fetched after the training; in another function that cannot be told."""
    return (
        begins > 0
        and call.lineno < begins
        and not any(isinstance(one, ast.For | ast.While) for one in code.above(call))
    )


def _is_pretrained(call: ast.Call) -> bool:
    asked = argument(call, "pretrained", 0)
    weights = argument(call, "weights")
    yes = isinstance(asked, ast.Constant) and asked.value is True
    return yes or (weights is not None and not (isinstance(weights, ast.Constant) and weights.value is None))


def _never_used(code: Code) -> ast.AST | None:
    """A checkpoint that is read and not named again, or a load_state_dict without brackets, in code that trains."""
    begins = min((getattr(one.region, "lineno", 0) for one in trainings(code)), default=0)
    if not begins or code.gaps:
        return None
    for node in code.parents:
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Attribute)
            and node.value.attr == "load_state_dict"
        ):
            return node
    for call in code.called("load"):
        statement = code.statement(call)
        if dotted(call.func) != "torch.load" or not isinstance(statement, ast.Assign) or statement.value is not call:
            continue
        name = dotted(statement.targets[0])
        alone = isinstance(statement.targets[0], ast.Name) and len(code.names.everywhere[name]) == 1
        used = any(
            isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Load) for one in code.parents
        )
        if alone and not used and statement.lineno < begins:
            return statement
    return None
