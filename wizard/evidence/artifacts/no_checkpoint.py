"""Naming the true reason why a file is no checkpoint, and what to do about it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from wizard.errors import UnreadableError
from wizard.evidence.artifacts.pickle_machine import MAX_PICKLE
from wizard.evidence.artifacts.pickle_stubs import StubUnpickler
from wizard.evidence.artifacts.refusal import SAVE_AGAIN, UNTRUSTED, RefusedError, listed
from wizard.evidence.artifacts.tensors import Storage

LEGACY_MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
LEGACY_PICKLES = 5  # magic, protocol, system, the object, the keys of its storages
LFS_POINTER = b"version https://git-lfs"
PICKLE = b"\x80"


def is_page(head: bytes) -> bool:
    """Whether a file starts as HTML or XML does."""
    start = head[:200].lstrip().lower()
    return start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head"))


def why_not(path: Path, head: bytes) -> UnreadableError:
    """The reason, by the first bytes of the file."""
    if not head:
        return UnreadableError("It is empty.", str(path), "If the run was killed while saving, take the one before it.")
    if head.startswith(LFS_POINTER):
        return UnreadableError("It is a git-lfs pointer, not the file itself.", str(path), "Run `git lfs pull` there.")
    if is_page(head):
        return UnreadableError("It is a web page: the download failed.", str(path), "Download the raw file again.")
    if head.startswith(b"\x89HDF"):
        return UnreadableError("It is an HDF5 file of Keras, which is not read.", str(path), "Hand over the run's log.")
    if head[:1] == PICKLE:
        return _plain_pickle(path, head)
    return UnreadableError("It is no checkpoint of torch.save or safetensors.", str(path), SAVE_AGAIN)


def without_weights(path: Path, imports: tuple[str, ...]) -> UnreadableError:
    """A file that was read and holds neither weights nor an optimizer nor a schedule."""
    if imports:
        return UnreadableError("It holds no weights.", str(path), UNTRUSTED, imports=listed(imports))
    return UnreadableError("It holds no weights.", str(path), "Hand over a file with model.state_dict().")


def _plain_pickle(path: Path, head: bytes) -> UnreadableError:
    with path.open("rb") as file:
        imports = _imports_of(file.read(MAX_PICKLE))
    if imports:
        return UnreadableError("It is no zip file of torch.save.", str(path), UNTRUSTED, imports=listed(imports))
    if head.startswith(LEGACY_MAGIC):
        return UnreadableError(
            "It is in the format of torch before 1.6, which is not read.",
            str(path),
            "Save it again where it was made:\n"
            "  checkpoint = torch.load('old.pt', map_location='cpu', weights_only=True)\n"
            "  torch.save(checkpoint, 'new.pt')",
        )
    return UnreadableError("It is a plain pickle, not a file of torch.save.", str(path), SAVE_AGAIN)


def _imports_of(data: bytes) -> tuple[str, ...]:
    """The unknown globals that the pickles at the start of DATA ask for; nothing of them is imported."""
    names: set[str] = set()
    for _ in range(LEGACY_PICKLES):
        unpickler = StubUnpickler(data, lambda _key, dtype, _count: Storage(Path(), 0, 1 << 62, dtype))
        with suppress(RefusedError):
            unpickler.load()
        names |= set(unpickler.imports)
        data = data[unpickler.at + 1 :]
        if data[:1] != PICKLE:
            break
    return tuple(sorted(names))
