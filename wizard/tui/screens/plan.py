"""What to do: the verdict, the remedies in order, one of them in full, and what was not checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from wizard.report.wording import mark
from wizard.tui.screens.page import Page
from wizard.tui.widgets.key_bar import Key, bindings
from wizard.tui.widgets.remedy_card import RemedyCard
from wizard.tui.widgets.remedy_list import RemedyList

if TYPE_CHECKING:
    from wizard.consultation.session import Session


class PlanScreen(Page[None]):
    """The list beside the card from 100 cells on, above it below that."""

    DEFAULT_CSS = """
    PlanScreen #verdict { height: auto; padding: 0 1; }
    PlanScreen #remedy-columns { height: 1fr; }
    PlanScreen #remedies { height: auto; border-top: solid $panel; }
    PlanScreen RemedyCard { border-top: solid $panel; }
    PlanScreen.-wide #remedy-columns { layout: horizontal; }
    PlanScreen.-wide #remedies { width: 2fr; height: 1fr; }
    PlanScreen.-wide RemedyList { max-height: 100%; }
    PlanScreen.-wide RemedyCard { width: 3fr; border-left: solid $panel; }
    """
    MODE = "plan"
    KEYS = (
        Key("t", "tried(True)", mark("it worked")),
        Key("n", "tried(False)", mark("it did not help")),
        Key("y", "copy", mark("copy the code")),
        Key("space", "read_on", mark("read on")),
        Key("b", "take_back", mark("back")),
        Key("g", "give", mark("give files")),
        Key("escape", "app.switch_mode('consultation')", mark("questions")),
    )
    BINDINGS = bindings(KEYS)
    AUTO_FOCUS = "RemedyList"

    def body(self) -> Iterable[Widget]:
        yield Static(id="verdict", markup=False)
        yield Container(Vertical(RemedyList(), id="remedies"), RemedyCard(), id="remedy-columns")

    def show(self) -> None:
        super().show()
        session, wording = self.wizard.session, self.wording
        if session is None:
            return
        diagnosis = session.diagnosis
        self.query_one("#verdict", Static).update(Content(f"{wording.verdict(diagnosis)}\n{self._lead(session)}"))
        self.query_one(RemedyList).show(diagnosis.plan, session.consultation.tried, wording)

    @on(RemedyList.Highlighted)
    def show_remedy(self, event: RemedyList.Highlighted) -> None:
        session = self.wizard.session
        if session is None:
            return
        step = next((step for step in session.diagnosis.plan if step.remedy == event.remedy), None)
        card = self.query_one(RemedyCard)
        card.show(event.remedy, step, self._not_checked(session), self.wording)
        card.top()

    @on(RemedyList.Worked)
    def worked(self) -> None:
        self.action_tried(True)

    def action_tried(self, worked: bool) -> None:
        from wizard.consultation.consultation import Tried

        remedy = self.query_one(RemedyList).remedy
        if remedy is None:
            return
        self.wizard.enter(Tried(remedy, worked))

    def action_take_back(self) -> None:
        """A trial is taken back here; an answer, where it was given."""
        from wizard.consultation.consultation import TookBack

        super().action_take_back()
        session = self.wizard.session
        if (
            session is not None
            and session.consultation.journal
            and isinstance(session.consultation.journal[-1], TookBack)
        ):
            self.wizard.switch_mode("consultation")

    def action_read_on(self) -> None:
        self.query_one(RemedyCard).read_on()

    def action_copy(self) -> None:
        remedy = self.query_one(RemedyList).remedy
        code = self.wording.base.remedies[remedy].code if remedy else None
        if code:
            self.wizard.copy(code)
        else:
            self.wizard.tell(self.wording.text("This remedy comes without code to copy."))

    def _lead(self, session: Session) -> str:
        """What to do with the list below."""
        solved = [remedy for remedy, worked in session.consultation.tried if worked]
        if solved:
            return self.wording.text("Solved by: {remedy}.", remedy=self.wording.remedy(solved[-1]))
        if session.diagnosis.plan and session.next_step is None:
            return self.wording.text(
                "No further question saves more minutes than it costs. "
                "Try these in order; then say whether it worked (t) or not (n)."
            )
        if session.diagnosis.plan:
            return self.wording.text(
                "Try these in order; then say whether it worked (t) or not (n). "
                "Questions still worth asking: {n} (escape).",
                n=len(session.questions) + bool(session.openings),
            )
        if session.diagnosis.verdict == "healthy":
            return self.wording.text("There is nothing to repair.")
        return self.wording.text("No remedy is left that I could propose.")

    def _not_checked(self, session: Session) -> str:
        groups = {kind: checks for kind, checks in session.not_checked.items() if kind != "told"}
        if not groups:
            return ""
        given = {file.kind for file in session.consultation.artifacts}
        lines = [
            self.wording.text(
                mark("{what}: {n} (the one you gave does not tell)")
                if kind in given
                else mark("{what}: {n} (hand it over with g)"),
                n=len(checks),
                what=self.wording.artifact(kind),
            )
            for kind, checks in groups.items()
        ]
        return "\n".join([self.wording.text("Not checked:"), *(f"  {line}" for line in lines)])
