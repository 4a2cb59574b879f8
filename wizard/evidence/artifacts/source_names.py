"""What the names in pasted code stand for: by assignments, by calls with arguments, by class attributes and options."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from wizard.evidence.artifacts.source_tree import (
    FUNCTIONS,
    Function,
    argument,
    calls,
    dotted,
    last,
    mentions,
    position,
    targets,
    unwrapped,
    walk,
)

DEEPEST = 12  # names behind names
MOST_MEANINGS = 40
OPTIONS = {"args", "opt", "opts", "options", "cfg", "config", "hparams", "flags", "FLAGS", "params"}

Values = list[ast.expr | None]  # None: something, but not one expression


@dataclass(frozen=True, slots=True)
class Site:
    """One assignment, in the order of the text; `end` is where the name holds the value from."""

    node: ast.AST
    value: ast.expr | None
    end: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Names:
    """Everything that is bound, by function, class or module, and the options of the command line."""

    parents: dict[ast.AST, ast.AST]
    bound: dict[ast.AST | None, dict[str, Values]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    everywhere: dict[str, Values] = field(default_factory=lambda: defaultdict(list))
    options: dict[str, Values] = field(default_factory=lambda: defaultdict(list))
    sites: dict[tuple[ast.AST | None, str], list[Site]] = field(default_factory=lambda: defaultdict(list))

    def scope(self, node: ast.AST, key: str) -> Iterator[ast.AST | None]:
        """The functions (for `self.x` the class) around NODE, inner first, then the module (None)."""
        above = self.parents.get(node)
        while above is not None:
            if isinstance(above, ast.ClassDef if key.startswith("self.") else FUNCTIONS):
                yield above
            above = self.parents.get(above)
        yield None

    def add(self, node: ast.AST, target: ast.expr, value: ast.expr | None) -> None:
        """Note that TARGET is bound to VALUE; a wrapped self (`x = f(x)`) says nothing new."""
        base = dotted(target.value) if isinstance(target, ast.Subscript) else ""
        key = f"{base}[]" if base else dotted(target)
        if not key:
            return
        scope = next(self.scope(node, key))
        statement = isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr)
        self.sites[scope, key].append(Site(node, value, position(node if statement else target)))
        if value is not None and mentions(value, key):
            if dotted(unwrapped(value)) == key:
                return  # `model = model.to(device)`
            value = None
        self.bound[scope][key].append(value)
        self.everywhere[key].append(value)

    def values(self, node: ast.expr) -> Values:
        """What the name NODE was bound to in the innermost scope that binds it, else anywhere."""
        key = dotted(node)
        for scope in self.scope(node, key):
            if scope in self.bound and key in self.bound[scope]:
                return self.bound[scope][key]
        found = self.everywhere.get(key, []) if key else []
        if not found and isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found = self.of_class(node.value, node.attr)
            if not found and node.value.id in OPTIONS:
                found = self.options.get(node.attr, [])
        return found

    def of_class(self, owner: ast.Name, attribute: str) -> Values:
        """`Config.lr`, and `config.lr` where `config = Config()`."""
        names = {owner.id, *(last(value) for value in self.everywhere.get(owner.id, []) if isinstance(value, ast.Call))}
        for scope, bound in self.bound.items():
            if isinstance(scope, ast.ClassDef) and scope.name in names:
                return bound.get(f"self.{attribute}", [])
        return []

    def meanings(self, node: ast.expr | None) -> Values:
        """The expressions that NODE stands for, names followed as far as they go; None for what cannot be followed."""
        found: Values = []
        todo: list[tuple[ast.expr | None, int]] = [(node, 0)]
        seen: set[int] = set()
        while todo and len(found) < MOST_MEANINGS:
            one, depth = todo.pop(0)
            if one is None or not dotted(one):
                if one is None or id(one) not in seen:
                    found.append(one)
                seen.add(id(one))
                continue
            values = self.values(one) if depth < DEEPEST and id(one) not in seen else []
            seen.add(id(one))
            todo += [(value, depth + 1) for value in values[: MOST_MEANINGS + 1]] or ([(None, 0)] if depth == 0 else [])
        return found

    def number(self, node: ast.expr | None, depth: int = 0) -> float | None:
        """The number that NODE can only be."""
        match node:
            case ast.Constant(value=bool(value)):
                return float(value)
            case ast.Constant(value=int(value) | float(value)):
                return float(value) if abs(value) < 1e300 else None
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.number(operand, depth)
                return None if inner is None else -inner
            case ast.BinOp(left=left, op=op, right=right) if depth < DEEPEST:
                return _computed(self.number(left, depth + 1), op, self.number(right, depth + 1))
            case ast.Subscript(value=ast.Name() as table, slice=ast.Constant(value=str(key))) if depth < DEEPEST:
                return self._one([_item(value, key) for value in self.meanings(table)], depth)
            case ast.Name() | ast.Attribute() if depth < DEEPEST:
                return self._one(self.meanings(node), depth)
        return None

    def _one(self, meanings: Values, depth: int) -> float | None:
        numbers = {self.number(value, depth + 1) if value is not None else None for value in meanings}
        return numbers.pop() if len(numbers) == 1 else None


def _item(table: ast.expr | None, key: str) -> ast.expr | None:
    if isinstance(table, ast.Dict):
        for name, value in zip(table.keys, table.values, strict=True):
            if isinstance(name, ast.Constant) and name.value == key:
                return value
    return argument(table, key) if isinstance(table, ast.Call) and last(table) == "dict" else None


def _computed(left: float | None, op: ast.operator, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    match op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div() if right:
            return left / right
        case ast.FloorDiv() if right:
            return left // right
        case ast.Pow() if 0 < abs(left) < 1e6 and abs(right) < 30:
            value = left**right
            return value if isinstance(value, float) else None
    return None


def names_of(tree: ast.Module, parents: dict[ast.AST, ast.AST]) -> Names:
    """Everything that TREE binds."""
    names = Names(parents)
    functions: dict[str, list[Function]] = defaultdict(list)
    for node in walk(tree):
        for target, value in targets(node):
            owner = parents.get(node)
            if isinstance(owner, ast.ClassDef) and isinstance(target, ast.Name):
                names.bound[owner][f"self.{target.id}"].append(value)
            else:
                names.add(node, target, value)
        if isinstance(node, FUNCTIONS):
            owner = parents.get(node)
            known = owner.name if isinstance(owner, ast.ClassDef) and node.name == "__init__" else node.name
            functions[known].append(node)
            _defaults(names, node)
    for call in calls(tree):
        if last(call) == "add_argument":
            _option(names, call)
        for function in functions.get(last(call), []):
            _handed_over(names, function, call)
    return names


def _defaults(names: Names, function: Function) -> None:
    places = [*function.args.posonlyargs, *function.args.args]
    given = list(zip(reversed(places), reversed(function.args.defaults), strict=False))
    given += [
        (name, value) for name, value in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True) if value
    ]
    for parameter, value in given:
        if not (isinstance(value, ast.Constant) and value.value is None):
            names.bound[function][parameter.arg].append(value)
            names.everywhere[parameter.arg].append(value)


def _handed_over(names: Names, function: Function, call: ast.Call) -> None:
    places = [parameter.arg for parameter in (*function.args.posonlyargs, *function.args.args)]
    if places[:1] in (["self"], ["cls"]):
        places = places[1:]
    for place, parameter in enumerate(places):
        value = argument(call, parameter, place)
        if value is not None and dotted(value) != parameter:
            names.bound[function][parameter].append(value)
            names.everywhere[parameter].append(value)


def _option(names: Names, call: ast.Call) -> None:
    default = argument(call, "default")
    flags = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    known = argument(call, "dest")
    long = [flag for flag in flags if flag.startswith("--")] or flags
    if isinstance(known, ast.Constant) and isinstance(known.value, str):
        long = [known.value]
    if default is not None and long:
        names.options[long[0].lstrip("-").replace("-", "_")].append(default)
