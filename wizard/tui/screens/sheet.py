"""A panel over a page: some text to read, perhaps something to choose; escape closes it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from wizard.report.layout import wrapped
from wizard.report.wording import mark
from wizard.tui.screens.page import Page, Result
from wizard.tui.widgets.key_bar import Key, KeyBar, bindings

CLOSE = Key("escape", "close", mark("close"))
LANGUAGE = Key("l", "app.switch_language", "中文/English")
WIDEST, LEAST_TEXT = 100, 30  # cells
FRAME = 6  # cells of border, padding and scroll bar


class Sheet(Page[Result], ModalScreen[Result]):
    """Subclasses say `title` and `text`, and what else is in the panel (`body`)."""

    DEFAULT_CSS = f"""
    Sheet {{ align: center middle; }}
    Sheet #sheet {{ width: 90%; max-width: {WIDEST}; height: auto; max-height: 90%; }}
    Sheet #sheet {{ background: $surface; border: round $primary; }}
    Sheet #title {{ height: auto; padding: 0 1; }}
    Sheet #scroll {{ height: auto; padding: 0 1; }}
    Sheet #text {{ height: auto; }}
    Sheet OptionList {{ height: auto; }}
    """
    KEYS: ClassVar[tuple[Key, ...]] = (CLOSE, LANGUAGE)
    BINDINGS = bindings(KEYS)

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            yield Static(id="title", markup=False)
            with VerticalScroll(id="scroll"):
                yield Static(id="text", markup=False)
            yield from self.body()
            yield KeyBar()

    def body(self) -> Iterable[Widget]:
        return ()

    def keys(self) -> tuple[Key, ...]:
        return self.KEYS

    @property
    def columns(self) -> int:
        """Cells of a line of text here."""
        return max(LEAST_TEXT, min(WIDEST, self.app.size.width * 9 // 10) - FRAME)

    def wrapped(self, text: str) -> str:
        """TEXT in lines that fit; Chinese is broken where it may be."""
        return "\n".join(wrapped(text, width=self.columns))

    def on_resize(self) -> None:
        if self.is_mounted:
            self.show()

    def title_text(self) -> str:
        """The first line."""
        raise NotImplementedError

    def text(self) -> Content:
        """What there is to read."""
        return Content("")

    def show(self) -> None:
        self.query_one("#title", Static).update(Content.styled(self.title_text(), "bold"))
        self.query_one("#text", Static).update(self.text())
        self.query_one(KeyBar).show(self.labelled_keys())

    def action_close(self) -> None:
        self.dismiss(None)
