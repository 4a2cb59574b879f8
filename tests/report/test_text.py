"""The text report: calm when all is well, in the order of need when it is not, the verdict last, 80 columns."""

from __future__ import annotations

import re

import pytest
from looks import CLEAN, DIRTY, FINITE, LATER, look
from rich.cells import cell_len

from wizard.consultation.consultation import Answered, DontKnow, Looked, Named, Told, Tried
from wizard.consultation.session import Session
from wizard.report.text import render
from wizard.report.wording import Wording
from wizard.vocabulary import ArtifactFile, Fact, Finding, Inspected, Notice, Place, Unanswered


@pytest.fixture
def healthy(session: Session) -> Session:
    return session.after(look(FINITE, CLEAN), Answered("lower_rate_helps", "no_difference"))


@pytest.fixture
def ill(session: Session) -> Session:
    return session.after(Named("loss_is_nan"), look(LATER))


def test_a_healthy_run_gets_a_short_report(healthy: Session, english: Wording) -> None:
    """No accusation, no ranking, no plan, no questions."""
    report = render(healthy, english)

    assert "Checks answered: 3, none of them unusual." in report
    assert not any(heading in report for heading in ("What counts", "Causes", "Plan", "Questions"))
    assert len(report.splitlines()) < 15


def test_a_log_without_a_fault_is_no_accusation(session: Session, english: Wording) -> None:
    """Of a good log alone: nothing suspicious, what to hand over, and no plan against faults nobody saw."""
    report = render(session.after(look(FINITE)), english)

    assert report.splitlines()[-1].startswith(("I cannot tell: nothing suspicious", "seen", "Healthy"))
    assert "1 waiting for a recipe" in report
    assert "Plan" not in report


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_the_verdict_comes_last(language: str, ill: Session, request: pytest.FixtureRequest) -> None:
    """The last words of the report are those of the verdict, however it is wrapped."""
    wording: Wording = request.getfixturevalue(language)
    verdict = "".join(wording.verdict(ill.diagnosis).split())

    assert "".join(render(ill, wording).split()).endswith(verdict)


def test_sections_come_in_the_order_of_need(ill: Session, english: Wording) -> None:
    """Seen, meaning, causes, plan, gaps, questions."""
    report = render(ill, english)

    headings = ["Looked at", "What counts", "Causes, likeliest first", "Plan", "Not checked", "Questions worth"]
    places = [report.index(heading) for heading in headings]
    assert places == sorted(places)


def test_what_counts_has_place_and_weight(session: Session, english: Wording) -> None:
    """The finding that weighs is told with file, line, step and a word for its weight."""
    report = render(session.after(look(LATER)), english)

    assert "! Finite until step 340, then NaN." in report
    assert re.search(r"^    metrics.csv:12, step 340, (strong|decisive) evidence$", report, re.MULTILINE)


def test_complaints_are_not_told_back_as_findings(ill: Session, english: Wording) -> None:
    """What the person sees stands above, once."""
    assert "! The loss is NaN" not in render(ill, english)


def test_causes_have_chance_band_and_what_speaks_for_them(ill: Session, english: Wording) -> None:
    """Each cause with its number, its word, its findings."""
    report = render(ill.after(look(DIRTY)), english)

    assert "1. The data holds NaN (" in report
    assert "almost certain" in report
    assert "for      NaN in the data: Some (" in report


def test_the_plan_is_numbered_with_code_to_paste(ill: Session, english: Wording) -> None:
    """Do, code, verify, undo, minutes, risk, chance."""
    report = render(ill, english)

    for part in (
        "1. Drop the rows with NaN",
        "2. Lower the learning rate",
        'group["lr"] /= 10',
        "To undo: Restore it.",
    ):
        assert part in report
    assert "It worked if: the loss falls within two hundred steps." in report
    assert "2 min and a run; risk: low; chance that it helps: " in report


def test_questions_come_with_the_option_that_answers_them(ill: Session, english: Wording) -> None:
    """Every outcome can be copied to the command line."""
    report = render(ill, english)

    assert "--answer lower_rate_helps=falls_now" in report
    assert "Does a tenth of the rate help? (1 min, saves " in report


def test_a_worked_remedy_ends_plan_and_questions(ill: Session, english: Wording) -> None:
    """Nothing is left to do."""
    report = render(ill.after(Tried("lower_lr", worked=True)), english)

    assert "Tried: Lower the learning rate: it worked" in report
    assert "Plan" not in report
    assert "Questions" not in report


def test_disagreements_tell_which_side_counts(ill: Session, english: Wording) -> None:
    """An inspector's finding counts before the person's word, and the way to overrule it is shown."""
    against = ill.after(Answered("loss_becomes_nonfinite", "never"))
    overruled = ill.after(Answered("loss_becomes_nonfinite", "never", overrule=True))

    assert "--answer loss_becomes_nonfinite=OUTCOME" in " ".join(render(against, english).split())
    assert "your word counts" in " ".join(render(overruled, english).split())


def test_facts_that_differ_are_shown(session: Session, english: Wording) -> None:
    """Both values, their origins, and the one that counts."""
    told = Told(Fact("batch_size", 64))

    report = render(session.after(told, look(FINITE, facts=(Fact("batch_size", 32, "log"),))), english)

    assert "batch_size: 64 (you); 32 (training log); 32 counts" in report


def test_gaps_are_grouped_by_why(ill: Session, english: Wording) -> None:
    """What to hand over, what the artifact lacks, what the person does not know."""
    gaps = ill.after(DontKnow("lower_rate_helps"), look(Unanswered("crashed", "ValueError: x", "data_finite")))

    report = render(gaps, english)

    assert "? A lower rate helps: you do not know" in report
    assert "? NaN in the data: running the recipe failed: ValueError: x" in report


def test_checks_with_one_reason_share_it(ill: Session, english: Wording) -> None:
    """A recipe that breaks is told once, not once a check."""
    report = render(ill.after(DontKnow("lower_rate_helps"), DontKnow("data_finite")), english)

    assert report.count("you do not know") == 1
    assert "  ? you do not know\n    NaN in the data; A lower rate helps\n" in report


def test_an_artifact_that_answers_nothing_is_told_at_the_top(session: Session, english: Wording) -> None:
    """Beside the files, before anybody takes silence for health; a log that answers is not told."""
    recipe = ArtifactFile("recipe", "recipe.py", 200, "0" * 64)
    crash = Unanswered("crashed", "ValueError: x", "data_finite")

    report = render(session.after(look(FINITE), Looked(Inspected((recipe,), unanswered=(crash,)))), english)

    assert "? no check answered by the recipe: running the recipe failed: ValueError: x" in report
    assert "answered by the training log" not in report


def test_unreadable_files_and_notices_are_told(session: Session, english: Wording) -> None:
    """What could not be read, and where the search ended."""
    notice = Notice("The search stopped after {n} entries, in {folder}.", {"n": 20_000, "folder": "deep"})

    report = render(
        session.after(look(FINITE, unreadable=(Notice("broken.pt: cut short."),), notes=(notice,))), english
    )

    assert "not readable: broken.pt: cut short." in report
    assert "The search stopped after 20000 entries, in deep." in report


HOSTILE = "\x1b[31m[red]loss\n\u202e" + "m" * 10_240


def test_hostile_names_are_data(ill: Session, english: Wording) -> None:
    """Escapes, newlines, bidi marks and endless names from files stay text."""
    finding = Finding("later", {"step": HOSTILE}, Place(HOSTILE, 1, parameter=HOSTILE), "loss_becomes_nonfinite", "log")

    report = render(ill.after(look(finding, facts=(Fact(HOSTILE, HOSTILE, "log"),))), english)

    assert "\x1b" not in report
    assert "\u202e" not in report
    assert "[red]" in report
    assert len(report) < 6_000


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_reports_fit_eighty_columns(
    language: str, ill: Session, healthy: Session, request: pytest.FixtureRequest
) -> None:
    """In both languages, whatever was found; Chinese characters count two."""
    wording: Wording = request.getfixturevalue(language)
    hostile = Finding("later", {"step": "m" * 5000}, Place("p" * 500, 1), "loss_becomes_nonfinite", "log")

    for session in (ill, healthy, ill.after(look(hostile))):
        assert max(cell_len(line) for line in render(session, wording).splitlines()) <= 80


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_reports_keep_their_voice(language: str, ill: Session, request: pytest.FixtureRequest) -> None:
    """No exclamation but the mark of a finding."""
    wording: Wording = request.getfixturevalue(language)
    lines = render(ill, wording).splitlines()

    assert not any("!" in line.removeprefix("  ! ") or "！" in line for line in lines)


def test_a_chinese_report_is_chinese(ill: Session, chinese: Wording) -> None:
    """No English sentence is left; names of options and ids stay."""
    report = render(ill, chinese)

    assert not any(word in report for word in ("Looked", "counts", "Causes", "likely", "Plan", "evidence", "chance"))
