"""Files of safetensors: the header is held against the file, tensors are not read."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path

from wizard.errors import UnreadableError
from wizard.evidence.artifacts.refusal import COPY_AGAIN, RefusedError
from wizard.evidence.artifacts.tensors import Storage, TensorDescriptor, describe, item_size

MAX_HEADER = 1 << 25  # bytes: 10^5 tensors take a third of it
TYPES = {
    **{f"F{bits}": f"float{bits}" for bits in (16, 32, 64)},
    **{f"I{bits}": f"int{bits}" for bits in (8, 16, 32, 64)},
    **{f"U{bits}": f"uint{bits}" for bits in (8, 16, 32, 64)},
    "BF16": "bfloat16",
    "BOOL": "bool",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
}


def is_safetensors(head: bytes) -> bool:
    """Whether the first bytes of a file are the length of such a header and its brace."""
    return head[8:9] == b"{" and 2 <= struct.unpack_from("<Q", head)[0] <= 100_000_000


def read_safetensors(path: Path, size: int) -> dict[str, TensorDescriptor]:
    """The tensors of a file of SIZE bytes, by name.

    As strict as the library: they must tile the rest of the file, else it raises UnreadableError.
    """
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > min(MAX_HEADER, size - 8):
            raise UnreadableError("It is cut short or damaged: its header does not fit.", str(path), COPY_AGAIN)
        raw = file.read(length)
    tensors: dict[str, TensorDescriptor] = {}
    spans: list[tuple[int, int]] = []
    try:
        header = json.loads(raw)
        header.pop("__metadata__", None)
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            dtype, shape = TYPES[entry["dtype"]], tuple(entry["shape"])
            stride = tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))
            tensor = describe(Storage(path, 8 + length + begin, end - begin, dtype), dtype, 0, shape, stride)
            if tensor.count * (item_size(dtype) or 0) != end - begin:
                raise ValueError
            tensors[name] = tensor
            spans.append((begin, end))
    except (RefusedError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise UnreadableError("Its header is damaged.", str(path), COPY_AGAIN) from None
    spans.sort()
    edges = [0, *(end for _, end in spans)]
    if [begin for begin, _ in spans] != edges[:-1] or edges[-1] != size - 8 - length:
        raise UnreadableError("It is cut short or damaged: its tensors do not fill it.", str(path), COPY_AGAIN)
    return tensors
