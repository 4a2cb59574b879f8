"""`auto`: report and exit code from files alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner
from fixture_base import Runner, write_log

from wizard.cli.main import cli
from wizard.report.wording import UNPRINTABLE


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write_log(tmp_path / "good.csv")


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    return write_log(tmp_path / "bad.csv", nan_from=300)


def test_a_good_log_is_no_fault(run: Runner, good: Path) -> None:
    """Exit code 0, nothing on stderr, a verdict without accusation."""
    result = run("auto", good)

    assert result.exit_code == 0
    assert result.stderr == ""
    assert "none of them unusual" in result.stdout


def test_a_bad_log_is_a_fault(run: Runner, bad: Path) -> None:
    """Exit code 1, with place."""
    result = run("auto", bad)

    assert result.exit_code == 1
    assert "bad.csv:302" in result.stdout


def test_named_files_are_read_without_a_run(run: Runner, bad: Path) -> None:
    """--log takes the place of RUN."""
    assert run("auto", "--log", bad).exit_code == 1


@pytest.mark.parametrize(("threshold", "code"), [("low", 1), ("never", 0)])
def test_the_threshold_decides_the_exit_code(threshold: str, code: int, run: Runner, bad: Path) -> None:
    """P(fault) is held against what was chosen."""
    assert run("auto", bad, "--fail-on", threshold).exit_code == code


def test_a_fault_that_is_unlikely_fails_only_low_thresholds(run: Runner, good: Path) -> None:
    """With a complaint and a good log P(fault) is over a half."""
    codes = [
        run("auto", good, "--answer", "lower_rate_helps=falls_now", "--fail-on", t).exit_code for t in ("low", "high")
    ]

    assert codes == [1, 0]


def test_json_is_one_document(run: Runner, bad: Path) -> None:
    """With the arguments as they were given."""
    result = run("auto", bad, "--format", "json")

    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert report["argv"][:2] == ["auto", str(bad)]
    assert report["findings"][0]["outcome"] == "later"


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_same_inputs_give_the_same_bytes(form: str, base_folder: Path, bad: Path) -> None:
    """In two processes with different hash seeds."""
    command = [sys.executable, "-m", "wizard", "auto", str(bad), "--kb", str(base_folder), "--format", form]

    outputs = [
        subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed}, check=False).stdout
        for seed in ("1", "2")
    ]

    assert outputs[0] == outputs[1] != b""


def test_the_report_goes_to_a_file(run: Runner, bad: Path, tmp_path: Path) -> None:
    """stdout stays quiet, nothing half-written is left, the exit code is the same."""
    result = run("auto", bad, "-o", tmp_path / "report.txt")

    assert (result.exit_code, result.stdout) == (1, "")
    assert (tmp_path / "report.txt").read_text(encoding="utf-8").startswith("Loss Wizard ")
    assert not list(tmp_path.glob("*.part"))


def test_a_file_that_cannot_be_written_is_named(run: Runner, bad: Path, tmp_path: Path) -> None:
    """Exit code 2."""
    result = run("auto", bad, "-o", tmp_path / "no" / "such" / "report.txt")

    assert result.exit_code == 2
    assert "report.txt" in result.stderr


@pytest.mark.parametrize("link", [False, True])
def test_a_file_of_the_run_is_never_overwritten(link: bool, run: Runner, bad: Path, tmp_path: Path) -> None:
    """`-o` with the name of the log is a slip, by another name as well."""
    before, output = bad.read_bytes(), tmp_path / "link.txt"
    output.symlink_to(bad)

    result = run("auto", bad, "-o", output if link else bad)

    assert result.exit_code == 2
    assert bad.read_bytes() == before


def test_answers_and_symptoms_count(run: Runner, bad: Path) -> None:
    """A complaint is shown, an answer separates the causes."""
    result = run("auto", bad, "--symptom", "loss_is_nan", "--answer", "lower_rate_helps=falls_now")

    assert "you see       The loss is NaN" in result.stdout
    assert result.stdout.index("1. The learning rate is too high") < result.stdout.index("2. The data holds NaN")


def test_an_answer_overrules_a_file(run: Runner, bad: Path) -> None:
    """The conflict is shown, and the answer counts."""
    result = run("auto", bad, "--answer", "loss_becomes_nonfinite=never")

    assert result.exit_code == 0
    assert "your word counts" in result.stdout


@pytest.mark.parametrize(
    ("args", "nearest"),
    [
        (("--symptom", "loss_is_nam"), "loss_is_nan"),
        (("--answer", "lower_rate_help=falls_now"), "lower_rate_helps"),
        (("--answer", "lower_rate_helps=fals_now"), "falls_now"),
    ],
)
def test_unknown_ids_get_the_nearest(args: tuple[str, str], nearest: str, run: Runner, good: Path) -> None:
    """Exit code 2 and a suggestion, for symptoms, checks and outcomes."""
    result = run("auto", good, *args)

    assert result.exit_code == 2
    assert f"Did you mean '{nearest}'?" in result.stderr


@pytest.mark.parametrize("args", [("--answer", "lower_rate_helps"), ("--fact", "num_classes"), ("--answer", "=x")])
def test_pairs_without_a_value_are_refused(args: tuple[str, str], run: Runner, good: Path) -> None:
    """The form is named."""
    result = run("auto", good, *args)

    assert result.exit_code == 2
    assert "=" in result.stderr


def test_facts_are_typed(run: Runner, good: Path) -> None:
    """Numbers are numbers."""
    result = run("auto", good, "--fact", "num_classes=10", "--fact", "loss_name=mse", "--format", "json")

    facts = {fact["name"]: fact["value"] for fact in json.loads(result.stdout)["facts"]}
    assert facts == {"num_classes": 10, "loss_name": "mse"}


def test_nothing_handed_over_is_a_usage_error(run: Runner) -> None:
    """What could be handed over is named."""
    result = run("auto")

    assert result.exit_code == 2
    assert "--log" in result.stderr


def test_a_folder_without_a_run_answers_nothing(run: Runner, tmp_path: Path) -> None:
    """Silence is not health: exit code 5."""
    result = run("auto", tmp_path)

    assert result.exit_code == 5
    assert "--checkpoint" in result.stderr


def test_an_empty_folder_is_told_apart_from_files_that_tell_nothing(run: Runner, tmp_path: Path) -> None:
    """What was looked for is named."""
    result = run("auto", tmp_path)

    assert "no log (a CSV file) and no checkpoint (of torch.save or safetensors) was found here." in result.stderr


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_recipe_that_breaks_is_named_as_the_reason(form: str, run: Runner, tmp_path: Path) -> None:
    """Alone it answers nothing, and its error says why; exit code 5."""
    (tmp_path / "recipe.py").write_text("def make_model(:\n", encoding="utf-8")

    result = run("auto", "--recipe", tmp_path / "recipe.py", "--format", form)

    told = json.loads(result.stdout)["error"]["what"] if form == "json" else result.stderr
    assert result.exit_code == 5
    assert "running the recipe failed: SyntaxError" in told


@pytest.mark.parametrize("form", ["text", "json"])
def test_unreadable_files_are_exit_code_4(form: str, run: Runner, tmp_path: Path) -> None:
    """A named file that is no log, and a RUN that is not there."""
    (tmp_path / "noise.csv").write_bytes(b"\x00\xff" * 100)

    for args in (("--log", tmp_path / "noise.csv"), (tmp_path / "nowhere",)):
        result = run("auto", *args, "--format", form)

        assert result.exit_code == 4
        assert (result.stdout != "") == (form == "json")


def test_an_unsound_knowledge_base_is_told_line_by_line(good: Path, tmp_path: Path) -> None:
    """Exit code 2, each error on a line of its own."""
    (tmp_path / "kb").mkdir()

    result = CliRunner().invoke(cli, ["auto", str(good), "--kb", str(tmp_path / "kb")])

    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 3


@pytest.mark.parametrize("form", ["text", "json"])
def test_hostile_names_never_reach_the_terminal_raw(form: str, run: Runner, tmp_path: Path) -> None:
    """Metric names and file names with escapes, markup, bidi marks and ten kilobytes."""
    name = "train_loss\x1b[31m[red]\u202e" + "m" * 10_240
    log = write_log(tmp_path / "a\x1b[2J\nb.csv", nan_from=100, loss=name)
    with log.open(encoding="utf-8") as file:
        table = file.read()
    log.write_text(table.replace(f"step,{name}", f"step,train_loss,{name}").replace("0,", "0,1,"), encoding="utf-8")

    result = run("auto", log, "--format", form)

    shown = (result.stdout + result.stderr).replace("\n", "")
    assert not [character for character in shown if unicodedata.category(character) in UNPRINTABLE]
    assert len(shown) < 20_000


def test_chinese_reports_leave_no_english_behind(run: Runner, bad: Path) -> None:
    """--lang, and the variable."""
    by_flag = run("auto", bad, "--lang", "zh")

    assert "学习率过高" in by_flag.stdout
    assert not any(word in by_flag.stdout for word in ("Looked", "What counts", "Narrowed", "evidence"))


def test_the_language_of_the_environment_counts(run: Runner, bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LOSS_WIZARD_LANG before LANG."""
    monkeypatch.setenv("LOSS_WIZARD_LANG", "zh_CN.UTF-8")

    assert "学习率过高" in run("auto", bad).stdout
