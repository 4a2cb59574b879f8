"""Check this: the question of the moment, what was said and found so far, and what is believed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.widget import Widget

from wizard.errors import UsageError
from wizard.report.wording import LONGEST_NOTICE, mark, safe
from wizard.tui.screens.asking import aside, question_about, step_of_the_moment
from wizard.tui.screens.cause import CauseSheet
from wizard.tui.screens.checklist import ChecklistSheet
from wizard.tui.screens.how import HowSheet
from wizard.tui.screens.overrule import OverruleSheet
from wizard.tui.screens.page import Page
from wizard.tui.screens.tell import TellSheet
from wizard.tui.screens.why import WhySheet
from wizard.tui.widgets.differential_panel import DifferentialPanel
from wizard.tui.widgets.key_bar import Key, bindings
from wizard.tui.widgets.looking_line import LookingLine
from wizard.tui.widgets.question import NONE
from wizard.tui.widgets.question_panel import QuestionPanel
from wizard.tui.widgets.transcript import Transcript
from wizard.vocabulary import Check, Step

if TYPE_CHECKING:
    from wizard.consultation.telling import Telling


class ConsultationScreen(Page[None]):
    """Two columns from 100 cells on; below, the differential stands under the question."""

    DEFAULT_CSS = """
    ConsultationScreen #talk { height: 1fr; layout: grid; grid-size: 1; grid-rows: auto 33% 1fr; }
    ConsultationScreen #question { height: auto; }
    ConsultationScreen.-wide #talk { grid-size: 2; grid-columns: 3fr 2fr; grid-rows: auto 1fr; }
    ConsultationScreen.-wide DifferentialPanel { row-span: 2; }
    """
    MODE = "consultation"
    KEYS = (
        Key("d", "dont_know", mark("don't know")),
        Key("w", "why", mark("why")),
        Key("h", "how", mark("how")),
        Key("b", "take_back", mark("back")),
        Key("g", "give", mark("give files")),
        Key("t", "tell", mark("tell or ask")),
        Key("c", "checklist", mark("checklist")),
        Key("o", "overrule", mark("overrule"), hidden=True),
        Key("p", "app.switch_mode('plan')", mark("plan")),
        Key("escape", "app.switch_mode('complaint')", mark("symptoms")),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(KEYS),
        *(Binding(str(n), f"pick({n - 1})", show=False) for n in range(1, 10)),
        Binding("equals_sign", "number", show=False),
    ]
    AUTO_FOCUS = "QuestionPanel OptionList"

    def __init__(self) -> None:
        super().__init__()
        self.step: Step | None = None
        self.wanted: str | None = None

    @property
    def check(self) -> Check | None:
        """The check that is asked now."""
        return self.wording.base.checks[self.step.check] if self.step and self.step.check else None

    def body(self) -> Iterable[Widget]:
        yield Container(
            Vertical(LookingLine(), QuestionPanel(), id="question"),
            DifferentialPanel(),
            Transcript(),
            id="talk",
        )

    def on_session(self) -> None:
        self.show()
        if self.is_current and self.wanted is None:
            self.wizard.move_on()

    def show(self) -> None:
        self.show_consultation()
        super().show()

    def show_consultation(self) -> None:
        """The question first: the key bar names its answers."""
        session, wording, wizard = self.wizard.session, self.wording, self.wizard
        if session is None:
            return
        if self.wanted not in session.askable:
            self.wanted = None
        self.step = step_of_the_moment(session, self.step, self.wanted)
        question = question_about(self.step, session, wording)
        self.query_one(LookingLine).show(wizard.looking, (), "", wording)
        self.query_one(QuestionPanel).show(question, aside(self.step, session, wording), wording)
        self.query_one(Transcript).show(session, wizard.looking, wizard.troubles, wording)
        diagnosis = session.diagnosis
        self.query_one(DifferentialPanel).show(diagnosis.fault, diagnosis.differential, wizard.before, wording)

    @on(QuestionPanel.Picked)
    def answer(self, event: QuestionPanel.Picked) -> None:
        """Only to the question that stands here: a key pressed twice does not answer twice."""
        from wizard.consultation.consultation import Answered

        question = self.query_one(QuestionPanel).question
        if self.step is None or question is None or question.id != event.question:
            return
        if self.step.check:
            self.wizard.enter(Answered(self.step.check, event.answer))
        elif event.answer == NONE:
            self.action_dont_know()
        elif self.wording.base.openings[event.answer].opens:
            self.ask_to_paste(event.answer)
        else:
            self.give(event.answer)

    @on(QuestionPanel.Typed)
    def take_number(self, event: QuestionPanel.Typed) -> None:
        from wizard.consultation.listening import listen
        from wizard.consultation.telling import taken

        session, check = self.wizard.session, self.check
        if session is None or check is None or check.id != event.question:
            return
        heard = listen("= " + event.typed.strip().lstrip("=＝"), check)
        if heard.kind != "number":
            self.wizard.tell(self.wording.text("'{typed}' is no number.", typed=safe(event.typed.strip(), 60)))
            return
        try:
            self.wizard.accept(taken(heard, check, session))
        except UsageError as error:
            self.wizard.tell(safe(error.told(self.wording.language), LONGEST_NOTICE))

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

    @on(DifferentialPanel.Chosen)
    def explain(self, event: DifferentialPanel.Chosen) -> None:
        self.app.push_screen(CauseSheet(event.cause))

    def labelled_keys(self) -> list[tuple[str, str, str]]:
        answers = self.query_one(QuestionPanel).answers
        keys = super().labelled_keys()
        return [(f"1-{len(answers)}", self.wording.text("answer"), ""), *keys] if answers else keys

    def action_pick(self, place: int) -> None:
        self.query_one(QuestionPanel).pick(place)

    def action_number(self) -> None:
        self.query_one(QuestionPanel).to_number()

    def action_dont_know(self) -> None:
        """All that is offered is declined at once."""
        from wizard.consultation.consultation import DontKnow

        if self.step is not None:
            offered = [answer for answer in self.query_one(QuestionPanel).answers if answer != NONE]
            self.wizard.enter(*(DontKnow(name) for name in ([self.step.check] if self.step.check else offered)))

    def action_why(self) -> None:
        if self.step is None:
            return
        if self.step.check:
            self.app.push_screen(WhySheet(self.step))
        else:
            self.wizard.tell(self.wording.text("It answers many checks at once; each question answers one."))

    def action_how(self) -> None:
        """How to answer the question, or to come by what is highlighted among the things to hand over."""
        if self.step is None:
            return
        asked = self.step.check or self.query_one(QuestionPanel).highlighted
        if asked is not None and asked != NONE:
            self.app.push_screen(HowSheet(asked))

    def action_tell(self) -> None:
        self.app.push_screen(TellSheet(self.check), self.heard)

    def ask_to_paste(self, opening: str) -> None:
        """Something to say or paste for OPENING."""
        self.app.push_screen(TellSheet(None, opening), self.heard)

    def heard(self, said: Telling | str | None) -> None:
        """Once the sheet is gone: take what was understood, or do what a word stood for."""
        if said:
            self.call_later(self._obey, said)

    async def _obey(self, said: Telling | str) -> None:
        if isinstance(said, str):
            await self.app.run_action(said, default_namespace=self)
        else:
            self.wizard.accept(said)

    def action_checklist(self) -> None:
        from wizard.report.checklist import fitting

        session = self.wizard.session
        lists = fitting(session) if session else []
        if lists:
            self.app.push_screen(ChecklistSheet(lists[0]), self.ask_next)
        else:
            self.wizard.tell(self.wording.text("There is no checklist in this knowledge base."))

    def ask_next(self, check: str | None) -> None:
        """What was chosen from the checklist comes before what would pay more."""
        if check is not None:
            self.wanted = check
            self.show()

    def action_take_back(self) -> None:
        """A question from the checklist that is not answered yet is only left."""
        if self.wanted is None:
            super().action_take_back()
        else:
            self.wanted = None
            self.show()

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
