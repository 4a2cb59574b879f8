"""Entries of the knowledge base as pages."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from wizard.knowledge.cache import Knowledge
from wizard.knowledge.load import load
from wizard.knowledge.rows import compile_model
from wizard.report.page import render
from wizard.report.wording import Wording
from wizard.vocabulary import Language


def test_a_cause_is_explained_whole(knowledge: Knowledge, english: Wording) -> None:
    """Why, what it shows with its basis, look-alikes, remedies, sources."""
    page = render("lr_too_high", knowledge, english)

    assert page.startswith("The learning rate is too high (lr_too_high)\n")
    assert "Each step overshoots the valley it aims at" in page
    assert "The loss becomes NaN (loss_becomes_nonfinite) [judgement]" in page
    assert "It falls now: almost certain, 98% (healthy run: 10%)" in page
    assert "There, a lower rate changes nothing." in page
    assert "Lower the learning rate (lower_lr); works: 75%" in page
    assert "the original notes, claim 20" in page
    assert "Deep Learning" in page


def test_a_check_says_how_to_find_out(knowledge: Knowledge, english: Wording) -> None:
    """Question, way, code, outcomes with their ids, causes."""
    page = render("lower_rate_helps", knowledge, english)

    assert "Does a tenth of the rate help?" in page
    assert '    group["lr"] /= 10' in page
    assert "It falls now (falls_now): 10%" in page
    assert "The learning rate is too high (lr_too_high)" in page


def test_a_symptom_is_told_in_peoples_words(knowledge: Knowledge, english: Wording) -> None:
    """What people type."""
    page = render("loss_is_nan", knowledge, english)

    assert "A symptom" in page
    assert "the loss is nan" in page


def test_a_remedy_says_what_it_helps_against(knowledge: Knowledge, english: Wording) -> None:
    """Do, verify, undo, cost, causes."""
    page = render("lower_lr", knowledge, english)

    assert "Divide it by ten." in page
    assert "2 min; risk: low" in page
    assert "The learning rate is too high (lr_too_high)" in page


@pytest.mark.parametrize("id", ["lr_too_high", "nan_inf_in_data", "lower_rate_helps", "loss_is_nan", "lower_lr"])
def test_pages_fit_in_both_languages(id: str, knowledge: Knowledge, english: Wording, chinese: Wording) -> None:
    """Eighty columns, and no English heading on a Chinese page."""
    pages = [render(id, knowledge, wording) for wording in (english, chinese)]

    assert all(cell_len(line) <= 80 for page in pages for line in page.splitlines())
    assert not any(word in pages[1] for word in ("What", "Sources", "Helps", "healthy", "judgement", "A check"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_built_in_entry_has_its_page(language: Language) -> None:
    """Each has its title and sources."""
    base = load()
    knowledge, wording = Knowledge(base, compile_model(base)), Wording(base, language)

    pages = {id: render(id, knowledge, wording) for id in (*base.causes, *base.checks, *base.remedies)}

    assert all(f"({id})" in page.split("\n\n", 1)[0] for id, page in pages.items())
    assert all(wording.text("Sources") in page for page in pages.values())
