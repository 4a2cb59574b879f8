"""Entries of the knowledge base as pages."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from wizard.knowledge.cache import Knowledge
from wizard.knowledge.load import load
from wizard.knowledge.rows import compile_model
from wizard.report import index
from wizard.report.page import render
from wizard.report.wording import Wording
from wizard.vocabulary import HEALTHY, OTHER, KnowledgeBase, Language

KINDS = [
    "lr_too_high", "nan_inf_in_data", "lower_rate_helps", "loss_is_nan", "lower_lr", "not_a_number",
    "learning_rate_word", "lr_schedule", HEALTHY, OTHER,
]  # fmt: skip


@pytest.fixture(scope="module")
def built_in() -> Knowledge:
    """The knowledge base that is shipped."""
    base = load(vignettes=False)
    return Knowledge(base, compile_model(base))


def everything(base: KnowledgeBase) -> list[str]:
    """Each id that has a page."""
    titled = (base.causes, base.checks, base.remedies, base.checklists, base.glossary, base.families)
    return [*(id for entries in titled for id in entries), HEALTHY, OTHER]


def test_a_cause_is_explained_whole(knowledge: Knowledge, english: Wording) -> None:
    """Why, what people see, what speaks for and against it with its basis, how to make sure, remedies, sources."""
    page = render("lr_too_high", knowledge, english)

    assert page.startswith("The learning rate is too high (lr_too_high)\nA cause; common; family: Learning rate\n")
    assert "Each step overshoots the valley it aims at" in page
    seen, _, rest = page.partition("What speaks for it")
    supports, _, objects = rest.partition("What speaks against it")
    assert "The loss is NaN (loss_is_nan)\n    likely, 60% (healthy run: 6%) [judgement]" in seen
    assert "It falls now (lower_rate_helps)\n    almost certain, 98% (healthy run: 10%) [judgement]" in supports
    assert "No difference (lower_rate_helps)" in objects.partition("How to make sure")[0]
    assert "There, a lower rate changes nothing." in page
    assert "Lower the learning rate (lower_lr); works: 75%" in page
    assert "the original notes, claim 20\n" in page
    assert "Deep Learning" in page


def test_a_cause_says_how_to_make_sure(knowledge: Knowledge, english: Wording) -> None:
    """The question that sets it apart best, with its code; a cause that no question touches has no such section."""
    asked, silent = render("lr_too_high", knowledge, english), render("nan_inf_in_data", knowledge, english)

    assert "How to make sure: A lower rate helps (lower_rate_helps)\n  Does a tenth of the rate help?" in asked
    assert '    group["lr"] /= 10' in asked
    assert "How to make sure" not in silent


def test_a_check_says_how_to_find_out_and_what_each_outcome_speaks_for(knowledge: Knowledge, english: Wording) -> None:
    """Question, way, code, outcomes with their ids, each with its causes and how strongly it speaks for them."""
    page = render("lower_rate_helps", knowledge, english)

    assert "A check; answered by: you (1 min)" in page
    assert "Does a tenth of the rate help?" in page
    assert '    group["lr"] /= 10' in page
    outcomes = page.partition("Outcomes (share of healthy runs)")[2]
    normal, _, odd = outcomes.partition("It falls now (falls_now): 10%")
    assert "lr_too_high" not in normal
    assert "+ The learning rate is too high (lr_too_high), substantial" in odd
    assert "Checklist: The loss became NaN (not_a_number), step 2" in page


def test_the_causes_of_an_outcome_come_strongest_first(knowledge: Knowledge, english: Wording) -> None:
    """NaN in the data brings it in nine of ten runs, a high rate in six."""
    page = render("loss_becomes_nonfinite", knowledge, english)

    assert 0 < page.index("+ The data holds NaN") < page.index("+ The learning rate is too high")


def test_a_symptom_is_told_in_peoples_words_with_what_may_be_behind_it(knowledge: Knowledge, english: Wording) -> None:
    """What people type, the likeliest causes, and the way to go on."""
    page = render("loss_is_nan", knowledge, english)

    assert "A symptom" in page
    assert "the loss is nan" in page
    behind = page.partition("What may be behind it")[2]
    assert 0 < behind.index("The data holds NaN (") < behind.index("The learning rate is too high (")
    assert "loss-wizard ask --symptom loss_is_nan" in page
    assert "Checklist: The loss became NaN (not_a_number)\n" in page


def test_a_remedy_says_which_causes_it_cures(knowledge: Knowledge, english: Wording) -> None:
    """Do, verify, undo, cost, causes with the chance that it works."""
    page = render("lower_lr", knowledge, english)

    assert "A remedy; 2 min and a run; risk: low" in page
    assert "Divide it by ten." in page
    assert "The learning rate is too high (lr_too_high); works: 75%" in page


def test_a_checklist_shows_each_step_with_code_and_check(knowledge: Knowledge, english: Wording) -> None:
    """In order; the sources of all steps, each once."""
    page = render("not_a_number", knowledge, english)

    places = [
        page.index(part) for part in ("1. Look for NaN", "print(x.isfinite", "(data_finite)", "2. Try", "3. Sleep")
    ]
    assert places == sorted(places)
    assert "For: The loss is NaN (loss_is_nan)" in page
    assert "the original notes, claims 133, 134\n" in page


def test_a_word_is_told_with_its_other_names_and_entries(knowledge: Knowledge, english: Wording) -> None:
    """Whatever names it in the title."""
    page = render("learning_rate_word", knowledge, english)

    assert page.startswith("learning rate, lr (学习率)\n\nHow far each step goes.")
    assert "- The learning rate is too high (lr_too_high)" in page
    assert "- Lower the learning rate (lower_lr)" in page
    assert "data" not in page


def test_a_family_lists_its_causes(knowledge: Knowledge, english: Wording) -> None:
    """And its share."""
    page = render("lr_schedule", knowledge, english)

    assert "A family of causes; share of all faults: " in page
    assert "- The learning rate is too high (lr_too_high)" in page
    assert "nan_inf_in_data" not in page


def test_no_cause_has_a_page_too(knowledge: Knowledge, english: Wording) -> None:
    """With the chances before anything is known."""
    assert "a chance\nof 50% if nobody complains and of 5% if somebody does" in render(HEALTHY, knowledge, english)
    assert "This keeps a chance of 5%" in render(OTHER, knowledge, english)


@pytest.mark.parametrize("id", KINDS)
def test_pages_fit_in_both_languages(id: str, knowledge: Knowledge, english: Wording, chinese: Wording) -> None:
    """Eighty columns, and no English heading on a Chinese page."""
    pages = [render(id, knowledge, wording) for wording in (english, chinese)]

    assert all(cell_len(line) <= 80 for page in pages for line in page.splitlines())
    assert not any(
        word in pages[1] for word in ("What", "Sources", "Helps", "healthy r", "judgement", "A check", "chance")
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_built_in_entry_has_its_page(language: Language, built_in: Knowledge) -> None:
    """Each has a heading; those that are cited have their sources; only code and addresses are wider than the page."""
    wording = Wording(built_in.base, language)

    pages = {id: render(id, built_in, wording) for id in everything(built_in.base)}

    assert all(page.strip() for page in pages.values())
    sourced = [*built_in.base.causes, *built_in.base.checks, *built_in.base.remedies, *built_in.base.checklists]
    assert all(wording.text("Sources") in pages[id] and f"({id})" in pages[id].split("\n\n")[0] for id in sourced)
    wide = [line for page in pages.values() for line in page.splitlines() if cell_len(line) > 80]
    assert all(line.startswith("    ") or "  " in line for line in wide)


@pytest.mark.parametrize("id", ["lr_too_high", "overfitting"])
def test_a_page_is_short_enough_to_read(id: str, built_in: Knowledge) -> None:
    """Two screens or three, however many checks the cause touches."""
    page = render(id, built_in, Wording(built_in.base, "en"))

    assert len(page.splitlines()) <= 150


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_names_everything_once(language: Language, built_in: Knowledge) -> None:
    """By kind, within eighty columns; a term by its first name."""
    base = built_in.base
    listed = index.render(Wording(base, language))

    first = [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and not line.startswith("   ")]
    ids = [*base.causes, *base.checks, *base.remedies, *base.checklists, HEALTHY, OTHER]
    assert all(first.count(id) == 1 for id in ids)
    assert all(f"({family})" in listed for family in base.families)
    words = [getattr(term.names, language)[0] for term in base.glossary.values()]
    assert all("".join(word.split()) in "".join(listed.split()) for word in words)
    assert all(cell_len(line) <= 80 for line in listed.splitlines())
