"""Read a pickle without importing, calling or allocating anything it asks for.

Every global becomes an inert `Stub`; those with a builder are decoded. What the file had asked for is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from wizard.evidence.artifacts.pickle_builders import BUILDERS, STORAGE_TYPES, TENSOR_WITH_ATTRIBUTES, is_known
from wizard.evidence.artifacts.pickle_machine import PickleMachine
from wizard.evidence.artifacts.refusal import RefusedError
from wizard.evidence.artifacts.stubs import Stub, key, keyed
from wizard.evidence.artifacts.tensors import Storage

MAX_NAME = 300  # characters of a global's `module.name`
BYTES_PER_OPCODE = 64  # that a constructor copies for the price of one; every item of a container costs one

StorageOf = Callable[[str, str, int], Storage]  # key, dtype, elements -> where it lies; RefusedError if it does not fit


class StubUnpickler(PickleMachine):
    """Overrides every opcode that hashes, calls, imports or changes an object."""

    def __init__(self, data: bytes, storage_of: StorageOf) -> None:
        super().__init__(data)
        self.storage_of = storage_of
        self.globals: dict[str, Stub] = {}
        self.storages: dict[str, Storage] = {}

    @property
    def imports(self) -> tuple[str, ...]:
        """Globals that it asked for and that are not known here, as `module.name`."""
        return tuple(sorted(name for name in self.globals if not is_known(name)))

    def load(self) -> object:
        """The tree that the pickle describes. Raises RefusedError with what it had asked for until then."""
        try:
            return super().load()
        except RefusedError as error:
            error.imports = self.imports
            raise

    def find(self, module: object, name: object) -> Stub:
        """The one stub of a global."""
        if type(module) is not str or type(name) is not str or len(module) + len(name) > MAX_NAME:
            raise RefusedError("Its pickle asks for a global by something that is no name.")
        dotted = f"{module}.{name}".encode("unicode_escape").decode("ascii")
        return self.globals.setdefault(dotted, Stub(dotted))

    def build(self, of: object, args: object) -> object:
        """What calling OF would give: decoded if it is known by name, else a stub."""
        if isinstance(of, Stub) and of.name == TENSOR_WITH_ATTRIBUTES and isinstance(args, tuple):
            of, args = args[0], args[2]  # a tensor with attributes: (function, class, arguments, state)
        if not isinstance(of, Stub) or not isinstance(args, tuple):
            raise RefusedError("Its pickle calls something that is no class or function.")
        if of.name not in BUILDERS:
            return Stub(of.name, args)
        self.spend(sum(map(_cost_of_copying, args)))
        return BUILDERS[of.name](args)

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
            case ("storage", Stub() as kind, str() as name, _, int() as count, *_) if kind.name in STORAGE_TYPES:
                if name not in self.storages:
                    self.storages[name] = self.storage_of(name, STORAGE_TYPES[kind.name], count)
                self.stack.append(self.storages[name])
            case _:
                raise RefusedError("Its pickle refers to something outside that is no tensor storage.")

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
        self.push(keyed(zip(items[::2], items[1::2], strict=True)))

    def load_frozenset(self) -> None:
        self.push(frozenset(map(key, self.pop_mark())))

    def load_setitem(self) -> None:
        value, name = self.stack.pop(), self.stack.pop()
        self.put([(name, value)])

    def load_setitems(self) -> None:
        items = self.pop_mark()
        self.put(zip(items[::2], items[1::2], strict=True))

    def put(self, pairs: Iterable[tuple[object, object]]) -> None:
        """Set items of the dict or stub on top."""
        into = self.stack[-1].pairs if isinstance(self.stack[-1], Stub) else self.stack[-1]
        if type(into) is not dict:
            raise RefusedError("Its pickle sets an item of something that is no dict.")
        into.update(keyed(pairs))

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
            into.update(map(key, items))
        elif type(into) is list:
            into.extend(items)
        else:
            raise RefusedError("Its pickle appends to something that is no list.")


def _cost_of_copying(content: object) -> int:
    if isinstance(content, str | bytes):
        return len(content) // BYTES_PER_OPCODE
    return len(content) if isinstance(content, list | tuple | dict | set | frozenset) else 0
