"""The summary to forward: twelve lines at most, and still what a colleague needs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from looks import CLEAN, DIRTY, FINITE, LATER, look
from rich.cells import cell_len

from wizard.consultation.consultation import Answered, Consultation, Looked, Named
from wizard.consultation.session import Session
from wizard.knowledge.cache import Knowledge, load_knowledge
from wizard.report.summary import MOST_LINES, render
from wizard.report.wording import Wording
from wizard.vocabulary import ArtifactFile, Inspected, Language


@pytest.fixture
def healthy(session: Session) -> Session:
    return session.after(look(FINITE, CLEAN), Answered("lower_rate_helps", "no_difference"))


@pytest.fixture
def ill(session: Session) -> Session:
    return session.after(Named("loss_is_nan"), look(LATER))


@pytest.fixture(scope="module")
def built_in() -> Knowledge:
    return load_knowledge()


def test_a_healthy_run_is_told_in_three_lines(healthy: Session, english: Wording) -> None:
    """No cause, no remedy, nothing to ask."""
    assert render(healthy, english).splitlines() == [
        "Looked at  metrics.csv; checks answered: 3",
        "Seen       nobody complains",
        "Verdict    " + english.verdict(healthy.diagnosis),
    ]


def test_where_nothing_is_known_nobody_is_accused(session: Session, english: Wording) -> None:
    """The verdict, and what could be asked, but no cause and no remedy."""
    told = render(session, english)

    assert "I cannot tell: nothing suspicious" in told
    assert not any(label in told for label in ("Because", "Likeliest", "Try first"))


def test_everything_a_colleague_needs_is_there(ill: Session, english: Wording) -> None:
    """What is seen and was looked at, the verdict, the strongest evidence with its place, the first remedy."""
    told = render(ill, english)

    assert told.startswith("Looked at  metrics.csv; checks answered: 1\nSeen       The loss is NaN\nVerdict    ")
    assert "Finite until step 340, then NaN. (metrics.csv:12, step 340)" in " ".join(told.split())
    assert "Try first  Drop the rows with NaN (10 min and a run)\n" in told
    assert "  1. Does a tenth of the rate help?\n" in told


def test_a_cause_that_the_verdict_names_is_not_named_again(ill: Session, english: Wording) -> None:
    """Only what it rests on."""
    told = render(ill.after(look(DIRTY)), english)

    assert told.count("The data holds NaN") == 1
    assert "Because    Values are NaN. (train.py:7)\n" in told


def test_hostile_names_are_data(session: Session, english: Wording) -> None:
    """A file name cannot steer the terminal it is forwarded to."""
    file = ArtifactFile("log", "runs/\x1b[31mred\u202e.csv", 1, "")

    told = render(session.after(Looked(Inspected(artifacts=(file,)))), english)

    assert not {"\x1b", "\u202e"} & set(told)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_never_takes_more_than_twelve_lines(language: Language, built_in: Knowledge) -> None:
    """With many complaints, long names and long questions; what is cut ends in an ellipsis."""
    symptoms = [Named(symptom) for symptom in built_in.base.symptoms]
    file = ArtifactFile("log", "runs/" + "long" * 30 + ".csv", 1, "")
    crowded = Session(built_in, Consultation()).after(*symptoms, Looked(Inspected(artifacts=(file, replace(file)))))
    sessions = [
        Session(built_in, Consultation()),
        crowded,
        *(Session(built_in, Consultation()).after(s) for s in symptoms),
    ]
    wording = Wording(built_in.base, language)

    for session in sessions:
        lines = render(session, wording).splitlines()

        assert len(lines) <= MOST_LINES
        assert all(cell_len(line) <= 80 for line in lines)
        assert sum(line[:4].strip() in ("1.", "2.", "3.") for line in lines) == 3
    assert "…" in render(crowded, wording)
