"""A line for a number that may be told instead of an answer."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input


class NumberInput(Input):
    """Escape leads back to the answers before it."""

    DEFAULT_CSS = """
    NumberInput { margin: 0 1; width: auto; min-width: 50; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "app.focus_previous", show=False)]

    def __init__(self) -> None:
        super().__init__(compact=True)
