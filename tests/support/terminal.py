"""A program in a real pseudo-terminal: keys go in, and what it draws is kept as rows of characters."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Sequence
from types import TracebackType

from rich.cells import cell_len

PATIENCE = 60.0  # seconds; only a hang takes as long
QUIET = 0.2  # seconds between two pieces of one frame, at most
# a control sequence (its parameters and final byte), a string sequence to its end, any other escape, or a character
TOKEN = re.compile(
    rb"\x1b\[([0-9;?<=>]*)[ -/]*([@-~])|\x1b[\]P_^].*?(?:\x07|\x1b\\)|\x1b[^\[\]P_^]|[\x00-\x1a\x1c-\x7f]"
    rb"|[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xff][\x80-\xbf]{3}",
    re.DOTALL,
)
Program = subprocess.Popen[bytes]


class Terminal:
    """Draws what full-screen programs need: moves, text, erasing. Leaves styles out."""

    def __init__(self, command: Sequence[str], columns: int = 80, rows: int = 24) -> None:
        self.raw = b""
        self._left, self._x, self._y = b"", 0, 0
        self._cells = [[" "] * columns for _ in range(rows)]
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(columns), "LINES": str(rows)}
        self.program: Program = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.program.kill()
        self.program.wait()
        os.close(self._master)

    @property
    def screen(self) -> str:
        """The rows as they stand."""
        return "\n".join("".join(row).rstrip() for row in self._cells)

    def press(self, keys: str) -> None:
        """Type KEYS."""
        os.write(self._master, keys.encode())

    def wait_for(self, *words: str) -> str:
        """The screen once one of WORDS stands on it."""
        return self.wait_until(lambda screen: any(word in screen for word in words), f"one of {words}")

    def wait_until(self, comes: Callable[[str], bool], what: str = "a change") -> str:
        """The screen once it is as wanted; fails after PATIENCE or when the program ends before."""
        deadline = time.monotonic() + PATIENCE
        while not comes(self.screen):
            alive = self._read(deadline)
            if not alive and not comes(self.screen):
                raise AssertionError(f"waited for {what}; the screen is\n{self.screen}")
        return self.screen

    def settle(self) -> str:
        """The screen once nothing has been drawn for a moment: a frame may come in pieces."""
        while self._read(time.monotonic() + QUIET):
            pass
        return self.screen

    def end(self) -> int:
        """Read to the end of the program; its exit status."""
        deadline = time.monotonic() + PATIENCE
        while self._read(deadline):
            pass
        return self.program.wait(PATIENCE)

    def _read(self, deadline: float) -> bool:
        """Take in what there is; False at the end."""
        ready, _, _ = select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))
        try:
            chunk = os.read(self._master, 1 << 16) if ready else b""
        except OSError:  # so Linux tells that nobody holds the other end
            chunk = b""
        self.raw += chunk
        self._draw(self._left + chunk)
        return bool(chunk)

    def _draw(self, data: bytes) -> None:
        """Follow the sequences in DATA; one that is torn at its end waits for the next chunk."""
        place = 0
        while match := TOKEN.match(data, place):
            place = match.end()
            if match[2]:
                self._control(match[1].decode(), match[2].decode())
            elif match[0][:1] != b"\x1b":
                self._put(match[0].decode("utf-8", "replace"))
        self._left = data[place:]

    def _control(self, parameters: str, final: str) -> None:
        if parameters == "?1049" and final in "hl":
            self._cells, self._x, self._y = [[" "] * len(row) for row in self._cells], 0, 0
        if parameters[:1] in tuple("?<=>"):
            return
        numbers = [int(number or 0) for number in parameters.split(";")]
        if final == "H":
            self._y, self._x = max(1, numbers[0]) - 1, max(1, [*numbers, 1][1]) - 1
        elif final == "J" and numbers[0] == 2:
            self._cells = [[" "] * len(row) for row in self._cells]
        elif final == "K":
            for x in range(self._x, len(self._cells[0])):
                self._cells[self._y][x] = " "
        elif final in "ABCD":
            step = max(1, numbers[0])
            self._y += {"A": -step, "B": step}.get(final, 0)
            self._x += {"C": step, "D": -step}.get(final, 0)

    def _put(self, character: str) -> None:
        if character == "\r":
            self._x = 0
        elif character == "\n":
            self._y += 1
            if self._y >= len(self._cells):
                self._cells = [*self._cells[1:], [" "] * len(self._cells[0])]
                self._y = len(self._cells) - 1
        elif character.isprintable() and self._y < len(self._cells) and self._x < len(self._cells[0]):
            self._cells[self._y][self._x] = character
            for covered in range(1, cell_len(character)):
                if self._x + covered < len(self._cells[0]):
                    self._cells[self._y][self._x + covered] = ""
            self._x += cell_len(character)
