"""What is told becomes entries; what inspectors make of it comes and goes with the facts, and never outdoes a file."""

from __future__ import annotations

import pytest
from talk_base import BLOCK, stand_in, write_talk_base

from wizard.consultation.consultation import Answered, Consultation, Looked, Named, Told, TookBack, Tried
from wizard.consultation.listening import Heard
from wizard.consultation.session import Session
from wizard.consultation.telling import judged_anew, key_of, taken, told, told_number
from wizard.errors import UsageError
from wizard.knowledge.cache import Knowledge
from wizard.knowledge.load import load
from wizard.knowledge.rows import compile_model
from wizard.vocabulary import ABSENT, Fact, Finding, Inspected

FROM_FACT = Finding("too_high", {"loss": 7.5}, None, "loss_starts_at", "told")
FROM_BLOCK = Finding("nonfinite", {}, None, "data_scanned", "told")
FROM_RECIPE = Finding("finite", {}, None, "data_scanned", "recipe")


@pytest.fixture(autouse=True)
def words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand-ins for understanding and inspecting."""
    stand_in(monkeypatch)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """Nothing said yet, on the base for talks."""
    base = load(write_talk_base(tmp_path_factory.mktemp("base")), vignettes=False)
    return Session(Knowledge(base, compile_model(base)), Consultation())


def test_a_sentence_is_symptoms_denials_answers_and_facts(session: Session) -> None:
    """In this order, and nothing was looked at."""
    telling = told("nan, not flat, a tenth helps, batch size 4", session)

    assert telling.understood
    assert telling.entries == (
        Named("loss_is_nan"),
        Answered("training_loss_flat", ABSENT),
        Answered("lower_rate_helps", "falls_now"),
        Told(Fact("batch_size", 4)),
    )


def test_a_sentence_that_says_nothing_is_not_understood(session: Session) -> None:
    """No entry comes of it."""
    telling = told("hello", session)

    assert not telling.understood
    assert telling.entries == ()


def test_a_number_is_a_fact_and_what_it_tells(session: Session) -> None:
    """Both in one turn."""
    telling = told_number("loss", "7.5", session)

    assert telling.stated == (Told(Fact("loss", 7.5)),)
    assert telling.fresh == (FROM_FACT,)
    assert session.after(*telling.entries).findings["loss_starts_at"] == FROM_FACT


def test_printed_lines_are_no_sentences(session: Session) -> None:
    """A word in a block is no complaint, but what a program says there counts."""
    telling = told(f"{BLOCK}\nnan, batch size 4; a tenth helps", session)

    assert telling.stated == (Answered("lower_rate_helps", "falls_now"),)
    assert telling.fresh == (FROM_BLOCK,)


def test_a_number_that_cannot_be_is_refused(session: Session) -> None:
    """As on the command line."""
    with pytest.raises(UsageError):
        told_number("batch_size", "-3", session)


def test_a_fact_taken_back_takes_its_finding_along(session: Session) -> None:
    """The inspectors look at what is left."""
    after = session.after(*told_number("loss", "7.5", session).entries, TookBack("loss"))
    without = after.after(*judged_anew(after).entries)

    assert "loss_starts_at" in after.findings
    assert "loss_starts_at" not in without.findings


def test_what_was_pasted_outlives_what_is_told_later(session: Session) -> None:
    """A sentence that says nothing of a block is no reason to forget it."""
    pasted = session.after(*told(BLOCK, session).entries)
    later = pasted.after(*told_number("loss", "7.5", pasted).entries)
    back = later.after(TookBack("loss"))
    back = back.after(*judged_anew(back).entries)

    assert later.findings["data_scanned"] == FROM_BLOCK
    assert back.findings["data_scanned"] == FROM_BLOCK


def test_what_a_file_answers_is_not_outdone_by_what_is_told(session: Session) -> None:
    """Told is the least trusted; it is recognised all the same."""
    seen = session.after(Looked(Inspected(findings=(FROM_RECIPE,))))
    telling = told(BLOCK, seen)

    assert telling.understood
    assert telling.entries == ()


def test_the_same_again_is_recognised_and_adds_nothing(session: Session) -> None:
    """Pasting twice is no news."""
    once = session.after(*told(BLOCK, session).entries)
    again = told(BLOCK, once)

    assert again.recognised
    assert again.entries == ()


def test_a_line_is_taken_as_what_it_was_heard_as(session: Session) -> None:
    """An answer answers, a number is told, anything else is understood."""
    check = session.knowledge.base.checks["loss_starts_at"]

    assert taken(Heard("answer", "too_high"), check, session).entries == (Answered("loss_starts_at", "too_high"),)
    assert taken(Heard("number", "7.5"), check, session).fresh == (FROM_FACT,)
    assert taken(Heard("told", "nan"), check, session).entries == (Named("loss_is_nan"),)


def test_entries_are_taken_back_by_their_key() -> None:
    """Check, symptom, fact or remedy; looking is nothing that a person states."""
    assert [key_of(entry) for entry in (Named("a"), Answered("b", "x"), Told(Fact("c", 1)), Tried("d", True))] == [
        *"abcd"
    ]
    with pytest.raises(TypeError):
        key_of(Looked(Inspected()))
