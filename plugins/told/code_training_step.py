"""The order of one training step as the pasted code shows it: cleared, computed, applied, and nothing cut off."""

from __future__ import annotations

import ast

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.source_accumulation import accumulation
from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_graph import cut_off, returned_number
from wizard.evidence.artifacts.source_models import trained_names
from wizard.evidence.artifacts.source_steps import (
    BACKWARD,
    CLEAR,
    CLIP,
    STEP,
    UNSCALE,
    Event,
    Training,
    automatic,
    follows,
    is_clearing,
    is_closure,
    is_scheduler,
    trainings,
)  # fmt: skip
from wizard.evidence.artifacts.source_tree import FUNCTIONS, LOOPS, calls, dotted, last, receiver, walk

# an optimizer handed to a call of such a name is not cleared there
NO_CLEARING = ("step", "unscale", "scale_loss", "print", "lr", "learn", "save", "log", "sched", "state", "len", "clip")
MODELS = {"model", "net", "self.model", "self.net"}
IN_ORDER, NO_CLEAR, NO_STEP = "in_order", "zero_grad_missing", "step_missing_or_misplaced"
Judged = tuple[str, ast.AST] | None  # outcome and where; None: not plain


@inspector(version=1)
def training_step(code: Code) -> Finding | Unanswered:
    """The outcome that the training loops in view agree on, or the first fault."""
    by_library = automatic(code)
    if by_library is not None:
        number = returned_number(code, by_library) if isinstance(by_library, FUNCTIONS) else None
        outcome = "loss_through_item_or_numpy" if number else IN_ORDER
        return Finding(outcome, {}, code.place(number or by_library))
    judged = [_judged(code, training) for training in trainings(code)]
    if not judged:
        return Unanswered("absent", "The code shows no call of backward().")
    faults = [one for one in judged if one and one[0] != IN_ORDER]
    found = faults[0] if faults else None if None in judged else judged[0]
    if found is None:
        return Unanswered("absent", "The code does not show plainly how one training step goes.")
    return Finding(found[0], {}, code.place(found[1]))


def _judged(code: Code, training: Training) -> Judged:
    cut = cut_off(code, training)
    if cut is not None:
        return ("loss_through_item_or_numpy" if cut[0] == "numbers" else "part_detached"), cut[1]
    if not code.whole(training.region):
        return None
    steps, backwards = training.of(STEP), training.of(BACKWARD)
    if not steps:
        return _without_step(code, training)
    if not all(step.sure for step in steps):
        return None
    if _engine(steps, backwards):
        return IN_ORDER, backwards[0].node
    if not training.of(CLEAR):
        return _without_clear(code, training)
    if _in_closure(code, backwards):
        return IN_ORDER, backwards[0].node
    if len({step.subject for step in steps}) > len({clear.subject for clear in training.of(CLEAR)}):
        return None  # one of several optimizers may not be cleared
    return _misplaced(code, training) or _clipped(training) or _accumulated(code, training)


def _engine(steps: list[Event], backwards: list[Event]) -> bool:
    """`engine.backward(loss); engine.step()`: DeepSpeed's engine clears by itself."""
    owners = {dotted(receiver(one.node)) for one in (*steps, *backwards) if isinstance(one.node, ast.Call)}
    return len(owners) == 1 and "" not in owners


def _in_closure(code: Code, backwards: list[Event]) -> bool:
    functions = [code.function(event.node) for event in backwards]
    return any(function is not None and is_closure(code, function) for function in functions)


def _without_step(code: Code, training: Training) -> Judged:
    """Nothing steps: a fault if an optimizer is cleared here and its step is nowhere in view, or not called."""
    cleared = [event for event in training.of(CLEAR) if "opt" in event.subject]
    stepping = [node for node in code.parents if isinstance(node, ast.Attribute) and node.attr in ("step", "minimize")]
    stepping = [node for node in stepping if not is_scheduler(code, node.value)]
    idle = [node for node in stepping if isinstance(code.parents[node], ast.Expr)]
    if not isinstance(training.region, LOOPS) or not cleared or len(stepping) > len(idle):
        return None
    reads = any(isinstance(node, ast.Attribute) and node.attr == "grad" for node in walk(training.region))
    if reads or (not idle and _handed_on(training, ("print", "lr", "save", "log", "sched"))):
        return None
    return NO_STEP, idle[0] if idle else training.of(BACKWARD)[0].node


def _handed_on(training: Training, harmless: tuple[str, ...]) -> bool:
    """Whether an optimizer goes into a call, or a call is named like one, that may do the rest."""
    for call in calls(training.region):
        given = [dotted(value) for value in (*call.args, *(key.value for key in call.keywords))]
        if any("opt" in name for name in given) and not any(word in last(call).lower() for word in harmless):
            return True
        if any(word in last(call).lower() for word in ("optimize", "update_param", "apply_grad")):
            return True
    return False


def _without_clear(code: Code, training: Training) -> Judged:
    """Nothing clears in the loop: a fault if nothing does anywhere, or only once before the loop."""
    region = training.region
    if not isinstance(region, LOOPS) and not _called_in_loop(code, region):
        return None
    if code.says("deepspeed") or _handed_on(training, NO_CLEARING):
        return None
    around = [one for one in code.above(region) if isinstance(one, LOOPS)]
    for node in code.parents:
        if not is_clearing(node) or isinstance(code.parents[node], ast.Expr):
            continue  # not there, or named without being called
        before = getattr(node, "lineno", 0) < getattr(region, "lineno", 0) and isinstance(region, LOOPS)
        outside = all(one in around for one in code.above(node) if isinstance(one, LOOPS))
        if not before or not outside or code.function(node) is not code.function(region):
            return None
    return NO_CLEAR, training.of(BACKWARD)[0].node


def _called_in_loop(code: Code, region: ast.AST) -> bool:
    uses = code.called(region.name) if isinstance(region, FUNCTIONS) else []
    return any(isinstance(one, LOOPS) for call in uses for one in code.above(call))


def _misplaced(code: Code, training: Training) -> Judged:
    """A step that finds cleared gradients: going back from it (round the loop) a clearing comes before any backward."""
    steps, events = training.of(STEP), training.of(STEP, CLEAR, BACKWARD)
    alone = len({step.subject for step in steps}) == 1 and len(training.of(BACKWARD)) == 1
    for step in steps:
        place = events.index(step)
        back = [one for one in (*reversed(events[:place]), *reversed(events[place:])) if _decides(one, step)]
        if back and back[0].kind == CLEAR:
            own = back[0].subject == step.subject or back[0].subject in {*trained_names(code), *MODELS}
            if own and alone:
                return NO_STEP, step.node
    return None


def _decides(event: Event, step: Event) -> bool:
    clears = event.kind == CLEAR and event.node is not step.node and follows(event.path, step.path)
    return event.kind == BACKWARD or clears


def _clipped(training: Training) -> Judged:
    """A clipping between scaler.scale(loss).backward() and scaler.step(), with no unscale_() before it."""
    events = list(training.events)
    scaled = [one for one in training.of(BACKWARD) if _scaled(one.node)]
    steps = [one for one in training.of(STEP) if "scaler" in ast.unparse(one.node)]
    for clip in training.of(CLIP):
        place = events.index(clip)
        reached = any(one in events[:place] and follows(one.path, clip.path) for one in scaled)
        applied = any(one in events[place:] and follows(clip.path, one.path) for one in steps)
        if reached and applied and not any(one.kind == UNSCALE for one in events[:place]):
            return "clips_before_unscale", clip.node
    return None


def _scaled(node: ast.AST) -> bool:
    owner = receiver(node) if isinstance(node, ast.Call) else None
    return isinstance(owner, ast.Call) and last(owner) == "scale"


def _accumulated(code: Code, training: Training) -> Judged:
    match accumulation(code, training):
        case "none" | "divided":
            return IN_ORDER, training.of(BACKWARD)[0].node
        case "undivided":
            return "accumulates_undivided", training.of(BACKWARD)[0].node
        case "cleared_between":
            return NO_STEP, training.of(STEP)[0].node
    return None
