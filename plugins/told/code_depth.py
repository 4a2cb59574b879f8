"""How many layers with weights the network in the pasted code has, and whether it has skips and normalisation."""

from __future__ import annotations

import ast

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_layers import BATCH_NORMS, DEEP_WITH_SKIPS, SAMPLE_NORMS, TRANSFORMERS, WEIGHTED
from wizard.evidence.artifacts.source_models import method
from wizard.evidence.artifacts.source_network import Network, network
from wizard.evidence.artifacts.source_tree import last, walk

SHALLOW = 10  # the check's own limit; all layers in view together, so that parallel ones cannot hide depth
DEEP = 15  # from here even a few parallel layers leave more than ten in a row


@inspector(version=1)
def depth_of_network(code: Code) -> Finding | Unanswered:
    """Counted over all classes that the trained network is built from."""
    model = network(code)
    if model is None:
        return Unanswered("absent", "The code does not show the layers of the model.")
    if DEEP_WITH_SKIPS.match(model.library) and "vgg" not in model.library:
        return Finding("deep_with_skips_and_norm", {"layers": model.library}, code.place(model.node))
    times = [layer.times for layer in model.named(WEIGHTED)]
    depth = sum(time for time in times if time is not None)
    if not model.complete or None in times or not depth:
        return Unanswered("absent", "The code does not show the layers of the model.")
    normed, skips = bool(model.named(BATCH_NORMS | SAMPLE_NORMS | TRANSFORMERS)), _adds(model)
    outcome = ""
    if depth <= SHALLOW and not model.named(TRANSFORMERS):
        outcome = "shallow"
    elif depth > DEEP and normed and skips:
        outcome = "deep_with_skips_and_norm"
    elif depth > DEEP and not normed and not skips and not model.named(TRANSFORMERS):
        outcome = "deep_plain"
    if not outcome:
        return Unanswered("absent", "The code does not show plainly how many layers follow one another.")
    return Finding(outcome, {"layers": depth}, code.place(model.node))


def _adds(model: Network) -> bool:
    """Whether some forward() adds or joins tensors, as skip connections do."""
    for class_ in model.classes:
        forward = method(class_, "forward")
        for node in walk(forward) if forward else ():
            if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Add):
                return True
            if isinstance(node, ast.Call) and last(node) in ("cat", "add", "add_", "concat"):
                return True
    return False
