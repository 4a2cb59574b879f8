"""A word of the field, a cause, a check or a remedy as a page to read."""

from __future__ import annotations

from textual.content import Content

from wizard.report.layout import lines_of
from wizard.tui.screens.sheet import Sheet


class EntrySheet(Sheet[None]):
    """ENTRY is an id of the knowledge base."""

    def __init__(self, entry: str) -> None:
        super().__init__()
        self.entry = entry

    def title_text(self) -> str:
        return self._page().partition("\n")[0]

    def text(self) -> Content:
        return Content(self._page().partition("\n")[2].rstrip())

    def _page(self) -> str:
        from wizard.report import page

        session = self.wizard.session
        if session is None:
            return ""
        with lines_of(self.columns):
            return page.render(self.entry, session.knowledge, self.wording)
