"""Tensors as places in a file: described without being read, read in blocks, reduced to mergeable sums. Never torch.

Numbers of every type come out as float32 or float64; a reader holds one block, whatever the size of the tensor.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from wizard.errors import UnreadableError
from wizard.evidence.artifacts.refusal import RefusedError

BLOCK = 1 << 16  # elements: 256 KiB of float32 stay in the second-level cache, 11 times faster than whole tensors
WHOLE_BYTES = 1 << 26  # what is held at once where blocks will not do: one row, or a tensor that is not row-major
LARGEST = 1 << 62

Array = NDArray[Any]

# name in torch -> how numpy reads its bytes (a bfloat16 is the upper half of a float32)
READABLE = {
    "float64": "f8",
    "float32": "f4",
    "float16": "f2",
    "bfloat16": "u2",
    "int64": "i8",
    "int32": "i4",
    "int16": "i2",
    "int8": "i1",
    "uint64": "u8",
    "uint32": "u4",
    "uint16": "u2",
    "uint8": "u1",
    "bool": "u1",
}
# sizes of the types whose numbers are not read
OPAQUE = {
    "complex128": 16,
    "complex64": 8,
    "complex32": 4,
    "float8_e4m3fn": 1,
    "float8_e4m3fnuz": 1,
    "float8_e5m2": 1,
    "float8_e5m2fnuz": 1,
    "float8_e8m0fnu": 1,
    "float4_e2m1fn_x2": 1,
    "qint8": 1,
    "quint8": 1,
    "qint32": 4,
    "quint4x2": 1,
    "quint2x4": 1,
}


def item_size(dtype: str) -> int | None:
    """Bytes of one element, or None for a type that is not known here."""
    return int(READABLE[dtype][1]) if dtype in READABLE else OPAQUE.get(dtype)


@dataclass(frozen=True, slots=True)
class Storage:
    """SIZE bytes of a file from START. `crc` is what the file says of them, None if it says nothing."""

    file: Path
    start: int
    size: int
    dtype: str
    big_endian: bool = False
    crc: int | None = None


@dataclass(frozen=True, slots=True)
class TensorDescriptor:
    """Where a tensor lies. OFFSET and STRIDE count elements of its storage. `describe` makes one that fits."""

    storage: Storage
    dtype: str
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    @property
    def count(self) -> int:
        """Number of elements, repeated ones included."""
        return math.prod(self.shape)

    @property
    def is_float(self) -> bool:
        """Real floating-point numbers that can be read (those of 8 bits cannot)."""
        return "float" in self.dtype and self.dtype in READABLE

    @property
    def steps(self) -> tuple[tuple[int, int], ...]:
        """(size, stride) of the axes that move through the storage, the largest stride first."""
        axes = zip(self.shape, self.stride, strict=True)
        return tuple(sorted(((n, step) for n, step in axes if n > 1 and step), key=lambda axis: -axis[1]))

    @property
    def span(self) -> int:
        """Elements of the storage from the tensor's first to its last."""
        return 1 + sum((size - 1) * step for size, step in self.steps) if self.count else 0

    @property
    def is_dense(self) -> bool:
        """Whether the span holds the tensor's elements and no others."""
        return self.span == math.prod(size for size, _ in self.steps)

    @property
    def is_row_major(self) -> bool:
        """Whether the elements lie one after the other in the order of their indices."""
        expected = 1
        for size, step in zip(reversed(self.shape), reversed(self.stride), strict=True):
            if size > 1 and step != expected:
                return False
            expected *= size
        return True


def describe(
    storage: Storage, dtype: str, offset: int, shape: tuple[int, ...], stride: tuple[int, ...]
) -> TensorDescriptor:
    """The tensor at this place, held against its storage. Raises RefusedError that says what does not fit."""
    if not all(type(number) is int and 0 <= number < LARGEST for number in (offset, *shape, *stride)):
        raise RefusedError("One of its tensors is wrong: its shape is not made of whole numbers.")
    if len(shape) != len(stride) or len(shape) > 64:
        raise RefusedError("One of its tensors is wrong: its shape and strides do not fit each other.")
    size = item_size(dtype)
    if size is None:
        raise RefusedError("One of its tensors is wrong: its type is unknown.")
    tensor = TensorDescriptor(storage, dtype, offset, shape, stride)
    if (offset + tensor.span) * size > storage.size:
        raise RefusedError("One of its tensors is wrong: it reaches past the end of its record.")
    reach = 0
    for length, step in reversed(tensor.steps):
        if step <= reach:
            raise RefusedError("One of its tensors is wrong: its elements overlap.")
        reach += (length - 1) * step
    return tensor


@dataclass(frozen=True, slots=True)
class Statistics:
    """Partial sums that add up: all but `count`, `nonfinite` and `zero` are over the finite values."""

    count: int = 0
    nonfinite: int = 0
    zero: int = 0
    total: float = 0.0
    squares: float = 0.0
    low: float = math.inf
    high: float = -math.inf

    def __add__(self, other: Statistics) -> Statistics:
        return Statistics(
            self.count + other.count,
            self.nonfinite + other.nonfinite,
            self.zero + other.zero,
            self.total + other.total,
            self.squares + other.squares,
            min(self.low, other.low),
            max(self.high, other.high),
        )

    @property
    def mean(self) -> float:
        """Mean of the finite values, NaN if there are none."""
        finite = self.count - self.nonfinite
        return self.total / finite if finite else math.nan

    @property
    def rms(self) -> float:
        """Root of the mean square of the finite values, NaN if there are none."""
        finite = self.count - self.nonfinite
        return math.sqrt(self.squares / finite) if finite else math.nan


def statistics(tensor: TensorDescriptor) -> Statistics:
    """The sums of a whole tensor, block by block; an expanded axis counts once."""
    with np.errstate(all="ignore"):  # infinities are counted, not complained of
        return sum((_sums(block) for block in blocks(tensor)), Statistics())


def blocks(tensor: TensorDescriptor) -> Iterator[Array]:
    """Its elements in the order of the file, at most BLOCK at a time, each stored one once.

    A block may be a view of a buffer that the next one overwrites: reduce or copy it at once.
    """
    with tensor.storage.file.open("rb", buffering=0) as file:
        buffer = bytearray(BLOCK * (item_size(tensor.dtype) or 0))
        for first in range(0, tensor.span, BLOCK):
            values = _read(file, tensor, first, min(BLOCK, tensor.span - first), buffer)
            yield values if tensor.is_dense else values[_own(tensor, first, len(values))]


def paired(one: TensorDescriptor, other: TensorDescriptor) -> Iterator[tuple[Array, Array]]:
    """Blocks of two tensors of one shape, element beside element; nothing if that takes more than WHOLE_BYTES."""
    if one.stride == other.stride or (one.is_row_major and other.is_row_major):
        yield from zip(blocks(one), blocks(other), strict=True)
    else:
        pair = whole(one), whole(other)
        if pair[0] is not None and pair[1] is not None:
            yield pair[0], pair[1]


def rows(tensor: TensorDescriptor) -> Iterator[Array]:
    """2-D blocks of whole rows (first axis x all others); nothing if a row takes more than WHOLE_BYTES."""
    if not tensor.shape or not tensor.count:
        return
    length = tensor.count // tensor.shape[0]
    size = item_size(tensor.dtype) or 0
    if tensor.is_row_major and length * size <= WHOLE_BYTES:
        at_once = max(1, BLOCK // length) * length
        with tensor.storage.file.open("rb", buffering=0) as file:
            buffer = bytearray(at_once * size)
            for first in range(0, tensor.count, at_once):
                values = _read(file, tensor, first, min(at_once, tensor.count - first), buffer)
                yield values.reshape(-1, length)
    elif (held := whole(tensor)) is not None:
        yield held.reshape(tensor.shape[0], -1)


def whole(tensor: TensorDescriptor) -> Array | None:
    """All of it with its shape, or None if that takes more than WHOLE_BYTES."""
    size = item_size(tensor.dtype) or 0
    if max(tensor.span, tensor.count) * size > WHOLE_BYTES:
        return None
    with tensor.storage.file.open("rb", buffering=0) as file:
        values = _read(file, tensor, 0, tensor.span, bytearray(tensor.span * size))
    steps = tuple(step * values.itemsize for step in tensor.stride)
    return (
        np.lib.stride_tricks.as_strided(values, tensor.shape, steps).copy() if tensor.count else np.zeros(tensor.shape)
    )


def is_damaged(storage: Storage) -> bool:
    """Whether the bytes differ from the checksum that the file holds for them."""
    if storage.crc is None:
        return False
    crc, left = 0, storage.size
    with storage.file.open("rb") as file:
        file.seek(storage.start)
        while left and (chunk := file.read(min(left, BLOCK * 4))):
            crc, left = zlib.crc32(chunk, crc), left - len(chunk)
    return crc != storage.crc


def _read(file: BinaryIO, tensor: TensorDescriptor, first: int, count: int, buffer: bytearray) -> Array:
    """COUNT elements of the tensor's span from FIRST, widened where numpy lacks the type."""
    storage, size = tensor.storage, item_size(tensor.dtype) or 0
    if tensor.dtype not in READABLE:
        raise UnreadableError("Numbers of the type {dtype} are not read.", str(storage.file), dtype=tensor.dtype)
    file.seek(storage.start + (tensor.offset + first) * size)
    view, filled = memoryview(buffer)[: count * size], 0
    while filled < len(view):
        read = file.readinto(view[filled:])  # type: ignore[attr-defined]
        if not read:
            raise UnreadableError(
                "It became shorter while it was read.", str(storage.file), "Look again when nothing writes to it."
            )
        filled += read
    order = ">" if storage.big_endian else "<"
    return _widen(np.frombuffer(view, dtype=order + READABLE[tensor.dtype]), tensor.dtype)


def _widen(raw: Array, dtype: str) -> Array:
    if dtype == "bfloat16":
        return (raw.astype(np.uint32) << 16).view(np.float32)
    if dtype == "float16":
        return _halves().take(raw.view(raw.dtype.str[0] + "u2"))
    if dtype in ("float32", "float64"):
        return raw.astype(raw.dtype.newbyteorder("="), copy=False)
    return raw.astype(np.float64)


@cache
def _halves() -> Array:
    """Every float16 as float32: numpy converts one by one, four times slower than this look-up."""
    return np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32)


def _own(tensor: TensorDescriptor, first: int, count: int) -> Array:
    """Which of COUNT elements of the span belong to the tensor and not to its neighbours."""
    rest = np.arange(first, first + count)
    own = np.ones(count, dtype=bool)
    for size, step in tensor.steps:
        index, rest = np.divmod(rest, step)
        own &= index < size
    own &= rest == 0
    return own


def _sums(values: Array) -> Statistics:
    wide = values.astype(np.float64)
    total, squares = float(wide.sum()), float(np.dot(wide, wide))
    nonfinite = 0
    if not math.isfinite(total):
        finite = np.isfinite(wide)
        wide = wide[finite]
        nonfinite = len(values) - len(wide)
        total, squares = float(wide.sum()), float(np.dot(wide, wide))
    if not len(wide):
        return Statistics(len(values), nonfinite)
    zero = len(wide) - int(np.count_nonzero(wide))
    return Statistics(len(values), nonfinite, zero, total, squares, float(wide.min()), float(wide.max()))
