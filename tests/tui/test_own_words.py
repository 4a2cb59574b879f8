"""What is told in own words: on the first page, in the middle, as a number, and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from talk_base import BLOCK
from visit import Visit, visit

from wizard.consultation.consultation import Answered, Looked, Named, Told, TookBack
from wizard.tui.screens.consultation import ConsultationScreen
from wizard.tui.screens.tell import TellSheet
from wizard.tui.widgets.symptom_picker import SymptomPicker
from wizard.vocabulary import ABSENT, Fact

pytestmark = pytest.mark.usefixtures("stand_ins")


async def ask(person: Visit, check: str) -> None:
    """Let CHECK be asked, whatever else would pay more."""
    page = person.app.screen
    assert isinstance(page, ConsultationScreen)
    page.ask_next(check)
    await person.pilot.pause()


async def test_a_complaint_in_own_words_is_ticked(talk_base: Path) -> None:
    """What is understood is told back and ticked; enter then starts with it."""
    async with visit(talk_base) as person:
        await person.press("t")
        await person.type("it is nan")
        await person.press("enter")
        assert "Understood: you see: The loss is NaN" in person.words
        assert person.app.screen.query_one(SymptomPicker).ticked == ("loss_is_nan",)
        await person.press("enter")

        assert person.journal == (Named("loss_is_nan"),)
        assert person.mode == "consultation"


async def test_a_misunderstood_complaint_can_be_unticked(talk_base: Path) -> None:
    """Ticks are a proposal: nothing is complained of before the start."""
    async with visit(talk_base) as person:
        await person.press("t")
        await person.type("it is nan")
        await person.press("enter", "space", "2", "s")

        assert person.journal == (Named("training_loss_flat"),)


async def test_facts_and_answers_in_a_complaint_are_taken_at_once(talk_base: Path) -> None:
    """They need no tick, and with them alone one can start."""
    async with visit(talk_base) as person:
        await person.press("t")
        await person.type("batch size 4 and a tenth helps")
        await person.press("enter")
        assert person.journal == (Answered("lower_rate_helps", "falls_now"), Told(Fact("batch_size", 4)))
        assert "batch_size = 4" in person.screen
        await person.press("enter")

        assert person.mode == "consultation"


async def test_what_is_said_not_to_be_there_loses_its_tick(talk_base: Path) -> None:
    """A denial is an answer."""
    async with visit(talk_base) as person:
        await person.press("2", "t")
        await person.type("not flat")
        await person.press("enter")

        assert person.app.screen.query_one(SymptomPicker).ticked == ()
        assert person.journal == (Answered("training_loss_flat", ABSENT),)


async def test_words_that_say_nothing_are_told_so(talk_base: Path) -> None:
    """They stay in the line, to be mended."""
    async with visit(talk_base) as person:
        await person.press("t")
        await person.type("hello")
        await person.press("enter")

        assert "I did not understand that." in person.words
        assert "hello" in person.screen
        assert person.journal == ()


async def test_the_first_page_answers_what_a_word_is(talk_base: Path) -> None:
    """A question about a word is no complaint."""
    async with visit(talk_base) as person:
        await person.press("t")
        await person.type("what is lower_lr")
        await person.press("enter")
        assert "Divide it by ten." in person.screen
        await person.press("escape")

        assert person.journal == ()


async def test_something_is_told_in_the_middle(talk_base: Path) -> None:
    """`t`, words, ctrl+s: they stand in the journal, and what was understood is said."""
    async with visit(talk_base) as person:
        await person.press("1", "s", "t")
        await person.type("batch size 4")
        await person.press("ctrl+s")

        assert isinstance(person.app.screen, ConsultationScreen)
        assert person.journal[-1] == Told(Fact("batch_size", 4))
        assert person.notices == "Understood: batch_size = 4\nIf that is wrong, type b and say it in other words."


async def test_a_symptom_told_in_the_middle_is_ticked_on_the_first_page(talk_base: Path) -> None:
    """Going back there and starting again does not take it back."""
    async with visit(talk_base) as person:
        await person.press("2", "s", "t")
        await person.type("now nan")
        await person.press("ctrl+s", "escape")
        assert person.app.screen.query_one(SymptomPicker).ticked == ("loss_is_nan", "training_loss_flat")
        await person.press("s")

        assert person.journal == (Named("training_loss_flat"), Named("loss_is_nan"))


async def test_all_that_was_told_at_once_is_taken_back_at_once(talk_base: Path) -> None:
    """`b` after several things in one sentence."""
    async with visit(talk_base) as person:
        await person.press("1", "s", "t")
        await person.type("not flat, batch size 4")
        await person.press("ctrl+s", "b")

        assert person.journal[-2:] == (TookBack("training_loss_flat"), TookBack("batch_size"))
        assert person.session.consultation.stated == ()
        assert "Taken back: The training loss does not move; batch_size" in person.words


async def test_pasted_lines_are_looked_at(talk_base: Path) -> None:
    """A probe's block gives findings that count; here nothing is left to ask then."""
    async with visit(talk_base) as person:
        await person.press("1", "s", "t")
        await person.paste(BLOCK)
        await person.click("Send")

        assert isinstance(person.journal[-1], Looked)
        assert person.session.findings["data_scanned"].origin == "told"
        assert person.notices == "Understood: NaN"
        assert person.mode == "plan"
        await person.press("escape")
        assert "! NaN." in person.screen


async def test_a_paste_that_cannot_be_read_says_why(talk_base: Path) -> None:
    """The sheet stays open with the inspector's own words."""
    async with visit(talk_base) as person:
        await person.press("1", "s", "t")
        await person.paste(BLOCK.replace("\n", " "))
        await person.press("ctrl+s")

        assert isinstance(person.app.screen, TellSheet)
        assert "✗ This block is torn." in person.screen


async def test_a_number_answers_a_question(talk_base: Path) -> None:
    """`=` goes to the line for it; the fact is kept, and an inspector judges it."""
    async with visit(talk_base) as person:
        await person.press("1", "s")
        await ask(person, "loss_starts_at")
        assert "or the number itself, such as = 0.693" in person.screen
        await person.press("equals_sign")
        await person.type("7.5")
        await person.press("enter")

        assert person.session.consultation.facts["loss"].value == 7.5
        assert person.session.findings["loss_starts_at"].outcome == "too_high"
        assert "Understood: loss = 7.5; It starts at 7.5\n" in person.notices


async def test_a_number_taken_back_takes_its_finding_along(talk_base: Path) -> None:
    """What was judged from the fact goes with the fact."""
    async with visit(talk_base) as person:
        await person.press("1", "s")
        await ask(person, "loss_starts_at")
        await person.press("equals_sign")
        await person.type("= 7.5")
        await person.press("enter", "b")

        assert "loss" not in person.session.consultation.facts
        assert "loss_starts_at" not in person.session.findings
        assert person.mode == "consultation"


async def test_what_is_no_number_is_told_so(talk_base: Path) -> None:
    """Nothing is taken of it."""
    async with visit(talk_base) as person:
        await person.press("1", "s")
        await ask(person, "loss_starts_at")
        await person.press("equals_sign")
        await person.type("much")
        await person.press("enter")

        assert "'much' is no number." in person.notices
        assert person.journal == (Named("loss_is_nan"),)


async def test_escape_leads_from_the_number_back_to_the_answers(talk_base: Path) -> None:
    """Once it leaves the line, and number keys answer again; not yet the page."""
    async with visit(talk_base) as person:
        await person.press("1", "s")
        await ask(person, "loss_starts_at")
        await person.press("equals_sign", "escape")
        assert person.mode == "consultation"
        await person.press("2")

        assert person.journal[-1] == Answered("loss_starts_at", "too_high")


@pytest.mark.parametrize(("said", "mode"), [("plan", "plan"), ("don't know", "consultation")])
async def test_words_to_the_wizard_work_in_the_sheet(talk_base: Path, said: str, mode: str) -> None:
    """What `ask` understands as a command does the same here."""
    async with visit(talk_base) as person:
        await person.press("1", "s", "t")
        await person.type(said)
        await person.press("ctrl+s")

        assert person.mode == mode
        assert not isinstance(person.app.screen, TellSheet)


async def test_an_answer_may_be_told_in_words(talk_base: Path) -> None:
    """In the sheet, while its question stands below."""
    async with visit(talk_base) as person:
        await person.press("1", "s")
        await ask(person, "lower_rate_helps")
        await person.press("t")
        await person.type("It falls now")
        await person.press("ctrl+s")

        assert person.journal[-1] == Answered("lower_rate_helps", "falls_now")


async def test_nothing_told_changes_nothing(talk_base: Path) -> None:
    """An empty sheet is not sent, and escape leaves it."""
    async with visit(talk_base) as person:
        await person.press("1", "s", "t", "ctrl+s", "escape")

        assert isinstance(person.app.screen, ConsultationScreen)
        assert person.journal == (Named("loss_is_nan"),)
