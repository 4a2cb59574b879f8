"""Ids become sentences in two languages, and nothing from a file steers a terminal."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from looks import CLEAN, LATER, look

from wizard.consultation.consultation import Answered, Named
from wizard.consultation.session import Session
from wizard.report.wording import UNPRINTABLE, Wording, safe
from wizard.vocabulary import Diagnosis, Finding, Notice, Place, Ranked, Step, Unanswered

PLAIN = Diagnosis("undetermined", (), 0.45, (Ranked("healthy", 0.55), Ranked("lr_too_high", 0.2)), (), (), False)


def test_plain_names_stay_as_they_are() -> None:
    """Ordinary metric names and Chinese paths are not touched."""
    assert safe("train/loss_总") == "train/loss_总"


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("loss\x1b[31mred", r"loss\x1b[31mred"),
        ("loss\nVerdict: healthy", "loss Verdict: healthy"),
        ("csi\x9b2J", r"csi\x9b2J"),
        ("abc\u202edcba", r"abc\u202edcba"),
        ("line\u2028separator", r"line\u2028separator"),
        ("\udc80byte", r"\udc80byte"),
    ],
)
def test_what_steers_a_terminal_is_made_visible(hostile: str, shown: str) -> None:
    """Escapes, bidi marks, line separators and broken bytes come out as text."""
    assert safe(hostile) == shown


@given(st.text(max_size=400))
def test_safe_text_is_short_and_printable(text: str) -> None:
    """Whatever comes in, at most the limit of printable characters comes out, on one line."""
    shown = safe(text, 50)

    assert len(shown) <= 50
    assert not any(unicodedata.category(character) in UNPRINTABLE for character in shown)


def test_a_long_name_is_cut() -> None:
    """Ten kilobytes of name become two hundred characters that end in an ellipsis."""
    assert safe("m" * 10_240) == "m" * 199 + "…"


def test_an_inspectors_finding_is_its_sentence(english: Wording, chinese: Wording) -> None:
    """The measurement fills the slots of `says`."""
    assert english.finding(LATER) == "Finite until step 340, then NaN."
    assert chinese.finding(LATER) == "第 340 步之前有限，之后为 NaN。"


def test_floats_have_four_digits_and_names_are_safe(english: Wording) -> None:
    """A measured float is rounded, a measured name neutralised."""
    assert english.finding(replace(LATER, measured={"step": 0.123456})) == "Finite until step 0.1235, then NaN."
    assert english.finding(replace(LATER, measured={"step": 1e-05})) == "Finite until step 1e-5, then NaN."
    assert english.finding(replace(LATER, measured={"step": 10**20})) == "Finite until step 1e+20, then NaN."
    assert r"\x1b" in english.finding(replace(LATER, measured={"step": "\x1b[2J"}))


def test_braces_in_a_measured_name_are_text(english: Wording) -> None:
    """A metric that is called {n} fills nothing."""
    assert english.finding(replace(LATER, measured={"step": "{n}"})) == "Finite until step {n}, then NaN."


def test_a_persons_finding_is_check_and_answer(english: Wording, chinese: Wording) -> None:
    """What a person said is shown as the question and the choice."""
    finding = Finding("falls_now", check="lower_rate_helps")

    assert english.finding(finding) == "A lower rate helps: It falls now"
    assert chinese.finding(finding) == "降低学习率有帮助：开始下降"


def test_a_named_symptom_is_its_title(english: Wording) -> None:
    """No "The loss is NaN: Yes"."""
    assert english.finding(Finding("present", check="loss_is_nan")) == "The loss is NaN"


def test_places_are_short(english: Wording, chinese: Wording) -> None:
    """File name and line, step, parameter; the folder is told once above."""
    place = Place("/home/someone/runs/metrics.csv", 12, 340)

    assert english.place(place) == "metrics.csv:12, step 340"
    assert english.place(Place("last.pt", parameter="fc.weight")) == "last.pt, fc.weight"
    assert english.place(None) == ""
    assert "340" in chinese.place(place)
    assert "step" not in chinese.place(place)


@pytest.mark.parametrize(
    ("unanswered", "told"),
    [
        (Unanswered("absent", "The log holds no loss."), "The log holds no loss."),
        (Unanswered("inapplicable"), "does not apply here"),
        (Unanswered("crashed", "ValueError: \x1b[1m"), r"the inspector failed: ValueError: \x1b[1m"),
        (Unanswered("unknown"), "you do not know"),
    ],
)
def test_missing_findings_say_why(unanswered: Unanswered, told: str, english: Wording) -> None:
    """The fixed sentence if there is one, else the reason; a crash keeps its error."""
    assert english.missing(unanswered) == told


def test_details_are_translated(chinese: Wording) -> None:
    """An inspector's fixed sentence goes through the catalogue."""
    assert chinese.missing(Unanswered("absent", "The log holds no loss.")) != "The log holds no loss."


def test_notices_are_safe(english: Wording) -> None:
    """A folder's name cannot break out of its sentence."""
    notice = Notice("The search stopped after {n} entries, in {folder}.", {"n": 20_000, "folder": "a\nb\x1b"})

    assert english.notice(notice) == r"The search stopped after 20000 entries, in a b\x1b."


UNREADABLE = Notice(
    "It cannot be opened: {reason}.",
    {"reason": "x\x1b"},
    "a\x1b.pt",
    "Check the path and the permissions, then try again.",
)


def test_notices_tell_where_what_and_what_to_do(english: Wording) -> None:
    """An unreadable file has its place before it and the advice behind it, both safe."""
    told = r"a\x1b.pt: It cannot be opened: x\x1b. Check the path and the permissions, then try again."

    assert english.notice(UNREADABLE) == told


def test_notices_are_told_in_chinese(chinese: Wording) -> None:
    """Reason and advice are translated, each with its values."""
    assert chinese.notice(UNREADABLE) == r"a\x1b.pt：打不开：x\x1b。请检查路径和权限，然后再试。"


@pytest.mark.parametrize(
    ("probability", "word"),
    [(0.95, "almost certain"), (0.7, "likely"), (0.5, "about even"), (0.2, "possible"), (0.0, "unlikely")],
)
def test_probabilities_have_words(probability: float, word: str, english: Wording) -> None:
    """Five bands cover everything from 0 to 1."""
    assert english.band(probability) == word


def test_nothing_is_certain(english: Wording) -> None:
    """Neither 0% nor 100% is ever shown."""
    assert english.percent(0.9999) == "over 99%"
    assert english.percent(0.0001) == "under 1%"
    assert english.percent(0.914) == "91%"


def test_evidence_has_words_whichever_way_it_points(english: Wording) -> None:
    """Twenty decibans are decisive, for or against."""
    assert english.strength(25) == english.strength(-25) == "decisive"
    assert english.strength(12) == "strong"
    assert english.strength(1) == "weak"


def test_a_healthy_run_is_told_so(english: Wording) -> None:
    """The verdict names the chance of a fault."""
    verdict = english.verdict(replace(PLAIN, verdict="healthy", fault=0.08))

    assert verdict == "Healthy: I found nothing wrong (chance of a fault: 8%)."


def test_an_undetermined_run_names_what_is_missing(english: Wording) -> None:
    """Nothing suspicious is no accusation, and the next thing to hand over is named."""
    verdict = english.verdict(replace(PLAIN, next_steps=(Step("data_finite", 1, 5, "recipe"),)))

    assert verdict.startswith(
        "I cannot tell: nothing suspicious in what I saw; next, hand over: recipe (--recipe FILE.py)"
    )


def test_an_undetermined_run_with_a_fault_is_not_called_fine(english: Wording) -> None:
    """With P(fault) of .9 the sentence says so: from findings, or from a complaint alone."""
    assert english.verdict(replace(PLAIN, fault=0.9, suspicious=True)).startswith("Something is wrong (90%)")
    assert english.verdict(replace(PLAIN, fault=0.9)).startswith("You see a fault (90%), but nothing")


def test_something_unknown_is_told_as_such(english: Wording) -> None:
    """If `other` comes first, no cause is accused."""
    unknown = replace(PLAIN, fault=0.9, differential=(Ranked("other", 0.7),))

    assert "fits no cause that I know" in english.verdict(unknown)


def test_verdicts_of_sessions_name_causes(session: Session, english: Wording, chinese: Wording) -> None:
    """One cause is diagnosed with its chance; in Chinese with its Chinese title."""
    diagnosed = session.after(Named("loss_is_nan"), look(LATER, CLEAN), Answered("lower_rate_helps", "falls_now"))

    assert english.verdict(diagnosed.diagnosis).startswith("Diagnosed: The learning rate is too high (")
    assert "学习率过高" in chinese.verdict(diagnosed.diagnosis)


def test_several_causes_are_named_together(english: Wording) -> None:
    """Two diagnosed causes, and three that a fault is narrowed down to, are all in the sentence."""
    both = (Ranked("lr_too_high", 0.9), Ranked("nan_inf_in_data", 0.85))
    named = replace(PLAIN, differential=both, named=("lr_too_high", "nan_inf_in_data"))

    for verdict in ("diagnosed", "narrowed"):
        sentence = english.verdict(replace(named, verdict=verdict))
        assert "The learning rate is too high (90%); The data holds NaN (85%)" in sentence
