"""Read a pickle without importing, calling or allocating anything it asks for.

Every global becomes an inert `Stub`; a few are known by name and decoded here (torch's tensors, plain containers, numpy
scalars). Deliberately not the C unpickler: nine bytes make that one take 4 GB.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections.abc import Callable, Mapping
from typing import Any

from wizard.evidence.artifacts.tensors import LARGEST, Storage, TensorDescriptor, describe

# A checkpoint of 10,000 parameters with two moments each takes one million opcodes; this many take a few seconds.
MAX_OPCODES = 4_000_000
MAX_OBJECTS = 1_000_000  # lists, dicts, sets and stubs: the largest, an empty set, has 216 bytes
MAX_MEMO = 2_000_000
MAX_PICKLE = 1 << 26  # bytes
MAX_NAME = 300  # characters of `module.name`
MAX_INTEGER = 255  # bytes
COPIED_PER_OPCODE = 64  # bytes or items that a copy may move for the price of one opcode

MALFORMED = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    EOFError,
    struct.error,
    pickle.UnpicklingError,
)
REFUSED = (  # they allocate or reach outside before anything can be checked
    pickle.BYTEARRAY8,
    pickle.EXT1,
    pickle.EXT2,
    pickle.EXT4,
    pickle.NEXT_BUFFER,
    pickle.READONLY_BUFFER,
    pickle.PERSID,
)

StorageOf = Callable[[str, str, int], Storage]  # (key, dtype, elements) -> where it lies; ValueError if it does not fit


class RefusedError(ValueError):
    """The pickle is damaged, hostile or not one of ours; `imports` are the unknown globals it had asked for so far."""

    def __init__(self, problem: str, imports: tuple[str, ...] = ()) -> None:
        super().__init__(problem)
        self.imports = imports


class Stub:
    """What stands for a global or for an object made from one: everything that was to be done to it, done to nothing."""

    __slots__ = ("args", "items", "name", "pairs", "state")

    def __init__(self, name: str, args: tuple[object, ...] = ()) -> None:
        self.name, self.args = name, args
        self.state: object = None
        self.items: list[object] = []
        self.pairs: dict[object, object] = {}

    def __repr__(self) -> str:
        return f"<stub of {self.name}>"


class _Done(Exception):
    """The STOP opcode was reached."""


class StubUnpickler(pickle._Unpickler):
    """The pure-Python unpickler over bytes in memory, with its own opcode table and a budget."""

    dispatch: dict[int, Callable[[Any], None]] = {  # noqa: RUF012 the parent's name for its table
        opcode: handler for opcode, handler in pickle._Unpickler.dispatch.items() if bytes([opcode]) not in REFUSED
    }

    def __init__(self, data: bytes, storage_of: StorageOf) -> None:
        super().__init__(io.BytesIO(), encoding="latin-1")
        self.data, self.at, self.storage_of = data, 0, storage_of
        self.opcodes, self.objects = MAX_OPCODES, MAX_OBJECTS
        self.globals: dict[str, Stub] = {}
        self.storages: dict[str, Storage] = {}
        self.memo: dict[int, object] = {}
        self.metastack: list[list[Any]] = []
        self.stack: list[Any] = []
        self.append = self.stack.append

    @property
    def imports(self) -> tuple[str, ...]:
        """Globals asked for that are not known here, as `module.name`."""
        return tuple(sorted(name for name in self.globals if not _is_known(name)))

    def load(self) -> object:
        """The tree that the pickle describes. Raises RefusedError."""
        try:
            while True:
                opcode = self.data[self.at]
                self.at += 1
                self.spend(1)
                handler = self.dispatch.get(opcode)
                if handler is None:
                    raise RefusedError(f"it uses the opcode {opcode:#04x}, which no checkpoint needs")
                handler(self)
        except _Done:
            return self.stack.pop() if self.stack else None
        except RefusedError as error:
            raise RefusedError(str(error), self.imports) from None
        except IndexError:
            raise RefusedError("it ends too early or is damaged", self.imports) from None
        except MALFORMED:
            raise RefusedError("it is damaged", self.imports) from None

    def spend(self, opcodes: int) -> None:
        """Charge the budget: time is bounded by it."""
        self.opcodes -= opcodes
        if self.opcodes < 0:
            raise RefusedError("it takes more steps than any checkpoint")

    def made(self, thing: object) -> None:
        """Push a new container or stub and count it."""
        self.objects -= 1
        if self.objects < 0:
            raise RefusedError("it makes more objects than any checkpoint")
        self.stack.append(thing)

    def read(self, count: int) -> bytes:
        """The next COUNT bytes, held against what is left before anything is allocated."""
        end = self.at + count
        if count < 0 or end > len(self.data):
            raise RefusedError(f"it declares {count} bytes where {len(self.data) - self.at} are left")
        taken = self.data[self.at : end]
        self.at = end
        return taken

    def readline(self) -> bytes:
        """The next line, its end included."""
        end = self.data.index(b"\n", self.at) + 1
        taken = self.data[self.at : end]
        self.at = end
        return taken

    def find(self, module: str, name: str) -> Stub:
        """The one stub for a global."""
        if len(module) + len(name) > MAX_NAME:
            raise RefusedError("it asks for a global with an overlong name")
        dotted = f"{module}.{name}".encode("unicode_escape").decode("ascii")
        if dotted not in self.globals:
            self.globals[dotted] = Stub(dotted)
        return self.globals[dotted]

    def build_object(self, of: object, args: object) -> object:
        """What calling OF would give: decoded if it is known by name, else a stub."""
        if not isinstance(of, Stub) or not isinstance(args, tuple):
            raise RefusedError("it calls something that is no class or function")
        if of.name in BUILDERS:
            return BUILDERS[of.name](self, args)
        return Stub(of.name, args)

    def pop_mark(self) -> list[Any]:
        """What was pushed since the last mark."""
        items = self.stack
        self.stack = self.metastack.pop()
        self.append = self.stack.append
        return items


# The opcodes whose meaning is ours.


def _stop(self: StubUnpickler) -> None:
    raise _Done


def _frame(self: StubUnpickler) -> None:
    (size,) = struct.unpack("<Q", self.read(8))
    if size > len(self.data) - self.at:
        raise RefusedError(f"it declares a frame of {size} bytes where {len(self.data) - self.at} are left")


def _long4(self: StubUnpickler) -> None:
    (size,) = struct.unpack("<i", self.read(4))
    if not 0 <= size <= MAX_INTEGER:
        raise RefusedError(f"it declares an integer of {size} bytes")
    self.stack.append(int.from_bytes(self.read(size), "little", signed=True))


def _global(self: StubUnpickler) -> None:
    module, name = self.readline()[:-1].decode(), self.readline()[:-1].decode()
    self.stack.append(self.find(module, name))


def _stack_global(self: StubUnpickler) -> None:
    name, module = self.stack.pop(), self.stack.pop()
    if type(name) is not str or type(module) is not str:
        raise RefusedError("it asks for a global whose name is no text")
    self.stack.append(self.find(module, name))


def _reduce(self: StubUnpickler) -> None:
    args, of = self.stack.pop(), self.stack.pop()
    self.made(self.build_object(of, args))


def _newobj_ex(self: StubUnpickler) -> None:
    keywords, args, of = self.stack.pop(), self.stack.pop(), self.stack.pop()
    thing = self.build_object(of, args)
    if isinstance(thing, Stub) and isinstance(keywords, dict):
        thing.state = keywords
    self.made(thing)


def _inst(self: StubUnpickler) -> None:
    module, name = self.readline()[:-1].decode(), self.readline()[:-1].decode()
    self.made(self.build_object(self.find(module, name), tuple(self.pop_mark())))


def _obj(self: StubUnpickler) -> None:
    items = self.pop_mark()
    self.made(self.build_object(items[0], tuple(items[1:])))


def _build(self: StubUnpickler) -> None:
    state = self.stack.pop()
    if isinstance(self.stack[-1], Stub):
        self.stack[-1].state = state  # of a plain container (an OrderedDict's _metadata) it is dropped


def _persistent(self: StubUnpickler) -> None:
    match self.stack.pop():
        case ("storage", Stub() as kind, str() as key, str(), int() as count, *_):
            dtype = STORAGE_TYPES.get(kind.name)
            if dtype is None or not 0 <= count < LARGEST:
                raise RefusedError(f"it has a storage of the unknown type {kind.name}")
            if key not in self.storages:
                self.storages[key] = self.storage_of(key, dtype, count)
            self.stack.append(self.storages[key])
        case _:
            raise RefusedError("it refers to something outside that is no tensor storage")


def _put(into: object, key: object, value: object) -> None:
    if isinstance(into, Stub):
        into.pairs[_key(key)] = value
    elif type(into) is dict:
        into[_key(key)] = value
    else:
        raise RefusedError("it sets an item of something that is no dict")


def _set_item(self: StubUnpickler) -> None:
    value, key = self.stack.pop(), self.stack.pop()
    _put(self.stack[-1], key, value)


def _set_items(self: StubUnpickler) -> None:
    items = self.pop_mark()
    for key, value in zip(items[::2], items[1::2], strict=True):
        _put(self.stack[-1], key, value)


def _dict(self: StubUnpickler) -> None:
    items = self.pop_mark()
    self.made({_key(key): value for key, value in zip(items[::2], items[1::2], strict=True)})


def _extend(into: object, items: list[Any]) -> None:
    if isinstance(into, Stub):
        into.items.extend(items)
    elif type(into) is list:
        into.extend(items)
    else:
        raise RefusedError("it appends to something that is no list")


def _append(self: StubUnpickler) -> None:
    item = self.stack.pop()
    _extend(self.stack[-1], [item])


def _appends(self: StubUnpickler) -> None:
    items = self.pop_mark()
    _extend(self.stack[-1], items)


def _add_items(self: StubUnpickler) -> None:
    items = self.pop_mark()
    if type(self.stack[-1]) is set:
        self.stack[-1].update(map(_key, items))
    else:
        _extend(self.stack[-1], items)


def _counted(make: Callable[[], object]) -> Callable[[StubUnpickler], None]:
    return lambda self: self.made(make())


def _marked(make: Callable[[list[Any]], object]) -> Callable[[StubUnpickler], None]:
    return lambda self: self.made(make(self.pop_mark()))


def _memoised(handler: Callable[[Any], None]) -> Callable[[StubUnpickler], None]:
    def checked(self: StubUnpickler) -> None:
        handler(self)
        if len(self.memo) > MAX_MEMO:
            raise RefusedError("it remembers more objects than any checkpoint")

    return checked


StubUnpickler.dispatch |= {
    opcode[0]: handler
    for opcode, handler in {
        pickle.STOP: _stop,
        pickle.FRAME: _frame,
        pickle.LONG4: _long4,
        pickle.GLOBAL: _global,
        pickle.STACK_GLOBAL: _stack_global,
        pickle.REDUCE: _reduce,
        pickle.NEWOBJ: _reduce,
        pickle.NEWOBJ_EX: _newobj_ex,
        pickle.INST: _inst,
        pickle.OBJ: _obj,
        pickle.BUILD: _build,
        pickle.BINPERSID: _persistent,
        pickle.SETITEM: _set_item,
        pickle.SETITEMS: _set_items,
        pickle.DICT: _dict,
        pickle.APPEND: _append,
        pickle.APPENDS: _appends,
        pickle.ADDITEMS: _add_items,
        pickle.LIST: _marked(list),
        pickle.FROZENSET: _marked(lambda items: frozenset(map(_key, items))),
        pickle.EMPTY_LIST: _counted(list),
        pickle.EMPTY_DICT: _counted(dict),
        pickle.EMPTY_SET: _counted(set),
        **{
            opcode: _memoised(pickle._Unpickler.dispatch[opcode[0]])
            for opcode in (pickle.PUT, pickle.BINPUT, pickle.LONG_BINPUT, pickle.MEMOIZE)
        },
    }.items()
}


def _key(value: object) -> object:
    """VALUE if hashing it is cheap, else a stub: hashing a tuple that holds itself twice, 100 deep, never ends."""
    match value:
        case str() | bytes() | float() | bool() | None | Stub():
            return value
        case int():
            return value if abs(value) < LARGEST else Stub("key")
        case tuple() if len(value) <= 8 and all(type(part) in (str, int, float, bool) for part in value):
            return value if all(abs(part) < LARGEST for part in value if type(part) is int) else Stub("key")
        case _:
            return Stub("key")


# The globals that are known by name.


def _copy(self: StubUnpickler, args: tuple[Any, ...]) -> Any:
    """The container that a constructor is given, its copy paid for."""
    if not args:
        return ()
    if not isinstance(args[0], list | tuple | dict | set | frozenset | str | bytes):
        raise RefusedError("it makes a container of something that is none")
    self.spend(len(args[0]) // COPIED_PER_OPCODE)
    return args[0]


def _to_dict(self: StubUnpickler, args: tuple[Any, ...]) -> object:
    content = _copy(self, args)
    pairs = content.items() if isinstance(content, dict) else content
    return {_key(key): value for key, value in pairs}


def _to_default_dict(self: StubUnpickler, args: tuple[Any, ...]) -> object:
    return _to_dict(self, args[1:])


def _to_list(self: StubUnpickler, args: tuple[Any, ...]) -> object:
    return list(_copy(self, args))


def _to_tuple(self: StubUnpickler, args: tuple[Any, ...]) -> object:
    return tuple(_copy(self, args))


def _to_set(self: StubUnpickler, args: tuple[Any, ...]) -> object:
    return {_key(item) for item in _copy(self, args)}


def _encode(self: StubUnpickler, args: tuple[Any, ...]) -> object:
    """Protocol 2 writes bytes as text that `_codecs.encode` turns back."""
    match args:
        case (str() as text, "latin1" | "latin-1"):
            self.spend(len(text) // COPIED_PER_OPCODE)
            return text.encode("latin-1")
    raise RefusedError("it encodes text in an unusual way")


def _no_bytes(self: StubUnpickler, args: tuple[Any, ...]) -> object:
    content = _copy(self, args)
    return bytes(content) if isinstance(content, bytes | list | tuple) else b""


def _tensor(self: StubUnpickler, args: tuple[Any, ...]) -> TensorDescriptor:
    match args:
        case (Storage() as storage, offset, shape, stride, *_):
            return describe(storage, storage.dtype, offset, _sizes(shape), _sizes(stride))
    raise RefusedError("it has a tensor without a storage")


def _tensor_of_type(self: StubUnpickler, args: tuple[Any, ...]) -> TensorDescriptor:
    match args:
        case (Storage() as storage, offset, shape, stride, _, _, Stub() as kind, *_):
            dtype = kind.name.removeprefix("torch.")
            return describe(storage, dtype, offset, _sizes(shape), _sizes(stride))
    raise RefusedError("it has a tensor without a storage")


def _sizes(value: object) -> tuple[int, ...]:
    if not isinstance(value, tuple | list) or len(value) > 64:
        raise ValueError
    return tuple(value)


def _parameter(self: StubUnpickler, args: tuple[Any, ...]) -> object:
    return args[0]


def _subclass(self: StubUnpickler, args: tuple[Any, ...]) -> object:
    """A tensor with attributes: torch hands its rebuild function, class, arguments and state."""
    return self.build_object(args[0], args[2])


def _scalar(self: StubUnpickler, args: tuple[Any, ...]) -> object:
    """A numpy scalar: its dtype says kind, size ('f8') and, in its state, byte order; then come the raw bytes."""
    match args:
        case (Stub(name="numpy.dtype", args=(str() as code, *_), state=state), bytes() as raw):
            order = ">" if isinstance(state, tuple) and len(state) > 1 and state[1] == ">" else "<"
            if code in SCALARS:
                return struct.unpack(order + SCALARS[code], raw)[0]
    return Stub("numpy.scalar", args)


SCALARS = {
    "f8": "d",
    "f4": "f",
    "f2": "e",
    "i8": "q",
    "i4": "i",
    "i2": "h",
    "i1": "b",
    "u8": "Q",
    "u4": "I",
    "u2": "H",
    "u1": "B",
    "b1": "?",
}

BUILDERS: Mapping[str, Callable[[StubUnpickler, tuple[Any, ...]], object]] = {
    "collections.OrderedDict": _to_dict,
    "collections.Counter": _to_dict,
    "collections.defaultdict": _to_default_dict,
    **{
        f"{module}.{name}": builder
        for module in ("builtins", "__builtin__")
        for name, builder in {
            "dict": _to_dict,
            "list": _to_list,
            "tuple": _to_tuple,
            "set": _to_set,
            "frozenset": _to_set,
            "bytes": _no_bytes,
        }.items()
    },
    "_codecs.encode": _encode,
    "torch.Size": _to_tuple,
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor_v3": _tensor_of_type,
    "torch._utils._rebuild_parameter": _parameter,
    "torch._utils._rebuild_parameter_with_state": _parameter,
    "torch._tensor._rebuild_from_type_v2": _subclass,
    "numpy.core.multiarray.scalar": _scalar,
    "numpy._core.multiarray.scalar": _scalar,
}

STORAGE_TYPES = {
    f"torch.{name}Storage": dtype
    for name, dtype in {
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
    }.items()
} | {"torch.storage.UntypedStorage": "uint8"}


def _is_known(name: str) -> bool:
    return name in BUILDERS or name in STORAGE_TYPES or name in ("numpy.dtype", "torch.device") or _is_torch_type(name)


def _is_torch_type(name: str) -> bool:
    from wizard.evidence.artifacts.tensors import item_size

    return name.startswith("torch.") and item_size(name.removeprefix("torch.")) is not None
