"""The keys that do something here, each a click target as well; as many lines as the width needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.style import Style
from textual.widget import Widget

NAMES = {"question_mark": "?", "escape": "esc", "space": "␣"}


class Key(NamedTuple):
    """A key, the action it runs and the message id of what to call it; `hidden` ones are only in the palette."""

    keys: str
    action: str
    label: str
    hidden: bool = False

    @property
    def shown(self) -> str:
        """The first of the keys as the bar names it."""
        first = self.keys.split(",")[0]
        return NAMES.get(first, first)


def bindings(keys: Iterable[Key]) -> list[BindingType]:
    """What makes Textual listen to KEYS."""
    return [Binding(key.keys, key.action, key.label, show=False) for key in keys]


class KeyBar(Widget):
    """Draws keys and their labels; a click runs the action. A label is never broken across lines."""

    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: auto; padding: 0 1; }
    """
    GAP = "  "

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[Content] = []

    def show(self, labelled: Sequence[tuple[str, str, str]]) -> None:
        """Draw (key, label, action) each; an empty action takes no clicks."""
        self._entries = [
            Content.assemble((key, "bold"), " ", label).stylize(Style.from_meta({"@click": action} if action else {}))
            for key, label, action in labelled
        ]
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return max(1, len(self._lines(width)))

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.content_size.width))

    def _lines(self, width: int) -> list[Content]:
        """Greedy: an entry that no longer fits begins a new line."""
        lines: list[Content] = []
        for entry in self._entries:
            if lines and lines[-1].cell_length + len(self.GAP) + entry.cell_length <= width:
                lines[-1] = Content.assemble(lines[-1], self.GAP, entry)
            else:
                lines.append(entry)
        return lines
