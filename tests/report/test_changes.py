"""WHY NOT and WHAT WOULD CHANGE IT, as lines: true to a recomputation, silent where nothing can be said."""

from __future__ import annotations

import re

import pytest
from looks import CLEAN, DIRTY, LATER, look
from rich.cells import cell_len

from wizard.consultation.consultation import Answered, Named
from wizard.consultation.session import Session
from wizard.report.changes import what_would_change, why_not
from wizard.report.text import render
from wizard.report.wording import Wording


@pytest.fixture
def ill(session: Session) -> Session:
    """NaN from step 340 on, and nothing else is known."""
    return session.after(Named("loss_is_nan"), look(LATER))


def probability(session: Session, cause: str) -> float:
    return next(ranked.probability for ranked in session.diagnosis.differential if ranked.cause == cause)


def flat(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())


def test_without_a_finding_nothing_hangs_on_one(session: Session, english: Wording) -> None:
    """There is no conclusion yet that could change."""
    assert what_would_change(session, english) == []


def test_a_conclusion_says_what_would_turn_it(ill: Session, english: Wording) -> None:
    """The answer after which another cause comes first, and giving that answer does it."""
    told = flat(what_would_change(ill, english))

    after = ill.after(Answered("lower_rate_helps", "falls_now"))
    assert "A lower rate helps: It falls now (expected " in told
    assert "): then The learning rate is too high (" in told
    assert probability(ill, "nan_inf_in_data") > probability(ill, "lr_too_high")
    assert probability(after, "lr_too_high") > probability(after, "nan_inf_in_data")


def test_a_conclusion_says_what_it_hangs_on(ill: Session, english: Wording) -> None:
    """Without the one finding that speaks for it, the other cause would come first."""
    sure = ill.after(Answered("lower_rate_helps", "falls_now"))

    told = flat(what_would_change(sure, english))

    assert "It hangs on this: A lower rate helps: It falls now. Without it, The data holds NaN (" in told


def test_a_sure_conclusion_is_not_asked_what_would_change_it(ill: Session, english: Wording) -> None:
    """NaN was seen in the data; no answer of a person would turn that."""
    told = flat(what_would_change(ill.after(look(LATER, DIRTY)), english))

    assert "expected" not in told


def test_why_not_tells_place_objection_and_revival(ill: Session, english: Wording) -> None:
    """What speaks against the cause, and the answer that would bring it back, with the probability it would have."""
    clean = ill.after(look(LATER, CLEAN), Answered("lower_rate_helps", "no_difference"))

    told = flat(why_not(clean, "lr_too_high", english))

    assert re.match(r"The learning rate is too high \(\S+\): place \d of 4", told)
    assert "- against it: A lower rate helps: No difference (" in told
    assert "- for it: " in told


def test_why_not_says_which_answer_would_bring_it_back(ill: Session, english: Wording) -> None:
    """The open question, and the probability that its answer would give."""
    told = flat(why_not(ill, "lr_too_high", english))

    [chance] = re.findall(r"it would be (\d+)% if: A lower rate helps: It falls now", told)
    now = probability(ill, "lr_too_high")
    assert int(chance) > 100 * now


def test_why_not_where_nothing_is_known(session: Session, english: Wording) -> None:
    """It is rare beforehand, and that is said."""
    told = flat(why_not(session, "lr_too_high", english))

    assert "Nothing that is known speaks for or against it; it is rare beforehand." in told


@pytest.mark.parametrize("cause", ["lr_too_high", "nan_inf_in_data"])
def test_both_fit_the_page_in_both_languages(cause: str, ill: Session, english: Wording, chinese: Wording) -> None:
    """Eighty columns; no English in Chinese."""
    pages = [[*why_not(ill, cause, wording), *what_would_change(ill, wording)] for wording in (english, chinese)]

    assert all(cell_len(line) <= 80 for lines in pages for line in lines)
    assert not re.search(r"[a-z]{3,} [a-z]{3,}", flat(pages[1]))


def test_the_report_tells_it_after_the_causes(ill: Session, english: Wording) -> None:
    """And before the plan."""
    report = render(ill, english)

    places = [report.index(heading) for heading in ("Causes, likeliest", "What would change this", "Plan")]
    assert places == sorted(places)


def test_a_calm_report_does_not_tell_it(session: Session, english: Wording) -> None:
    """Nothing is concluded against the run, so nothing needs to change."""
    healthy = session.after(look(CLEAN), Answered("lower_rate_helps", "no_difference"))

    assert "What would change" not in render(healthy, english)
