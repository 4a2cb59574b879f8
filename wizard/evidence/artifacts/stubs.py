"""What stands for the objects of a pickle, and for keys that are not worth hashing."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.evidence.artifacts.tensors import LARGEST


class Stub:
    """Stands for a global, or for what was to be made from one; all that was to be done to it is only written down."""

    __slots__ = ("args", "items", "name", "pairs", "state")

    def __init__(self, name: str, args: tuple[object, ...] = ()) -> None:
        self.name, self.args = name, args
        self.state: object = None
        self.items: list[object] = []
        self.pairs: dict[object, object] = {}

    def __repr__(self) -> str:
        return f"<stub of {self.name}>"


def key(value: object) -> object:
    """VALUE if hashing it is cheap, else a stub: hashing a tuple that holds itself twice, 100 deep, never ends."""
    parts = value if type(value) is tuple and len(value) <= 8 else (value,)
    for part in parts:
        if not isinstance(part, str | bytes | float | int | Stub | None):
            return Stub("key")
        if isinstance(part, int) and abs(part) >= LARGEST:  # such integers can be made to collide
            return Stub("key")
    return value


def keyed(pairs: Iterable[tuple[object, object]]) -> dict[object, object]:
    """A dict of PAIRS whose keys are cheap to hash."""
    return {key(name): value for name, value in pairs}
