"""Walking what a file holds: dicts, lists and stubbed objects, down to weights and optimizers but not into them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from wizard.evidence.artifacts.stubs import Stub
from wizard.evidence.artifacts.tensors import TensorDescriptor

MAX_DEPTH = 4  # how deep settings, weights and optimizers lie below the top
MAX_NODES = 10_000


def fields(value: object) -> Mapping[Any, Any]:
    """The items of a dict, or the attributes of a stubbed object; nothing for anything else."""
    if isinstance(value, Stub):
        value = value.state if isinstance(value.state, dict) else value.pairs
    return value if isinstance(value, dict) else {}


def is_module(value: object) -> bool:
    return isinstance(value, Stub) and {"_parameters", "_modules"} <= set(fields(value))


def is_state_dict(value: object) -> bool:
    """Mostly named tensors, at least one of them a float array."""
    if not isinstance(value, dict) or not value or not all(isinstance(key, str) for key in value):
        return False
    tensors = [entry for entry in value.values() if isinstance(entry, TensorDescriptor)]
    return 2 * len(tensors) > len(value) and any(is_array(tensor) for tensor in tensors)


def untensored(mapping: Mapping[Any, Any]) -> Mapping[Any, Any]:
    return {key: value for key, value in mapping.items() if not isinstance(value, TensorDescriptor)}


def is_array(tensor: TensorDescriptor) -> bool:
    return len(tensor.shape) > 0 and "float" in tensor.dtype


def mappings(tree: object) -> Iterator[Mapping[Any, Any]]:
    """Dicts and objects from the top down, each once, not into weights or optimizers."""
    seen: set[int] = set()
    level: deque[tuple[object, int]] = deque([(tree, 0)])
    while level and len(seen) < MAX_NODES:
        node, depth = level.popleft()
        if id(node) in seen:
            continue
        seen.add(id(node))
        held = fields(node)
        if held:
            yield held
        if depth < MAX_DEPTH and not (is_state_dict(node) or is_module(node) or "param_groups" in held):
            children = list(held.values()) if held else node if isinstance(node, list | tuple) else []
            level.extend((child, depth + 1) for child in children[:MAX_NODES] if isinstance(child, dict | list | Stub))
