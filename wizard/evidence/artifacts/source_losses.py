"""The calls of a known loss in pasted code that are differentiated: which loss, of what, against what."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_graph import under_no_grad
from wizard.evidence.artifacts.source_layers import LOSSES
from wizard.evidence.artifacts.source_models import method, modules
from wizard.evidence.artifacts.source_steps import trainings
from wizard.evidence.artifacts.source_tree import argument, calls, dotted, last

STEPS_OF_LIBRARIES = ("training_step", "compute_loss")


@dataclass(frozen=True, slots=True, eq=False)
class LossCall:
    """`kind` is one of source_layers' kinds, empty for a loss that may be several."""

    kind: str
    call: ast.Call
    output: ast.expr | None
    target: ast.expr | None


def loss_calls(code: Code) -> list[LossCall]:
    """The losses in the training loops and training_steps in view; those anywhere else if there are none."""
    places: list[ast.AST] = [training.region for training in trainings(code)]
    for class_ in modules(code).values():
        places += [step for name in STEPS_OF_LIBRARIES if (step := method(class_, name))]
    found = [loss for place in places for call in calls(place) if (loss := _loss(code, call))]
    found = found or [loss for call in code.calls if (loss := _loss(code, call))]
    unique = {id(loss.call): loss for loss in found if not under_no_grad(code, loss.call)}
    return list(unique.values())


def _loss(code: Code, call: ast.Call) -> LossCall | None:
    if len(call.args) + len(call.keywords) < 2:
        return None
    output, target = argument(call, "input", 0), argument(call, "target", 1)
    name = last(call)
    if name in LOSSES and name.islower():
        return LossCall(LOSSES[name], call, output, target)
    made = (
        [call.func] if isinstance(call.func, ast.Call) else code.names.meanings(call.func) if dotted(call.func) else []
    )
    kinds = {LOSSES.get(last(one), "") for one in made if isinstance(one, ast.Call)}
    if kinds & set(LOSSES.values()):
        return LossCall(kinds.pop() if len(kinds) == 1 else "", call, output, target)
    return None


def constructed(code: Code) -> list[ast.Call]:
    """Every loss that is constructed in view."""
    return [call for call in code.calls if last(call) in LOSSES and not last(call).islower()]
