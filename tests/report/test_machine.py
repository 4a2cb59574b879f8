"""The JSON report: the promised keys, the same bytes, numbers that every parser takes, text as data."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from looks import FINITE, LATER, look

from wizard.consultation.consultation import Answered, Named, Told
from wizard.consultation.session import Session
from wizard.errors import UsageError
from wizard.report import machine
from wizard.vocabulary import Event, Fact, Finding, Place

KEYS = [
    "schema_version", "wizard_version", "kb_hash", "argv", "artifacts", "facts", "verdict", "differential",
    "findings", "unanswered", "events", "plan", "next_checks",
]  # fmt: skip


@pytest.fixture
def ill(session: Session) -> Session:
    return session.after(Named("loss_is_nan"), look(LATER, events=(Event("first_nonfinite", 340, math.nan),)))


def document(session: Session) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(machine.render(session, ["auto", "runs/a"]))
    return loaded


def test_a_healthy_run_has_all_keys(session: Session) -> None:
    """The shape does not depend on what was found."""
    assert list(document(session.after(look(FINITE)))) == KEYS


def test_every_part_has_its_keys(ill: Session) -> None:
    """Design 7, to the letter."""
    report = document(ill)

    assert set(report["artifacts"][0]) == {"kind", "path", "size", "sha256_head"}
    assert set(report["differential"][0]) == {"cause", "title", "probability", "for", "against", "basis"}
    assert set(report["findings"][0]) == {"check", "outcome", "says", "measured", "where", "origin"}
    assert set(report["unanswered"][0]) == {"check", "reason", "detail"}
    assert set(report["plan"][0]) == {
        "remedy", "causes", "do", "code", "verify", "undo", "minutes", "risk", "works_probability",
    }  # fmt: skip
    assert set(report["next_checks"][0]) == {"check", "ask", "minutes", "minutes_saved", "hand_over"}


def test_findings_say_where(ill: Session) -> None:
    """Only what is known of a place is there; a person's finding has none."""
    findings = {finding["check"]: finding for finding in document(ill)["findings"]}

    assert findings["loss_becomes_nonfinite"]["where"] == {"file": "runs/a/metrics.csv", "line": 12, "step": 340}
    assert findings["loss_is_nan"]["where"] is None


def test_weights_are_split_by_direction(session: Session) -> None:
    """What supports a cause has positive decibans, what objects negative ones."""
    report = document(session.after(look(FINITE), Answered("lower_rate_helps", "falls_now")))

    ranked = next(ranked for ranked in report["differential"] if ranked["cause"] == "lr_too_high")
    assert [weight["check"] for weight in ranked["for"]] == ["lower_rate_helps"]
    assert all(weight["decibans"] < 0 for weight in ranked["against"])
    assert ranked["against"]


def test_numbers_are_short_and_nan_is_a_word(ill: Session) -> None:
    """Six significant digits; the standard has no NaN."""
    text = machine.render(ill, [])

    assert document(ill)["events"][0]["value"] == "NaN"
    chances = [ranked["probability"] for ranked in document(ill)["differential"]]
    assert chances == [float(f"{chance:.6g}") for chance in chances]
    assert text.count("NaN,") == 0


def test_the_same_consultation_gives_the_same_bytes(ill: Session, session: Session) -> None:
    """Nothing of time, place or order of dictionaries is in it."""
    again = session.after(Named("loss_is_nan"), look(LATER, events=(Event("first_nonfinite", 340, math.nan),)))

    assert machine.render(ill, []) == machine.render(again, [])


def test_facts_that_differ_carry_the_other_value(session: Session) -> None:
    """The value that counts, and what else was said."""
    facts = document(session.after(Told(Fact("batch_size", 64)), look(FINITE, facts=(Fact("batch_size", 32, "log"),))))

    assert facts["facts"] == [
        {"name": "batch_size", "value": 32, "origin": "log", "unit": "", "disagrees": [{"value": 64, "origin": "told"}]}
    ]


def test_hostile_text_is_the_same_data_but_harmless(session: Session) -> None:
    """Control characters travel as escapes, and ten kilobytes of name are cut."""
    name = "\x1b[2J\x9b\u202eloss\U000e0001\udc80"
    finding = Finding("later", {"step": name, "long": "m" * 10_240}, Place(name), "loss_becomes_nonfinite", "log")

    text = machine.render(session.after(look(finding)), [])

    assert text.replace("\n", "").isprintable()
    measured = json.loads(text)["findings"][0]["measured"]
    assert measured["step"] == name
    assert len(measured["long"]) == 4096


def test_an_error_is_a_document_too() -> None:
    """What, where and next, in the language asked for."""
    error = UsageError("there is no check '{name}'.", "--answer", "Did you mean '{nearest}'?", name="a", nearest="b")

    assert json.loads(machine.error(error)) == {
        "schema_version": 1,
        "error": {"what": "there is no check 'a'.", "where": "--answer", "next": "Did you mean 'b'?"},
    }
    assert json.loads(machine.error(error, "zh"))["error"]["what"] != "there is no check 'a'."


def test_texts_are_in_the_language_asked_for(ill: Session) -> None:
    """Ids stay, sentences change."""
    report = json.loads(machine.render(ill, [], "zh"))

    assert report["findings"][0]["says"] == "第 340 步之前有限，之后为 NaN。"
    assert report["verdict"] in ("diagnosed", "narrowed", "undetermined")
