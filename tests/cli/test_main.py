"""The command line itself: what is a command, what help costs, how errors end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from fixture_base import write_log

import wizard.cli.paths
from wizard.cli.main import COMMANDS, cli

HEAVY = {"torch", "scipy", "pandas", "textual", "networkx", "pydantic", "numpy", "yaml"}


def modules_after(*args: str) -> tuple[int, set[str]]:
    """Exit code and the top-level modules that a command imports, in a process of its own."""
    code = (
        "import sys\nfrom wizard.cli.main import main\nsys.argv = ['loss-wizard', *sys.argv[1:]]\n"
        "try:\n    main()\nexcept SystemExit as end:\n"
        "    print(end.code, *sorted(name for name in sys.modules if '.' not in name), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, check=True)
    status, *names = done.stderr.splitlines()[-1].split()
    return int(status), set(names)


@pytest.mark.parametrize("args", [("--help",), ("auto", "--help"), ("kb", "lint", "--help"), ("--version",)])
def test_help_imports_nothing_heavy(args: tuple[str, ...]) -> None:
    """Help is there at once, without numpy, torch or the app."""
    status, modules = modules_after(*args)

    assert status == 0
    assert not modules & HEAVY


def test_auto_on_a_log_needs_neither_torch_nor_textual(base_folder: Path, tmp_path: Path) -> None:
    """Reading files never imports torch, scipy, pandas or the app."""
    log = write_log(tmp_path / "metrics.csv")

    status, modules = modules_after("auto", str(log), "--kb", str(base_folder))

    assert status == 0
    assert not modules & {"torch", "scipy", "pandas", "textual"}


def test_every_command_is_in_the_help() -> None:
    """And each can be loaded."""
    result = CliRunner().invoke(cli, ["--help"])

    assert result.exit_code == 0
    assert all(f"  {command}" in result.stdout for command in COMMANDS)


def test_help_is_chinese_where_asked() -> None:
    """Click's own words and ours."""
    for name in (None, *COMMANDS):
        result = CliRunner().invoke(cli, [*([name] if name else []), "--help"], env={"LOSS_WIZARD_LANG": "zh"})

        assert result.exit_code == 0
        assert [
            word for word in ("Usage", "Options:", "Commands:", "Show ", "Repeatable") if word in result.stdout
        ] == []


@pytest.mark.parametrize("args", [[], ["."], ["--lang", "zh"]])
def test_what_is_no_command_goes_to_the_app(args: list[str]) -> None:
    """Without a terminal that ends with the two commands that need none."""
    result = CliRunner().invoke(cli, args)

    assert result.exit_code == 2
    assert "loss-wizard ask" in result.stderr
    assert "loss-wizard auto" in result.stderr


def test_a_mistyped_command_gets_the_nearest() -> None:
    """`explian` is no run directory."""
    result = CliRunner().invoke(cli, ["explian", "lr_too_high"])

    assert result.exit_code == 2
    assert "Did you mean 'explain'?" in result.stderr


def test_options_before_the_command_are_told() -> None:
    """`--lang zh auto` would otherwise be the app with a RUN called auto."""
    result = CliRunner().invoke(cli, ["--lang", "zh", "auto", "runs"])

    assert result.exit_code == 2
    assert "loss-wizard auto" in result.stderr


@pytest.mark.parametrize(("language", "stop"), [("en", ")."), ("zh", "）。")])
def test_what_click_says_ends_with_a_stop(language: str, stop: str) -> None:
    """The sentence after it begins anew."""
    result = CliRunner().invoke(cli, ["auto", "one", "two", "--lang", language])

    assert stop in result.stderr


def test_a_folder_named_like_a_command_is_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What exists is RUN, however near its name is to a command's."""
    (tmp_path / "autos").mkdir()
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(cli, ["autos"])

    assert "Did you mean" not in result.stderr


def test_an_unknown_option_is_a_usage_error() -> None:
    """With the nearest option and the way to help."""
    result = CliRunner().invoke(cli, ["auto", "--formt", "json"])

    assert result.exit_code == 2
    assert "--format" in result.stderr
    assert "loss-wizard auto --help" in result.stderr


def test_errors_are_json_where_json_was_asked_for() -> None:
    """On stdout, and nothing else there."""
    result = CliRunner().invoke(cli, ["auto", "--format", "json", "--nonsense"])

    assert result.exit_code == 2
    assert set(json.loads(result.stdout)["error"]) == {"what", "where", "next"}


def fail() -> Path:
    raise RuntimeError("planted \x1b[31m")


def test_an_internal_error_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 3, no traceback, harmless text."""
    monkeypatch.setattr(wizard.cli.paths, "state_folder", fail)

    result = CliRunner().invoke(cli, ["paths"])

    assert result.exit_code == 3
    assert r"RuntimeError: planted \x1b[31m" in result.stderr
    assert "Traceback" not in result.stderr


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exception itself comes out."""
    monkeypatch.setattr(wizard.cli.paths, "state_folder", fail)

    result = CliRunner().invoke(cli, ["paths", "--debug"])

    assert isinstance(result.exception, RuntimeError)


def interrupt() -> Path:
    raise KeyboardInterrupt


def test_ctrl_c_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """As shells tell it, without a word."""
    monkeypatch.setattr(wizard.cli.paths, "state_folder", interrupt)

    result = CliRunner().invoke(cli, ["paths"])

    assert result.exit_code == 130
    assert "Traceback" not in result.stderr


def test_a_closed_pipe_is_quiet(base_folder: Path, tmp_path: Path) -> None:
    """`auto ... | head` leaves nothing on stderr."""
    log = write_log(tmp_path / "metrics.csv")
    command = [sys.executable, "-m", "wizard", "auto", str(log), "--kb", str(base_folder)]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()

    assert errors == b""
    assert process.returncode == 141
