"""Learning-rate schedules in pasted code: how they are built, where they are stepped, what they watch."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Literal

from wizard.evidence.artifacts.source_batches import epochs, is_over_batches
from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_layers import SCHEDULERS
from wizard.evidence.artifacts.source_models import method, modules
from wizard.evidence.artifacts.source_steps import MOST_TRAININGS, automatic, trainings
from wizard.evidence.artifacts.source_tree import LOOPS, argument, calls, dotted, last, receiver

Unit = Literal["batch", "epoch", "full", "unknown"]

EPOCHS_AT_MOST = 150  # a step_size or milestone up to this counts epochs: few runs have more, few epochs fewer batches
SLOW_DECAY = 0.99  # per batch this leaves a hundredth after 460 batches
ALMOST_ZERO, LONG_BEFORE_END = 0.01, 2 / 3  # of the peak, within this share of the run: the words of the check
BY_STEPS = {"get_linear_schedule_with_warmup", "get_cosine_schedule_with_warmup", "OneCycleLR"}
GAINS = re.compile(
    r"(?:^|_)(?:acc|accuracy|f1|auc|auroc|iou|miou|bleu|precision|recall|kappa|top1)(?:$|_)", re.IGNORECASE
)
LOSSES = re.compile(r"(?:^|_)(?:loss|losses|err|error|mse|mae|rmse|perplexity|ppl)(?:$|_)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """One construction with the calls of its step(); `watches` is the name of the metric handed to them."""

    name: str
    made: ast.Call
    steps: tuple[ast.Call, ...]
    watches: str


def schedules(code: Code) -> list[Schedule]:
    """Every schedule that is built in view."""
    found = []
    stepping = code.called("step")[: 4 * MOST_TRAININGS]  # of optimizers too
    for made in code.called(*SCHEDULERS)[:MOST_TRAININGS]:
        name = last(made)
        statement = code.statement(made)
        bound = {dotted(target) for target in statement.targets} if isinstance(statement, ast.Assign) else set()
        steps = tuple(
            call for call in stepping if (owner := receiver(call)) is not None and _is(code, owner, made, bound)
        )
        watched = {dotted(argument(call, "metrics", 0)) for call in steps}
        found.append(Schedule(name, made, steps, watched.pop() if len(watched) == 1 else ""))
    return found


def _is(code: Code, owner: ast.expr, made: ast.Call, bound: set[str]) -> bool:
    return dotted(owner) in bound - {""} or any(one is made for one in code.names.meanings(owner))


def unit_of(code: Code, step: ast.Call) -> Unit:
    """Whether STEP stands in the loop over batches, once an epoch, or in a loop where these are the same."""
    regions = [training.region for training in trainings(code)]
    inside = [region for region in regions if region in code.above(step)]
    if inside:
        branch = any(isinstance(one, ast.If) for one in _between(code, step, inside[0]))
        if is_over_batches(code, inside[0]):
            return "unknown" if branch else "batch"
        return "full" if isinstance(inside[0], LOOPS) else "unknown"
    around = [one for one in code.above(step) if isinstance(one, LOOPS)]
    if any(region_is_within(code, region, loop) for loop in around for region in regions):
        return "epoch"
    looped = (
        around
        and not is_over_batches(code, around[0])
        and "epoch" in ast.unparse(getattr(around[0], "target", around[0]))[:80]
    )
    return "epoch" if looped else "unknown"


def _between(code: Code, node: ast.AST, top: ast.AST) -> list[ast.AST]:
    found = []
    for above in code.above(node):
        if above is top:
            break
        found.append(above)
    return found


def region_is_within(code: Code, region: ast.AST, loop: ast.AST) -> bool:
    """Whether LOOP goes round REGION, directly or by calling the function that it stands in."""
    if loop in code.above(region):
        return True
    function = code.function(region)
    uses = code.called(function.name) if function is not None else []
    return any(loop in code.above(call) for call in uses)


def wrong_unit(code: Code, schedule: Schedule) -> bool:
    """Counted in epochs and stepped per batch, or the reverse, by numbers that leave no doubt."""
    made, where = schedule.made, {unit_of(code, step) for step in schedule.steps}
    if where == {"batch"}:
        return _counts_epochs(code, schedule)
    counts_batches = any(last(call) == "len" for arg in (*made.args[1:], *made.keywords) for call in calls(arg))
    counts_batches |= (
        "steps_per_epoch" in {key.arg for key in made.keywords}
        and code.names.number(argument(made, "steps_per_epoch")) != 1
    )
    if where == {"epoch"}:
        return counts_batches and schedule.name in {*BY_STEPS, "CosineAnnealingLR"}
    library = automatic(code)
    in_module = any(
        made in calls(one) for class_ in modules(code).values() if (one := method(class_, "configure_optimizers"))
    )
    told = any(
        isinstance(node, ast.Constant) and node.value in ("interval", "step") for node in code.parents
    ) or code.says("interval")
    return library is not None and in_module and schedule.name in BY_STEPS and not schedule.steps and not told


def _counts_epochs(code: Code, schedule: Schedule) -> bool:
    made, number = schedule.made, code.names.number
    match schedule.name:
        case "StepLR":
            size = number(argument(made, "step_size", 1))
            return size is not None and size <= EPOCHS_AT_MOST and number(argument(made, "gamma", 2)) != 1
        case "MultiStepLR":
            points = code.names.meanings(argument(made, "milestones", 1))
            listed = points[0].elts if len(points) == 1 and isinstance(points[0], ast.List | ast.Tuple) else []
            numbers = [number(one) for one in listed]
            return bool(numbers) and all(one is not None and one <= EPOCHS_AT_MOST for one in numbers)
        case "ExponentialLR":
            gamma = number(argument(made, "gamma", 1))
            return gamma is not None and gamma <= SLOW_DECAY
        case "CosineAnnealingLR":
            return _is_number_of_epochs(code, argument(made, "T_max", 1))
    return False


def _is_number_of_epochs(code: Code, given: ast.expr | None) -> bool:
    """Whether the half period is what the loop over epochs counts to."""
    loops = [loop for training in trainings(code) for loop in code.above(training.region) if isinstance(loop, ast.For)]
    counted = [loop.iter for loop in loops if isinstance(loop.iter, ast.Call) and last(loop.iter) == "range"]
    return dotted(given) != "" and any(len(one.args) == 1 and dotted(one.args[0]) == dotted(given) for one in counted)


def cut_on_gain(schedule: Schedule) -> bool:
    """ReduceLROnPlateau in the mode that is wrong for the metric it is handed."""
    if schedule.name != "ReduceLROnPlateau" or any(key.arg is None for key in schedule.made.keywords):
        return False
    mode = argument(schedule.made, "mode", 1)
    word = "min" if mode is None else mode.value if isinstance(mode, ast.Constant) else ""
    name = schedule.watches.split(".")[-1]
    gains, falls = GAINS.search(name) is not None, LOSSES.search(name) is not None
    return (word == "min" and gains and not falls) or (word == "max" and falls and not gains)


def falls_too_soon(code: Code, schedule: Schedule) -> bool:
    """A decay per epoch that leaves less than a hundredth well before the last epoch, by the numbers in view."""
    if {unit_of(code, step) for step in schedule.steps} not in ({"epoch"}, {"full"}):
        return False
    totals = {epochs(code, training) for training in trainings(code)}
    total = totals.pop() if len(totals) == 1 else None
    gamma = code.names.number(argument(schedule.made, "gamma", 1 if schedule.name == "ExponentialLR" else 2))
    size = code.names.number(argument(schedule.made, "step_size", 1)) if schedule.name == "StepLR" else 1.0
    if schedule.name not in ("StepLR", "ExponentialLR") or total is None or not size:
        return False
    gamma = (
        0.1 if gamma is None and argument(schedule.made, "gamma", 2) is None and schedule.name == "StepLR" else gamma
    )
    if gamma is None or not 0 < gamma < 1 or total > 1e6:
        return False
    decays = int(total * LONG_BEFORE_END // size)
    return bool(gamma**decays < ALMOST_ZERO * (1 - 1e-6))
