"""Numbers as checkpoints hold them: plain, or wrapped in a tensor of one element."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wizard.evidence.artifacts.tensors import TensorDescriptor, whole

LONGEST = 1000  # items of a list of numbers that are looked at


def scalar(value: object) -> float | int | None:
    """A number, be it wrapped in a tensor of one element; else None."""
    if isinstance(value, TensorDescriptor) and value.count == 1 and value.dtype != "bool":
        held = whole(value)
        return float(held.reshape(-1)[0]) if held is not None else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def whole_number(value: object) -> int | None:
    """A count that is not negative, else None."""
    number = scalar(value)
    return int(number) if number is not None and math.isfinite(number) and 0 <= number < 1 << 62 else None


def first_whole_number(mappings: Iterable[Mapping[Any, Any]], keys: Sequence[str]) -> int | None:
    """The count under the first of KEYS in the first mapping that has one."""
    for mapping in mappings:
        for key in keys:
            if (number := whole_number(mapping.get(key))) is not None:
                return number
    return None


def scalars(value: object) -> tuple[float, ...]:
    """The numbers of a list; empty for anything else."""
    items = value[:LONGEST] if isinstance(value, list | tuple) else ()
    return tuple(number for item in items if (number := scalar(item)) is not None)
