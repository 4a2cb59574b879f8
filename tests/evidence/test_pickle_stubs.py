"""The unpickler: what it reads, and what it refuses without importing, calling or allocating anything."""

from __future__ import annotations

import argparse
import collections
import os
import pickle
import struct
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.evidence.artifacts import pickle_machine
from wizard.evidence.artifacts.pickle_stubs import StubUnpickler
from wizard.evidence.artifacts.refusal import RefusedError
from wizard.evidence.artifacts.stubs import Stub
from wizard.evidence.artifacts.tensors import Storage

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)


def nowhere(_key: str, _dtype: str, _count: int) -> Storage:
    raise RefusedError("there is no storage here")


def unpickle(data: bytes) -> Any:
    return StubUnpickler(data, nowhere).load()


class Call:
    """Pickles as a call of anything."""

    def __init__(self, function: Callable[..., Any], *args: Any) -> None:
        self.function, self.args = function, args

    def __reduce__(self) -> tuple[Any, ...]:
        return self.function, self.args


@given(value=PLAIN, protocol=st.integers(0, 5))
def test_plain_values_come_back_as_they_were(value: Any, protocol: int) -> None:
    """Numbers, texts, bytes and plain containers of every protocol are read as pickle reads them."""
    assert unpickle(pickle.dumps(value, protocol)) == value


def test_containers_of_the_standard_library_come_back_plain() -> None:
    """OrderedDict, Counter, defaultdict and sets need no import to be read."""
    value = {
        "ordered": collections.OrderedDict(a=1),
        "counter": collections.Counter("aab"),
        "default": collections.defaultdict(list, a=[2]),
        "set": {1, 2},
        "frozen": frozenset({3}),
    }
    read = StubUnpickler(pickle.dumps(value, 2), nowhere)

    assert read.load() == {
        "ordered": {"a": 1},
        "counter": {"a": 2, "b": 1},
        "default": {"a": [2]},
        "set": {1, 2},
        "frozen": {3},
    }
    assert read.imports == ()


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize(
    "value", [np.float64(2.5), np.float32(0.5), np.float16(1.5), np.int64(-7), np.uint8(200), np.bool_(True)]
)
def test_numpy_scalars_decode_to_their_value(value: Any, protocol: int) -> None:
    """A best accuracy is often a numpy scalar: its value is read from the raw bytes."""
    assert unpickle(pickle.dumps({"best": value}, protocol)) == {"best": value.item()}


def test_an_object_of_somebodys_class_becomes_a_stub_with_its_state() -> None:
    """A Namespace is written down, not imported: its attributes can be read, its name is told."""
    read = StubUnpickler(pickle.dumps(argparse.Namespace(lr=0.1)), nowhere)
    stub = read.load()

    assert isinstance(stub, Stub)
    assert stub.state == {"lr": 0.1}
    assert read.imports == ("argparse.Namespace",)


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_call_of_the_shell_is_not_made(protocol: int, tmp_path: Path) -> None:
    """os.system, posix.system and exec write no file; the sentence names what was asked for."""
    marker = tmp_path / "marker"
    calls = [Call(os.system, f"touch {marker}"), Call(exec, f"open({str(marker)!r}, 'w')"), Call(eval, "1")]
    read = StubUnpickler(pickle.dumps(calls, protocol), nowhere)
    read.load()

    assert not marker.exists()
    names = {name.split(".")[-1] for name in read.imports}
    assert names == {"system", "exec", "eval"}


@pytest.mark.parametrize(
    "head",
    [
        b"X" + struct.pack("<I", 0xFFFFFFFF),
        b"B" + struct.pack("<I", 0xFFFFFFFF),
        b"\x8d" + struct.pack("<Q", 1 << 32),
        b"\x8e" + struct.pack("<Q", 1 << 32),
        b"\x8a\xff",
        b"\x8b" + struct.pack("<i", 0x7FFFFFFF),
        b"\x95" + struct.pack("<Q", 1 << 32),
        b"T" + struct.pack("<i", 0x7FFFFFFF),
    ],
)
def test_a_declared_length_beyond_the_end_is_refused_before_it_is_allocated(head: bytes) -> None:
    """A few bytes that declare four gigabytes cost nothing."""
    tracemalloc.start()
    with pytest.raises(RefusedError, match="declares"):
        unpickle(b"\x80\x04" + head)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 1 << 20


def test_nine_bytes_that_take_four_gigabytes_in_the_c_unpickler_take_none() -> None:
    """A memo index of four thousand million is an entry in a dict, not an array of that length."""
    assert unpickle(b"\x80\x02Nr\xff\xff\xff\xff.") is None


@pytest.mark.parametrize(
    "opcode", [b"\x96" + bytes(8), b"\x97", b"\x98", b"\x82\x01", b"\x83\x01\x00", b"\x84\x01\x00\x00\x00", b"P1\n"]
)
def test_opcodes_that_no_checkpoint_needs_are_refused(opcode: bytes) -> None:
    """Byte arrays, buffers, extension codes and textual persistent ids."""
    with pytest.raises(RefusedError, match="opcode"):
        unpickle(b"\x80\x05" + opcode + b".")


def test_a_list_that_holds_itself_twice_a_hundred_deep_is_read_with_shared_references() -> None:
    """Two to the power of a hundred leaves are a hundred lists."""
    bomb: list[Any] = []
    for _ in range(100):
        bomb = [bomb, bomb]
    read = unpickle(pickle.dumps(bomb, 2))

    assert read[0] is read[1]


def test_a_tuple_that_holds_itself_twice_is_never_hashed() -> None:
    """As a key it becomes a stub: hashing it would take two to the power of a hundred steps."""
    read = unpickle(b"\x80\x02})" + b"2\x86" * 100 + b"Ns.")

    assert [type(key) for key in read] == [Stub]


def test_nesting_is_not_recursion() -> None:
    """A tuple inside a tuple, a hundred thousand times, is read without a stack of calls."""
    assert type(unpickle(b"\x80\x02)" + b"\x85" * 100_000 + b".")) is tuple


@pytest.mark.parametrize(
    ("limit", "data"),
    [
        ("MAX_OPCODES", b"\x80\x02" + b"N0" * 60 + b"N."),
        ("MAX_OBJECTS", b"\x80\x02" + b"]0" * 60 + b"N."),
        ("MAX_MEMO", b"\x80\x04N" + b"\x94" * 60 + b"."),
    ],
)
def test_steps_objects_and_memory_have_a_budget(limit: str, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the budget it is refused; within it the same bytes are read."""
    assert unpickle(data) is None
    monkeypatch.setattr(pickle_machine, limit, 50)
    with pytest.raises(RefusedError, match="than any checkpoint"):
        unpickle(data)


def test_copies_that_a_constructor_makes_are_paid_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """One long list handed to list() again and again is quadratic work from few bytes."""
    monkeypatch.setattr(pickle_machine, "MAX_OPCODES", 5000)
    long = b"](" + b"N" * 100 + b"eq\x00"
    with pytest.raises(RefusedError, match="steps"):
        unpickle(b"\x80\x02" + long + b"c__builtin__\nlist\nq\x01" + b"h\x01h\x00\x85R0" * 60 + b".")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x80\x02]NNs.", "no dict"),
        (b"\x80\x02}Na.", "no list"),
        (b"\x80\x02N)R.", "no class"),
        (b"\x80\x02c__builtin__\nbytes\nJ\xff\xff\xff\x7f\x85R.", "bytes of something"),
        (b"\x80\x02NQ.", "outside"),
        (b"\x80\x02c" + b"a" * 400 + b"\nb\n.", "no name"),
        (b"\x80\x02", "cut short"),
        (b"", "cut short"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    """Items set in a list, calls of None, bytes(2**31): all of them have broken other readers."""
    with pytest.raises(RefusedError, match=reason):
        unpickle(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No other exception escapes, whatever the bytes."""
    with suppress(RefusedError):
        unpickle(b"\x80\x04" + data)
