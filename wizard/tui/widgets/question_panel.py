"""The question of the moment, its answers as numbered options, and a line for a number where one may be told."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from wizard.report.wording import Wording
from wizard.tui.widgets.number_input import NumberInput
from wizard.tui.widgets.question import Question


class QuestionPanel(Vertical):
    """Says so when there is nothing left that is worth asking."""

    DEFAULT_CSS = """
    QuestionPanel { height: auto; }
    QuestionPanel .question { height: auto; padding: 0 1; }
    QuestionPanel .aside { height: auto; padding: 0 1; }
    QuestionPanel OptionList { height: auto; max-height: 10; padding: 0; background: transparent; }
    """

    @dataclass
    class Picked(Message):
        """An answer was chosen."""

        question: str
        answer: str

    @dataclass
    class Typed(Message):
        """A number, or what should be one, was typed instead."""

        question: str
        typed: str

    def __init__(self) -> None:
        super().__init__()
        self.question: Question | None = None

    def compose(self) -> ComposeResult:
        yield Static(classes="question", markup=False)
        yield OptionList(markup=False)
        yield NumberInput()
        yield Static(classes="aside", markup=False)

    @property
    def answers(self) -> tuple[str, ...]:
        """Ids in the order of their numbers."""
        return tuple(self.question.answers) if self.question else ()

    @property
    def highlighted(self) -> str | None:
        """The answer under the cursor."""
        place = self.query_one(OptionList).highlighted
        return self.answers[place] if place is not None and self.answers else None

    def show(self, question: Question | None, aside: str, wording: Wording) -> None:
        """Ask QUESTION, or nothing; ASIDE stands below the answers."""
        options = self.query_one(OptionList)
        same = question is not None and self.question is not None and question.id == self.question.id
        highlighted, self.question = options.highlighted, question
        lead = self.query_one(".question", Static)
        if question is None:
            lead.update(Content(wording.text("No further question saves more minutes than it costs.")))
        else:
            lead.update(Content.styled(question.words, "bold"))
        options.display = question is not None
        options.set_options(
            Option(Content.assemble((f"{place} ", "bold"), words))
            for place, words in enumerate(question.answers.values() if question else (), start=1)
        )
        if self.answers:
            options.highlighted = highlighted if same and highlighted is not None else 0
        self._show_number(same, wording)
        below = self.query_one(".aside", Static)
        below.display = bool(aside)
        below.update(Content.styled(aside, "dim"))

    def _show_number(self, same: bool, wording: Wording) -> None:
        number = self.query_one(NumberInput)
        if not same:
            number.clear()
            if number.has_focus:
                self.query_one(OptionList).focus()
        number.display = self.question is not None and self.question.number
        number.placeholder = wording.text("or the number itself, such as = 0.693")

    def to_number(self) -> None:
        """Let a number be typed, if one may be told here."""
        number = self.query_one(NumberInput)
        if number.display:
            number.focus()

    def pick(self, place: int) -> None:
        """Choose the answer at PLACE, counted from 0, if there is one."""
        if self.question is not None and place < len(self.answers):
            self.post_message(self.Picked(self.question.id, self.answers[place]))

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.pick(event.option_index)

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        event.stop()
        if self.question is not None and event.value.strip():
            self.post_message(self.Typed(self.question.id, event.value))
