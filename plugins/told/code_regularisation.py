"""How strongly the network in the pasted code is regularised: dropout, weight decay, and where the dropout stands."""

from __future__ import annotations

import ast
import itertools

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_layers import BATCH_NORMS, DROPOUTS, OPTIMIZERS, TRANSFORMERS, WEIGHTED
from wizard.evidence.artifacts.source_models import method
from wizard.evidence.artifacts.source_network import Network, network
from wizard.evidence.artifacts.source_outputs import elements, reaching, returns
from wizard.evidence.artifacts.source_tree import argument, calls, dotted, last

HIGH, USUAL = 0.5, 0.3  # the check's own limits
MANY = 3  # dropout layers of that rate: the two of AlexNet's head are as published
LITTLE_DECAY = {"Adam", "SGD", "RMSprop", "NAdam", "RAdam", "Adamax", "Adagrad"}  # no decay unless asked for
OTHER_PENALTIES = (
    "label_smoothing", "drop_path", "DropPath", "stochastic_depth", "mixup", "cutmix", "l1_lambda", "l2_lambda",
    "l2_reg", "l1_reg", "reg_loss", "penalty", "attention_dropout", "dropout",
)  # fmt: skip


@inspector(version=1)
def regularisation_in_use(code: Code) -> Finding | Unanswered:
    """A dropout in a wrong place first, then the strength, where model and optimizer are both in view."""
    model = network(code)
    if model is None or not model.layers:
        return Unanswered("absent", "The code does not show the layers of the model.")
    misplaced = _before_norm(code, model) or _on_outputs(code, model)
    if misplaced is not None:
        return Finding("dropout_before_norm_or_output", {}, code.place(misplaced))
    rates = [_rate(code, layer.call) for layer in model.named(DROPOUTS)]
    optimizers = code.called(*OPTIMIZERS)
    unread = any(argument(layer.call, "dropout") is not None or layer.name in TRANSFORMERS for layer in model.layers)
    if None in rates or not model.complete or len(optimizers) != 1 or unread:
        return Unanswered("absent", "The code does not show all dropout rates and the weight decay.")
    outcome = _strength([rate for rate in rates if rate], model, _decay(code, optimizers[0]), code)
    if not outcome:
        return Unanswered("absent", "The code does not show all dropout rates and the weight decay.")
    return Finding(outcome, {"dropout_layers": len(rates)}, code.place(model.node))


def _strength(rates: list[float], model: Network, decay: float | None, code: Code) -> str:
    high = [rate for rate in rates if rate >= HIGH]
    layers = len(model.named(WEIGHTED))
    if len(high) >= MANY and 2 * len(high) >= layers:
        return "strong"
    if decay is None or len(high) > 1:
        return ""
    if not rates and decay == 0:
        return "" if code.says(*OTHER_PENALTIES) else "little_or_none"
    return (
        "usual"
        if decay <= HIGH * 0.2
        and all(rate <= USUAL or len(rates) > len(high) == 1 or len(rates) == 1 for rate in rates)
        else ""
    )


def _rate(code: Code, call: ast.Call) -> float | None:
    given = argument(call, "p", 0)
    return HIGH if given is None else code.names.number(given)


def _decay(code: Code, optimizer: ast.Call) -> float | None:
    given = argument(optimizer, "weight_decay")
    if given is not None:
        return code.names.number(given)
    return 0.0 if last(optimizer) in LITTLE_DECAY else 0.01 if last(optimizer) == "AdamW" else None


def _before_norm(code: Code, model: Network) -> ast.AST | None:
    """Dropout right before a BatchNorm, side by side in a Sequential."""
    for sequential in [call for call in code.called("Sequential") if not code.gaps]:
        listed = elements(sequential) or []
        for first, second in itertools.pairwise(listed):
            if last(first) in DROPOUTS and last(second) in BATCH_NORMS and _drops(code, first):
                return first
    for class_ in model.classes:
        forward = method(class_, "forward")
        for call in calls(forward) if forward else ():
            inner = call.args[0] if len(call.args) == 1 else None
            if (
                _made(code, call.func) & BATCH_NORMS
                and isinstance(inner, ast.Call)
                and _made(code, inner.func) & DROPOUTS
            ):
                return call
    return None


def _drops(code: Code, made: ast.expr) -> bool:
    return isinstance(made, ast.Call) and _rate(code, made) != 0


def _made(code: Code, called: ast.expr) -> set[str]:
    """Which constructor made what is called, if there is only one."""
    made = [last(one) for one in code.names.meanings(called) if isinstance(one, ast.Call)] if dotted(called) else []
    return set(made) if len(set(made)) == 1 else set()


def _on_outputs(code: Code, model: Network) -> ast.AST | None:
    """Dropout as the last thing that forward() of the trained network does, after a linear layer."""
    forward = method(model.class_, "forward") if model.class_ else None
    found = returns(code, forward) if forward is not None else []
    for given in found if len(found) == 1 else []:
        value = _value(code, given.value)
        if isinstance(value, ast.Call) and _made(code, value.func) & DROPOUTS and value.args:
            inner = _value(code, value.args[0])
            if isinstance(inner, ast.Call) and _made(code, inner.func) == {"Linear"}:
                return value
    return None


def _value(code: Code, node: ast.expr | None) -> ast.expr | None:
    sites = list(reaching(code, node)) if node is not None and dotted(node) else []
    return sites[0].value if len(sites) == 1 else node
