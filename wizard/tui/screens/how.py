"""How to find the answer out, or to come by what is asked for: where to look, and code to copy."""

from __future__ import annotations

from textual.content import Content

from wizard.report.wording import mark
from wizard.resources import probe_snippet
from wizard.tui.screens.sheet import Sheet
from wizard.tui.screens.tell import PROBE
from wizard.tui.widgets.key_bar import Key, bindings


class HowSheet(Sheet[None]):
    """ASKED is a check or an opening; `y` copies the code if there is some."""

    COPY = Key("y", "copy", mark("copy the code"))
    BINDINGS = bindings((COPY,))

    def __init__(self, asked: str) -> None:
        super().__init__()
        self.asked = asked

    @property
    def code(self) -> str:
        """What can be copied."""
        if self.asked in self.wording.base.openings:
            return probe_snippet() if self.asked == PROBE else ""
        ask = self.wording.base.checks[self.asked].ask
        return (ask.code if ask else None) or ""

    def keys(self) -> tuple[Key, ...]:
        return (self.COPY, *super().keys()) if self.code else super().keys()

    def title_text(self) -> str:
        base, language = self.wording.base, self.wording.language
        if self.asked in base.openings:
            return base.openings[self.asked].title.to(language)
        ask = base.checks[self.asked].ask
        return ask.question.to(language) if ask else self.wording.check(self.asked)

    def text(self) -> Content:
        base = self.wording.base
        entry = base.openings.get(self.asked) or base.checks[self.asked].ask
        if entry is None:
            return Content("")
        how = self.wrapped(entry.how.to(self.wording.language).strip())
        return Content(f"{how}\n\n{self.code.rstrip()}" if self.code else how)

    def action_copy(self) -> None:
        if self.code:
            self.wizard.copy(self.code)
