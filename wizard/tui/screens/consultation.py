"""Check this: the question of the moment, what was said and found so far, and what is believed."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.binding import Binding
from textual.containers import Container, Vertical
from textual.widget import Widget

from wizard.report.wording import mark
from wizard.tui.screens.how import HowSheet
from wizard.tui.screens.overrule import OverruleSheet
from wizard.tui.screens.page import Page
from wizard.tui.screens.why import WhySheet
from wizard.tui.widgets.differential_panel import DifferentialPanel
from wizard.tui.widgets.key_bar import Key, bindings
from wizard.tui.widgets.looking_line import LookingLine
from wizard.tui.widgets.question_panel import QuestionPanel, hand_over_hint
from wizard.tui.widgets.transcript import Transcript
from wizard.vocabulary import Step


class ConsultationScreen(Page[None]):
    """Two columns from 100 cells on; below, the differential stands under the question."""

    MODE = "consultation"
    KEYS = (
        Key("d", "dont_know", mark("don't know")),
        Key("w", "why", mark("why this?")),
        Key("h", "how", mark("how do I find out?")),
        Key("b", "take_back", mark("back one answer")),
        Key("g", "give", mark("give me a file or run")),
        Key("o", "overrule", mark("overrule")),
        Key("p", "plan", mark("plan")),
        Key("escape", "complaint", mark("symptoms")),
    )
    BINDINGS = [*bindings(KEYS), *(Binding(str(n), f"pick({n - 1})", show=False) for n in range(1, 10))]
    AUTO_FOCUS = "QuestionPanel OptionList"

    def __init__(self) -> None:
        super().__init__()
        self.step: Step | None = None

    def body(self) -> Iterable[Widget]:
        yield Container(
            Vertical(LookingLine(), QuestionPanel(), Transcript(), id="conversation"),
            DifferentialPanel(),
            id="columns",
        )

    def on_session(self) -> None:
        self.show()
        if self.is_current:
            self.wizard.move_on()

    def show(self) -> None:
        super().show()
        session, wording, wizard = self.wizard.session, self.wording, self.wizard
        if session is None:
            return
        self.step = wizard.next_question(self.step)
        check = session.knowledge.base.checks[self.step.check] if self.step else None
        also = len(session.not_checked.get(self.step.hand_over, ())) - 1 if self.step and self.step.hand_over else 0
        self.query_one(LookingLine).show(wizard.looking, (), "", wording)
        self.query_one(QuestionPanel).show(check, self._aside(also), wording)
        self.query_one(Transcript).show(session, wizard.looking, wizard.troubles, wording)
        diagnosis = session.diagnosis
        self.query_one(DifferentialPanel).show(diagnosis.fault, diagnosis.differential, wizard.before, wording)
