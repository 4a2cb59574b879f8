"""Plain lines out, plain lines in: wrapped, numbered, without colour or cursor."""

from __future__ import annotations

import select
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

import click

from wizard.report.layout import wrapped
from wizard.report.wording import Wording, safe

LONGEST_LINE = 4096
LONGEST_PASTE = 1 << 20  # characters
PASTE_PAUSE = 0.05  # seconds between two lines of one paste, at most
END_OF_PASTE = "."
YES = ("y", "yes", "是", "好")


@dataclass(frozen=True, slots=True)
class Prompt:
    """Talks in the words of WORDING and hears from SOURCE, a terminal or a pipe."""

    wording: Wording
    source: TextIO

    def say(self, message: str = "", opening: str = "") -> None:
        """One paragraph."""
        click.echo("\n".join(wrapped(message, opening)))

    def show(self, lines: Iterable[str]) -> None:
        """Lines that are laid out already."""
        for line in lines:
            click.echo(line)

    def choices(self, answers: Iterable[str]) -> None:
        """Numbered from one."""
        for number, answer in enumerate(answers, start=1):
            self.say(answer, f"  {number}. ")

    def hear(self) -> str:
        """What is typed, without blanks around it. Raises EOFError at the end of the input."""
        click.echo("> ", nl=False)
        line = self._line()
        while self.source.isatty() and self._more_is_waiting():  # a paste arrives faster than anybody types
            line += "\n" + self._line()
        return line.strip()

    def pasted(self) -> str:
        """Lines up to one that holds a single dot, or to the end of the input."""
        lines: list[str] = []
        while sum(map(len, lines)) < LONGEST_PASTE:
            try:
                line = self._line()
            except EOFError:
                break
            if line == END_OF_PASTE:
                break
            lines.append(line)
        return "\n".join(lines)

    def _line(self) -> str:
        line = self.source.readline(LONGEST_LINE)
        if not line:
            click.echo()
            raise EOFError
        if not self.source.isatty():  # what a pipe says would otherwise be missing from the transcript
            click.echo(safe(line.rstrip()))
        return line.rstrip()

    def _more_is_waiting(self) -> bool:
        return bool(select.select([self.source], [], [], PASTE_PAUSE)[0])

    def confirmed(self, question: str) -> bool:
        """Whether the answer is an explicit yes."""
        self.say(question)
        return self.hear().lower() in YES
