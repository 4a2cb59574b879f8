"""Check this: the question of the moment, what was said and found so far, and what is believed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
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
from wizard.tui.widgets.question_panel import QuestionPanel
from wizard.tui.widgets.transcript import Transcript
from wizard.vocabulary import Step

if TYPE_CHECKING:
    from wizard.consultation.session import Session


class ConsultationScreen(Page[None]):
    """Two columns from 100 cells on; below, the differential stands under the question."""

    DEFAULT_CSS = """
    ConsultationScreen #talk { height: 1fr; layout: grid; grid-size: 1; grid-rows: auto 33% 1fr; }
    ConsultationScreen #question { height: auto; }
    ConsultationScreen DifferentialPanel { border-top: solid $panel; }
    ConsultationScreen.-wide #talk { grid-size: 2; grid-columns: 3fr 2fr; grid-rows: auto 1fr; }
    ConsultationScreen.-wide DifferentialPanel { row-span: 2; border-left: solid $panel; }
    """
    MODE = "consultation"
    KEYS = (
        Key("d", "dont_know", mark("don't know")),
        Key("w", "why", mark("why")),
        Key("h", "how", mark("how to find out")),
        Key("b", "take_back", mark("back")),
        Key("g", "give", mark("give files")),
        Key("o", "overrule", mark("overrule")),
        Key("p", "app.switch_mode('plan')", mark("plan")),
        Key("escape", "app.switch_mode('complaint')", mark("symptoms")),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(KEYS),
        *(Binding(str(n), f"pick({n - 1})", show=False) for n in range(1, 10)),
    ]
    AUTO_FOCUS = "QuestionPanel OptionList"

    def __init__(self) -> None:
        super().__init__()
        self.step: Step | None = None

    def body(self) -> Iterable[Widget]:
        yield Container(
            Vertical(LookingLine(), QuestionPanel(), id="question"),
            DifferentialPanel(),
            Transcript(),
            id="talk",
        )

    def on_session(self) -> None:
        self.show()
        if self.is_current:
            self.wizard.move_on()

    def show(self) -> None:
        self.show_consultation()
        super().show()

    def show_consultation(self) -> None:
        """The question first: the key bar names its answers."""
        session, wording, wizard = self.wizard.session, self.wording, self.wizard
        if session is None:
            return
        self.step = self._next_question(session)
        check = session.knowledge.base.checks[self.step.check] if self.step else None
        self.query_one(LookingLine).show(wizard.looking, (), "", wording)
        self.query_one(QuestionPanel).show(check, self._aside(session), wording)
        self.query_one(Transcript).show(session, wizard.looking, wizard.troubles, wording)
        diagnosis = session.diagnosis
        self.query_one(DifferentialPanel).show(diagnosis.fault, diagnosis.differential, wizard.before, wording)

    @on(QuestionPanel.Picked)
    def answer(self, event: QuestionPanel.Picked) -> None:
        """Only to the question that stands here: a key pressed twice does not answer twice."""
        from wizard.consultation.consultation import Answered

        if self.step is not None and self.step.check == event.check:
            self.wizard.enter(Answered(event.check, event.outcome))

    @on(Transcript.Overrule)
    def overrule(self, event: Transcript.Overrule) -> None:
        """Ask what is true instead; a person's own answer is simply given anew."""
        from wizard.consultation.consultation import Answered

        session = self.wizard.session
        if session is None:
            return
        seen = event.check in session.consultation.seen

        def answered(outcome: str | None) -> None:
            if outcome is not None:
                self.wizard.enter(Answered(event.check, outcome, overrule=seen))

        self.app.push_screen(OverruleSheet(event.check), answered)

    def labelled_keys(self) -> list[tuple[str, str, str]]:
        outcomes = self.query_one(QuestionPanel).outcomes
        keys = super().labelled_keys()
        return [(f"1-{len(outcomes)}", self.wording.text("answer"), ""), *keys] if outcomes else keys

    def action_pick(self, place: int) -> None:
        self.query_one(QuestionPanel).pick(place)

    def action_dont_know(self) -> None:
        from wizard.consultation.consultation import DontKnow

        if self.step is not None:
            self.wizard.enter(DontKnow(self.step.check))

    def action_why(self) -> None:
        if self.step is not None:
            self.app.push_screen(WhySheet(self.step))

    def action_how(self) -> None:
        if self.step is not None:
            self.app.push_screen(HowSheet(self.step.check))

    def action_overrule(self) -> None:
        """From elsewhere, first go to a finding."""
        transcript = self.query_one(Transcript)
        if transcript.has_focus:
            transcript.action_overrule()
        elif transcript.to_finding():
            transcript.focus()
            self.wizard.tell(self.wording.text("Choose a finding with the arrows; o again says what is true instead."))
        else:
            self.wizard.tell(self.wording.text("There is no finding yet that could be overruled."))

    def _next_question(self, session: Session) -> Step | None:
        """The best one; after a look the one that stood here, if it still pays: no question flips under a finger."""
        from wizard.consultation.consultation import Looked

        steps = session.diagnosis.next_steps
        looked = session.consultation.journal and isinstance(session.consultation.journal[-1], Looked)
        kept = [step for step in steps if looked and self.step and step.check == self.step.check]
        return next(iter((*kept, *steps)), None)

    def _aside(self, session: Session) -> str:
        """What stands below the answers."""
        if self.step is None:
            return self.wording.text("p shows the plan; handing something over (g) may open further questions.")
        kind = self.step.hand_over
        if kind is None or any(file.kind == kind for file in session.consultation.artifacts):
            return ""
        what = self.wording.artifact(kind)
        return self.wording.text(
            "g: or hand over the {what}; it answers {n} checks at once.", what=what, n=len(session.not_checked[kind])
        )
