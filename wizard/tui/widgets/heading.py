"""The first line of every page: the program, the three modes, and which one this is."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widgets import Static

from wizard.report.wording import Wording, mark

MODES = {
    "complaint": mark("What do you see?"),
    "consultation": mark("Questions"),
    "plan": mark("Plan"),
}


class Heading(Static):
    """Names the mode with brackets around it, so that the sign is not colour alone."""

    DEFAULT_CSS = """
    Heading { dock: top; height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def show(self, mode: str, wording: Wording) -> None:
        """Draw the trail of modes in the words of WORDING."""
        trail = list(self._trail(mode, wording))
        self.update(Content.assemble(("Loss Wizard", "bold"), "  ", *trail))

    def _trail(self, mode: str, wording: Wording) -> Iterable[Content]:
        for name, label in MODES.items():
            words = wording.text(label)
            here = name == mode
            yield Content.assemble((f"[{words}]", "bold reverse") if here else (f" {words} ", "dim"), " ")
