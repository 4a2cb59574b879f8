"""What an expression in pasted code puts out last: scores of a linear layer, a softmax, a rounded class.

`endings` follows names, forward() and Sequential; what cannot be followed is UNKNOWN, and then nothing may be accused.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_layers import BATCH_NORMS, DROPOUTS, WEIGHTED, is_library_model
from wizard.evidence.artifacts.source_models import is_module, method
from wizard.evidence.artifacts.source_names import Site
from wizard.evidence.artifacts.source_tree import FUNCTIONS, KEEPS, Function, dotted, last, receiver, unwrapped, walk

SCORES, SOFTMAX, LOG_SOFTMAX, SIGMOID, ROUNDED, BOUNDED, UNKNOWN = (
    "scores", "softmax", "log_softmax", "sigmoid", "rounded", "bounded", "unknown",
)  # fmt: skip
DEEPEST = 16
ACTIVATED = {
    "softmax": SOFTMAX, "Softmax": SOFTMAX, "softmax_": SOFTMAX, "Softmax2d": SOFTMAX,
    "log_softmax": LOG_SOFTMAX, "LogSoftmax": LOG_SOFTMAX,
    "sigmoid": SIGMOID, "Sigmoid": SIGMOID, "sigmoid_": SIGMOID,
    "tanh": BOUNDED, "Tanh": BOUNDED, "relu": BOUNDED, "ReLU": BOUNDED, "relu_": BOUNDED, "ReLU6": BOUNDED,
    "softplus": BOUNDED, "Softplus": BOUNDED, "Hardtanh": BOUNDED,
    "argmax": ROUNDED, "round": ROUNDED, "sign": ROUNDED, "argmin": ROUNDED,
}  # fmt: skip
PASSING = {"Flatten", "Unflatten", "Identity", *DROPOUTS, *BATCH_NORMS}
PASSED = {*KEEPS, "dropout", "clamp", "long", "int", "bool", "type_as", "flatten", "to_tensor"}
HEADS = ("fc", "classifier", "head", "heads", "last_linear", "_fc", "heads.head")


def endings(code: Code, node: ast.expr | None, depth: int = 0) -> frozenset[str]:
    """Everything that NODE may put out last."""
    unknown = frozenset({UNKNOWN})
    if node is None or depth > DEEPEST:
        return unknown
    match node:
        case ast.Name() | ast.Attribute(value=ast.Name(id="self")):
            sites = list(reaching(code, node))
            return _union(code, [site.value for site in sites], depth + 1)
        case ast.Attribute(attr="logits"):
            return frozenset({SCORES})
        case ast.Subscript(value=inner):  # of a tuple or dictionary UNKNOWN is what comes back
            return endings(code, inner, depth + 1)
        case ast.Compare():
            return frozenset({ROUNDED})
        case ast.IfExp(body=body, orelse=orelse):
            return _union(code, [body, orelse], depth + 1)
        case ast.BinOp(op=ast.MatMult()):
            return frozenset({SCORES})
        case ast.Call():
            return _of_call(code, node, depth + 1)
    return unknown


def _union(code: Code, nodes: list[ast.expr | None], depth: int) -> frozenset[str]:
    return frozenset().union(*(endings(code, one, depth) for one in nodes)) if nodes else frozenset({UNKNOWN})


def reaching(code: Code, name: ast.expr) -> Iterator[Site]:
    """The assignments whose value NAME may hold where it stands; the last one first."""
    key, here = dotted(name), (getattr(name, "lineno", 0), getattr(name, "col_offset", 0))
    around = {id(above) for above in code.above(name)}
    scope = next(code.names.scope(name, key))
    for site in reversed(code.names.sites.get((scope, key), [])):
        if site.end > here:
            continue
        yield site
        if all(id(one) in around for one in _branches(code, site.node)):
            return
    if isinstance(scope, FUNCTIONS) and key not in code.names.bound.get(scope, {}):
        yield Site(name, None, here)  # a parameter, or something from outside


def _branches(code: Code, node: ast.AST) -> Iterator[ast.AST]:
    for above in code.above(node):
        if isinstance(above, FUNCTIONS):
            return
        if isinstance(above, ast.If | ast.For | ast.While | ast.Try | ast.ExceptHandler):
            yield above


def _of_call(code: Code, call: ast.Call, depth: int) -> frozenset[str]:
    name, owner = last(call), receiver(call)
    functional = dotted(owner).split(".")[-1] in ("F", "functional", "torch", "special")
    first = call.args[0] if call.args else None
    if isinstance(call.func, ast.Call):
        return of_layer(code, call.func, first, depth)
    if name in ("log", "log_") and (functional or owner is not None):
        inner = endings(code, first if functional else owner, depth)
        return frozenset({LOG_SOFTMAX if one == SOFTMAX else UNKNOWN for one in inner})
    if dotted(owner) != "self" and (owner is not None or name in code.imports):
        operand = first if functional or owner is None else owner
        if name in ACTIVATED and name.islower():
            return frozenset({ACTIVATED[name]})
        if name in PASSED:
            return endings(code, operand, depth)
        if functional and name in ("linear", "matmul", "mm", "bmm"):
            return frozenset({SCORES})
    return _of_model(code, call, first, depth)


def _of_model(code: Code, call: ast.Call, first: ast.expr | None, depth: int) -> frozenset[str]:
    """CALL is `model(x)`, `self.layer(x)` or `self(x)`."""
    called = call.func
    if isinstance(called, ast.Attribute) and called.attr == "forward":
        called = called.value
    if dotted(called) == "self":
        class_ = next((one for one in code.above(call) if isinstance(one, ast.ClassDef)), None)
        return of_class(code, class_, depth) if class_ else frozenset({UNKNOWN})
    found: set[str] = set()
    for meaning in code.names.meanings(called) if dotted(called) else [None]:
        core = unwrapped(meaning) if meaning is not None else None
        heads = _heads(code, dotted(called))
        if isinstance(core, ast.Call) and is_library_model(last(core)):
            made = [of_layer(code, one, None, depth) if isinstance(one, ast.Call) else {UNKNOWN} for one in heads]
            found |= set().union(*made) if made else {SCORES}
        elif isinstance(core, ast.Call) and not heads:
            found |= of_layer(code, core, first, depth)
        else:
            found.add(UNKNOWN)
    return frozenset(found)


def _heads(code: Code, model: str) -> list[ast.expr | None]:
    """What was put in the place of the last layer of a library's MODEL."""
    bound = code.names.everywhere
    given = [value for part in HEADS for key in (part, f"{part}[]") for value in bound.get(f"{model}.{key}", [])]
    return [meaning for value in given for meaning in code.names.meanings(value)]


def of_layer(code: Code, made: ast.Call, first: ast.expr | None, depth: int = 0) -> frozenset[str]:
    """What the layer that MADE constructs puts out, given FIRST."""
    name = last(made)
    if depth > DEEPEST:
        return frozenset({UNKNOWN})
    if name in ACTIVATED and not name.islower():
        return frozenset({ACTIVATED[name]})
    if name in WEIGHTED and name.startswith(("Linear", "Lazy", "Bilinear", "Conv")):
        return frozenset({SCORES})
    if name in PASSING:
        return endings(code, first, depth + 1)
    if name == "Sequential":
        for element in reversed(elements(made) or []):
            if not isinstance(element, ast.Call):
                break
            if last(element) not in PASSING:
                return of_layer(code, element, None, depth + 1)
        return frozenset({UNKNOWN})
    if name in code.classes:
        return of_class(code, code.classes[name], depth + 1)
    return frozenset({SCORES} if is_library_model(name) else {UNKNOWN})


def elements(sequential: ast.Call) -> list[ast.expr] | None:
    """The layers of a Sequential in order; None if they are not listed there."""
    listed: list[ast.expr] = list(sequential.args)
    if len(listed) == 1 and isinstance(listed[0], ast.Call) and last(listed[0]) == "OrderedDict":
        pairs = listed[0].args[0] if listed[0].args else None
        listed = []
        for pair in pairs.elts if isinstance(pairs, ast.List | ast.Tuple) else []:
            listed.append(pair.elts[1] if isinstance(pair, ast.Tuple) and len(pair.elts) == 2 else pair)
    return None if any(isinstance(one, ast.Starred) for one in listed) else listed


def of_class(code: Code, class_: ast.ClassDef, depth: int = 0) -> frozenset[str]:
    """What forward() of CLASS_ returns."""
    forward = method(class_, "forward")
    if forward is None or not code.whole(forward) or not is_module(code, class_) or depth > DEEPEST:
        return frozenset({UNKNOWN})
    return _union(code, [one.value for one in returns(code, forward)], depth + 1)


def returns(code: Code, function: Function) -> list[ast.Return]:
    """The returns of FUNCTION itself."""
    return [node for node in walk(function) if isinstance(node, ast.Return) and code.function(node) is function]
