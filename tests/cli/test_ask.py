"""`ask` driven through a pipe: symptoms, questions, remedies, and the words in between."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fixture_base import Runner, write_log

from wizard.consultation.consultation import Named, TookBack, Tried
from wizard.consultation.journal import load


def journal(home: Path) -> Path:
    [file] = (home / "journals").glob("*.jsonl")
    return file


def test_a_talk_ends_with_the_report(run: Runner) -> None:
    """Symptom, question, remedy that worked: nothing is left to ask."""
    result = run("ask", typed="1\n2\nw\n")

    assert result.exit_code == 0
    assert result.stdout.rstrip().splitlines()[-1].startswith("Diagnosed: The learning rate is too high")
    assert "Likeliest now: The learning rate is too high" in result.stdout


def test_a_talk_in_chinese(run: Runner) -> None:
    """The same keys, Chinese sentences."""
    result = run("ask", "--lang", "zh", typed="1\n?\n2\ns\nw\n")

    assert result.exit_code == 0
    assert "把学习率降到十分之一有帮助吗？" in result.stdout
    assert not any(word in result.stdout for word in ("What do you", "Likeliest", "Try it", "expected"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_real_pipe_drives_it(language: str, base_folder: Path) -> None:
    """In a process of its own, with bytes that are no UTF-8 among the lines."""
    command = [sys.executable, "-m", "wizard", "ask", "--kb", str(base_folder), "--lang", language]

    done = subprocess.run(command, input=b"1\n\xff\xfe\n2\nq\n", capture_output=True, env=dict(os.environ), check=False)

    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


def test_the_end_of_input_ends_politely(run: Runner) -> None:
    """Whenever the pipe closes, the report so far follows."""
    for typed in ("", "1\n", "1\n2\n"):
        result = run("ask", typed=typed)

        assert result.exit_code == 0
        assert "Looked at" in result.stdout


def test_numbers_and_ids_are_answers(run: Runner) -> None:
    """Both name the outcome."""
    by_number, by_id = run("ask", typed="1\n2\nq\n"), run("ask", typed="loss_is_nan\nfalls_now\nq\n")

    assert by_number.stdout.splitlines()[-1] == by_id.stdout.splitlines()[-1]


def test_why_tells_what_each_answer_would_do(run: Runner) -> None:
    """The chance of each answer, and what would follow."""
    result = run("ask", typed="1\n?\nq\n")

    assert "- It falls now: expected " in result.stdout
    assert "then The learning rate is too high (" in result.stdout


def test_dont_know_is_not_asked_again(run: Runner) -> None:
    """The talk goes on to the plan."""
    result = run("ask", typed="1\nd\nq\n")

    assert result.stdout.count("Does a tenth of the rate help?") == 1
    assert "A lower rate helps: you do not know" in result.stdout


def test_back_takes_the_last_answer_back(run: Runner, own_folders: Path) -> None:
    """The question comes again, and the journal says so."""
    result = run("ask", typed="1\n2\nb\nq\n")

    assert "Taken back: A lower rate helps." in result.stdout
    assert result.stdout.count("Does a tenth of the rate help? (") >= 2
    assert load(journal(own_folders)).journal[-1] == TookBack("lower_rate_helps")


def test_back_with_nothing_said_says_so(run: Runner) -> None:
    """No error."""
    assert "There is nothing to take back." in run("ask", typed="b\nq\n").stdout


def test_status_shows_the_ranking(run: Runner) -> None:
    """Causes and the verdict so far."""
    result = run("ask", typed="1\ns\nq\n")

    assert result.stdout.count("Causes, likeliest first") == 2  # asked for, and in the report


def test_the_plan_can_come_first(run: Runner) -> None:
    """p goes to the remedies, p again goes back to the questions."""
    result = run("ask", typed="1\np\np\nq\n")

    assert "Then type w if it worked" in result.stdout
    assert result.stdout.count("Does a tenth of the rate help? (") >= 2


def test_a_remedy_that_fails_changes_the_ranking(run: Runner, own_folders: Path) -> None:
    """The next remedy is another one."""
    result = run("ask", typed="1\n2\nn\nq\n")

    assert "Tried: Lower the learning rate: it did not help" in result.stdout
    assert Tried("lower_lr", False) in load(journal(own_folders)).journal


def test_nonsense_is_asked_again(run: Runner) -> None:
    """Neither lost nor taken for an answer."""
    result = run("ask", typed="99\nwhatever\n1\n0\n7\n\nq\n")

    assert result.stdout.count("I did not understand.") == 5
    assert result.exit_code == 0


def test_not_knowing_what_one_sees_is_an_answer(run: Runner) -> None:
    """`d` goes on without a complaint."""
    result = run("ask", typed="d\nq\n")

    assert "I did not understand." not in result.stdout
    assert "you see       " not in result.stdout


def test_nonsense_about_a_remedy_gets_its_own_words(run: Runner) -> None:
    """There are no numbers to type."""
    result = run("ask", typed="1\n2\nd\nq\n")

    assert "Type w if it worked, n if it did not, or h" in result.stdout


def test_a_folder_with_nothing_in_it_is_told(run: Runner, tmp_path: Path) -> None:
    """Not only that no check was answered."""
    result = run("ask", typed=f"1\nf {tmp_path}\nq\n")

    assert "? no log (a CSV file) and no checkpoint" in result.stdout


def test_a_recipe_that_breaks_says_why(run: Runner, tmp_path: Path) -> None:
    """Its error, on the spot."""
    (tmp_path / "recipe.py").write_text("def make_model(:\n", encoding="utf-8")

    result = run("ask", typed=f"1\nf {tmp_path}/recipe.py\nyes\nq\n")

    assert "? running the recipe failed: SyntaxError" in result.stdout


def test_a_file_can_be_handed_over(run: Runner, tmp_path: Path) -> None:
    """Its findings are told and count."""
    log = write_log(tmp_path / "metrics.csv", nan_from=300)

    result = run("ask", typed=f"1\nf {log}\nq\n")

    assert "- Finite until step" in result.stdout
    assert "Checks answered from it: 1." in result.stdout


def test_a_file_that_is_not_there_does_not_end_the_talk(run: Runner, tmp_path: Path) -> None:
    """The error is told and the question stands."""
    result = run("ask", typed=f"1\nf {tmp_path}/nowhere.csv\n2\nq\n")

    assert "nowhere.csv" in result.stdout
    assert "Likeliest now: The learning rate is too high" in result.stdout


def test_a_run_can_be_named(run: Runner, tmp_path: Path) -> None:
    """It is looked at before anything is asked."""
    result = run("ask", write_log(tmp_path / "metrics.csv", nan_from=300), typed="\nq\n")

    assert result.stdout.index("Finite until step") < result.stdout.index("What do you see?")


def test_a_recipe_is_run_only_after_a_yes(run: Runner, tmp_path: Path) -> None:
    """File and functions are shown; a no leaves it alone."""
    recipe, trace = tmp_path / "recipe.py", tmp_path / "ran"
    recipe.write_text(f"open({str(trace)!r}, 'w').close()\n\n\ndef make_model():\n    return None\n", encoding="utf-8")

    for typed in ("no\n\nq\n", "\n\nq\n", ""):
        result = run("ask", "--recipe", recipe, typed=typed)

        assert "make_model(), line 4" in result.stdout
        assert not trace.exists()


def test_the_journal_is_kept_and_its_place_told(run: Runner, own_folders: Path) -> None:
    """On stderr, so that stdout ends with the verdict."""
    result = run("ask", typed="1\nq\n")

    assert str(journal(own_folders)) in result.stderr
    assert load(journal(own_folders)).journal == (Named("loss_is_nan"),)


def test_a_journal_that_cannot_be_kept_is_told(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The talk goes on without it."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("LOSS_WIZARD_STATE", str(tmp_path / "file"))

    result = run("ask", typed="1\nq\n")

    assert result.exit_code == 0
    assert "could not be kept" in result.stderr
