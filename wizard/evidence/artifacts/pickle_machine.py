"""The opcode machine of pickles over bytes in memory, with a budget for time, objects and declared lengths.

Deliberately not the C unpickler: nine bytes make that one take 4 GB.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections.abc import Callable
from typing import Any, ClassVar

from wizard.evidence.artifacts.refusal import RefusedError

# A checkpoint of 10,000 parameters with two moments each takes one million opcodes; four million take some seconds.
MAX_OPCODES = 4_000_000
MAX_OBJECTS = 1_000_000  # lists, dicts, sets and stubs: an empty set has 216 bytes
MAX_MEMO = 2_000_000
MAX_PICKLE = 1 << 26  # bytes
MAX_INTEGER = 255  # bytes

# They allocate, reach outside or are never written by torch.
REFUSED = (
    pickle.BYTEARRAY8,
    pickle.EXT1,
    pickle.EXT2,
    pickle.EXT4,
    pickle.NEXT_BUFFER,
    pickle.READONLY_BUFFER,
    pickle.PERSID,
)
MALFORMED = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    struct.error,
    pickle.UnpicklingError,
)


class PickleMachine(pickle._Unpickler):
    """The pure-Python unpickler with its own loop, reader and opcode table.

    Overrides every opcode that allocates by a declared length; those that hash, call, import or change an object are
    left to the subclass. Its methods take the place of the parent's by name.
    """

    table: ClassVar[dict[int, Callable[[Any], None]]]

    def __init_subclass__(cls) -> None:
        handlers = {code: handler.__name__ for code, handler in pickle._Unpickler.dispatch.items()}
        cls.table = {code: getattr(cls, name) for code, name in handlers.items() if bytes([code]) not in REFUSED}

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(), encoding="latin-1")
        self.data, self.at = data, 0
        self.opcodes, self.objects = MAX_OPCODES, MAX_OBJECTS
        self.memo = _Memo()
        self.metastack: list[list[Any]] = []
        self.stack: list[Any] = []
        self.append = self.stack.append

    def load(self) -> object:
        """The tree that the pickle describes. Raises RefusedError."""
        table = self.table
        try:
            while (opcode := self.data[self.at]) != pickle.STOP[0]:
                self.at += 1
                self.spend(1)
                if opcode not in table:
                    raise RefusedError(
                        "Its pickle uses the opcode {opcode}, which no checkpoint needs.", opcode=f"{opcode:#04x}"
                    )
                table[opcode](self)
            return self.stack.pop()
        except MALFORMED:
            raise RefusedError("Its pickle is cut short or damaged.") from None

    def spend(self, opcodes: int) -> None:
        """Charge the budget that bounds the time."""
        self.opcodes -= opcodes
        if self.opcodes < 0:
            raise RefusedError("Its pickle takes more steps than any checkpoint.")

    def push(self, made: object) -> None:
        """Push a new container or stub, counted."""
        self.objects -= 1
        if self.objects < 0:
            raise RefusedError("Its pickle makes more objects than any checkpoint.")
        self.stack.append(made)

    def pop_mark(self) -> list[Any]:
        """What was pushed since the last mark."""
        items = self.stack
        self.stack = self.metastack.pop()
        self.append = self.stack.append
        return items

    def read(self, count: int) -> bytes:
        """The next COUNT bytes, held against what is left before anything is allocated."""
        self.must_be_there(count)
        self.at += count
        return self.data[self.at - count : self.at]

    def readline(self) -> bytes:
        """The next line, its end included."""
        return self.read(self.data.index(b"\n", self.at) + 1 - self.at)

    def must_be_there(self, count: int) -> None:
        """Refuse a declared length that reaches past the end."""
        left = len(self.data) - self.at
        if not 0 <= count <= left:
            raise RefusedError("Its pickle declares {n} bytes where {left} are left.", n=count, left=left)

    def load_frame(self) -> None:
        (size,) = struct.unpack("<Q", self.read(8))
        self.must_be_there(size)

    def load_long4(self) -> None:
        (size,) = struct.unpack("<i", self.read(4))
        if size > MAX_INTEGER:
            raise RefusedError("Its pickle declares an integer of {n} bytes.", n=size)
        self.stack.append(int.from_bytes(self.read(size), "little", signed=True))


class _Memo(dict[int, object]):
    def __setitem__(self, index: int, value: object) -> None:
        if len(self) >= MAX_MEMO:
            raise RefusedError("Its pickle remembers more objects than any checkpoint.")
        super().__setitem__(index, value)
