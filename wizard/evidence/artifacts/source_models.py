"""The classes in pasted code that are modules, and the names of the models that an optimizer takes."""

from __future__ import annotations

import ast
from functools import lru_cache

from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_layers import OPTIMIZERS
from wizard.evidence.artifacts.source_tree import FUNCTIONS, Function, calls, dotted, last, receiver

BASES = {"Module", "LightningModule", "PreTrainedModel", "PyTorchModelHubMixin", "Sequential"}
DEEPEST = 8


def is_module(code: Code, class_: ast.ClassDef, depth: int = 0) -> bool:
    """Whether CLASS_ derives from nn.Module, directly or through classes of the pasted code."""
    names = {last(base) for base in class_.bases}
    parents = [code.classes[name] for name in names if name in code.classes and name != class_.name]
    return bool(names & BASES) or (depth < DEEPEST and any(is_module(code, one, depth + 1) for one in parents))


@lru_cache(maxsize=1)  # asked for again and again
def modules(code: Code) -> dict[str, ast.ClassDef]:
    """The classes that are modules."""
    return {name: class_ for name, class_ in code.classes.items() if is_module(code, class_)}


def method(class_: ast.ClassDef, name: str) -> Function | None:
    """The method of that name."""
    return next((one for one in class_.body if isinstance(one, FUNCTIONS) and one.name == name), None)


@lru_cache(maxsize=1)
def trained_names(code: Code) -> set[str]:
    """The dotted names of models whose parameters, or a part of them, an optimizer takes."""
    found = set()
    for call in code.called(*OPTIMIZERS):
        meant = [value for argument in call.args for value in code.names.meanings(argument) if value is not None]
        for one in calls(call, *meant):
            owner = dotted(receiver(one)).split(".") if last(one) in ("parameters", "named_parameters") else []
            found.add(".".join(owner[: 2 if owner[:1] == ["self"] else 1]))
    return found - {""}
