"""Where the training batches of pasted code come from: the loader that the training loop goes through."""

from __future__ import annotations

import ast

from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_models import method, modules
from wizard.evidence.artifacts.source_steps import Training, trainings
from wizard.evidence.artifacts.source_tree import LOOPS, argument, calls, dotted, last

GOES_THROUGH = {
    "enumerate",
    "tqdm",
    "track",
    "iter",
    "trange",
    "zip",
    "islice",
    "log_every",
    "cycle",
    "progress_bar",
    "prefetch",
}
NOT_TRAINING = ("val", "test", "eval", "dev")


def training_loaders(code: Code) -> list[ast.Call]:
    """The DataLoader constructions that the training loops in view go through, or that are named for training."""
    found: dict[int, ast.Call] = {}
    for training in trainings(code):
        for loop in loops_of(code, training):
            iterated = through(loop.iter)
            for meaning in code.names.meanings(iterated):
                if isinstance(meaning, ast.Call) and last(meaning) == "DataLoader":
                    found[id(meaning)] = meaning
    for class_ in modules(code).values():
        given = method(class_, "train_dataloader")
        found |= {id(call): call for call in calls(given) if last(call) == "DataLoader"} if given else {}
    return list(found.values()) or [call for call in code.called("DataLoader") if _named_for_training(code, call)]


def loops_of(code: Code, training: Training) -> list[ast.For | ast.AsyncFor]:
    """The for loops around the training's step, the inner first."""
    around = [training.region, *code.above(training.region)]
    return [loop for loop in around if isinstance(loop, ast.For | ast.AsyncFor)]


def through(iterated: ast.expr) -> ast.expr:
    """`loader` of `enumerate(tqdm(loader))`."""
    while isinstance(iterated, ast.Call) and last(iterated) in GOES_THROUGH and iterated.args:
        iterated = iterated.args[0]
    return iterated


def _named_for_training(code: Code, call: ast.Call) -> bool:
    statement = code.statement(call)
    names = [dotted(one) for one in statement.targets] if isinstance(statement, ast.Assign) else []
    dataset = dotted(argument(call, "dataset", 0))
    return any("train" in name for name in (*names, dataset)) and not any(
        word in name for name in (*names, dataset) for word in NOT_TRAINING
    )


def batch_size(code: Code) -> float | None:
    """Of the training loaders in view, if they agree."""
    sizes = {code.names.number(argument(call, "batch_size", 1)) for call in training_loaders(code)}
    return sizes.pop() if len(sizes) == 1 else None


def is_over_batches(code: Code, loop: ast.AST) -> bool:
    """Whether LOOP goes through batches rather than epochs."""
    if not isinstance(loop, ast.For | ast.AsyncFor):
        return False
    iterated = through(loop.iter)
    if isinstance(iterated, ast.Call):
        return last(iterated) == "range" and len(iterated.args) == 3
    return (bool(dotted(iterated)) and any(isinstance(one, LOOPS) for one in code.above(loop))) or (
        "load" in dotted(iterated).lower() or "batches" in dotted(iterated).lower()
    )


def epochs(code: Code, training: Training) -> float | None:
    """How often the outermost loop around the training is run."""
    loops = loops_of(code, training)
    if loops and isinstance(loops[-1].iter, ast.Call) and last(loops[-1].iter) in ("range", "trange"):
        ends = [code.names.number(arg) for arg in loops[-1].iter.args[:2]]
        numbers = [end for end in ends if end is not None]
        if len(numbers) == len(ends) and ends:
            return numbers[-1] - (numbers[0] if len(numbers) > 1 else 0)
    return None
