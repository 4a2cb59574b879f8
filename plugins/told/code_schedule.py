"""How the learning rate changes, as the pasted code says. Whether it fits the course of the loss is not in the code."""

from __future__ import annotations

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_layers import OPTIMIZERS, SCHEDULERS, TRANSFORMERS
from wizard.evidence.artifacts.source_schedule import (
    Schedule,
    cut_on_gain,
    falls_too_soon,
    schedules,
    unit_of,
    wrong_unit,
)
from wizard.evidence.artifacts.source_steps import automatic, trainings
from wizard.evidence.artifacts.source_tree import last

# a constant rate is no plan for these: they want a warm-up, and whether they have one elsewhere cannot be seen
WANT_WARMUP = {*TRANSFORMERS, "MultiheadAttention", "from_pretrained", "AutoModel"}
ADJUSTS = (
    "param_groups",
    "adjust_learning_rate",
    "lr_scheduler",
    "scheduler",
    "get_lr",
    "warmup",
    "set_lr",
    "lr_lambda",
)
NAMED = {"unit": "stepped_in_wrong_unit", "metric": "cut_when_metric_improves", "soon": "near_zero_too_soon"}


@inspector(version=1)
def schedule_in_use(code: Code) -> Finding | Unanswered:
    """A wrong unit, a wrong mode or an early end of a schedule in view, or that there is none or nothing odd."""
    found = schedules(code)
    for schedule in found:
        fault = _fault(code, schedule)
        if fault:
            return Finding(NAMED[fault], {"schedule": schedule.name}, code.place(schedule.made))
    if found and all(_is_plain(code, schedule) for schedule in found):
        return Finding("constant_or_as_planned", {"schedule": found[0].name}, code.place(found[0].made))
    optimizers = code.called(*OPTIMIZERS)
    arguments = code.called("TrainingArguments", "Seq2SeqTrainingArguments")
    if not found and arguments and automatic(code) is not None and not code.says("lr_scheduler_kwargs", "optimizers"):
        return Finding("constant_or_as_planned", {"schedule": "linear"}, code.place(arguments[0]))
    trains = bool(trainings(code)) or automatic(code) is not None
    if found or not optimizers or not trains or code.gaps or code.says(*SCHEDULERS, *ADJUSTS, *WANT_WARMUP):
        return Unanswered("absent", "The code does not show plainly how the learning rate changes.")
    return Finding("constant_or_as_planned", {"schedule": last(optimizers[0])}, code.place(optimizers[0]))


def _fault(code: Code, schedule: Schedule) -> str:
    if cut_on_gain(schedule):
        return "metric"
    if wrong_unit(code, schedule):
        return "unit"
    return "soon" if falls_too_soon(code, schedule) else ""


def _is_plain(code: Code, schedule: Schedule) -> bool:
    """Whether it is stepped in the unit that it is known to be made for."""
    where = {unit_of(code, step) for step in schedule.steps}
    if schedule.name == "OneCycleLR":
        return where == {"batch"}
    if schedule.name in ("StepLR", "MultiStepLR", "ExponentialLR"):
        return where == {"epoch"}
    if schedule.name == "ReduceLROnPlateau":
        return where == {"epoch"} and schedule.watches != ""
    return False
