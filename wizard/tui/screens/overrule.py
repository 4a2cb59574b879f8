"""What is true instead of a finding: the outcomes of its check, to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wizard.tui.screens.sheet import Sheet


class OverruleSheet(Sheet[str | None]):
    """Gives the chosen outcome back, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding(str(n), f"pick({n - 1})", show=False) for n in range(1, 10)]
    AUTO_FOCUS = "OptionList"

    def __init__(self, check: str) -> None:
        super().__init__()
        self.check = check

    def body(self) -> Iterable[Widget]:
        yield OptionList(markup=False)

    def title_text(self) -> str:
        return self.wording.check(self.check)

    def text(self) -> Content:
        session = self.wizard.session
        if session is None or self.check not in session.findings:
            return Content("")
        found = self.wording.finding(session.findings[self.check])
        return Content(f"{found}\n\n{self.wording.text('What is true instead?')}")

    def show(self) -> None:
        super().show()
        options = self.query_one(OptionList)
        highlighted = options.highlighted or 0
        options.set_options(
            Option(Content.assemble((f"{place} ", "bold"), self.wording.outcome(self.check, outcome)))
            for place, outcome in enumerate(self._outcomes, start=1)
        )
        options.highlighted = highlighted

    @property
    def _outcomes(self) -> tuple[str, ...]:
        return tuple(self.wording.base.checks[self.check].outcomes)

    def action_pick(self, place: int) -> None:
        if place < len(self._outcomes):
            self.dismiss(self._outcomes[place])

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        self.action_pick(event.option_index)
