"""Finding the named tensors of the model in what a file holds, whatever the project calls them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from wizard.evidence.artifacts.saved_tree import fields, is_array, is_module, is_state_dict, mappings
from wizard.evidence.artifacts.tensors import TensorDescriptor
from wizard.evidence.artifacts.weight_names import LONGEST, readable, without_prefixes

# Spellings that people use, the plain weights before averaged ones.
WEIGHT_KEYS = (
    *("model", "model_state_dict", "state_dict", "net", "network", "module", "weights", "params"),
    *("student", "model_ema", "ema", "ema_state_dict", "state_dict_ema", "params_ema"),
)


def find_weights(tree: object) -> dict[str, TensorDescriptor]:
    """The named tensors of the model, without the prefixes of wrappers; empty if there are none."""
    return without_prefixes(_named_tensors(tree))


def _named_tensors(tree: object) -> dict[str, TensorDescriptor]:
    """The named tensors of the model: under a usual key, at the top, or whatever looks like a state dict."""
    if is_module(tree):
        return _tensors_of(tree)
    for mapping in mappings(tree):
        if is_state_dict(mapping):
            return _tensors_of(mapping)
        for key in WEIGHT_KEYS:
            if found := _tensors_of(mapping.get(key)):
                return found
        others = {
            str(key): found
            for key, value in mapping.items()
            if (is_state_dict(value) or is_module(value)) and (found := _tensors_of(value))
        }
        if len(others) == 1:
            return next(iter(others.values()))
        if others:
            return {f"{key}.{name}": tensor for key, found in others.items() for name, tensor in found.items()}
    return {}


def _tensors_of(value: object) -> dict[str, TensorDescriptor]:
    """Tensors of a state dict (nested or not) or a pickled module, by dotted name; {} if it is neither."""
    found: dict[str, TensorDescriptor] = {}
    seen: set[int] = set()
    nodes: deque[tuple[str, object]] = deque([("", value)])
    while nodes:
        prefix, node = nodes.popleft()
        if id(node) in seen or len(prefix) > LONGEST or "param_groups" in fields(node):
            continue
        seen.add(id(node))
        for name, child in _children(node):
            if not isinstance(name, str):
                continue
            if isinstance(child, TensorDescriptor):
                found[readable(prefix + name)] = child
            elif isinstance(child, dict) or is_module(child):
                nodes.append((f"{prefix}{name}.", child))
    return found if any(is_array(tensor) for tensor in found.values()) else {}


def _children(node: object) -> Iterable[tuple[object, object]]:
    if is_module(node):
        held = fields(node)
        parts = [held.get(part) for part in ("_parameters", "_buffers", "_modules")]
        return [item for part in parts if isinstance(part, dict) for item in part.items()]
    return node.items() if isinstance(node, dict) else ()
