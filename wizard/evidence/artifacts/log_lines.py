"""The lines of a log with their numbers, from a file or from text that came without one; endless ones are cut."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from wizard.errors import UnreadableError

LINE_LIMIT = 64 * 1024  # characters of a line that are looked at
HEAD = 4_096

Lines = Callable[[], Iterator[tuple[int, str]]]  # a reader may go through them more than once


def encoding_of(head: bytes) -> str:
    """UTF-8 unless the first bytes say otherwise: a UTF-16 mark (PowerShell) or the GB 18030 of a Chinese Excel."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    first = head.split(b"\n", 1)[0]
    try:
        first.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file. Raises UnreadableError if it cannot be opened or its text is broken."""
    try:
        with path.open("rb") as opened:
            encoding = encoding_of(opened.read(HEAD))
        with path.open(encoding=encoding, errors="replace") as opened_text:
            yield from _numbered(opened_text)
    except IsADirectoryError as error:
        raise UnreadableError(
            "is a folder, and --log takes a file.", str(path), "Name the file, or give the folder without --log."
        ) from error
    except OSError as error:
        raise UnreadableError(
            "the log cannot be read: {reason}.",
            str(path),
            "Check the path and the permissions, then try again.",
            reason=error.strerror or str(error),
        ) from error
    except UnicodeError as error:
        raise UnreadableError("the text of the log is broken.", str(path), "Save it again as UTF-8.") from error


def lines_in(text: str) -> Iterator[tuple[int, str]]:
    """The lines of TEXT, the last one whole; a carriage return, with which progress bars start anew, ends one too."""
    return _numbered(io.StringIO(f"{text}\n", newline=None))


def _numbered(opened: TextIO) -> Iterator[tuple[int, str]]:
    number = 0
    while text := opened.readline(LINE_LIMIT):
        number += 1
        yield number, text
        while text and not text.endswith("\n"):
            text = opened.readline(LINE_LIMIT)
