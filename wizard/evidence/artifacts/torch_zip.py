"""The zip files of torch.save: the directory is checked first, then the pickle is read with stubs, tensors not at all.

Strict on purpose: whatever torch does not write (compressed records, odd names) is refused with its reason.
"""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from wizard.errors import UnreadableError
from wizard.evidence.artifacts.pickle_machine import MAX_PICKLE
from wizard.evidence.artifacts.pickle_stubs import StubUnpickler
from wizard.evidence.artifacts.refusal import COPY_AGAIN, SAVE_AGAIN, RefusedError, refused
from wizard.evidence.artifacts.tensors import Storage, item_size

MAX_RECORDS = 200_000  # torch writes one for each tensor
MAX_DIRECTORY = 1 << 26  # bytes
END, END_64, LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
ENTRY, LOCAL = b"PK\x01\x02", b"PK\x03\x04"
STORED, ENCRYPTED = 0, 1
STATE_DICT = (
    "Load it with torch.jit.load or torch.export.load and hand over torch.save(model.state_dict(), 'weights.pt')."
)


@dataclass(frozen=True, slots=True)
class Record:
    """One file of the archive as its directory tells: `is_plain` if its bytes lie in it as they are."""

    header: int
    size: int
    crc: int
    is_plain: bool


@dataclass(frozen=True, slots=True)
class Saved:
    """What torch.save was given: plain containers, TensorDescriptors and stubs; `imports` are the unknown globals."""

    tree: object
    imports: tuple[str, ...]


def read_torch_zip(path: Path) -> Saved:
    """The tree in a torch.save file. Raises UnreadableError with the reason."""
    with path.open("rb") as file:
        archive = _Archive(path, file)
        data = archive.content("data.pkl", MAX_PICKLE)
        unpickler = StubUnpickler(data, archive.storage_of)
        try:
            return Saved(unpickler.load(), unpickler.imports)
        except RefusedError as error:
            raise refused(path, error) from None


class _Archive:
    """The checked directory of one file, and the records in it."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path, self.file = path, file
        self.records = read_directory(path, file)
        roots = [name.removesuffix("data.pkl") for name in self.records if name.split("/")[1:] == ["data.pkl"]]
        parts = {part for name in self.records for part in name.split("/")[1:]}
        if parts & {"constants.pkl", "code"} or "archive_format" in parts:
            raise UnreadableError(
                "It is a program of TorchScript or torch.export, not a checkpoint.", str(path), STATE_DICT
            )
        if not all(record.is_plain for record in self.records.values()):
            raise UnreadableError(
                "Its records are compressed, which torch does not do: it was packed again by another program.",
                str(path),
                "Unpack it and save it again with torch.save.",
            )
        if len(roots) != 1:
            raise UnreadableError("It is a zip archive, but not one of torch.save.", str(path), SAVE_AGAIN)
        self.root = roots[0]
        self.big_endian = f"{self.root}byteorder" in self.records and self.content("byteorder", 16) == b"big"

    def content(self, name: str, limit: int) -> bytes:
        """All of a record of at most LIMIT bytes, held against its checksum."""
        record = self.records[self.root + name]
        if record.size > limit:
            raise UnreadableError("Its record {name} is too large.", str(self.path), SAVE_AGAIN, name=name)
        self.file.seek(self.start_of(name, record))
        content = self.file.read(record.size)
        if record.crc and zlib.crc32(content) != record.crc:  # 0: torch was told to write none
            raise UnreadableError(
                "It is damaged: its record {name} does not match its checksum.", str(self.path), COPY_AGAIN, name=name
            )
        return content

    def storage_of(self, key: str, dtype: str, count: int) -> Storage:
        """Where the tensor record KEY lies. Raises RefusedError if it holds less than the pickle claims."""
        record = self.records.get(f"{self.root}data/{key}")
        if record is None:
            raise RefusedError("A tensor record is missing.")
        if not 0 <= count * (item_size(dtype) or 1) <= record.size:
            raise RefusedError("A tensor record is shorter than the pickle says.")
        start = self.start_of(f"data/{key}", record)
        return Storage(self.path, start, record.size, dtype, self.big_endian, record.crc or None)

    def start_of(self, name: str, record: Record) -> int:
        """First byte of the content: after the local header, whose name must be that of the directory."""
        self.file.seek(record.header)
        header = self.file.read(30)
        if header[:4] == LOCAL and len(header) == 30:
            name_length, extra_length = struct.unpack("<HH", header[26:30])
            start = record.header + 30 + int(name_length) + int(extra_length)
            found = self.file.read(name_length)
            if found == (self.root + name).encode() and start + record.size <= self.file.seek(0, os.SEEK_END):
                return start
        raise _damaged(self.path)


def read_directory(path: Path, file: BinaryIO) -> dict[str, Record]:
    """Records by name. Raises UnreadableError for names and sizes that torch does not write."""
    size = file.seek(0, os.SEEK_END)
    start, length, count = _find_directory(path, file, size)
    if count > MAX_RECORDS or length > MAX_DIRECTORY:
        raise UnreadableError("Its directory lists {n} records.", str(path), SAVE_AGAIN, n=count)
    file.seek(start)
    directory = file.read(length)
    records: dict[str, Record] = {}
    at = total = 0
    for _ in range(count):
        if directory[at : at + 4] != ENTRY or at + 46 > len(directory):
            raise _damaged(path)
        flags, method = struct.unpack_from("<HH", directory, at + 8)
        crc, packed, unpacked, name_length, extra_length, comment_length = struct.unpack_from(
            "<IIIHHH", directory, at + 16
        )
        (header,) = struct.unpack_from("<I", directory, at + 42)
        raw = directory[at + 46 : at + 46 + name_length]
        extra = directory[at + 46 + name_length : at + 46 + name_length + extra_length]
        unpacked, packed, header = _widened((unpacked, packed, header), extra)
        at += 46 + name_length + extra_length + comment_length
        name = _checked_name(path, raw, records)
        total += packed
        if header + packed > size or total > size:
            raise _damaged(path)
        is_plain = method == STORED and not flags & ENCRYPTED and packed == unpacked
        records[name] = Record(header, unpacked, crc, is_plain)
    return records


def _find_directory(path: Path, file: BinaryIO, size: int) -> tuple[int, int, int]:
    """(start, length, entries) of the directory, from the end of the file."""
    tail_start = max(0, size - (1 << 16) - 22)
    file.seek(tail_start)
    tail = file.read(size - tail_start)
    end = tail.rfind(END)
    if end < 0 or end + 22 > len(tail):
        raise UnreadableError("It is cut short: the directory at its end is missing.", str(path), COPY_AGAIN)
    count, length, start = struct.unpack_from("<HII", tail, end + 10)
    locator = tail[max(0, end - 20) : end]
    if locator[:4] == LOCATOR_64 and len(locator) == 20:
        file.seek(min(struct.unpack_from("<Q", locator, 8)[0], size))
        record = file.read(56)
        if record[:4] != END_64 or len(record) != 56:
            raise _damaged(path)
        count, length, start = struct.unpack_from("<QQQ", record, 32)
    if start + length > size:
        raise _damaged(path)
    return start, length, count


def _widened(sizes: tuple[int, int, int], extra: bytes) -> tuple[int, int, int]:
    """(unpacked, packed, header) with those that read 0xFFFFFFFF taken from the 64-bit field."""
    wide: list[int] = []
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == 1:
            wide = [number for (number,) in struct.iter_unpack("<Q", extra[4 : 4 + length // 8 * 8])]
        extra = extra[4 + length :]
    unpacked, packed, header = (wide.pop(0) if size == 0xFFFFFFFF and wide else size for size in sizes)
    return unpacked, packed, header


def _checked_name(path: Path, raw: bytes, taken: dict[str, Record]) -> str:
    """The name of a record, if it is one that torch could have written."""
    name = raw.decode("utf-8", "replace")
    parts = name.replace("\\", "/").split("/")
    if not name.isprintable() or name in taken or ":" in parts[0] or {"..", ""} & set(parts[:-1]) or parts[-1] == "..":
        raise UnreadableError(
            "Its directory has a name that torch does not write: {name}.",
            str(path),
            "Do not unpack it; get the file again from where it was made.",
            name=name.encode("unicode_escape").decode()[:80],
        )
    return name


def _damaged(path: Path) -> UnreadableError:
    return UnreadableError("It is damaged: its directory does not fit the file.", str(path), COPY_AGAIN)
