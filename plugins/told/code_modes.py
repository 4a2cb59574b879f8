"""Switching between train() and eval() in the pasted code, and whether any layer minds."""

from __future__ import annotations

import ast

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_layers import BATCH_NORMS, DROPOUTS, RECURRENT, TRANSFORMERS, WITH_BATCH_NORM
from wizard.evidence.artifacts.source_models import method
from wizard.evidence.artifacts.source_modes import (
    FUNCTIONAL,
    always_dropping,
    eval_calls,
    is_validation_without_eval,
    never_back_in_train,
    only_in_eval,
    train_calls,
)  # fmt: skip
from wizard.evidence.artifacts.source_network import Network, network
from wizard.evidence.artifacts.source_steps import automatic, trainings
from wizard.evidence.artifacts.source_tree import argument, calls, dotted, last


@inspector(version=1)
def mode_switches(code: Code) -> Finding | Unanswered:
    """Dropout that never sleeps, then the calls around training and validation, where some layer minds them."""
    dropping = always_dropping(code)
    if dropping is not None:
        return Finding("functional_dropout", {}, code.place(dropping))
    model = network(code)
    minds = None if model is None else _minds(code, model)
    library = automatic(code)
    if minds is False and model is not None:
        return Finding("no_such_layers", {}, code.place(model.node))
    if library is not None:
        return Finding("both_called", {}, code.place(library))
    if not trainings(code):
        return Unanswered("absent", "The code does not show the training loop.")
    return _by_calls(code, minds is True, _has_batch_norm(model))


def _by_calls(code: Code, minds: bool, batch_norm: bool) -> Finding | Unanswered:
    stuck = never_back_in_train(code)
    if stuck is not None:
        return Finding("train_missing_after", {}, code.place(stuck))
    asleep = only_in_eval(code) if batch_norm and not code.says("requires_grad", "requires_grad_") else None
    if asleep is not None:
        return Finding("batch_norm_never_in_train", {}, code.place(asleep))
    validation = is_validation_without_eval(code) if minds else None
    if validation is not None:
        return Finding("eval_missing", {}, code.place(validation))
    evals, trains = eval_calls(code), train_calls(code)
    in_loop = any(isinstance(one, ast.For | ast.While | ast.FunctionDef) for call in trains for one in code.above(call))
    if evals and trains and in_loop:
        return Finding("both_called", {}, code.place(evals[0]))
    return Unanswered("absent", "The code does not show plainly when the model is switched between the modes.")


def _minds(code: Code, model: Network) -> bool | None:
    """Whether a layer behaves differently in the two modes; None if that cannot be told."""
    if WITH_BATCH_NORM.match(model.library):
        return True
    forwards = [one for class_ in model.classes if (one := method(class_, "forward"))]
    told = [argument(call, "training", 2) for call in calls(*forwards) if last(call) in FUNCTIONAL]
    if "self.training" in map(dotted, told):
        return True
    for layer in model.layers:
        rate = argument(layer.call, "dropout")
        if layer.name in BATCH_NORMS or (
            layer.name in DROPOUTS and code.names.number(argument(layer.call, "p", 0)) != 0
        ):
            return True
        if layer.name in TRANSFORMERS and rate is None:
            return True  # a tenth is their default
        if rate is not None and layer.name in RECURRENT | TRANSFORMERS and (code.names.number(rate) or 0) > 0:
            return True
    unread = any(argument(layer.call, "dropout") is not None for layer in model.layers) or code.says("dropout")
    return None if unread or not model.complete or model.library else False


def _has_batch_norm(model: Network | None) -> bool:
    return model is not None and bool(model.named(BATCH_NORMS) or WITH_BATCH_NORM.match(model.library))
