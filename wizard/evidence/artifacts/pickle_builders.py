"""What a pickle's calls would make, for the few globals that are known by name; each builder gets the arguments.

Torch's tensors become descriptors, plain containers and numpy scalars themselves. Nothing is imported or called.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from wizard.evidence.artifacts.refusal import RefusedError
from wizard.evidence.artifacts.stubs import Stub, key, keyed
from wizard.evidence.artifacts.tensors import Storage, TensorDescriptor, describe, item_size

TENSOR_WITH_ATTRIBUTES = "torch._tensor._rebuild_from_type_v2"


def _make_dict(args: tuple[Any, ...]) -> object:
    content = _content(args)
    return keyed(content.items() if isinstance(content, dict) else content)


def _make_set(args: tuple[Any, ...]) -> object:
    return set(map(key, _content(args)))


def _make_bytes(args: tuple[Any, ...]) -> object:
    content = args[0] if args else ()
    if not isinstance(content, bytes | list | tuple):  # bytes(n) would allocate n
        raise RefusedError("Its pickle makes bytes of something that is none.")
    return bytes(content)


def _make_list(args: tuple[Any, ...]) -> object:
    return list(_content(args))


def _make_tuple(args: tuple[Any, ...]) -> object:
    return tuple(_content(args))


def _content(args: tuple[Any, ...]) -> Any:
    """The container that a constructor is to copy."""
    if args and not isinstance(args[0], list | tuple | dict | set | frozenset):
        raise RefusedError("Its pickle makes a container of something that is none.")
    return args[0] if args else ()


def _encode(args: tuple[Any, ...]) -> object:
    """Protocol 2 writes bytes as text that `_codecs.encode` turns back."""
    text, encoding = args
    if type(text) is not str or encoding not in ("latin1", "latin-1"):
        raise RefusedError("Its pickle encodes text in an unusual way.")
    return text.encode("latin-1")


def _tensor(args: tuple[Any, ...]) -> TensorDescriptor:
    """(storage, offset, shape, stride, requires_grad, hooks[, dtype]): the last only where the storage is untyped."""
    storage, offset, shape, stride = args[:4]
    if not isinstance(storage, Storage):
        raise RefusedError("One of its tensors has no storage.")
    dtype = args[6].name.removeprefix("torch.") if len(args) > 6 and isinstance(args[6], Stub) else storage.dtype
    return describe(storage, dtype, offset, tuple(shape), tuple(stride))


def _parameter(args: tuple[Any, ...]) -> object:
    return args[0]


def _scalar(args: tuple[Any, ...]) -> object:
    """A numpy scalar: the dtype says kind and size ('f8') and, in its state, the byte order; then come raw bytes."""
    match args:
        case (Stub(name="numpy.dtype", args=(str() as code, *_), state=state), bytes() as raw) if code in SCALARS:
            order = ">" if isinstance(state, tuple) and len(state) > 1 and state[1] == ">" else "<"
            return struct.unpack(order + SCALARS[code], raw)[0]
    return Stub("numpy.scalar", args)


# numpy's codes as those of struct
SCALARS = dict(
    zip(("f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "b1"), "dfeqihbQIHB?", strict=True)
)

_CONTAINERS = {
    "dict": _make_dict,
    "list": _make_list,
    "tuple": _make_tuple,
    "set": _make_set,
    "frozenset": _make_set,
    "bytes": _make_bytes,
}
BUILDERS: dict[str, Callable[[tuple[Any, ...]], object]] = {
    **{f"builtins.{name}": builder for name, builder in _CONTAINERS.items()},
    **{f"__builtin__.{name}": builder for name, builder in _CONTAINERS.items()},
    "collections.OrderedDict": _make_dict,
    "collections.Counter": _make_dict,
    "collections.defaultdict": lambda args: _make_dict(args[1:]),
    "_codecs.encode": _encode,
    "torch.Size": _make_tuple,
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": lambda args: _tensor(args[:6]),
    "torch._utils._rebuild_tensor_v3": _tensor,
    "torch._utils._rebuild_parameter": _parameter,
    "torch._utils._rebuild_parameter_with_state": _parameter,
    "numpy.core.multiarray.scalar": _scalar,
    "numpy._core.multiarray.scalar": _scalar,
}

_STORAGES = {
    "Double": "float64",
    "Float": "float32",
    "Half": "float16",
    "BFloat16": "bfloat16",
    "Long": "int64",
    "Int": "int32",
    "Short": "int16",
    "Char": "int8",
    "Byte": "uint8",
    "Bool": "bool",
    "ComplexDouble": "complex128",
    "ComplexFloat": "complex64",
    "QInt8": "qint8",
    "QUInt8": "quint8",
    "QInt32": "qint32",
    "QUInt4x2": "quint4x2",
    "QUInt2x4": "quint2x4",
}
STORAGE_TYPES = {f"torch.{name}Storage": dtype for name, dtype in _STORAGES.items()} | {
    "torch.storage.UntypedStorage": "uint8"
}


def is_known(name: str) -> bool:
    """Whether a global is decoded here or harmless, so that nobody need be told of it."""
    of_torch = name in STORAGE_TYPES or item_size(name.removeprefix("torch.")) is not None
    return of_torch or name in BUILDERS or name in ("numpy.dtype", TENSOR_WITH_ATTRIBUTES)
