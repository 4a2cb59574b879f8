"""A loss that is clamped instead of the gradients. How often gradients reach a limit is not in the code."""

from __future__ import annotations

import ast

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_steps import BACKWARD, trainings
from wizard.evidence.artifacts.source_tree import argument, dotted, last, receiver, walk

CLAMPS = {"clamp", "clamp_", "clip", "clip_", "clamp_max", "clamp_max_", "minimum"}


@inspector(version=1)
def gradient_clipping(code: Code) -> Finding | Unanswered:
    """Only the clamped loss is plain to see."""
    for training in trainings(code):
        losses = {event.subject for event in training.of(BACKWARD)} - {""}
        for node in walk(training.region):
            if isinstance(node, ast.Call) and last(node) in CLAMPS and _keeps_below(node):
                statement = code.statement(node)
                bound = {dotted(target) for target in statement.targets} if isinstance(statement, ast.Assign) else set()
                clamped = dotted(_clamped(node))
                if clamped in losses and (clamped in bound or last(node).endswith("_")):
                    return Finding("clips_the_loss", {}, code.place(node))
    return Unanswered("absent", "How often the gradients reach a limit is not in the code.")


def _clamped(call: ast.Call) -> ast.expr | None:
    """The tensor: that of `loss.clamp(max=1)` or of `torch.clamp(loss, max=1)`."""
    owner = receiver(call)
    return (call.args[0] if call.args else None) if owner is None or dotted(owner) == "torch" else owner


def _keeps_below(call: ast.Call) -> bool:
    """Whether there is an upper limit: a lower one alone is a hinge."""
    tensor = _clamped(call)
    functional = bool(call.args) and tensor is call.args[0]
    place = 1 if "max" in last(call) or last(call) == "minimum" else 2
    return argument(call, "max", place if functional else place - 1) is not None
