"""What the network hands to the loss in the pasted code. Does not judge whether bounded outputs reach the targets."""

from __future__ import annotations

import ast

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_layers import BCE, CROSS_ENTROPY, ERROR, LOGISTIC, LOSSES, NLL
from wizard.evidence.artifacts.source_losses import LossCall, constructed, loss_calls
from wizard.evidence.artifacts.source_network import network
from wizard.evidence.artifacts.source_outputs import (
    LOG_SOFTMAX,
    ROUNDED,
    SCORES,
    SIGMOID,
    SOFTMAX,
    endings,
    of_class,
    of_layer,
    reaching,
)  # fmt: skip
from wizard.evidence.artifacts.source_tree import calls, dotted, last, mentions

FITS = {
    CROSS_ENTROPY: {SCORES, LOG_SOFTMAX},  # a second log-softmax changes nothing
    LOGISTIC: {SCORES},
    NLL: {LOG_SOFTMAX},
    BCE: {SIGMOID},
    ERROR: {SCORES},
}
FAULTS = {
    (CROSS_ENTROPY, SOFTMAX): "softmax",
    (LOGISTIC, SIGMOID): "sigmoid",
    (NLL, SCORES): "scores_into_nll_or_bce",
    (NLL, SOFTMAX): "scores_into_nll_or_bce",
    (BCE, SCORES): "scores_into_nll_or_bce",
}


@inspector(version=1)
def last_layer_before_loss(code: Code) -> Finding | Unanswered:
    """The outcome that all losses in view agree on."""
    losses = loss_calls(code)
    if not losses:
        return _by_construction(code)
    outcomes = [_outcome(code, loss) for loss in losses]
    for outcome, loss in zip(outcomes, losses, strict=True):
        if outcome not in ("", "raw_scores"):
            return Finding(outcome, {"loss": last(loss.call)}, code.place(loss.call))
    if "" in outcomes:
        return Unanswered("absent", "The code does not show plainly what goes into the loss.")
    return Finding("raw_scores", {"loss": last(losses[0].call)}, code.place(losses[0].call))


def _outcome(code: Code, loss: LossCall) -> str:
    ends = endings(code, loss.output)
    if ends == {ROUNDED} and loss.kind:
        return "rounded_or_argmax"
    if loss.kind == ERROR and _classifies(code, loss):
        return "squared_error_on_classes"
    return _judged(loss.kind, ends)


def _judged(kind: str, ends: frozenset[str]) -> str:
    if kind in FITS and ends <= FITS[kind]:
        return "raw_scores"
    return FAULTS.get((kind, next(iter(ends))), "") if len(ends) == 1 else ""


def _classifies(code: Code, loss: LossCall) -> bool:
    """Whether an error is taken against classes: one-hot targets, or outputs whose argmax is held against them."""
    target = loss.target
    sites = list(reaching(code, target)) if target is not None and dotted(target) else []
    hot = [target, *(site.value for site in sites)]
    if any(isinstance(one, ast.AST) and any(last(call) == "one_hot" for call in calls(one)) for one in hot):
        return True
    output, labels = dotted(loss.output), dotted(target)
    picked = [
        call
        for call in code.called("argmax", "max")
        if output and mentions(call, output) and code.function(call) is code.function(loss.call)
    ]
    names = {name for name, values in code.names.everywhere.items() if any(value in picked for value in values)}
    compared = [node for node in code.parents if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq)]
    return bool(labels) and any(
        mentions(node, labels)
        and (any(mentions(node, name) for name in names) or any(call in picked for call in calls(node)))
        for node in compared
    )


def _by_construction(code: Code) -> Finding | Unanswered:
    """Without a loop in view: the one network against the one loss."""
    made, found = constructed(code), network(code)
    kinds = {LOSSES[last(call)] for call in made}
    if len(kinds) == 1 and found is not None:
        ends = (
            of_class(code, found.class_)
            if found.class_
            else of_layer(code, found.node, None)
            if isinstance(found.node, ast.Call)
            else frozenset({""})
        )
        outcome = _judged(kinds.pop(), ends)
        if outcome:
            return Finding(outcome, {"loss": last(made[0])}, code.place(made[0]))
    return Unanswered("absent", "The code does not show plainly what goes into the loss.")
