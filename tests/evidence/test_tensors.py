"""Tensors of torch.save read without torch: their numbers against torch's own, whatever type, view or byte order."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from zipped import numbers, repacked, saved, tensor_in

from wizard.evidence.artifacts.tensors import BLOCK, Statistics, is_damaged, paired, rows, statistics, whole
from wizard.evidence.artifacts.torch_zip import read_torch_zip


@pytest.mark.parametrize(
    "dtype",
    [
        torch.float64,
        torch.float32,
        torch.float16,
        torch.bfloat16,
        torch.int64,
        torch.int32,
        torch.int16,
        torch.int8,
        torch.uint8,
        torch.uint16,
        torch.bool,
    ],
)
def test_statistics_are_those_of_torch(dtype: torch.dtype, tmp_path: Path) -> None:
    """Count, zeros, sum, sum of squares, extremes: over several blocks and a rest, in every type."""
    values = (torch.randn(3 * BLOCK + 17, dtype=torch.float64) * 20).clamp(0 if "u" in str(dtype) else -99, 99)
    tensor = values.to(dtype)
    found = statistics(tensor_in(tmp_path, tensor))

    wide = tensor.double()
    assert (found.count, found.nonfinite) == (len(wide), 0)
    assert found.zero == int((wide == 0).sum())
    assert (found.low, found.high) == (float(wide.min()), float(wide.max()))
    assert found.total == pytest.approx(float(wide.sum()), rel=1e-9, abs=1e-6)
    assert found.squares == pytest.approx(float(wide.square().sum()), rel=1e-9)
    assert found.rms == pytest.approx(float(wide.square().mean().sqrt()))


def test_values_that_are_not_finite_are_counted_apart(tmp_path: Path) -> None:
    """Sums and extremes are over the finite values; a tensor of NaN alone has neither."""
    found = statistics(tensor_in(tmp_path, torch.tensor([1.0, float("nan"), float("inf"), -3.0, -float("inf")])))
    none = statistics(tensor_in(tmp_path, torch.full((4,), float("nan"))))

    assert found == Statistics(count=5, nonfinite=3, zero=0, total=-2.0, squares=10.0, low=-3.0, high=1.0)
    assert (none.count, none.nonfinite) == (4, 4)
    assert np.isnan(none.rms)


def test_partial_sums_of_the_parts_add_up_to_the_whole(tmp_path: Path) -> None:
    """Statistics of two halves, added, are those of the whole: parts may be read anywhere."""
    values = torch.randn(1000)
    halves = [statistics(tensor_in(tmp_path, half.clone())) for half in (values[:300], values[300:])]
    whole_sums = statistics(tensor_in(tmp_path, values))

    assert (halves[0] + halves[1]).total == pytest.approx(whole_sums.total)
    assert (halves[0] + halves[1]).low == whole_sums.low


@pytest.mark.parametrize(
    "view",
    [
        lambda w: w,
        lambda w: w.t(),
        lambda w: w[:, ::3],
        lambda w: w[5:9],
        lambda w: w.reshape(10, 4, 5, 6).to(memory_format=torch.channels_last),
        lambda w: w[0, 0],
        lambda w: w[:0],
    ],
    ids=["plain", "transposed", "every third column", "some rows", "channels last", "scalar", "empty"],
)
def test_views_are_read_as_torch_sees_them(view: Callable[[torch.Tensor], torch.Tensor], tmp_path: Path) -> None:
    """Neighbours in the same storage do not count, and rows come in order whatever the strides."""
    tensor = view(torch.randn(40, 30))
    found = tensor_in(tmp_path, tensor)

    held = whole(found)
    assert held is not None
    assert np.array_equal(held, tensor.numpy())
    assert statistics(found).total == pytest.approx(float(tensor.double().sum()), abs=1e-9)
    if tensor.ndim and tensor.numel():
        assert np.array_equal(np.concatenate([block.copy() for block in rows(found)]), tensor.flatten(1).numpy())


def test_an_expanded_tensor_counts_what_is_stored(tmp_path: Path) -> None:
    """A shape of a million million repeated numbers costs one number."""
    found = statistics(tensor_in(tmp_path, torch.full((1, 1), 2.0).expand(10**6, 10**6)))

    assert (found.count, found.total) == (1, 2.0)


def test_pairs_come_element_beside_element_whatever_the_layout(tmp_path: Path) -> None:
    """A matrix and the same one saved transposed differ nowhere."""
    matrix = torch.randn(50, 20)
    tree: Any = read_torch_zip(saved(tmp_path, {"a": matrix, "b": matrix.t().contiguous().t()})).tree

    assert [np.array_equal(one, other) for one, other in paired(tree["a"], tree["b"])] == [True]


def test_reading_takes_a_block_of_memory_not_a_tensor(tmp_path: Path) -> None:
    """Forty megabytes are reduced within four."""
    found = tensor_in(tmp_path, torch.ones(10_000_000))
    statistics(found)
    tracemalloc.start()
    counted = statistics(found).count
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert counted == 10_000_000
    assert peak < 4 << 20


def test_big_endian_files_are_read(tmp_path: Path) -> None:
    """The byteorder record decides how the bytes are read."""
    values = torch.tensor([1.0, -2.5, 3.0])

    def swap(name: str, content: bytes) -> tuple[str, bytes]:
        if name.endswith("byteorder"):
            return name, b"big"
        return name, np.frombuffer(content, "<f4").astype(">f4").tobytes() if name.endswith("data/0") else content

    tree: Any = read_torch_zip(repacked(saved(tmp_path, {"w": values}), swap)).tree

    assert numbers(tree["w"]) == values.tolist()


def test_a_file_without_checksums_is_no_damaged_file(tmp_path: Path) -> None:
    """torch can be told to write none; it writes zeros then."""
    torch.serialization.set_crc32_options(False)
    try:
        found = tensor_in(tmp_path, torch.ones(5))
    finally:
        torch.serialization.set_crc32_options(True)

    assert statistics(found).total == 5
    assert not is_damaged(found.storage)


def test_a_flipped_bit_in_a_tensor_shows_in_its_checksum(tmp_path: Path) -> None:
    """torch reads such a file without a word; whoever accuses it of a NaN can ask first."""
    tensor = tensor_in(tmp_path, torch.ones(64))
    clean = is_damaged(tensor.storage)
    with tensor.storage.file.open("r+b") as file:
        file.seek(tensor.storage.start + 3)
        file.write(b"\x7f\xff")

    assert not clean
    assert is_damaged(tensor.storage)
