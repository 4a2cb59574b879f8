"""The question of the moment and its answers as numbered options."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from wizard.report.wording import Wording
from wizard.vocabulary import Check


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

        check: str
        outcome: str

    def __init__(self) -> None:
        super().__init__()
        self.check: Check | None = None

    def compose(self) -> ComposeResult:
        yield Static(classes="question", markup=False)
        yield OptionList(markup=False)
        yield Static(classes="aside", markup=False)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """In the order of their numbers."""
        return tuple(self.check.outcomes) if self.check else ()

    def show(self, check: Check | None, aside: str, wording: Wording) -> None:
        """Ask CHECK, or nothing; ASIDE stands below the answers."""
        options = self.query_one(OptionList)
        same, highlighted = check == self.check, options.highlighted
        self.check = check
        question = self.query_one(".question", Static)
        options.display = check is not None
        if check is None:
            question.update(Content(wording.text("No further question saves more minutes than it costs.")))
        else:
            words = check.ask.question if check.ask else check.title
            question.update(Content.styled(words.to(wording.language), "bold"))
        options.set_options(
            Option(Content.assemble((f"{place} ", "bold"), wording.outcome(check.id, outcome)))
            for place, outcome in enumerate(self.outcomes, start=1)
            if check is not None
        )
        if self.outcomes:
            options.highlighted = highlighted if same and highlighted is not None else 0
        below = self.query_one(".aside", Static)
        below.display = bool(aside)
        below.update(Content.styled(aside, "dim"))

    def pick(self, place: int) -> None:
        """Choose the answer at PLACE, counted from 0, if there is one."""
        if self.check is not None and place < len(self.outcomes):
            self.post_message(self.Picked(self.check.id, self.outcomes[place]))

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.pick(event.option_index)
