"""The compiled knowledge base, read from the user's cache folder, compiled at first use and after every change."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from wizard import __version__, resources
from wizard.knowledge.rows import Model, compile_model
from wizard.vocabulary import KnowledgeBase

DIGEST = hashlib.sha256().digest_size
CODE = (Path(__file__).parent, resources.PACKAGE / "vocabulary.py")  # what decides how a cache is read and made


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The entries and the arrays compiled from them. The base is without vignettes: they are tests."""

    base: KnowledgeBase
    model: Model


def load_knowledge(folder: Path | None = None) -> Knowledge:
    """The knowledge base in FOLDER, the built-in one by default. Raises KnowledgeError if it has errors."""
    return Knowledge(*load_cached(folder or resources.KNOWLEDGE_BASE))


def load_cached(folder: Path) -> tuple[KnowledgeBase, Model]:
    """From the cache if it was made from these very files by this very code; else compiled, and kept if possible."""
    file = cache_file(folder)
    key = _key(folder)
    knowledge = _read(file, key)
    if knowledge is None:
        knowledge = _compile(folder)
        with suppress(OSError):  # a cache that cannot be kept costs time, nothing else
            _write(file, key, knowledge)
    return knowledge.base, knowledge.model


def cache_file(folder: Path) -> Path:
    """Where the compiled form of FOLDER is kept: one file a folder, written over when it changes."""
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    return resources.cache_folder() / f"knowledge-{name}.msgpack"


def content_hash(folder: Path) -> str:
    """sha256 over the sorted relative paths and bytes of all YAML files below FOLDER."""
    digest = hashlib.sha256()
    for path in sorted(entry_files(folder)):
        _add(digest, os.fsencode(path.relative_to(folder).as_posix()), _bytes(path))
    return digest.hexdigest()


def entry_files(folder: Path) -> Iterator[Path]:
    """Every `.yaml` file below FOLDER that is not hidden."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(place, name) for name in names if name.endswith(".yaml") and not name.startswith("."))


def _compile(folder: Path) -> Knowledge:
    from wizard.knowledge.load import load  # deferred: brings yaml and pydantic, 55 ms

    base = load(folder, vignettes=False)
    return Knowledge(base, compile_model(base))


def _key(folder: Path) -> bytes:
    """Changes with the files, the version, and the code between the files and the cache."""
    digest = hashlib.sha256()
    _add(digest, content_hash(folder).encode(), __version__.encode())
    for place in CODE:
        for path in sorted(place.glob("*.py")) if place.is_dir() else [place]:
            _add(digest, path.name.encode(), _bytes(path))
    return digest.digest()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # the loader will say so, with its name
        return b""


def _add(digest: Any, *parts: bytes) -> None:
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)


def _read(file: Path, key: bytes) -> Knowledge | None:
    """None if there is no cache, or it was made from other files, or a byte of it has changed."""
    try:
        raw = file.read_bytes()
    except OSError:
        return None
    if raw[:DIGEST] != hashlib.sha256(key + raw[DIGEST:]).digest():
        return None
    return msgspec.msgpack.decode(raw[DIGEST:], type=Knowledge, dec_hook=_decode_array)


def _write(file: Path, key: bytes, knowledge: Knowledge) -> None:
    payload = msgspec.msgpack.encode(knowledge, enc_hook=_encode_array)
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(hashlib.sha256(key + payload).digest() + payload)
        os.replace(draft, file)
    except OSError:
        os.unlink(draft)
        raise


def _encode_array(value: Any) -> tuple[str, tuple[int, ...], bytes]:
    if isinstance(value, np.ndarray) and value.dtype.kind in "bif":
        return value.dtype.str, value.shape, value.tobytes()
    raise NotImplementedError(f"no place in the cache for {type(value).__name__}")


def _decode_array(_: type, value: Any) -> Any:
    kind, shape, raw = value
    return np.frombuffer(raw, kind).reshape(shape)
