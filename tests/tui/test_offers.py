"""What answers many checks at once is offered before single questions."""

from __future__ import annotations

from pathlib import Path

import pytest
from talk_base import BLOCK
from visit import visit

from wizard.consultation.consultation import DontKnow, Looked, Named, Told, TookBack
from wizard.resources import probe_snippet
from wizard.tui.screens.consultation import ConsultationScreen
from wizard.tui.screens.hand_over import HandOverSheet
from wizard.tui.screens.how import HowSheet
from wizard.tui.screens.tell import TellSheet
from wizard.vocabulary import Fact

pytestmark = pytest.mark.usefixtures("stand_ins")


async def test_openings_are_offered_with_their_price(talk_base: Path) -> None:
    """Best first, with minutes and what they save, and a way to decline."""
    async with visit(talk_base) as person:
        await person.press("1", "s")

        assert "Do you have one of these?" in person.words
        assert "1 In one line what you train (0.5 min, saves 9)" in person.screen
        assert "2 A snippet to run (5 min, saves 9)" in person.screen
        assert "4 None of these" in person.screen
        assert "1-4 answer" in person.screen


@pytest.mark.parametrize("key", ["4", "d"])
async def test_none_of_these_declines_all(talk_base: Path, key: str) -> None:
    """Questions follow, and nothing declined is offered again; `b` offers it anew."""
    async with visit(talk_base) as person:
        await person.press("1", "s", key)
        assert person.journal[1:] == (DontKnow("run"), DontKnow("probe"), DontKnow("log"))
        assert "Does a tenth of the rate help?" in person.words
        assert "You do not have: In one line what you train; A snippet to run; The training log" in person.words
        assert "hand over the" not in person.words
        await person.press("b")

        assert person.journal[4:] == (TookBack("run"), TookBack("probe"), TookBack("log"))
        assert "Do you have one of these?" in person.words


async def test_a_file_is_handed_over_by_its_path(talk_base: Path) -> None:
    """An artifact opens the sheet for paths, with how to come by it."""
    async with visit(talk_base) as person:
        await person.press("1", "s", "3")

        assert isinstance(person.app.screen, HandOverSheet)
        assert "A CSV file." in person.screen
        assert "To paste its lines instead: esc, then t." in person.words


async def test_a_sentence_is_asked_for(talk_base: Path) -> None:
    """What is answered in words opens a sheet for them, and the words are understood."""
    async with visit(talk_base) as person:
        await person.press("1", "s", "1")
        assert isinstance(person.app.screen, TellSheet)
        assert "Name the task." in person.screen
        await person.type("batch size 4")
        await person.press("ctrl+s")

        assert person.journal == (Named("loss_is_nan"), Told(Fact("batch_size", 4)))


async def test_the_probe_is_shown_copied_and_pasted_back(talk_base: Path, state: Path) -> None:
    """The snippet stands above the place for what it prints."""
    async with visit(talk_base, size=(100, 40)) as person:
        await person.press("1", "s", "2")
        assert probe_snippet().splitlines()[0] in person.screen
        await person.click("Copy the lines above")
        assert person.app.clipboard == probe_snippet()
        assert (state / "snippet.py").read_text() == probe_snippet()
        await person.click("Send")
        await person.press("shift+tab")
        await person.paste(BLOCK)
        await person.press("ctrl+s")

        assert isinstance(person.journal[-1], Looked)
        assert person.session.findings["data_scanned"].outcome == "nonfinite"


async def test_why_and_how_of_what_is_offered(talk_base: Path) -> None:
    """`w` says why this comes first; `h` tells of the highlighted one; neither breaks on the last."""
    async with visit(talk_base) as person:
        await person.press("1", "s", "w")
        assert "It answers many checks at once" in person.notices
        await person.press("down", "h")
        assert isinstance(person.app.screen, HowSheet)
        assert "It prints a block." in person.screen
        await person.press("y")
        assert person.app.clipboard == probe_snippet()
        await person.press("escape", "end", "h")

        assert isinstance(person.app.screen, ConsultationScreen)


async def test_offers_alone_keep_the_plan_away(talk_base: Path) -> None:
    """As long as handing something over pays, the app does not go on to the plan by itself."""
    async with visit(talk_base) as person:
        await person.press("1", "s")
        person.app.move_on()

        assert person.mode == "consultation"
