"""Files that are checkpoints, told by their content, and the true reason when one is none or cannot be read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import torch
from saved_runs import Run, save, save_safetensors

from wizard.errors import UnreadableError
from wizard.evidence.artifacts.checkpoint import read, recognises

# safetensors.


def test_safetensors_are_read(tmp_path: Path) -> None:
    """Header and numbers, bfloat16 and all."""
    weights = {"a.weight": torch.randn(3, 4), "b.weight": torch.randn(5).bfloat16(), "n": torch.tensor([3])}
    found = read((save_safetensors(tmp_path / "model.safetensors", weights),)).last

    assert {name: tensor.shape for name, tensor in found.weights.items()} == {
        "a.weight": (3, 4),
        "b.weight": (5,),
        "n": (1,),
    }
    assert found.statistics("b.weight").total == pytest.approx(float(weights["b.weight"].double().sum()))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"data_offsets": [0, 48]', b'"data_offsets": [4, 52]'),
        (b'"data_offsets": [0, 48]', b'"data_offsets": [0, 44]'),
        (b'"shape": [3, 4]', b'"shape": [4, 4]'),
        (b'"shape": [3, 4]', b'"shape": [-3, 4'),
        (b'"dtype": "F32"', b'"dtype": "F31"'),
        (b"{", b"["),
    ],
)
def test_a_header_of_safetensors_that_does_not_tile_the_file_is_refused(old: bytes, new: bytes, tmp_path: Path) -> None:
    """Holes, overlaps, wrong sizes, unknown types."""
    path = save_safetensors(tmp_path / "model.safetensors", {"w": torch.ones(3, 4)})
    content = path.read_bytes()
    path.write_bytes(content.replace(old, new.ljust(len(old)), 1))

    with pytest.raises(UnreadableError):
        read((path,))


@pytest.mark.parametrize("cut", [4, -4, 12])
def test_safetensors_that_were_cut_short_are_refused(cut: int, tmp_path: Path) -> None:
    """In the header or in the tensors."""
    path = save_safetensors(tmp_path / "model.safetensors", {"w": torch.ones(3, 4)})
    path.write_bytes(path.read_bytes()[:cut])

    with pytest.raises(UnreadableError):
        read((path,))


# What is none.


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "git lfs pull"),
        (b"<!DOCTYPE html><html>Sign in</html>", "web page"),
        (b"\x89HDF\r\n\x1a\n" + bytes(50), "HDF5"),
        (b"\x80\x02}q\x00.", "plain pickle"),
        (b"cposix\nsystem\n.", "no checkpoint"),
        (b"PK\x03\x04" + bytes(60), "cut short"),
        (b"PK\x05\x06" + bytes(18), "not one of"),
        (b"hello", "no checkpoint"),
    ],
)
def test_what_is_no_checkpoint_is_told_by_its_true_reason(content: bytes, reason: str, tmp_path: Path) -> None:
    """A pointer, a login page, an empty file: each with what to do."""
    path = tmp_path / "model.pt"
    path.write_bytes(content)

    with pytest.raises(UnreadableError, match=reason):
        read((path,))


def test_directories_pipes_and_missing_files_are_told(tmp_path: Path) -> None:
    """None of them hangs or ends in a traceback."""
    os.mkfifo(tmp_path / "pipe.pt")

    for path, reason in (
        (tmp_path, "directory"),
        (tmp_path / "pipe.pt", "pipe"),
        (tmp_path / "none.pt", "No such file"),
    ):
        with pytest.raises(UnreadableError, match=reason):
            read((path,))


def test_the_legacy_format_is_named_with_the_lines_that_mend_it(tmp_path: Path) -> None:
    """Files of torch before 1.6 and of its old writer."""
    torch.save(Run().model.state_dict(), tmp_path / "old.pt", _use_new_zipfile_serialization=False)

    with pytest.raises(UnreadableError, match=r"before 1\.6") as caught:
        read((tmp_path / "old.pt",))
    assert "torch.save(checkpoint, 'new.pt')" in str(caught.value)


class Shell:
    """Pickles as a call of os.system."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (self.command,)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_that_calls_the_shell_is_named_with_what_it_asks_for(zipped: bool, tmp_path: Path) -> None:
    """In the new format and the legacy one, which known scanners let pass."""
    marker = tmp_path / "marker"
    torch.save(Shell(f"touch {marker}"), tmp_path / "evil.pt", _use_new_zipfile_serialization=zipped)

    with pytest.raises(UnreadableError, match=rf"{os.system.__module__}\.system"):
        read((tmp_path / "evil.pt",))
    assert not marker.exists()


# Recognition.


def head_of(path: Path) -> bytes:
    return path.read_bytes()[:4096]


def test_checkpoints_are_recognised_by_their_content(tmp_path: Path) -> None:
    """Whatever the extension."""
    zipped = save(tmp_path / "run.weird", {"w": torch.ones(2)})
    tensors = save_safetensors(tmp_path / "model.dat", {"w": torch.ones(2)})
    torch.save({"w": torch.ones(2)}, tmp_path / "old.tar", _use_new_zipfile_serialization=False)

    for path in (zipped, tensors, tmp_path / "old.tar"):
        assert recognises(path, head_of(path))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("metrics.csv", b"step,loss\n1,2\n"),
        ("data.npz", b"PK\x03\x04" + bytes(22) + b"\x05\x00\x00\x00a.npy"),
        ("empty.txt", b""),
        ("a.pt", b"loss 1"),
    ],
)
def test_other_files_are_left_to_others(name: str, content: bytes) -> None:
    """A log, an archive of arrays, an empty text."""
    assert not recognises(Path(name), content)


@pytest.mark.parametrize(
    "content", [b"", b"version https://git-lfs.github.com/spec/v1\n", b"<html>", b"\x80\x04K\x01."]
)
def test_what_pretends_to_be_a_checkpoint_is_taken_so_that_it_is_told_why_not(content: bytes) -> None:
    """An empty model.pt below a run must not be passed over in silence."""
    assert recognises(Path("model.pt"), content)
