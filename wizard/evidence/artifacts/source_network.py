"""The one network that is trained in pasted code, and all layers that it is built from."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_layers import BUILD_NOTHING, CONTAINERS, KNOWN, NO_LAYERS
from wizard.evidence.artifacts.source_models import BASES, is_module, method, modules, trained_names
from wizard.evidence.artifacts.source_tree import LOOPS, calls, dotted, last, unwrapped

MOST_LAYERS, DEEPEST = 3000, 8


@dataclass(frozen=True, slots=True)
class Layer:
    """One constructor call; `times` is how often it is run, None if the code does not tell."""

    name: str
    call: ast.Call
    times: int | None = 1


@dataclass(slots=True)
class Network:
    """What is trained: a class in view, a Sequential, or what a function out of view gives (`library`, its name)."""

    node: ast.AST
    class_: ast.ClassDef | None = None
    library: str = ""
    layers: list[Layer] = field(default_factory=list)
    classes: list[ast.ClassDef] = field(default_factory=list)
    complete: bool = True  # whether every layer is in view

    def named(self, names: set[str]) -> list[Layer]:
        """The layers of one kind."""
        return [layer for layer in self.layers if layer.name in names]


@lru_cache(maxsize=1)  # several inspectors ask for that of the same code
def network(code: Code) -> Network | None:
    """The one network that is trained; None if there are several or none in view."""
    built = [node for name in sorted(trained_names(code)) for node in _built(code, name)]
    if not built:
        known = modules(code)
        used = {last(call) for class_ in known.values() for call in calls(class_)}
        tops = [class_ for name, class_ in known.items() if name not in used]
        training = [class_ for class_ in tops if method(class_, "training_step")]
        built = list(training or tops) or [call for call in _sequentials(code) if code.function(call) is None]
    different = {id(node): node for node in built}
    return _network(code, next(iter(different.values()))) if len(different) == 1 else None


def _sequentials(code: Code) -> list[ast.Call]:
    found = code.called("Sequential")
    inner = {id(one) for call in found for one in calls(*call.args, *call.keywords)}
    return [call for call in found if id(call) not in inner]


def _built(code: Code, name: str) -> Iterator[ast.AST]:
    """Constructor calls (of a class in view: the class) that NAME stands for."""
    if name == "self":
        yield from (class_ for class_ in modules(code).values() if method(class_, "configure_optimizers"))
        return
    root = ast.parse(name, mode="eval").body
    values = code.names.everywhere.get(name, [])
    for value in values or code.names.meanings(root):
        for meaning in code.names.meanings(value) if value is not None else []:
            core = unwrapped(meaning) if meaning is not None else None
            if isinstance(core, ast.Call):
                yield code.classes.get(last(core), core)


def _network(code: Code, node: ast.AST) -> Network:
    if isinstance(node, ast.ClassDef):
        found = Network(node, class_=node)
        if is_module(code, node):
            _gather(code, found, node, 1, ())
        else:
            found.complete = False
    else:
        assert isinstance(node, ast.Call)
        name = last(node)
        known = name in KNOWN or name in code.functions
        found = Network(node, library="" if known else name)
        if known:
            _gather(code, found, node, 1, ())
        else:
            found.complete = False
    return found


def _gather(code: Code, found: Network, node: ast.AST, times: int | None, inside: tuple[ast.AST, ...]) -> None:
    """Add the layers that NODE (a class, a function, a constructor call) builds."""
    if node in inside or len(inside) > DEEPEST or len(found.layers) > MOST_LAYERS:
        found.complete = False
        return
    inside = (*inside, node)
    body: list[ast.AST] = [node]
    if isinstance(node, ast.ClassDef):
        found.classes += [node] if node not in found.classes else []
        init = method(node, "__init__")
        body = [init] if init else []
        for base in node.bases:
            if last(base) in code.classes:
                _gather(code, found, code.classes[last(base)], times, inside)
            elif last(base) not in BASES | {"object", "ABC"}:
                found.complete = False
    found.complete &= all(code.whole(one) for one in body)
    for call in calls(*body):
        name, often = last(call), _often(code, call, node, times)
        if name in CONTAINERS and any(isinstance(arg, ast.Starred) for arg in call.args):
            found.complete &= all(_local(code, arg) for arg in call.args if isinstance(arg, ast.Starred))
        elif name in KNOWN:
            found.layers.append(Layer(name, call, often))
        elif not _builds_nothing(call):
            made = _definition(code, call)
            if made is None:
                found.complete = False
            else:
                _gather(code, found, made, often, inside)


def _builds_nothing(call: ast.Call) -> bool:
    name = last(call)
    elsewhere = dotted(call.func).startswith(NO_LAYERS) and name != "load"  # torch.hub.load gives a model
    return name in BUILD_NOTHING or name.endswith("Loss") or elsewhere


def _definition(code: Code, call: ast.Call) -> ast.AST | None:
    """The class or function in view that CALL runs, also through a parameter (`block(64)` for `block=Bottleneck`)."""
    name = last(call)
    given = {last(value) for value in code.names.values(call.func)} if isinstance(call.func, ast.Name) else set()
    if name not in code.classes and name not in code.functions and len(given) == 1:
        name = given.pop()
    class_ = code.classes.get(name)
    if class_ is not None:
        return class_ if is_module(code, class_) else None
    functions = code.functions.get(name, [])
    return functions[0] if len(functions) == 1 else None


def _local(code: Code, starred: ast.Starred) -> bool:
    """Whether the layers of `*layers` are gathered in view: a list made here, or a comprehension."""
    if isinstance(starred.value, ast.List | ast.ListComp | ast.GeneratorExp):
        return True
    values = code.names.values(starred.value)
    return bool(values) and all(value is None or isinstance(value, ast.List | ast.ListComp) for value in values)


def _often(code: Code, call: ast.Call, top: ast.AST, times: int | None) -> int | None:
    for above in code.above(call):
        if above is top or times is None:
            break
        loops = above.generators if isinstance(above, ast.ListComp | ast.GeneratorExp) else []
        for loop in [above] if isinstance(above, LOOPS) else loops:
            iterated = None if isinstance(loop, ast.While) else loop.iter
            count = _count(code, iterated)
            times = None if count is None or times is None else times * count
    return times


def _count(code: Code, iterated: ast.expr | None) -> int | None:
    if isinstance(iterated, ast.List | ast.Tuple):
        return len(iterated.elts)
    if isinstance(iterated, ast.Call) and last(iterated) == "range" and iterated.args:
        ends = [code.names.number(arg) for arg in iterated.args[:2]]
        if None not in ends:
            numbers = [number or 0 for number in ends]
            return max(0, round(min(numbers[-1], MOST_LAYERS) - (numbers[0] if len(numbers) > 1 else 0)))
    return None
