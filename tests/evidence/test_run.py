"""Looking at a whole run: what cannot be read stands beside what can, and can be told in either language."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard.errors import UnreadableError
from wizard.evidence.run import Request, as_notice, examine
from wizard.vocabulary import Notice

LOG = "step,train_loss\n" + "".join(f"{step},{2 / (step + 1)}\n" for step in range(20))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A folder with a good log."""
    (tmp_path / "metrics.csv").write_text(LOG)
    return tmp_path


def test_a_good_run_has_nothing_unreadable(run: Path) -> None:
    """The log is read, and there is nothing to tell."""
    inspected = examine(Request(run), {})

    assert [file.kind for file in inspected.artifacts] == ["log"]
    assert inspected.unreadable == ()


def test_a_lone_file_that_cannot_be_read_is_told_with_what_to_do(run: Path) -> None:
    """The only checkpoint is empty: place, reason and advice stay apart, so that each can be translated."""
    (run / "last.pt").touch()

    unreadable = examine(Request(run), {}).unreadable

    advice = "If the run was killed while saving, take the one before it."
    assert unreadable == (Notice("It is empty.", {}, str(run / "last.pt"), advice),)


def test_one_of_several_files_that_cannot_be_read_is_told(run: Path) -> None:
    """The other log is read, and the broken one named beside it."""
    (run / "more.csv").write_text("step,train_loss\n")

    inspected = examine(Request(run), {})

    assert [file.path for file in inspected.artifacts] == [str(run / "metrics.csv")]
    assert [notice.where for notice in inspected.unreadable] == [str(run / "more.csv")]


def test_values_of_an_error_stay_plain() -> None:
    """Numbers stay numbers, everything else becomes text: the notice goes into a journal."""
    error = UnreadableError("Only {n} shards of {file} can be read.", "a", "Look.", n=1, file=Path("model"))

    assert as_notice(error) == Notice("Only {n} shards of {file} can be read.", {"n": 1, "file": "model"}, "a", "Look.")


def test_a_named_file_that_cannot_be_read_ends_the_look(run: Path) -> None:
    """Whoever names a file wants it read."""
    (run / "last.pt").touch()

    with pytest.raises(UnreadableError, match="It is empty"):
        examine(Request(run, {"checkpoint": (run / "last.pt",)}), {})
