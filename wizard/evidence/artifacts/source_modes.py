"""Where pasted code calls train() and eval(), and what is missing between training and validation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_graph import under_no_grad
from wizard.evidence.artifacts.source_steps import Training, trainings
from wizard.evidence.artifacts.source_tree import FUNCTIONS, LOOPS, argument, calls, dotted, last, receiver

FUNCTIONAL = {"dropout", "dropout1d", "dropout2d", "dropout3d"}  # these drop unless told otherwise
HOMES = {"F", "functional"}
VALIDATES = re.compile(r"val|test|eval", re.IGNORECASE)
SWITCHES = re.compile(r"set_mode|set_train|switch|set_eval|swap_?mode", re.IGNORECASE)


def always_dropping(code: Code) -> ast.Call | None:
    """`F.dropout(x)` in a forward(), not told the mode and not under `if self.training`."""
    for call in code.called(*FUNCTIONAL):
        owner = dotted(receiver(call)).split(".")[-1]
        function = code.function(call)
        told = argument(call, "training", 2) is not None or any(key.arg is None for key in call.keywords)
        guarded = any(
            isinstance(one, ast.If | ast.IfExp) and "training" in ast.unparse(one.test) for one in code.above(call)
        )
        none = code.names.number(argument(call, "p", 1)) == 0
        if owner in HOMES and function is not None and function.name == "forward" and not (told or guarded or none):
            return call
    return None


def eval_calls(code: Code) -> list[ast.Call]:
    """`model.eval()`, `model.train(False)`."""
    plain = [call for call in code.called("eval") if isinstance(call.func, ast.Attribute) and not call.args]
    return [call for call in plain if dotted(receiver(call)) not in ("pd", "df", "ast")] + [
        call for call in code.called("train") if _mode(code, call) is False
    ]


def train_calls(code: Code) -> list[ast.Call]:
    """`model.train()`, also with a mode that is not known."""
    return [
        call for call in code.called("train") if isinstance(call.func, ast.Attribute) and _mode(code, call) is not False
    ]


def _mode(code: Code, call: ast.Call) -> bool | None:
    if len(call.args) + len(call.keywords) > 1:
        return None
    number = code.names.number(argument(call, "mode", 0))
    return None if number is None else bool(number)


def _reached(code: Code, loop: ast.AST) -> Iterator[ast.Call]:
    """The calls in LOOP and in the bodies of the functions in view that they run."""
    todo: list[ast.AST] = [loop]
    seen = {loop}
    while todo:
        for call in calls(todo.pop()):
            yield call
            new = [one for one in code.functions.get(last(call), []) if one not in seen and one not in code.above(call)]
            seen.update(new)
            todo += new


def _epoch_loop(code: Code, training: Training) -> ast.AST | None:
    """The outermost loop around the training, also if that is a function called from a loop in view."""
    top: ast.AST | None = training.region if isinstance(training.region, LOOPS) else None
    for above in code.above(training.region):
        top = above if isinstance(above, LOOPS) else top
    function = code.function(training.region) or (training.region if isinstance(training.region, FUNCTIONS) else None)
    if function is not None:
        uses = [one for call in code.called(function.name) for one in code.above(call) if isinstance(one, LOOPS)]
        top = uses[-1] if uses else top
    return top


def never_back_in_train(code: Code) -> ast.Call | None:
    """An eval() within the loop over epochs that also trains, and no train() within that loop."""
    evals, trains = set(eval_calls(code)), set(train_calls(code))
    models = {dotted(receiver(call)) for call in evals | trains} - {""}
    for training in trainings(code) if evals and not code.gaps else []:
        loop = _epoch_loop(code, training)
        inside = list(_reached(code, loop)) if loop is not None else []
        switched = [call for call in inside if call in evals]
        same = {dotted(receiver(call)) for call in switched} & _trained_here(training)
        back = any(call in trains or _may_switch(code, call, models) for call in inside)
        if same and not back:
            return switched[0]
    return None


def _trained_here(training: Training) -> set[str]:
    """What is called like a model in the training: `model(x)`, `self(x)`, `self.net(x)`."""
    return {dotted(call.func) for call in calls(training.region)} - {""}


def _may_switch(code: Code, call: ast.Call, models: set[str]) -> bool:
    """Whether a function that is not in view, by its name or because it takes one of MODELS, may switch the mode."""
    name = last(call)
    if SWITCHES.search(name):
        return True
    if name in code.functions or not re.search(r"train|val|fit|test|epoch", name):
        return False
    return not models.isdisjoint(dotted(value) for value in (*call.args, *(key.value for key in call.keywords)))


def only_in_eval(code: Code) -> ast.Call | None:
    """An eval() of the trained model before the training, and no train() anywhere."""
    if train_calls(code) or code.gaps or any(SWITCHES.search(word) for word in code.words):
        return None
    for training in trainings(code):
        for call in eval_calls(code):
            same = dotted(receiver(call)) in _trained_here(training)
            level = code.function(call) is code.function(training.region) and not isinstance(training.region, FUNCTIONS)
            above = not any(isinstance(one, (*LOOPS, ast.If)) for one in code.above(call))
            if same and level and above and call.lineno < getattr(training.region, "lineno", 0):
                return call
    return None


def is_validation_without_eval(code: Code) -> ast.AST | None:
    """A validation in view, with the code that calls it, in code that nowhere switches to eval mode."""
    words = ("eval", "set_mode", "evaluating", "eval_mode")
    if (
        eval_calls(code)
        or code.gaps
        or code.says(*words)
        or any(_mode(code, call) is None and call.args for call in train_calls(code))
    ):
        return None
    trained = set().union(*(_trained_here(training) for training in trainings(code)))
    for node in code.parents:
        validates = isinstance(node, ast.For) and under_no_grad(code, node) and _validates(code, node)
        if validates and not trained.isdisjoint(dotted(call.func) for call in calls(node)):
            return node
    return None


def _validates(code: Code, loop: ast.For) -> bool:
    """Whether LOOP goes by its name through validation data, next to the training or in a function called in view."""
    function = code.function(loop)
    named = VALIDATES.search(ast.unparse(loop.iter)) is not None
    if function is None:
        return named
    beside = any(code.function(one.region) is function for one in trainings(code))
    called = any(call not in calls(function) for call in code.called(function.name))
    return (named and beside) or (called and VALIDATES.search(function.name) is not None)
