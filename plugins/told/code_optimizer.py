"""The optimizer and its settings as the pasted code builds it. Does not judge the learning rate."""

from __future__ import annotations

import ast

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_layers import TRANSFORMERS
from wizard.evidence.artifacts.source_tree import argument, is_open, last

# the limits are those of the check's own answers
STRONG_DECOUPLED, STRONG_COUPLED, HIGHEST_MOMENTUM, HIGHEST_SECOND = 0.3, 0.01, 0.95, 0.999
COUPLED, DECOUPLED = {"SGD", "Adam", "NAdam", "RAdam", "RMSprop", "Adamax", "Adagrad"}, {"AdamW"}
DEFAULT_DECAY = {"AdamW": 0.01}
ATTENTION = {*TRANSFORMERS, "MultiheadAttention", "AutoModelForCausalLM", "AutoModelForSequenceClassification"}


@inspector(version=1)
def optimizer_settings(code: Code) -> Finding | Unanswered:
    """The one outcome of all optimizers in view."""
    made = code.called(*COUPLED, *DECOUPLED)
    if not made:
        return Unanswered("absent", "The code does not build an optimizer that is known here.")
    outcomes = {_outcome(code, call) for call in made}
    outcome = outcomes.pop()
    if outcomes or not outcome:
        return Unanswered("absent", "The code does not show all settings of the optimizer.")
    return Finding(outcome, {"optimizer": last(made[0])}, code.place(made[0]))


def _outcome(code: Code, call: ast.Call) -> str:
    """Empty if a setting cannot be read."""
    name = last(call)
    decay = _setting(code, call, "weight_decay", DEFAULT_DECAY.get(name, 0.0))
    momentum = _setting(code, call, "momentum", 0.0)
    betas = argument(call, "betas")
    first, second = _pair(code, betas) if betas is not None else (0.9, 0.999)
    if decay is None or momentum is None or first is None or second is None or is_open(call):
        return ""
    decoupled = name in DECOUPLED or argument(call, "decoupled_weight_decay") is not None
    if decay > (STRONG_DECOUPLED if decoupled else STRONG_COUPLED):
        return "strong_decay"
    if name == "Adam" and decay > 0 and not decoupled:
        return "adam_with_weight_decay"
    if name == "SGD" and code.says(*ATTENTION):
        return "sgd_on_transformer"
    return "high_momentum_or_beta" if max(momentum, first) > HIGHEST_MOMENTUM or second > HIGHEST_SECOND else "usual"


def _setting(code: Code, call: ast.Call, name: str, default: float) -> float | None:
    """The number of a keyword; None if it cannot be read, or if parameter groups have their own."""
    groups = code.names.meanings(argument(call, "params", 0))
    for group in groups:
        for node in ast.walk(group) if group is not None else ():
            if isinstance(node, ast.Constant) and node.value == name:
                return None
    given = argument(call, name)
    return default if given is None else code.names.number(given)


def _pair(code: Code, betas: ast.expr) -> tuple[float | None, float | None]:
    values = code.names.meanings(betas)
    if len(values) == 1 and isinstance(values[0], ast.Tuple | ast.List) and len(values[0].elts) == 2:
        first, second = (code.names.number(value) for value in values[0].elts)
        return first, second
    return None, None
