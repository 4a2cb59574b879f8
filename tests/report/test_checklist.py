"""Checklists with their ticks: what a finding says about a step, and which list fits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fixture_base import write_base
from looks import CLEAN, DIRTY, look
from rich.cells import cell_len

from wizard.consultation.consultation import Answered, Consultation, Named
from wizard.consultation.session import Session
from wizard.errors import KnowledgeError
from wizard.knowledge.cache import Knowledge
from wizard.knowledge.load import load
from wizard.knowledge.rows import compile_model
from wizard.report.checklist import FINE, FOUND, OPEN, fitting, mark_of, ticked
from wizard.report.wording import Wording
from wizard.vocabulary import Checklist, ChecklistStep, Text


def marks(session: Session) -> list[str]:
    return [mark_of(step, session) for step in nan_list(session).steps]


def nan_list(session: Session) -> Checklist:
    return session.knowledge.base.checklists["not_a_number"]


def test_nothing_is_ticked_before_anything_is_seen(session: Session) -> None:
    """Every step is open."""
    assert marks(session) == [OPEN, OPEN, OPEN]


def test_a_step_is_ticked_by_what_healthy_runs_show(session: Session) -> None:
    """Whoever found it, an inspector or the person; a step without a check stays open."""
    seen = session.after(look(CLEAN), Answered("lower_rate_helps", "no_difference"))

    assert marks(seen) == [FINE, FINE, OPEN]


def test_a_step_that_found_something_is_marked(session: Session) -> None:
    """NaN in the data; a tenth of the rate helps."""
    assert marks(session.after(look(DIRTY), Answered("lower_rate_helps", "falls_now"))) == [FOUND, FOUND, OPEN]


def test_only_the_outcomes_that_a_step_is_after_are_wrong(session: Session) -> None:
    """Another odd answer to the same check is none of its business."""
    step = ChecklistStep(Text("d", "d"), ["s"], "loss_becomes_nonfinite", wrong=["at_start"])
    seen = session.after(Answered("loss_becomes_nonfinite", "later"))

    assert mark_of(step, seen) == FINE
    assert mark_of(ChecklistStep(Text("d", "d"), ["s"], "loss_becomes_nonfinite"), seen) == FOUND


def test_the_list_shows_every_step_with_what_was_found(session: Session, english: Wording) -> None:
    """In order, numbered, the finding below its step, the key to the marks at the end."""
    lines = ticked(nan_list(session), session.after(look(DIRTY)), english)

    assert lines[:3] == [
        "The loss became NaN",
        "  [!] 1. Look for NaN in the data.",
        "        = Values are NaN.",
    ]
    assert lines[3] == "  [ ] 2. Try a lower rate."
    assert lines[-1] == "  [x] looked at and as it should be, [!] not as it should be, [ ] not looked at"


def test_what_another_step_found_is_not_told_at_this_one(session: Session, english: Wording) -> None:
    """Three steps may share a check; its outcome stands at the step that is after it."""
    first, second, _ = nan_list(session).steps
    both = replace(nan_list(session), steps=[replace(first, check="lower_rate_helps", wrong=["no_difference"]), second])

    lines = ticked(both, session.after(Answered("lower_rate_helps", "falls_now")), english)

    assert [line[2:5] for line in lines[1:4]] == [FINE, FOUND, "   "]
    assert lines[3].startswith("        = A lower rate helps")


def test_a_list_fits_in_both_languages(session: Session, english: Wording, chinese: Wording) -> None:
    """Eighty columns."""
    seen = session.after(look(DIRTY), Answered("lower_rate_helps", "falls_now"))

    lines = [line for wording in (english, chinese) for line in ticked(nan_list(seen), seen, wording)]

    assert all(cell_len(line) <= 80 for line in lines)


def test_the_list_for_what_is_seen_comes_first() -> None:
    """Without a complaint they come by id; with one, the list for it does."""
    base = load(vignettes=False)
    blank = Session(Knowledge(base, compile_model(base)), Consultation())

    assert [entry.id for entry in fitting(blank)] == ["does_not_converge", "nonfinite"]
    assert fitting(blank.after(Named("loss_is_nan")))[0].id == "nonfinite"
    assert fitting(blank.after(Named("loss_oscillates")))[0].id == "does_not_converge"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("wrong: [falls_now]", "wrong: [fall_now]", "'lower_rate_helps' has no outcome 'fall_now'. Did you mean"),
        ("    check: lower_rate_helps\n", "", "without a `check` nothing can be wrong."),
        ("check: data_finite", "check: data_finit", "the check 'data_finit' does not exist. Did you mean"),
    ],
)
def test_a_step_that_refers_to_nothing_is_refused(old: str, new: str, complaint: str, tmp_path: Path) -> None:
    """With its place and the next step, as every error of an author."""
    base = write_base(tmp_path)
    file = base / "checklists/not_a_number.yaml"
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")

    with pytest.raises(KnowledgeError) as refused:
        load(base)

    [line] = refused.value.lines
    assert line.startswith("checklists/not_a_number.yaml:")
    assert complaint in line
