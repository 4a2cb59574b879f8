"""Whether batches change, from step to step and from epoch to epoch, as the pasted code draws them."""

from __future__ import annotations

import ast
import re

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.source_batches import training_loaders
from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_schedule import region_is_within
from wizard.evidence.artifacts.source_steps import automatic, trainings
from wizard.evidence.artifacts.source_tree import LOOPS, argument, calls, is_open, last

ON_PURPOSE = re.compile(r"overfit_|sanity|one_batch|single_batch|fixed_batch", re.IGNORECASE)
SPREADS = ("Accelerator", "Fabric", "LightningModule", "Trainer", "set_epoch")
# data sets that are read by index, so that only the loader decides on the order
BY_INDEX = {
    "TensorDataset", "ImageFolder", "DatasetFolder", "MNIST", "FashionMNIST", "CIFAR10", "CIFAR100", "SVHN", "STL10",
    "KMNIST", "EMNIST", "ImageNet", "CocoDetection", "VOCSegmentation", "Subset", "ConcatDataset", "Caltech101",
    "Flowers102", "Food101",
}  # fmt: skip


@inspector(version=1)
def batches_over_time(code: Code) -> Finding | Unanswered:
    """The same batch fetched anew, an order that never changes, equal data on all devices, or none of these."""
    if any(ON_PURPOSE.search(word) for word in code.words):
        return Unanswered("absent", "The code trains on one batch on purpose.")
    same = _fetched_in_loop(code)
    loaders = training_loaders(code)
    if same is not None:
        return Finding("same_every_step", {}, code.place(same))
    outcomes = {_outcome(code, loader) for loader in loaders}
    outcome = outcomes.pop() if len(outcomes) == 1 else ""
    if not outcome:
        return Unanswered("absent", "The code does not show how the training batches are drawn.")
    return Finding(outcome, {}, code.place(loaders[0]))


def _fetched_in_loop(code: Code) -> ast.AST | None:
    """`next(iter(loader))` in the loop, of a loader that plainly does not shuffle: always its first batch."""
    for training in trainings(code):
        for call in calls(training.region) if isinstance(training.region, ast.For | ast.While) else ():
            inner = call.args[0] if last(call) == "next" and call.args else None
            fetched = isinstance(inner, ast.Call) and last(inner) == "iter" and len(inner.args) == 1
            made = code.names.meanings(inner.args[0]) if fetched and isinstance(inner, ast.Call) else []
            loaders = [one for one in made if isinstance(one, ast.Call) and last(one) == "DataLoader"]
            if made and len(loaders) == len(made) and all(_in_fixed_order(code, one) for one in loaders):
                return call
    return None


def _outcome(code: Code, loader: ast.Call) -> str:
    sampler = argument(loader, "sampler", 3)
    shuffle = _flag(code, argument(loader, "shuffle", 2))
    parallel = code.says("DistributedDataParallel", "DDP", "init_process_group") and not code.says(*SPREADS)
    if sampler is not None:
        made = {last(one) for one in code.names.meanings(sampler) if isinstance(one, ast.Call)}
        if made == {"DistributedSampler"}:
            return "new_each_step" if code.says("set_epoch") else "" if code.says(*SPREADS) else _repeats(code)
        return (
            "new_each_step" if made in ({"RandomSampler"}, {"WeightedRandomSampler"}, {"SubsetRandomSampler"}) else ""
        )
    if parallel:
        return "equal_on_every_device" if _in_fixed_order(code, loader) else ""
    if shuffle:
        return "new_each_step"
    return _repeats(code) if _in_fixed_order(code, loader) else ""


def _repeats(code: Code) -> str:
    """Whether there are several epochs in view: a loop around the one over batches, or a library's."""
    loops = [node for node in code.parents if isinstance(node, LOOPS)]
    around = [loop for one in trainings(code) for loop in loops if region_is_within(code, one.region, loop)]
    return "same_order_each_epoch" if around or automatic(code) is not None else ""


def _in_fixed_order(code: Code, loader: ast.Call) -> bool:
    """Neither shuffled nor sampled, from a data set that is read by index."""
    if is_open(loader) or any(argument(loader, name) is not None for name in ("sampler", "batch_sampler")):
        return False
    if len(loader.args) > 2 or (
        automatic(code) is not None and code.says("Trainer") and not code.says("LightningModule")
    ):
        return False
    shuffle = argument(loader, "shuffle")
    if shuffle is not None and _flag(code, shuffle) is not False:
        return False
    sets = code.names.meanings(argument(loader, "dataset", 0))
    return bool(sets) and all(isinstance(one, ast.Call) and _by_index(code, one) for one in sets)


def _by_index(code: Code, made: ast.Call) -> bool:
    class_ = code.classes.get(last(made))
    if class_ is not None:
        methods = {one.name for one in class_.body if isinstance(one, ast.FunctionDef)}
        return "__getitem__" in methods and not methods & {"__iter__", "shuffle", "on_epoch_end"}
    return last(made) in BY_INDEX


def _flag(code: Code, node: ast.expr | None) -> bool | None:
    number = code.names.number(node)
    return None if number is None else bool(number)
