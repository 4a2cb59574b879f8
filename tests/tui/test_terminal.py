"""The installed program in a real terminal, from the first screen to the journal it leaves behind."""

from __future__ import annotations

import base64
import os
import sys
import time
from functools import partial
from operator import ne
from pathlib import Path

import pytest
from fixture_base import write_log
from terminal import PATIENCE, Terminal

from wizard.consultation.consultation import Answered, Looked, Named, Tried
from wizard.consultation.journal import load

PROGRAM = [sys.executable, "-m", "wizard"]
LEFT_THE_ALTERNATE_SCREEN = b"\x1b[?1049l"


def answer_until_the_plan(terminal: Terminal) -> None:
    """Give the first answer to every question; have nothing of what is offered."""
    for _ in range(60):
        before = terminal.settle()
        if "[Plan]" in before:
            return
        terminal.press("d" if "Do you have one of these?" in before else "1")
        terminal.wait_until(partial(ne, before))
    raise AssertionError(f"no end of questions:\n{terminal.screen}")


def kept_journal(state: Path, terminal: Terminal) -> Path:
    """The one journal that was kept, which the program has named when it ended."""
    (journal,) = (state / "journals").glob("*.jsonl")
    assert f"The consultation is kept in {journal}".encode() in terminal.raw
    return journal


def test_a_consultation_without_a_run(state: Path) -> None:
    """Questions alone lead to a plan; a remedy is tried; the journal holds it all."""
    with Terminal([*PROGRAM, "app", "--lang", "en"]) as terminal:
        terminal.wait_for("[ ]")
        terminal.press("1s")
        terminal.wait_for("[Questions]")
        answer_until_the_plan(terminal)
        terminal.wait_for("Against")
        terminal.press("n")
        terminal.wait_for("✗")
        terminal.press("q")
        status = terminal.end()

        assert status == 0
        assert LEFT_THE_ALTERNATE_SCREEN in terminal.raw
        entries = load(kept_journal(state, terminal)).journal
        assert isinstance(entries[0], Named)
        assert any(isinstance(entry, Answered) for entry in entries)
        assert isinstance(entries[-1], Tried)


def test_a_consultation_with_a_run(state: Path, tmp_path: Path) -> None:
    """A log that becomes NaN is read by itself; the questions that are left lead to a plan."""
    write_log(tmp_path / "metrics.csv", nan_from=200)

    with Terminal([*PROGRAM, str(tmp_path), "--lang", "en"]) as terminal:
        terminal.wait_for("Looked at: metrics.csv")
        terminal.press("s")
        terminal.wait_for("metrics.csv:202, step 2000")
        answer_until_the_plan(terminal)
        terminal.wait_for("Against")
        terminal.press("q")

        assert terminal.end() == 0
        (looked,) = [entry for entry in load(kept_journal(state, terminal)).journal if isinstance(entry, Looked)]
        outcomes = {finding.check: finding.outcome for finding in looked.inspected.findings}
        assert outcomes["loss_becomes_nonfinite"] == "later"


def test_a_paste_is_understood(base: Path, state: Path) -> None:
    """Lines of a log, pasted and sent: what comes of them is said and kept."""
    lines = "".join(f"step {step} loss {'nan' if step > 60 else 2.5 - step / 50}\r" for step in range(0, 100, 2))

    with Terminal([*PROGRAM, "app", "--lang", "en", "--kb", str(base)]) as terminal:
        terminal.wait_for("[ ]")
        terminal.press("1s")
        terminal.wait_for("[Questions]")
        terminal.press("t")
        terminal.wait_for("Tell me more")
        terminal.press(f"\x1b[200~{lines}\x1b[201~")
        terminal.wait_for("step 98 loss nan")
        terminal.press("\x13")
        terminal.wait_for("Understood: ")
        terminal.press("q")

        assert terminal.end() == 0
        (looked,) = [entry for entry in load(kept_journal(state, terminal)).journal if isinstance(entry, Looked)]
        assert {f.check: (f.outcome, f.origin) for f in looked.inspected.findings}["loss_becomes_nonfinite"] == (
            "later",
            "told",
        )


def test_the_clipboard_request_reaches_the_terminal(base: Path) -> None:
    """Copying writes OSC 52 with the code, and the notice says that terminals may ignore it."""
    with Terminal([*PROGRAM, "app", "--lang", "en", "--kb", str(base)]) as terminal:
        terminal.wait_for("[ ]")
        terminal.press("1s")
        terminal.wait_for("[Questions]")
        terminal.press("h")
        terminal.wait_for("optimizer.param_groups")
        terminal.press("y")
        terminal.wait_for("OSC 52")

        code = base64.b64encode(b'for group in optimizer.param_groups:\n    group["lr"] /= 10\n')
        assert b"\x1b]52;c;" + code + b"\x07" in terminal.raw


def test_the_first_frame_waits_for_nothing(base: Path) -> None:
    """What is drawn first says that the knowledge base is being read."""
    with Terminal([*PROGRAM, "app", "--lang", "en", "--kb", str(base)]) as terminal:
        assert "Reading the knowledge base" in terminal.wait_for("knowledge base", "[ ]")


def test_control_c_says_how_to_quit(base: Path) -> None:
    """A reflex costs nothing: the app stays and names the key."""
    with Terminal([*PROGRAM, "app", "--lang", "en", "--kb", str(base)]) as terminal:
        terminal.wait_for("[ ]")
        terminal.press("\x03")
        terminal.wait_for("Press q to quit")
        terminal.press("q")

        assert terminal.end() == 0


def test_quitting_ends_a_recipe_that_is_running(base: Path, tmp_path: Path) -> None:
    """The user's code does not run on when the app is left."""
    recipe, pid = tmp_path / "recipe.py", tmp_path / "pid"
    recipe.write_text(
        f"import os, pathlib, time\n\ndef make_model():\n"
        f"    pathlib.Path({str(pid)!r}).write_text(str(os.getpid()))\n    time.sleep(600)\n"
    )

    with Terminal([*PROGRAM, "app", "--lang", "en", "--kb", str(base), "--recipe", str(recipe)]) as terminal:
        terminal.wait_for("Looking at recipe.py")
        deadline = time.monotonic() + PATIENCE
        while not (pid.exists() and pid.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        terminal.press("q")

        assert terminal.end() == 0
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid.read_text()), 0)


@pytest.mark.parametrize(("columns", "rows"), [(60, 20), (200, 60)])
def test_other_sizes(base: Path, columns: int, rows: int) -> None:
    """A small and a large terminal show the same question, in Chinese as well."""
    command = [*PROGRAM, "app", "--lang", "zh", "--kb", str(base)]
    with Terminal(command, columns, rows) as terminal:
        terminal.wait_for("[ ]")
        terminal.press("1s")

        assert "学习率" in terminal.wait_for("把学习率降到十分之一有帮助吗？")
