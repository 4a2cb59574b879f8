"""Freezing, unfreezing and losing layers in pasted code."""

from __future__ import annotations

import ast
from functools import lru_cache

from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_layers import OPTIMIZERS, TRANSFORMERS, WEIGHTED
from wizard.evidence.artifacts.source_models import method, modules, trained_names
from wizard.evidence.artifacts.source_steps import trainings
from wizard.evidence.artifacts.source_tree import (
    FUNCTIONS,
    argument,
    calls,
    dotted,
    last,
    mentions,
    receiver,
    targets,
    unwrapped,
    walk,
)

HEADS = {"fc", "classifier", "head", "heads", "_fc", "last_linear", "classification_head", "lm_head"}
MODULES = HEADS | {
    "layer1",
    "layer2",
    "layer3",
    "layer4",
    "features",
    "encoder",
    "decoder",
    "backbone",
    "bert",
    "base_model",
}


def plain_list(code: Code) -> ast.AST | None:
    """Layers with weights in a list or dictionary of a module that never becomes a ModuleList or Sequential."""
    for class_ in modules(code).values():
        if not code.whole(class_) or any(
            last(call) in ("add_module", "setattr", "register_module") for call in calls(class_)
        ):
            continue
        for node in walk(class_):
            for target, value in targets(node):
                name = dotted(target)
                if not name.startswith("self.") or not isinstance(
                    value, ast.List | ast.ListComp | ast.Dict | ast.DictComp
                ):
                    continue
                filled = _holds_layers(code, value) or any(
                    _holds_layers(code, *call.args)
                    for call in calls(class_)
                    if dotted(call.func) in (f"{name}.append", f"{name}.extend")
                )
                if filled and _is_used(class_, name) and not _is_registered(code, class_, name):
                    return node
    return None


def _holds_layers(code: Code, *nodes: ast.AST) -> bool:
    """Whether a layer itself is an element, not what it gives."""
    made = [call for node in nodes for call in calls(node)]
    layers = [
        one for one in made if last(one) in WEIGHTED | TRANSFORMERS | {"Sequential"} or last(one) in modules(code)
    ]
    inner = {id(one.func) for one in made}
    return any(id(one) not in inner for one in layers)


def _is_used(class_: ast.ClassDef, name: str) -> bool:
    forward = method(class_, "forward")
    return forward is not None and mentions(forward, name)


def _is_registered(code: Code, class_: ast.ClassDef, name: str) -> bool:
    kept = [
        call
        for call in calls(class_)
        if last(call) in ("ModuleList", "Sequential", "ModuleDict", "ParameterList", "extend")
    ]
    outside = [
        call for call in code.calls if mentions(call, "parameters") and mentions(call, name.replace("self", "model"))
    ]
    return bool(outside) or any(mentions(arg, name) for call in kept for arg in call.args)


def _optimizers(code: Code) -> list[ast.Call]:
    return [call for call in code.called(*OPTIMIZERS) if isinstance(code.statement(call), ast.Assign)]


def optimizer_too_early(code: Code) -> ast.AST | None:
    """A new model, or a new head, between the last optimizer of a function and the training there."""
    optimizers = [] if code.gaps or code.says("add_param_group") else _optimizers(code)
    newest = max((call.lineno for call in optimizers), default=0)
    for call in optimizers:
        names = trained_names(code) & {dotted(receiver(one)) for one in calls(call) if last(one) == "parameters"}
        trains = max((_line(one.region) for one in trainings(code) if _beside(code, one.region, call)), default=0)
        for node in ast.iter_child_nodes(code.parents[code.statement(call)]):
            if isinstance(node, ast.Assign) and newest < node.lineno < trains and _is_new(code, node, names):
                return node
    return None


def _beside(code: Code, region: ast.AST, call: ast.Call) -> bool:
    return code.function(region) is code.function(call)


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def _is_new(code: Code, node: ast.Assign, names: set[str]) -> bool:
    """Whether NODE puts a new model or head in the place of one of NAMES or its last layer."""
    value = unwrapped(node.value)
    if not isinstance(value, ast.Call) or any(mentions(value, name) for name in names):
        return False
    if last(value) not in WEIGHTED | {"Sequential"} and last(value) not in modules(code):
        return False
    for target in node.targets:
        base = target.value if isinstance(target, ast.Subscript) else target
        owner, _, part = dotted(base).rpartition(".")
        if dotted(target) in names or (owner in names and part in HEADS):
            return True
    return False


@lru_cache(maxsize=1)  # asked once for each optimizer
def frozen(code: Code) -> ast.AST | None:
    """`p.requires_grad = False`, `requires_grad_(False)`."""
    for node in code.parents:
        bound = node.targets if isinstance(node, ast.Assign) and _is_false(node.value) else []
        if any(isinstance(one, ast.Attribute) and one.attr == "requires_grad" for one in bound):
            return node
        if (
            isinstance(node, ast.Call)
            and last(node) == "requires_grad_"
            and _is_false(argument(node, "requires_grad", 0))
        ):
            return node
    return None


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def unfrozen_in_vain(code: Code) -> ast.AST | None:
    """After a freeze: `p.require_grad = True` (no such attribute), `model.fc.requires_grad = True` (on a module)."""
    if frozen(code) is None:
        return None
    for node in code.parents:
        if isinstance(node, ast.Assign) and _is_true(node.value):
            for target in node.targets:
                attribute = target.attr if isinstance(target, ast.Attribute) else ""
                on_module = (
                    isinstance(target, ast.Attribute) and last(target.value) in MODULES and "." in dotted(target.value)
                )
                if attribute in ("require_grad", "require_grads", "requires_grads") or (
                    attribute == "requires_grad" and on_module
                ):
                    return node
    return None


def adapters(code: Code) -> ast.AST | None:
    """LoRA and its like."""
    found = code.called("get_peft_model", "LoraConfig", "mark_only_lora_as_trainable")
    return found[0] if found else None


def given_in_part(code: Code) -> ast.AST | None:
    """An optimizer that gets `model.fc.parameters()`, or only what is not frozen, with a freeze in view."""
    for call in code.called(*OPTIMIZERS):
        for one in calls(call):
            owner = receiver(one)
            if (
                last(one) == "parameters"
                and last(owner) in HEADS
                and isinstance(owner, ast.Attribute)
                and len(code.called(*OPTIMIZERS)) == 1
            ):
                several = sum(last(other) == "parameters" for other in calls(call)) > 1
                return None if several else call
        if frozen(code) is not None and any(
            isinstance(node, ast.Attribute) and node.attr == "requires_grad" for node in walk(call)
        ):
            return call
    return None


def head_after(code: Code, ice: ast.AST) -> bool:
    """Whether a new head is built after the freeze on the same level, so that it is what is trained."""
    line = getattr(ice, "lineno", 0)
    for node in code.parents:
        if isinstance(node, ast.Assign) and node.lineno > line and code.function(node) is code.function(ice):
            for target in node.targets:
                base = target.value if isinstance(target, ast.Subscript) else target
                made = {last(call) for call in calls(node.value)}
                if (
                    last(base) in HEADS
                    and isinstance(base, ast.Attribute)
                    and made & (WEIGHTED | {"Sequential"} | set(modules(code)))
                ):
                    return not any(isinstance(one, FUNCTIONS) and one.name == "forward" for one in code.above(node))
    return False
