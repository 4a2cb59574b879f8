"""`report`: a journal of `ask`, told later, in either language and form, and under another knowledge base."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from fixture_base import Runner, write_base

from wizard.cli.main import cli
from wizard.consultation.consultation import Answered, Named, Told, Tried, replay
from wizard.consultation.journal import save
from wizard.vocabulary import Fact

NESTED = '{"entry": "named", "data": ' + "[" * 100_000 + "\n"  # deeper than any parser goes


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Somebody with a NaN for whom a tenth of the rate did not help."""
    file = tmp_path / "talk.jsonl"
    save(
        replay([Named("loss_is_nan"), Answered("lower_rate_helps", "no_difference"), Told(Fact("rerun_minutes", 3.0))]),
        file,
    )
    return file


def test_a_talk_is_told_again_as_it_ended(run: Runner, own_folders: Path) -> None:
    """The same words that `ask` closed with, byte for byte."""
    talk = run("ask", "--rerun-minutes", "7", typed="1\n2\nq\n")
    [kept] = (own_folders / "journals").glob("*.jsonl")

    told = run("report", kept)

    assert told.exit_code == 0
    assert talk.stdout.endswith("\n" + told.stdout)


def test_the_time_to_run_again_survives(run: Runner, own_folders: Path) -> None:
    """So the replayed plan has the same costs."""
    run("ask", "--rerun-minutes", "7", typed="1\n2\nq\n")
    [kept] = (own_folders / "journals").glob("*.jsonl")

    facts = json.loads(run("report", kept, "--format", "json").stdout)["facts"]

    assert [fact["value"] for fact in facts if fact["name"] == "rerun_minutes"] == [7]


def test_the_language_is_that_of_the_reader(run: Runner, journal: Path) -> None:
    """A talk in one language is told in the other."""
    english, chinese = run("report", journal), run("report", journal, "--lang", "zh")

    assert "The data holds NaN" in english.stdout
    assert "数据中有 NaN" in chinese.stdout
    assert "The data" not in chinese.stdout


def test_a_summary_is_for_forwarding(run: Runner, journal: Path) -> None:
    """Twelve lines at most."""
    told = run("report", journal, "--format", "summary").stdout

    assert told.startswith("Looked at  no file; checks answered: 1\nSeen       The loss is NaN\n")
    assert len(told.splitlines()) <= 12


def test_what_another_base_does_not_know_is_named(run: Runner, journal: Path) -> None:
    """In the text report among what was looked at; beside the other forms on stderr."""
    save(replay([Named("loss_is_nan"), Answered("zero_grad", "never"), Tried("guard_log", worked=False)]), journal)

    told, short = run("report", journal), run("report", journal, "--format", "summary")

    assert told.exit_code == short.exit_code == 0
    looked_at = " ".join(told.stdout.partition("Causes")[0].split())
    assert "does not know it: zero_grad=never - dropped" in looked_at
    assert short.stderr.count("dropped, because") == 2
    assert "dropped" not in short.stdout


def test_a_base_that_lost_a_check_still_replays(journal: Path, tmp_path: Path) -> None:
    """The files of the base itself are changed."""
    base = write_base(tmp_path / "base")
    (base / "checks/ask/lower_rate_helps.yaml").unlink()
    (base / "checklists/not_a_number.yaml").unlink()
    (base / "vignettes/lr_schedule/lr_too_high.yaml").unlink()
    cause = base / "causes/lr_schedule/lr_too_high.yaml"
    cause.write_text(cause.read_text("utf-8").replace("  lower_rate_helps: {falls_now: always}\n", ""), "utf-8")

    told = CliRunner().invoke(cli, ["report", str(journal), "--kb", str(base)])

    assert told.exit_code == 0
    assert "lower_rate_helps=no_difference" in " ".join(told.stdout.split())


@pytest.mark.parametrize("content", [NESTED, "no json\n", '{"entry": "x", "data": {}}\n', '{"entry": "named"}\n', "\n"])
def test_what_is_no_journal_is_refused(content: str, run: Runner, tmp_path: Path) -> None:
    """Exit code 4, with file and line; no traceback."""
    file = tmp_path / "j.jsonl"
    file.write_text(content, "utf-8")

    told = run("report", file)

    assert told.exit_code == 4
    assert f"{file}:1: is no entry of a journal" in told.stderr


def test_a_missing_journal_is_told(run: Runner, tmp_path: Path) -> None:
    """Exit code 4."""
    assert run("report", tmp_path / "nowhere.jsonl").exit_code == 4


def test_a_talk_goes_on_where_it_stopped(run: Runner, journal: Path) -> None:
    """The complaint is not asked for again, nor what was answered; the journal itself stays as it is."""
    before = journal.read_bytes()

    talk = run("ask", "--resume", journal, typed="q\n")

    assert talk.exit_code == 0
    assert "What do you see?" not in talk.stdout
    assert "Does a tenth of the rate help?" not in talk.stdout
    assert "you see       The loss is NaN" in talk.stdout
    assert journal.read_bytes() == before


def test_what_is_said_on_resuming_counts(run: Runner, journal: Path) -> None:
    """An answer on the command line comes after that of the journal."""
    talk = run("ask", "--resume", journal, "--answer", "lower_rate_helps=falls_now", typed="q\n")

    assert "A lower rate helps: It falls now" in talk.stdout


def test_a_resumed_talk_says_what_it_dropped(run: Runner, journal: Path) -> None:
    """Before the first question."""
    save(replay([Named("loss_is_nan"), Named("gone")]), journal)

    talk = run("ask", "--resume", journal, typed="q\n")

    assert talk.stdout.startswith("  - dropped, because this knowledge base does not know it: gone\n")
