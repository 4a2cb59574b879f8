"""How to find the answer out: where to look, and code to copy."""

from __future__ import annotations

from textual.content import Content

from wizard.report.wording import mark
from wizard.tui.screens.sheet import Sheet
from wizard.tui.widgets.key_bar import Key, bindings
from wizard.vocabulary import Ask


class HowSheet(Sheet[None]):
    """`y` copies the code if there is some."""

    COPY = Key("y", "copy", mark("copy the code"))
    BINDINGS = bindings((COPY,))

    def __init__(self, check: str) -> None:
        super().__init__()
        self.check = check

    @property
    def ask(self) -> Ask | None:
        """What the knowledge base says about asking."""
        return self.wording.base.checks[self.check].ask

    def keys(self) -> tuple[Key, ...]:
        return (self.COPY, *super().keys()) if self.ask and self.ask.code else super().keys()

    def title_text(self) -> str:
        return self.ask.question.to(self.wording.language) if self.ask else self.wording.check(self.check)

    def text(self) -> Content:
        if self.ask is None:
            return Content("")
        how = self.ask.how.to(self.wording.language).strip()
        return Content(f"{how}\n\n{self.ask.code.rstrip()}" if self.ask.code else how)

    def action_copy(self) -> None:
        if self.ask and self.ask.code:
            self.wizard.copy(self.ask.code)
