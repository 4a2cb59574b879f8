"""Read a pickle without importing, calling or allocating anything it asks for.

Every global becomes an inert `Stub`; a few are known by name and decoded here: torch's tensors, plain containers, numpy
scalars. Deliberately not the C unpickler: nine bytes make that one take 4 GB.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections.abc import Callable, Iterable
from typing import Any

from wizard.evidence.artifacts.tensors import LARGEST, Storage, TensorDescriptor, describe, item_size

# A checkpoint of 10,000 parameters with two moments each takes one million opcodes; four million take some seconds.
MAX_OPCODES = 4_000_000
MAX_OBJECTS = 1_000_000  # lists, dicts, sets and stubs: an empty set has 216 bytes
MAX_MEMO = 2_000_000
MAX_PICKLE = 1 << 26  # bytes
MAX_NAME = 300  # characters of a global's `module.name`
MAX_INTEGER = 255  # bytes
BYTES_PER_OPCODE = 64  # that a constructor copies for the price of one; every item of a container costs one

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

StorageOf = Callable[[str, str, int], Storage]  # key, dtype, elements -> where it lies; RefusedError if it does not fit


class RefusedError(Exception):
    """The pickle is damaged, hostile or none of ours; `imports` are the unknown globals that it had asked for."""

    imports: tuple[str, ...] = ()


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


class StubUnpickler(pickle._Unpickler):
    """The pure-Python unpickler over bytes in memory, with its own opcode table and a budget for time and objects.

    Overrides every opcode that allocates by a declared length, hashes, calls, imports or changes an object.
    """

    def __init__(self, data: bytes, storage_of: StorageOf) -> None:
        super().__init__(io.BytesIO(), encoding="latin-1")
        self.data, self.at, self.storage_of = data, 0, storage_of
        self.opcodes, self.objects = MAX_OPCODES, MAX_OBJECTS
        self.globals: dict[str, Stub] = {}
        self.storages: dict[str, Storage] = {}
        self.memo = _Memo()
        self.metastack: list[list[Any]] = []
        self.stack: list[Any] = []
        self.append = self.stack.append

    @property
    def imports(self) -> tuple[str, ...]:
        """Globals that it asked for and that are not known here, as `module.name`."""
        return tuple(sorted(name for name in self.globals if not _is_known(name)))

    def load(self) -> object:
        """The tree that the pickle describes. Raises RefusedError."""
        try:
            while (opcode := self.data[self.at]) != pickle.STOP[0]:
                self.at += 1
                self.spend(1)
                if opcode not in TABLE:
                    raise RefusedError(f"it uses the opcode {opcode:#04x}, which no checkpoint needs")
                TABLE[opcode](self)
            return self.stack.pop()
        except RefusedError as error:
            error.imports = self.imports
            raise
        except _MALFORMED:
            damaged = RefusedError("it is cut short or damaged")
            damaged.imports = self.imports
            raise damaged from None

    def spend(self, opcodes: int) -> None:
        """Charge the budget that bounds the time."""
        self.opcodes -= opcodes
        if self.opcodes < 0:
            raise RefusedError("it takes more steps than any checkpoint")

    def push(self, made: object) -> None:
        """Push a new container or stub, counted."""
        self.objects -= 1
        if self.objects < 0:
            raise RefusedError("it makes more objects than any checkpoint")
        self.stack.append(made)

    def read(self, count: int) -> bytes:
        """The next COUNT bytes, held against what is left before anything is allocated."""
        left = len(self.data) - self.at
        if not 0 <= count <= left:
            raise RefusedError(f"it declares {count} bytes where {left} are left")
        self.at += count
        return self.data[self.at - count : self.at]

    def readline(self) -> bytes:
        """The next line, its end included."""
        return self.read(self.data.index(b"\n", self.at) + 1 - self.at)

    def find(self, module: object, name: object) -> Stub:
        """The one stub of a global."""
        if type(module) is not str or type(name) is not str or len(module) + len(name) > MAX_NAME:
            raise RefusedError("it asks for a global by something that is no name")
        dotted = f"{module}.{name}".encode("unicode_escape").decode("ascii")
        return self.globals.setdefault(dotted, Stub(dotted))

    def build(self, of: object, args: object) -> object:
        """What calling OF would give: decoded if it is known by name, else a stub."""
        if isinstance(of, Stub) and of.name == "torch._tensor._rebuild_from_type_v2" and isinstance(args, tuple):
            of, args = args[0], args[2]  # a tensor with attributes: (function, class, arguments, state)
        if not isinstance(of, Stub) or not isinstance(args, tuple):
            raise RefusedError("it calls something that is no class or function")
        if of.name not in BUILDERS:
            return Stub(of.name, args)
        self.spend(sum(map(_cost_of_copying, args)))
        return BUILDERS[of.name](args)

    def load_frame(self) -> None:
        (size,) = struct.unpack("<Q", self.read(8))
        left = len(self.data) - self.at
        if size > left:
            raise RefusedError(f"it declares a frame of {size} bytes where {left} are left")

    def load_long4(self) -> None:
        (size,) = struct.unpack("<i", self.read(4))
        if size > MAX_INTEGER:
            raise RefusedError(f"it declares an integer of {size} bytes")
        self.stack.append(int.from_bytes(self.read(size), "little", signed=True))

    def load_global(self) -> None:
        self.stack.append(self.find(self.readline()[:-1].decode(), self.readline()[:-1].decode()))

    def load_stack_global(self) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        self.stack.append(self.find(module, name))

    def load_reduce(self) -> None:
        args, of = self.stack.pop(), self.stack.pop()
        self.push(self.build(of, args))

    load_newobj = load_reduce

    def load_newobj_ex(self) -> None:
        keywords, args, of = self.stack.pop(), self.stack.pop(), self.stack.pop()
        made = self.build(of, args)
        if isinstance(made, Stub):
            made.state = keywords
        self.push(made)

    def load_inst(self) -> None:
        self.load_global()
        of, args = self.stack.pop(), tuple(self.pop_mark())
        self.push(self.build(of, args))

    def load_obj(self) -> None:
        of, *args = self.pop_mark()
        self.push(self.build(of, tuple(args)))

    def load_build(self) -> None:
        state = self.stack.pop()
        if isinstance(self.stack[-1], Stub):
            self.stack[-1].state = state  # what a plain container is given (an OrderedDict's _metadata) is dropped

    def load_binpersid(self) -> None:
        match self.stack.pop():
            case ("storage", Stub() as kind, str() as key, _, int() as count, *_) if kind.name in STORAGE_TYPES:
                if key not in self.storages:
                    self.storages[key] = self.storage_of(key, STORAGE_TYPES[kind.name], count)
                self.stack.append(self.storages[key])
            case _:
                raise RefusedError("it refers to something outside that is no tensor storage")

    def load_empty_list(self) -> None:
        self.push([])

    def load_empty_dictionary(self) -> None:
        self.push({})

    def load_empty_set(self) -> None:
        self.push(set())

    def load_list(self) -> None:
        self.push(self.pop_mark())

    def load_dict(self) -> None:
        items = self.pop_mark()
        self.push(_dict(zip(items[::2], items[1::2], strict=True)))

    def load_frozenset(self) -> None:
        self.push(frozenset(map(_key, self.pop_mark())))

    def load_setitem(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self.put([(key, value)])

    def load_setitems(self) -> None:
        items = self.pop_mark()
        self.put(zip(items[::2], items[1::2], strict=True))

    def put(self, pairs: Iterable[tuple[object, object]]) -> None:
        """Set items of the dict or stub on top."""
        into = self.stack[-1].pairs if isinstance(self.stack[-1], Stub) else self.stack[-1]
        if type(into) is not dict:
            raise RefusedError("it sets an item of something that is no dict")
        into.update(_dict(pairs))

    def load_append(self) -> None:
        item = self.stack.pop()
        self.extend([item])

    def load_appends(self) -> None:
        items = self.pop_mark()
        self.extend(items)

    load_additems = load_appends

    def extend(self, items: list[Any]) -> None:
        """Add to the list, set or stub on top."""
        into = self.stack[-1].items if isinstance(self.stack[-1], Stub) else self.stack[-1]
        if type(into) is set:
            into.update(map(_key, items))
        elif type(into) is list:
            into.extend(items)
        else:
            raise RefusedError("it appends to something that is no list")

    def pop_mark(self) -> list[Any]:
        """What was pushed since the last mark."""
        items = self.stack
        self.stack = self.metastack.pop()
        self.append = self.stack.append
        return items


class _Memo(dict[int, object]):
    def __setitem__(self, key: int, value: object) -> None:
        if len(self) >= MAX_MEMO:
            raise RefusedError("it remembers more objects than any checkpoint")
        super().__setitem__(key, value)


_MALFORMED = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    struct.error,
    pickle.UnpicklingError,
)


def _cost_of_copying(content: object) -> int:
    if isinstance(content, str | bytes):
        return len(content) // BYTES_PER_OPCODE
    return len(content) if isinstance(content, list | tuple | dict | set | frozenset) else 0


# The parent's table by name of handler, so that each method above takes its place.
TABLE: dict[int, Callable[[StubUnpickler], None]] = {
    opcode: getattr(StubUnpickler, handler.__name__)
    for opcode, handler in pickle._Unpickler.dispatch.items()
    if bytes([opcode]) not in REFUSED
}


def _key(value: object) -> object:
    """VALUE if hashing it is cheap, else a stub: hashing a tuple that holds itself twice, 100 deep, never ends."""
    parts = value if type(value) is tuple and len(value) <= 8 else (value,)
    for part in parts:
        if not isinstance(part, str | bytes | float | int | Stub | None):
            return Stub("key")
        if isinstance(part, int) and abs(part) >= LARGEST:  # such integers can be made to collide
            return Stub("key")
    return value


def _dict(pairs: Iterable[tuple[object, object]]) -> dict[object, object]:
    return {_key(key): value for key, value in pairs}


# What is known by name: each builder gets the arguments that the file gives.


def _make_dict(args: tuple[Any, ...]) -> object:
    content = _content(args)
    return _dict(content.items() if isinstance(content, dict) else content)


def _make_set(args: tuple[Any, ...]) -> object:
    return set(map(_key, _content(args)))


def _make_bytes(args: tuple[Any, ...]) -> object:
    content = args[0] if args else ()
    if not isinstance(content, bytes | list | tuple):  # bytes(n) would allocate n
        raise RefusedError("it makes bytes of something that is none")
    return bytes(content)


def _make_list(args: tuple[Any, ...]) -> object:
    return list(_content(args))


def _make_tuple(args: tuple[Any, ...]) -> object:
    return tuple(_content(args))


def _content(args: tuple[Any, ...]) -> Any:
    """The container that a constructor is to copy."""
    if args and not isinstance(args[0], list | tuple | dict | set | frozenset):
        raise RefusedError("it makes a container of something that is none")
    return args[0] if args else ()


def _encode(args: tuple[Any, ...]) -> object:
    """Protocol 2 writes bytes as text that `_codecs.encode` turns back."""
    text, encoding = args
    if type(text) is not str or encoding not in ("latin1", "latin-1"):
        raise RefusedError("it encodes text in an unusual way")
    return text.encode("latin-1")


def _tensor(args: tuple[Any, ...]) -> TensorDescriptor:
    """(storage, offset, shape, stride, requires_grad, hooks[, dtype]): the last only where the storage is untyped."""
    storage, offset, shape, stride = args[:4]
    if not isinstance(storage, Storage):
        raise RefusedError("it has a tensor without a storage")
    dtype = args[6].name.removeprefix("torch.") if len(args) > 6 and isinstance(args[6], Stub) else storage.dtype
    try:
        return describe(storage, dtype, offset, tuple(shape), tuple(stride))
    except ValueError as error:
        raise RefusedError(f"one of its tensors is wrong: {error}") from None


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


def _is_known(name: str) -> bool:
    of_torch = name in STORAGE_TYPES or item_size(name.removeprefix("torch.")) is not None
    return of_torch or name in BUILDERS or name in ("numpy.dtype", "torch._tensor._rebuild_from_type_v2")
