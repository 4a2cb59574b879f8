"""Why a cause stands where it stands, and what a word means."""

from __future__ import annotations

from pathlib import Path

import pytest
from visit import Visit, visit

from wizard.tui.screens.cause import CauseSheet
from wizard.tui.screens.entry import EntrySheet
from wizard.tui.screens.tell import TellSheet

pytestmark = pytest.mark.usefixtures("stand_ins")


async def tell(person: Visit, said: str) -> None:
    """Send SAID from the sheet."""
    await person.press("t")
    await person.type(said)
    await person.press("ctrl+s")


async def test_enter_on_a_cause_tells_what_speaks_for_and_against_it(talk_base: Path) -> None:
    """The mechanism first, then the weights, then which answer would raise it and what would turn the conclusion."""
    async with visit(talk_base) as person:
        await person.press("1", "s", "tab", "down", "enter")

        assert isinstance(person.app.screen, CauseSheet)
        first = ("The learning rate is too high", "Each step overshoots the valley", "place 1 of", "for it")
        for words in (*first, "it would be"):
            assert words in person.words
        assert "What would change this" in person.words


@pytest.mark.parametrize("keys", [("home",), ("end",)])
async def test_health_and_the_unknown_can_be_asked_about(talk_base: Path, keys: tuple[str, ...]) -> None:
    """They are in the list, so enter works on them."""
    async with visit(talk_base) as person:
        await person.press("1", "s", "tab", *keys, "enter")

        assert isinstance(person.app.screen, CauseSheet)
        assert "place" in person.words


async def test_a_click_on_a_cause_is_enough(talk_base: Path) -> None:
    """The mouse does what enter does."""
    async with visit(talk_base, size=(120, 30)) as person:
        await person.press("1", "s")
        await person.click("The data holds NaN")

        assert isinstance(person.app.screen, CauseSheet)


async def test_lines_fit_the_sheet(talk_base: Path) -> None:
    """They are broken for the width of the sheet, not for that of a report, and anew when it changes."""
    async with visit(talk_base, size=(60, 20)) as person:
        await person.press("1", "s", "tab", "down", "enter")
        await person.pilot.resize_terminal(100, 30)
        await person.pilot.pause()
        wide = person.app.screen.query_one("#text").content_size.height
        await person.pilot.resize_terminal(60, 20)
        await person.pilot.pause()

        assert person.app.screen.query_one("#text").content_size.height > wide


async def test_why_not_is_asked_in_words(talk_base: Path) -> None:
    """By its title; the sheet to tell stays below."""
    async with visit(talk_base) as person:
        await person.press("1", "s")
        await tell(person, "why not the learning rate is too high")
        assert isinstance(person.app.screen, CauseSheet)
        await person.press("escape")

        assert isinstance(person.app.screen, TellSheet)


@pytest.mark.parametrize("asked", ["what is BN", "什么是批归一化"])
async def test_a_word_of_the_field_is_explained(talk_base: Path, asked: str) -> None:
    """In either language, by any of its names."""
    async with visit(talk_base) as person:
        await person.press("1", "s", "t")
        await person.paste(asked)
        await person.press("ctrl+s")

        assert isinstance(person.app.screen, EntrySheet)
        assert "It scales each channel by the batch." in person.words


@pytest.mark.parametrize(
    ("asked", "said"),
    [("what is xyzzy", "I have no page about 'xyzzy'."), ("why not xyzzy", "I know no cause 'xyzzy'.")],
)
async def test_what_is_not_known_is_told_so(talk_base: Path, asked: str, said: str) -> None:
    """The words stay, to be mended."""
    async with visit(talk_base) as person:
        await person.press("1", "s")
        await tell(person, asked)

        assert said in person.words
        assert isinstance(person.app.screen, TellSheet)


async def test_a_file_named_in_words_is_asked_about(talk_base: Path, tmp_path: Path) -> None:
    """`f PATH` opens the sheet for paths with the path in it."""
    async with visit(talk_base) as person:
        await person.press("1", "s", "t")
        await person.paste(f"f {tmp_path}")
        await person.press("ctrl+s")

        assert "Give me something to look at" in person.words
        assert tmp_path.name[:16] in person.words
