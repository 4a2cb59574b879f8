"""The zip files of torch.save: what is read beside tensors, and all that a hostile or broken file may be."""

from __future__ import annotations

import os
import random
import tracemalloc
import warnings
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from zipped import numbers, repacked, saved

from wizard.errors import UnreadableError
from wizard.evidence.artifacts import torch_zip
from wizard.evidence.artifacts.tensors import is_damaged
from wizard.evidence.artifacts.torch_zip import read_torch_zip


def test_a_pickled_module_and_parameters_are_read_without_their_classes(tmp_path: Path) -> None:
    """Parameters lie in the stubs' state; the classes asked for are told."""
    read = read_torch_zip(saved(tmp_path, torch.nn.Linear(3, 2)))
    tree: Any = read.tree

    assert tree.state["_parameters"]["weight"].shape == (2, 3)
    assert read.imports == ("torch.nn.modules.linear.Linear",)


# What is refused.


class Call:
    """Pickles as a call of anything."""

    def __init__(self, function: Callable[..., Any], *args: Any) -> None:
        self.function, self.args = function, args

    def __reduce__(self) -> tuple[Any, ...]:
        return self.function, self.args


def test_a_shell_call_beside_good_weights_is_told_and_not_made(tmp_path: Path) -> None:
    """The weights are read, the marker file is not written, the name is in `imports`."""
    marker = tmp_path / "marker"
    read = read_torch_zip(saved(tmp_path, {"w": torch.ones(3), "x": Call(os.system, f"touch {marker}")}))
    tree: Any = read.tree

    assert tree["w"].shape == (3,)
    assert read.imports == (f"{os.system.__module__}.system",)
    assert not marker.exists()


def test_a_refused_pickle_lists_what_it_asked_for(tmp_path: Path) -> None:
    """A pickle that is hostile and wrong: the sentence names the call."""
    path = saved(tmp_path, [Call(os.system, "true"), Call(bytes, 2**31)])

    with pytest.raises(UnreadableError, match=r"system.*nothing was imported or run"):
        read_torch_zip(path)


def lie(shape: tuple[int, ...], stride: tuple[int, ...], offset: int = 0) -> Any:
    """A tensor that claims SHAPE over a storage of four numbers."""
    storage = torch.ones(4).storage()  # type: ignore[no-untyped-call]
    return Call(torch._utils._rebuild_tensor_v2, storage, offset, shape, stride, False, OrderedDict())


@pytest.mark.filterwarnings("ignore:TypedStorage")
@pytest.mark.parametrize(
    ("tensor", "reason"),
    [
        (lambda: lie((5,), (1,)), "past the end"),
        (lambda: lie((1,), (1,), offset=4), "past the end"),
        (lambda: lie((2**40, 2**40), (2**40, 1)), "past the end"),
        (lambda: lie((2, 2), (1, 1)), "overlap"),
        (lambda: lie((4,), (1, 1)), "do not fit"),
        (lambda: lie((-4,), (1,)), "whole numbers"),
        (lambda: lie((4,), (-1,)), "whole numbers"),
        (lambda: lie((2**80,), (1,)), "whole numbers"),
    ],
)
def test_a_tensor_that_claims_more_than_its_record_holds_is_refused(
    tensor: Callable[[], Any], reason: str, tmp_path: Path
) -> None:
    """Whatever the claim, nothing of its size is allocated."""
    path = saved(tmp_path, {"w": tensor()})

    with pytest.raises(UnreadableError, match=reason):
        read_torch_zip(path)


def test_a_record_that_was_shortened_is_refused(tmp_path: Path) -> None:
    """A whole archive with half a tensor in it."""
    path = repacked(
        saved(tmp_path, {"w": torch.ones(100)}),
        lambda name, content: (name, content[:200] if name.endswith("data/0") else content),
    )

    with pytest.raises(UnreadableError, match="shorter than the pickle says"):
        read_torch_zip(path)


def test_a_record_that_is_gone_is_refused(tmp_path: Path) -> None:
    """A tensor without its record."""
    path = repacked(
        saved(tmp_path, {"w": torch.ones(100)}),
        lambda name, content: None if name.endswith("data/0") else (name, content),
    )

    with pytest.raises(UnreadableError, match="record is missing"):
        read_torch_zip(path)


def test_a_zip_bomb_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    """Compressed records are never unpacked: a tensor is read where it lies, and they may be huge."""
    path = repacked(saved(tmp_path, {"w": torch.zeros(8_000_000)}), compression=zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    with pytest.raises(UnreadableError, match="compressed"):
        read_torch_zip(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert path.stat().st_size < 100_000
    assert peak < 1 << 20


@pytest.mark.parametrize(
    "name",
    ["../evil", "saved/../../evil", "/etc/evil", "C:/evil", "saved\\..\\evil", "saved//data.pkl", "saved/\x1b[2J"],
)
def test_names_that_lead_elsewhere_are_refused(name: str, tmp_path: Path) -> None:
    """Nothing is unpacked anyway; who writes such names is not torch."""
    path = repacked(
        saved(tmp_path, {"w": torch.ones(3)}), lambda old, content: (name if old.endswith("version") else old, content)
    )

    with pytest.raises(UnreadableError, match="name that torch does not write"):
        read_torch_zip(path)


def test_a_name_that_comes_twice_is_refused(tmp_path: Path) -> None:
    """Two records of one name are read differently by different programs."""
    path = repacked(
        saved(tmp_path, {"w": torch.ones(3)}),
        lambda name, content: (name.replace("version", "byteorder"), content),
    )

    with pytest.raises(UnreadableError, match="name that torch does not write"):
        read_torch_zip(path)


@pytest.mark.parametrize("share", [0.99, 0.5, 0.01])
def test_a_file_that_was_cut_short_is_told_so(share: float, tmp_path: Path) -> None:
    """The directory is at the end: without it nothing is guessed."""
    path = saved(tmp_path, {"w": torch.ones(5000)})
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])

    with pytest.raises(UnreadableError, match="cut short"):
        read_torch_zip(path)


def test_a_flipped_bit_in_the_pickle_is_refused(tmp_path: Path) -> None:
    """The record no longer matches its checksum."""
    path = saved(tmp_path, {"weight": torch.ones(3)})
    content = bytearray(path.read_bytes())
    content[content.index(b"weight")] ^= 1
    path.write_bytes(content)

    with pytest.raises(UnreadableError, match="checksum"):
        read_torch_zip(path)


def test_more_records_than_any_model_has_tensors_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory is not even walked."""
    path = saved(tmp_path, {"w": torch.ones(3)})
    monkeypatch.setattr(torch_zip, "MAX_RECORDS", 3)

    with pytest.raises(UnreadableError, match="lists"):
        read_torch_zip(path)


def test_programs_are_named_and_not_opened(tmp_path: Path) -> None:
    """TorchScript and torch.export files hold code."""
    script, exported = tmp_path / "script.pt", tmp_path / "exported.pt2"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), script)
        torch.export.save(torch.export.export(torch.nn.Linear(2, 2), (torch.zeros(1, 2),)), exported)

    for path in (script, exported):
        with pytest.raises(UnreadableError, match="program"):
            read_torch_zip(path)


def test_another_zip_archive_is_told_so(tmp_path: Path) -> None:
    """A zip file without data.pkl is no checkpoint."""
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("folder/letter.txt", "hello")

    with pytest.raises(UnreadableError, match=r"not one of torch\.save"):
        read_torch_zip(tmp_path / "other.zip")


def test_two_hundred_random_changes_are_refused_or_read_right(tmp_path: Path) -> None:
    """After any change of a byte the numbers are right, known to be damaged, or refused; nothing else escapes."""
    model = {"weight": torch.arange(12.0).reshape(3, 4), "bias": torch.ones(3, dtype=torch.bfloat16)}
    original = saved(tmp_path, {"model": model, "epoch": 3}).read_bytes()
    chance = random.Random(0)
    outcomes = set()
    for _ in range(200):
        content = bytearray(original)
        content[chance.randrange(len(content))] = chance.randrange(256)
        path = tmp_path / "changed.pt"
        path.write_bytes(content)
        try:
            tree: Any = read_torch_zip(path).tree
            found = tree["model"]
            right = all(numbers(found[name]) == tensor.flatten().tolist() for name, tensor in model.items())
            outcomes.add("right" if right else "damaged")
            assert right or any(is_damaged(tensor.storage) for tensor in found.values())
        except UnreadableError:
            outcomes.add("refused")

    assert outcomes == {"right", "damaged", "refused"}
