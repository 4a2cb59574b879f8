"""The checklist for what is complained of, ticked as far as it is known; a step that is open can be asked next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wizard.report.layout import lines_of, wrapped
from wizard.tui.screens.sheet import Sheet
from wizard.vocabulary import Checklist, ChecklistStep


class ChecklistSheet(Sheet["str | None"]):
    """Gives the check of the chosen step back if a person can answer it, else None."""

    DEFAULT_CSS = """
    ChecklistSheet #sheet { height: 90%; }
    ChecklistSheet #scroll { max-height: 33%; }
    ChecklistSheet OptionList { height: 1fr; padding: 0; background: transparent; }
    """
    AUTO_FOCUS = "OptionList"

    def __init__(self, checklist: Checklist) -> None:
        super().__init__()
        self.checklist = checklist

    def body(self) -> Iterable[Widget]:
        yield OptionList(markup=False)

    def title_text(self) -> str:
        return self.checklist.title.to(self.wording.language)

    def text(self) -> Content:
        legend = self.wording.text("[x] looked at and as it should be, [!] not as it should be, [ ] not looked at")
        enter = self.wording.text("Enter on an open step asks it next.")
        intro = self.checklist.intro.to(self.wording.language)
        return Content("\n".join(self.wrapped(line) for line in (intro, legend, enter)))

    def show(self) -> None:
        super().show()
        options = self.query_one(OptionList)
        highlighted = options.highlighted or 0
        options.set_options(Option(line) for line in self._lines())
        options.highlighted = highlighted

    def _lines(self) -> Iterator[Content]:
        from wizard.report.checklist import mark_of

        session, wording = self.wizard.session, self.wording
        if session is None:
            return
        for place, step in enumerate(self.checklist.steps, start=1):
            finding = session.findings.get(step.check or "")
            with lines_of(self.columns):
                lines = wrapped(step.do.to(wording.language), f"{mark_of(step, session)} {place}. ")
                lines += wrapped(wording.finding(finding), "    = ") if finding else []
            yield Content("\n".join(lines))

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        step = self.checklist.steps[event.option_index]
        if self._can_be_asked(step):
            self.dismiss(step.check)
        else:
            self.wizard.tell(self.wording.text("There is nothing to ask at this step."))

    def _can_be_asked(self, step: ChecklistStep) -> bool:
        session = self.wizard.session
        return session is not None and step.check in session.askable
