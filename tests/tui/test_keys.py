"""Keys: each is told, in the bar or the palette; none needs a modifier."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.binding import Binding
from textual.screen import Screen
from visit import visit

from wizard.tui.app import WizardApp
from wizard.tui.screens.complaint import ComplaintScreen
from wizard.tui.screens.consultation import ConsultationScreen
from wizard.tui.screens.how import HowSheet
from wizard.tui.screens.overrule import OverruleSheet
from wizard.tui.screens.page import Page
from wizard.tui.screens.plan import PlanScreen
from wizard.tui.screens.recipe import RecipeSheet
from wizard.tui.widgets.curve_sketch import SKETCHES, CurveSketch

PAGES: list[type[Page[None]]] = [ComplaintScreen, ConsultationScreen, PlanScreen]


@pytest.mark.parametrize("page", [*PAGES, HowSheet, OverruleSheet, RecipeSheet, WizardApp])
def test_no_key_needs_a_modifier(page: type[Page[object]] | type[WizardApp]) -> None:
    """Multiplexers and terminals take ctrl and alt for themselves."""
    keys = [key for binding in vars(page)["BINDINGS"] for key in binding.key.split(",")]

    assert keys
    assert not [key for key in keys if "+" in key]


@pytest.mark.parametrize("page", PAGES)
async def test_every_key_of_a_page_is_in_its_bar(base: Path, page: type[Page[None]]) -> None:
    """What a page listens to can be read at its foot, but for rare keys, which are in the palette."""
    async with visit(base, size=(80, 24)) as person:
        await person.press("1", "s")
        person.app.switch_mode(page.MODE)
        await person.pilot.pause()
        foot = " ".join(person.words.splitlines()[-1:])

        for key in (key for key in (*page.KEYS, *WizardApp.KEYS) if not key.hidden):
            assert f"{key.shown} {person.app.wording.text(key.label)}" in foot


async def test_the_palette_lists_the_actions_of_the_page(base: Path) -> None:
    """Every key of the bar is an entry, in the language of the moment."""
    async with visit(base, language="zh") as person:
        await person.press("1", "s")
        page = person.app.screen
        titles = [command.title for command in person.app.get_system_commands(page)]

        for key in (*ConsultationScreen.KEYS, WizardApp.KEYS[0], WizardApp.KEYS[-1]):
            assert person.app.wording.text(key.label) in titles


async def test_the_palette_does_what_it_lists(base: Path) -> None:
    """`?`, the first letters of an action, enter."""
    async with visit(base) as person:
        await person.press("1", "s", "question_mark")
        await person.type("plan")
        await person.pilot.pause(0.5)
        await person.press("enter")
        await person.pilot.pause(0.2)

        assert person.mode == "plan"


def test_every_key_of_a_page_is_bound() -> None:
    """The bar promises nothing that nobody listens to."""
    for page in PAGES:
        bound = {binding.action for binding in page.BINDINGS if isinstance(binding, Binding)}

        assert {key.action for key in page.KEYS} <= bound


def test_every_curve_of_the_base_is_drawn() -> None:
    """Each symptom's curve has a sketch, and each sketch but one is not empty."""
    from wizard.knowledge.load import load

    curves = {check.symptom.curve for check in load(vignettes=False).symptoms.values() if check.symptom}

    assert curves <= set(SKETCHES)
    assert [kind for kind in SKETCHES if not CurveSketch(kind).render().plain.strip()] == ["none"]


def test_pages_are_screens_of_one_kind() -> None:
    """Whoever adds a page gets heading, keys and language with it."""
    assert all(issubclass(page, Page) and issubclass(page, Screen) for page in PAGES)
