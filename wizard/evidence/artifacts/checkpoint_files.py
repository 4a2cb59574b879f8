"""One file of a checkpoint: told by its first bytes, then read."""

from __future__ import annotations

import re
import stat
import struct
from pathlib import Path

from wizard.errors import UnreadableError
from wizard.evidence.artifacts.checkpoint_content import understand
from wizard.evidence.artifacts.checkpoint_record import Checkpoint
from wizard.evidence.artifacts.no_checkpoint import LEGACY_MAGIC, LFS_POINTER, PICKLE, is_page, why_not
from wizard.evidence.artifacts.safetensors import is_safetensors, read_safetensors
from wizard.evidence.artifacts.torch_zip import read_torch_zip
from wizard.evidence.artifacts.weight_names import without_prefixes

HEAD = 4096
SUFFIXES = {".pt", ".pth", ".ckpt", ".safetensors", ".bin"}
TORCH_RECORDS = re.compile(
    rb"[^/]+/(data\.pkl|data/|code/|constants\.pkl|archive_format|byteorder|\.?(format_)?version)"
)


def recognises(path: Path, head: bytes) -> bool:
    """Whether a file is a checkpoint by its first bytes, or pretends to be one, so that somebody tells why not."""
    if head[:4] == b"PK\x03\x04" and len(head) > 30:
        (length,) = struct.unpack_from("<H", head, 26)
        return TORCH_RECORDS.match(head[30 : 30 + length]) is not None or path.suffix.lower() in SUFFIXES
    if head.startswith(LEGACY_MAGIC) or is_safetensors(head):
        return True
    pretends = not head or is_page(head) or head.startswith((LFS_POINTER, PICKLE))
    return path.suffix.lower() in SUFFIXES and pretends


def read_file(path: Path) -> Checkpoint:
    """What one file holds. Raises UnreadableError with the true reason, or OSError."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableError("It is a directory.", str(path), "Name a checkpoint file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError("It is no file but a pipe, socket or device.", str(path), "Name a checkpoint file.")
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head[:2] == b"PK":
        return understand(path, read_torch_zip(path))
    if is_safetensors(head):
        return Checkpoint(path, without_prefixes(read_safetensors(path, status.st_size)), files=(path,))
    raise why_not(path, head)
