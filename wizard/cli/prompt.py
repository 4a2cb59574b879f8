"""Plain lines out, plain lines in: wrapped, numbered, without colour or cursor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

import click

from wizard.report.layout import wrapped
from wizard.report.wording import Wording, safe

LONGEST_LINE = 4096
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
        line = self.source.readline(LONGEST_LINE)
        if not line:
            click.echo()
            raise EOFError
        if not self.source.isatty():  # what a pipe says would otherwise be missing from the transcript
            click.echo(safe(line.strip()))
        return line.strip()

    def confirmed(self, question: str) -> bool:
        """Whether the answer is an explicit yes."""
        self.say(question)
        return self.hear().lower() in YES
