"""`auto -`: the report on a log that comes on standard input is that on the same log in a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fixture_base import Runner, write_log
from printed_logs import plain, run_of

from wizard.cli import auto


@pytest.fixture
def bad(tmp_path: Path) -> str:
    return write_log(tmp_path / "bad.csv", nan_from=300).read_text()


def test_a_piped_log_is_judged_as_a_file(run: Runner, bad: str, tmp_path: Path) -> None:
    """The same exit code and report, but for the name."""
    piped, named = run("auto", "-", typed=bad), run("auto", tmp_path / "bad.csv")

    assert (piped.exit_code, piped.stderr) == (named.exit_code, named.stderr) == (1, "")
    assert "<stdin>:302" in piped.stdout
    assert piped.stdout.splitlines()[4:] != []
    assert piped.stdout.splitlines()[-1] == named.stdout.splitlines()[-1]


def test_printed_lines_may_be_piped(run: Runner) -> None:
    """What a loop writes to the terminal."""
    result = run("auto", "-", typed=plain(run_of()))

    assert result.exit_code == 0
    assert "none of them unusual" in result.stdout


def test_json_names_the_pipe(run: Runner, bad: str) -> None:
    """As an artifact with the hash of what came."""
    report = json.loads(run("auto", "-", "--format", "json", typed=bad).stdout)

    assert [(file["kind"], file["path"], file["size"]) for file in report["artifacts"]] == [
        ("log", "<stdin>", len(bad.encode()))
    ]
    assert report["findings"][0]["where"]["file"] == "<stdin>"


@pytest.mark.parametrize("text", ["", "it does not train\n", "\x00\x01\x02" * 50])
def test_what_is_no_log_is_unreadable(run: Runner, text: str) -> None:
    """Exit code 4 and a sentence in three beats, as for a named file."""
    result = run("auto", "-", typed=text)

    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr.startswith("<stdin>: the log holds no value")
    assert "printed lines" in result.stderr


def test_a_checkpoint_may_stand_beside_the_pipe(run: Runner, bad: str, tmp_path: Path) -> None:
    """One that cannot be read is told as ever; a second log is a slip."""
    (tmp_path / "last.pt").touch()

    beside = run("auto", "-", "--checkpoint", tmp_path / "last.pt", typed=bad)
    twice = run("auto", "-", "--log", tmp_path / "bad.csv", typed=bad)

    assert beside.exit_code == 4
    assert "last.pt" in beside.stderr
    assert twice.exit_code == 2


def test_more_than_a_pipe_may_hold_is_refused(run: Runner, bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than judged by its beginning."""
    monkeypatch.setattr(auto, "MOST_PIPED", 100)

    result = run("auto", "-", typed=bad)

    assert result.exit_code == 4
    assert "--log" in result.stderr


def test_a_report_can_be_written_though_nothing_was_named(run: Runner, bad: str, tmp_path: Path) -> None:
    """An old report of that name is replaced."""
    (tmp_path / "report.txt").write_text("old")

    result = run("auto", "-", "-o", tmp_path / "report.txt", typed=bad)

    assert result.exit_code == 1
    assert (tmp_path / "report.txt").read_text(encoding="utf-8").startswith("Loss Wizard ")


def test_a_file_of_printed_lines_is_a_run(run: Runner, tmp_path: Path) -> None:
    """Named, or found beside nothing better."""
    log = tmp_path / "run" / "train.log"
    log.parent.mkdir()
    log.write_text(plain(run_of()))

    assert run("auto", "--log", log).exit_code == run("auto", log).exit_code == run("auto", log.parent).exit_code == 0
