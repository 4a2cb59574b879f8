"""Every page in every size that people have, in both languages, without colour, and when the window changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from visit import visit

from wizard.vocabulary import Language

SIZES = [(60, 20), (80, 24), (200, 60)]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", SIZES)
async def test_every_page_fits(base: Path, size: tuple[int, int], language: Language) -> None:
    """The question, its answers, the first cause and the keys to go on with are on the screen."""
    async with visit(base, language=language, size=size) as person:
        assert "[ ]" in person.screen
        await person.press("1", "s")
        question = person.session.knowledge.base.checks["lower_rate_helps"].ask
        first = person.app.wording.cause(person.session.diagnosis.differential[0].cause)
        assert question is not None
        for words in (question.question.to(language), "1 ", "2 ", first[:12], "%", "q "):
            assert words in person.words
        await person.press("w", "escape", "h", "escape", "g", "escape", "p")

        assert person.app.wording.remedy("drop_nan_rows")[:10] in person.words
        assert all(len(line) <= size[0] for line in person.screen.splitlines())


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", SIZES)
async def test_what_the_talk_needs_fits(talk_base: Path, size: tuple[int, int], language: Language) -> None:
    """What is offered, the sheet to tell, the checklist and the sheet about a cause, each with its way out."""
    async with visit(talk_base, language=language, size=size) as person:
        await person.press("1", "s")
        base, screens = person.session.knowledge.base, [person.screen]
        offered = [base.openings[step.opening].title.to(language) for step in person.session.openings]
        step = base.checklists["not_a_number"].steps[0].do.to(language)
        assert all(title in person.words for title in offered)
        for key, words in (("t", "ctrl+s"), ("2", "ctrl+s"), ("c", f"[ ] 1. {step}"), ("tab", "")):
            await person.press(key, *(["down", "enter"] if key == "tab" else []))
            assert words in person.screen
            assert "esc" in person.screen
            screens.append(person.screen)
            await person.press("escape")

        assert all(len(line) <= size[0] for screen in screens for line in screen.splitlines())


async def test_the_differential_stands_beside_or_below(base: Path) -> None:
    """From 100 columns on beside the question, below that under it; resizing moves it."""
    async with visit(base, size=(120, 30)) as person:
        await person.press("1", "s")
        panel, question = (person.app.screen.query_one(name) for name in ("DifferentialPanel", "QuestionPanel"))
        assert panel.region.x >= question.region.right
        await person.pilot.resize_terminal(80, 24)
        await person.pilot.pause()

        assert panel.region.y >= question.region.bottom
        assert panel.region.x == question.region.x


async def test_a_window_of_nothing_is_survived(base: Path) -> None:
    """Shrinking to a stamp and back loses nothing."""
    async with visit(base) as person:
        await person.press("1", "s")
        before = person.screen
        await person.pilot.resize_terminal(8, 3)
        await person.press("p", "escape", "w", "escape")
        await person.pilot.resize_terminal(80, 24)
        await person.pilot.pause()

        assert person.screen == before


async def test_without_colour_the_ticks_and_bars_remain(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR: what is ticked, highlighted and believed is told by signs."""
    monkeypatch.setenv("NO_COLOR", "1")

    async with visit(base) as person:
        assert person.app.no_color
        await person.press("1")
        assert "1 [x]" in person.screen
        await person.press("s")

        assert "[Questions]" in person.screen
        assert "█" in person.screen
        underlined = "".join(
            segment.text
            for strip in person.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None and segment.style.underline
        )
        assert "No difference" in underlined
