"""Pasted training code as a tree with an index. It is parsed, never run: nothing in it is imported or evaluated.

`read_code` is the only door. What does not parse is left out, and `Code.whole` tells whether a piece lacks something.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from wizard.evidence.artifacts.source_names import Names, names_of
from wizard.evidence.artifacts.source_text import parse
from wizard.evidence.artifacts.source_tree import FUNCTIONS, Function, calls, dotted, last, walk
from wizard.vocabulary import PASTED, Place

MOST_CHARACTERS = 1_000_000
MOST_NODES = 40_000  # four thousand lines of usual code
DEEPEST = 100  # nodes within nodes; hand-written code stays below forty
OTHERS = {"tensorflow", "keras", "tf", "jax", "flax", "paddle", "mxnet", "mindspore"}
OURS = {"torch", "nn", "lightning", "pytorch_lightning", "pl", "transformers", "accelerate", "fastai", "timm"}


@dataclass(frozen=True, slots=True, eq=False)
class Code:
    """What of the pasted text is Python for PyTorch. `gaps` are lines (from 1) that are missing or stand for more."""

    tree: ast.Module
    gaps: frozenset[int]
    parents: dict[ast.AST, ast.AST]
    names: Names
    calls: tuple[ast.Call, ...]  # in the order of the text
    functions: dict[str, list[Function]]
    classes: dict[str, ast.ClassDef]
    imports: dict[str, str]  # local name -> dotted name
    by_name: dict[str, list[ast.Call]]  # the calls by their last name
    words: frozenset[str]  # every name, attribute, keyword and imported name

    def called(self, *names: str) -> list[ast.Call]:
        """The calls whose last name is one of NAMES."""
        if len(names) == 1:
            return self.by_name.get(names[0], [])
        return [call for call in self.calls if last(call) in names]

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Everything that NODE stands in, inner first."""
        while (node := self.parents.get(node, self.tree)) is not self.tree:
            yield node

    def function(self, node: ast.AST) -> Function | None:
        """The function that NODE stands in."""
        return next((above for above in self.above(node) if isinstance(above, FUNCTIONS)), None)

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement that NODE is or stands in."""
        return next(one for one in (node, *self.above(node)) if isinstance(one, ast.stmt))

    def whole(self, node: ast.AST) -> bool:
        """Whether all lines of NODE are there and none stands for more ("...")."""
        if isinstance(node, ast.Module):
            return not self.gaps
        first, end = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
        return not any(first <= gap <= end for gap in self.gaps)

    def says(self, *words: str) -> bool:
        """Whether one of WORDS is a name, an attribute, a keyword or an imported name anywhere in the code."""
        return not self.words.isdisjoint(words)

    def place(self, node: ast.AST) -> Place:
        """Where NODE is in the pasted text."""
        return Place(PASTED.format("code"), line=getattr(node, "lineno", None))


def read_code(text: str) -> Code | None:
    """The Python in TEXT; None if there is none, or too much of it. Code for another framework gives an empty tree."""
    if len(text) > MOST_CHARACTERS:
        return None
    parsed = parse(text)
    parents: dict[ast.AST, ast.AST] = {}
    kept: list[ast.stmt] = []
    gaps = set(parsed.gaps)
    tree = ast.Module([], [])
    for statement in parsed.statements:
        inside = _parents(statement)
        if inside is None:
            gaps |= set(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
            continue
        if len(parents) + len(inside) > MOST_NODES:
            return None
        kept.append(statement)
        parents |= {**inside, statement: tree}
    if not any(_tells(statement) for statement in kept):
        return None
    tree.body = kept
    if _for_another_framework(tree):
        tree, parents = ast.Module([], []), {}
    return Code(
        tree=tree,
        gaps=frozenset(gaps),
        parents=parents,
        names=names_of(tree, parents),
        calls=tuple(calls(tree)),
        functions=_functions(parents),
        classes={node.name: node for node in parents if isinstance(node, ast.ClassDef)},
        imports=_imports(parents),
        by_name=_by_name(tree),
        words=frozenset(_words(parents)),
    )


def _parents(statement: ast.stmt) -> dict[ast.AST, ast.AST] | None:
    """What each node within stands in; None if it is nested too deeply to be walked by recursion later."""
    found: dict[ast.AST, ast.AST] = {}
    stack: list[tuple[ast.AST, int]] = [(statement, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > DEEPEST:
            return None
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.expr_context | ast.operator | ast.unaryop | ast.cmpop | ast.boolop):
                found[child] = node
                stack.append((child, depth + 1))
    return found


def _tells(statement: ast.stmt) -> bool:
    """Whether STATEMENT is code beyond doubt: words and printed records parse as names, calls and annotations."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute())):
            return True
        case ast.Assign(value=value) | ast.AugAssign(value=value):
            return any(isinstance(node, ast.Call) for node in walk(value))
        case ast.Expr() | ast.AnnAssign() | ast.Pass():
            return False
    return isinstance(
        statement, (*FUNCTIONS, ast.ClassDef, ast.For, ast.While, ast.With, ast.If, ast.Try, ast.Import, ast.ImportFrom)
    )


def _for_another_framework(tree: ast.Module) -> bool:
    roots = {dotted(node).split(".")[0] for node in walk(tree) if isinstance(node, ast.Attribute)}
    for node in walk(tree):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            roots.add((node.module or "").split(".")[0])
    return bool(roots & OTHERS) and not roots & OURS


def _functions(parents: dict[ast.AST, ast.AST]) -> dict[str, list[Function]]:
    found: dict[str, list[Function]] = {}
    for node in parents:
        if isinstance(node, FUNCTIONS):
            found.setdefault(node.name, []).append(node)
    return found


def _by_name(tree: ast.Module) -> dict[str, list[ast.Call]]:
    found: dict[str, list[ast.Call]] = {}
    for call in calls(tree):
        found.setdefault(last(call), []).append(call)
    return found


def _imports(parents: dict[ast.AST, ast.AST]) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in parents:
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name.split(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module or ''}.{alias.name}" for alias in node.names}
    return found


def _words(parents: dict[ast.AST, ast.AST]) -> Iterator[str]:
    for node in parents:
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.FunctionDef(name=word) | ast.ClassDef(name=word):
                yield word
            case ast.keyword(arg=str(word)):
                yield word
            case ast.alias(name=name) | ast.ImportFrom(module=str(name)):
                yield from name.split(".")
