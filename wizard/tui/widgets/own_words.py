"""One line to say in own words what one sees, and below it what was understood of the last ones."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from wizard.report.wording import Wording


class OwnWords(Vertical):
    """Keeps what was typed until it is told to forget it."""

    DEFAULT_CSS = """
    OwnWords { height: auto; padding: 0 1; }
    OwnWords Static { height: auto; max-height: 3; }
    """

    @dataclass
    class Said(Message):
        """Something was typed and sent; empty if it was enter alone."""

        said: str

    def __init__(self) -> None:
        super().__init__()
        self._answer, self._invitation = "", ""

    def compose(self) -> ComposeResult:
        yield Input(compact=True)
        yield Static(markup=False)

    def on_mount(self) -> None:
        self._draw()

    def show(self, answer: str, wording: Wording) -> None:
        """Invite to tell; ANSWER is what came of it the last time."""
        self._answer, self._invitation = answer, wording.text("or tell it in your own words (t), then enter")
        self._draw()

    def _draw(self) -> None:
        for line in self.query(Input):
            line.placeholder = self._invitation
        for below in self.query(Static):
            below.display = bool(self._answer)
            below.update(Content(self._answer))

    def begin(self) -> None:
        """The cursor into the line."""
        for line in self.query(Input):  # none in the first moment
            line.focus()

    def forget(self) -> None:
        """An empty line again."""
        self.query_one(Input).clear()

    @on(Input.Submitted)
    def send(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Said(event.value.strip()))
