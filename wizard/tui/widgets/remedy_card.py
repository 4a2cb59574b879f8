"""One remedy in full: what it is for, do, code, verify, undo."""

from __future__ import annotations

from collections.abc import Iterator

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from wizard.report.wording import Wording, mark
from wizard.vocabulary import Prescription


class RemedyCard(VerticalScroll):
    """Scrolls; below the remedy stands what was not checked."""

    DEFAULT_CSS = """
    RemedyCard { height: 1fr; padding: 0 1; }
    RemedyCard Static { height: auto; }
    """

    def compose(self) -> Iterator[Static]:
        yield Static(id="remedy", markup=False)
        yield Static(id="not-checked", markup=False)

    def show(self, remedy: str | None, step: Prescription | None, not_checked: str, wording: Wording) -> None:
        """Draw REMEDY, with the causes of its STEP if it is still in the plan."""
        parts = [] if remedy is None else list(_parts(remedy, step, wording))
        self.query_one("#remedy", Static).update(Content("\n").join(parts))
        self.query_one("#not-checked", Static).update(Content.styled(not_checked, "dim"))

    def read_on(self) -> None:
        """A page further down; from the end back to the top."""
        if self.scroll_offset.y >= self.max_scroll_y:
            self.top()
        else:
            self.scroll_page_down(animate=False)

    def top(self) -> None:
        """Back to the beginning, for another remedy."""
        self.scroll_home(animate=False)


def _parts(id: str, step: Prescription | None, wording: Wording) -> Iterator[Content]:
    remedy = wording.base.remedies[id]
    language = wording.language
    yield Content.styled(remedy.title.to(language), "bold")
    if step is not None and step.causes:
        causes = wording.listed(wording.cause(cause) for cause in step.causes)
        yield Content.assemble((wording.text("Against") + " ", "dim"), causes)
    yield _part(mark("Do"), remedy.do.to(language), wording)
    if remedy.code:
        yield Content("\n".join(f"    {line}" for line in remedy.code.rstrip().splitlines()))
    yield _part(mark("Verify"), remedy.verify.to(language), wording)
    yield _part(mark("Undo"), remedy.undo.to(language), wording)
    yield Content("")


def _part(label: str, text: str, wording: Wording) -> Content:
    return Content.assemble((wording.text(label) + "  ", "bold"), text.strip())
