"""The training steps in pasted code: what clears, computes, clips and applies gradients, in the order of the text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_layers import OPTIMIZERS, TRAINERS
from wizard.evidence.artifacts.source_models import method, modules
from wizard.evidence.artifacts.source_tree import (
    FUNCTIONS,
    LOOPS,
    Function,
    calls,
    dotted,
    last,
    position,
    receiver,
    unwrapped,
    walk,
)

BACKWARD, STEP, CLEAR, CLIP, UNSCALE = "backward", "step", "clear", "clip", "unscale"
OPTIMIZER_NAME = re.compile(r"opt|adam|sgd|scaler|engine|solver", re.IGNORECASE)
NO_OPTIMIZER = re.compile(r"sched|lr|env|warm|prof|ema|pbar|progress|sim|game|agent|wandb|accum", re.IGNORECASE)
CLEARS = re.compile(r"zero_?grad|(?:clear|reset)_?grad")
CLIPS = {"clip_grad_norm_", "clip_grad_value_", "clip_grad_norm", "clip_gradients"}
STEPS = {"step", "first_step", "second_step", "step_and_update_lr"}
MOST_TRAININGS = 12  # what holds more is a collection of examples; the first ones then stand for all
DOES_ALL = {"fit", "fit_one_cycle", "fine_tune"}  # of Lightning's trainer and fastai's learner

Path = tuple[tuple[ast.AST, int], ...]  # (branching statement, arm) from the outer to the inner


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """One call that matters to a step. `subject` is the loss or optimizer, `path` the branches it stands in."""

    kind: str
    node: ast.Call | ast.Assign | ast.AugAssign
    subject: str
    path: Path
    sure: bool = True  # False: may be a step of something else


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """The loop (or function, or bare lines) that holds backward(), with its events in order."""

    region: ast.AST
    events: tuple[Event, ...]

    def of(self, *kinds: str) -> list[Event]:
        """The events of some kinds."""
        return [event for event in self.events if event.kind in kinds]


@lru_cache(maxsize=1)  # every inspector asks for those of the same code
def trainings(code: Code) -> list[Training]:
    """Every place where a backward() and what belongs to it stand."""
    regions: dict[int, ast.AST] = {}
    for call in code.calls:
        if len(regions) < MOST_TRAININGS and _kind(code, call) == BACKWARD:
            region = _region(code, call)
            regions[id(region)] = region
    return [Training(region, tuple(_events(code, region))) for region in regions.values()]


def _region(code: Code, backward: ast.Call) -> ast.AST:
    """The innermost loop around BACKWARD; an outer one (or the function) if only that holds a step too."""
    around: list[ast.AST] = []
    for above in code.above(backward):
        if isinstance(above, LOOPS):
            around.append(above)
        elif isinstance(above, FUNCTIONS) and not is_closure(code, above):
            around.append(above)
            break
    else:
        around.append(code.tree)
    loops = [one for one in around if isinstance(one, LOOPS)]
    for one in around:
        if any(_kind(code, call) == STEP for call in calls(one)):
            return one
    return (loops or around)[0]


def is_closure(code: Code, function: Function) -> bool:
    """Whether FUNCTION is handed to a step, as for LBFGS."""
    return any(last(call) in STEPS and function.name in map(dotted, call.args) for call in code.calls)


def _kind(code: Code, call: ast.Call) -> str:
    name = last(call)
    if name in ("backward", "manual_backward") and isinstance(call.func, ast.Attribute):
        return "" if last(receiver(call)) in ("super", "dist_autograd") else BACKWARD
    if name in STEPS and isinstance(call.func, ast.Attribute):
        return "" if _is_no_optimizer(code, call.func.value) else STEP
    if CLEARS.search(name) or (name == "zero_" and _has_grad(call)):
        return CLEAR
    return CLIP if name in CLIPS else UNSCALE if name == "unscale_" else ""


def _has_grad(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Attribute) and one.attr == "grad" for one in walk(node))


def _is_no_optimizer(code: Code, owner: ast.expr) -> bool:
    name = ast.unparse(owner)
    if _is_optimizer(code, owner) or ("opt" in name and "sched" not in name):
        return False
    return NO_OPTIMIZER.search(name) is not None


def _is_optimizer(code: Code, owner: ast.expr) -> bool:
    """Whether OWNER was constructed as an optimizer."""
    meanings = code.names.meanings(owner) if dotted(owner) else []
    return any(isinstance(one, ast.Call) and last(unwrapped(one)) in OPTIMIZERS for one in meanings if one is not None)


def _events(code: Code, region: ast.AST) -> Iterator[Event]:
    for node in sorted(walk(region), key=position):  # `scaler.scale(loss).backward()` is one event, at its end
        path = branches(code, node, region) if isinstance(node, ast.Call | ast.Assign | ast.AugAssign) else ()
        if isinstance(node, ast.Call) and (kind := _kind(code, node)):
            yield Event(kind, node, _subject(node, kind), path, kind != STEP or _is_sure(code, node))
            if any(key.arg == "zero_grad" for key in node.keywords):
                yield Event(CLEAR, node, _subject(node, kind), path)
        elif isinstance(node, ast.Assign) and any(getattr(one, "attr", "") == "grad" for one in node.targets):
            yield Event(CLEAR, node, "", path)
        elif isinstance(node, ast.AugAssign | ast.Assign) and is_manual_step(node):
            yield Event(STEP, node, "", path)


def _subject(call: ast.Call, kind: str) -> str:
    """The loss of a backward(), else what the call is for: the optimizer also where a scaler makes the step."""
    owner = receiver(call)
    if kind == BACKWARD:
        given = dotted(call.args[0]) if call.args else ""
        if isinstance(owner, ast.Call) and last(owner) == "scale" and owner.args:
            return dotted(owner.args[0])
        return given if given and not isinstance(owner, ast.Call) else dotted(owner)
    if call.args and "scaler" in ast.unparse(call.func):
        return ast.unparse(call.args[0])
    return ast.unparse(owner) if owner is not None else ""


def _is_sure(code: Code, step: ast.Call) -> bool:
    owner = receiver(step)
    return owner is not None and (_is_optimizer(code, owner) or OPTIMIZER_NAME.search(ast.unparse(owner)) is not None)


def is_manual_step(node: ast.AugAssign | ast.Assign) -> bool:
    """`w -= lr * w.grad`, with or without .data."""
    return any(
        isinstance(one, ast.BinOp | ast.AugAssign) and isinstance(one.op, ast.Sub) and _has_grad(one)
        for one in walk(node)
    )


def branches(code: Code, node: ast.AST, region: ast.AST) -> Path:
    """The if and try arms within REGION that NODE stands in."""
    path: list[tuple[ast.AST, int]] = []
    child = node
    for above in code.above(node):
        if above is region:
            break
        if isinstance(above, ast.If | ast.Try | ast.Match):
            arms = [getattr(above, part, []) for part in ("body", "orelse", "handlers", "finalbody", "cases")]
            path += [(above, place) for place, arm in enumerate(arms) if child in arm]
        child = above
    return tuple(reversed(path))


def follows(first: Path, second: Path) -> bool:
    """Whether what stands at SECOND is only run where FIRST is run too."""
    return second[: len(first)] == first


@lru_cache(maxsize=1)
def automatic(code: Code) -> ast.AST | None:
    """What makes a library do the steps: a LightningModule without manual optimisation, a Trainer, a learner."""
    if code.says("automatic_optimization", "manual_backward"):
        return None
    for class_ in modules(code).values():
        step = method(class_, "training_step")
        if step is not None and not any(last(call) == "backward" for call in calls(step)):
            return step
    for call in code.calls:
        owner = receiver(call)
        if last(call) in ("train", *DOES_ALL) and owner is not None:
            for value in code.names.meanings(owner) if dotted(owner) else [owner]:
                made = last(value) if isinstance(value, ast.Call) else ""
                outside = made not in code.classes or bool(code.classes[made].bases)
                if (TRAINERS.match(made) or made.endswith(("_learner", "Learner"))) and outside:
                    return call
    return None


def is_clearing(node: ast.AST) -> bool:
    """Whether NODE names something that clears gradients, called or not."""
    if not isinstance(node, ast.Attribute | ast.Name | ast.FunctionDef):
        return False
    name = node.name if isinstance(node, ast.FunctionDef) else last(node)
    stored = name == "grad" and isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    return CLEARS.search(name) is not None or name == "zero_" or stored


def is_scheduler(code: Code, owner: ast.expr) -> bool:
    """Whether what a step() is called on is no optimizer."""
    return _is_no_optimizer(code, owner)
