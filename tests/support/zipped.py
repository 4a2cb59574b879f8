"""Files of torch.save to read back, and to pack again otherwise than torch does."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from wizard.evidence.artifacts.tensors import TensorDescriptor, blocks
from wizard.evidence.artifacts.torch_zip import read_torch_zip


def saved(folder: Path, content: Any) -> Path:
    """A file of torch.save in FOLDER."""
    path = folder / "saved.pt"
    torch.save(content, path)
    return path


def tensor_in(folder: Path, tensor: torch.Tensor) -> TensorDescriptor:
    """TENSOR as it is described after it was saved in FOLDER."""
    tree: Any = read_torch_zip(saved(folder, {"w": tensor})).tree
    found = tree["w"]
    assert isinstance(found, TensorDescriptor)
    return found


def numbers(tensor: TensorDescriptor) -> list[float]:
    """All its elements in the order of the file."""
    return [float(number) for block in blocks(tensor) for number in block]


def repacked(
    path: Path,
    change: Callable[[str, bytes], tuple[str, bytes] | None] = lambda name, content: (name, content),
    compression: int = zipfile.ZIP_STORED,
) -> Path:
    """The archive written again by zipfile; CHANGE gives every record's new name and content, or drops it."""
    packed = path.with_name("repacked.pt")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w", compression) as new, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile complains of duplicate names, which is what a test wants
        for name in old.namelist():
            changed = change(name, old.read(name))
            if changed is not None:
                new.writestr(*changed)
    return packed
