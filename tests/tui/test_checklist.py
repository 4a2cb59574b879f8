"""The checklist that fits the complaint: its ticks, and asking one of its steps."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from visit import visit

from wizard.consultation.consultation import Answered, Named
from wizard.tui.screens.checklist import ChecklistSheet

pytestmark = pytest.mark.usefixtures("stand_ins")


async def test_steps_are_ticked_by_what_was_found(talk_base: Path) -> None:
    """As it should be, not as it should be, not looked at; with what was found."""
    said = (Named("loss_is_nan"), Answered("data_scanned", "finite"), Answered("lower_rate_helps", "falls_now"))

    async with visit(talk_base, said=said) as person:
        await person.press("s", "escape", "c")

        for line in ("[x] 1. Look at the data.", "[!] 2. Try a tenth of the rate.", "[ ] 3. Sleep on it."):
            assert line in person.screen
        assert "= A lower rate helps: It falls now" in person.screen


async def test_a_step_is_asked_next(talk_base: Path) -> None:
    """Whatever would pay more waits; after the answer it is its turn again."""
    async with visit(talk_base) as person:
        await person.press("1", "s", "c", "enter")
        assert "Are all inputs finite?" in person.words
        await person.press("2")

        assert person.journal[-1] == Answered("data_scanned", "nonfinite")
        assert "Are all inputs finite?" not in person.words


async def test_back_leaves_a_step_that_is_asked(talk_base: Path) -> None:
    """Nothing is taken back by that."""
    async with visit(talk_base) as person:
        await person.press("1", "s", "c", "enter", "b")

        assert person.journal == (Named("loss_is_nan"),)
        assert "Do you have one of these?" in person.words


async def test_why_a_chosen_step_is_asked_promises_nothing(talk_base: Path) -> None:
    """A step that would not pay by itself has no minutes to save."""
    said = (Named("loss_is_nan"), Answered("lower_rate_helps", "falls_now"))

    async with visit(talk_base, said=said) as person:
        await person.press("s", "escape", "s", "c", "enter", "w")

        assert "Why this question" in person.words
        assert ("should save" in person.words) == any(step.check == "data_scanned" for step in person.session.questions)


async def test_a_step_without_a_question_stays(talk_base: Path) -> None:
    """Choosing it says so."""
    async with visit(talk_base) as person:
        await person.press("1", "s", "c", "end", "enter")

        assert isinstance(person.app.screen, ChecklistSheet)
        assert "There is nothing to ask at this step." in person.notices


async def test_a_base_without_checklists_says_so(talk_base: Path, tmp_path: Path) -> None:
    """The key does no harm there."""
    shutil.copytree(talk_base, tmp_path, dirs_exist_ok=True)
    shutil.rmtree(tmp_path / "checklists")

    async with visit(tmp_path) as person:
        await person.press("1", "s", "c")

        assert "There is no checklist in this knowledge base." in person.notices
