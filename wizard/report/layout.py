"""Lines that fit a width in terminal cells, Chinese characters counting two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rich.cells import cell_len, chop_cells

WIDTH = 80
_width = ContextVar("width", default=WIDTH)
OPENING, CLOSING = "（「『“‘《【([", "，。、；：！？）」』”’》】…)]"
PIECE = re.compile(r"\s+|[\u0020-\u2fff]+?(?=\s|[\u3000-\uffff]|$)|.", re.DOTALL)


@contextmanager
def lines_of(width: int) -> Iterator[None]:
    """Within, whatever is wrapped fits WIDTH cells, where a terminal or a panel has another width than reports."""
    token = _width.set(width)
    try:
        yield
    finally:
        _width.reset(token)


def wrapped(text: str, first: str = "", rest: str | None = None, width: int | None = None) -> list[str]:
    """TEXT in lines of at most WIDTH cells; FIRST opens the first line, REST (default: blanks) the others.

    Breaks at blanks and between Chinese characters, never before a closing mark; a longer word is cut.
    """
    width = _width.get() if width is None else width
    indent = " " * cell_len(first) if rest is None else rest
    lines, line, fresh = [], first, True
    for blank, word in _words(text):
        piece = word if fresh else " " * blank + word
        if not fresh and cell_len(line + piece) > width:
            lines.append(line)
            line, piece = indent, word
        line, fresh = line + piece, False
        while cell_len(line) > width:
            head = chop_cells(line, width)[0]
            lines.append(head)
            line = indent + line[len(head) :]
    return [*lines, line.rstrip()]


def _words(text: str) -> Iterator[tuple[int, str]]:
    """What must stay together on a line, each with 1 if a blank stands before it."""
    blank, word = 0, ""
    for piece in PIECE.findall(text):
        if piece.isspace():
            if word:
                yield blank, word
            blank, word = 1, ""
        elif word and piece[0] not in CLOSING and word[-1] not in OPENING:
            yield blank, word
            blank, word = 0, piece
        else:
            word += piece
    if word:
        yield blank, word


def padded(text: str, cells: int) -> str:
    """TEXT with blanks up to a width in CELLS."""
    return text + " " * max(0, cells - cell_len(text))
