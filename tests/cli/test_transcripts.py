"""Six whole dialogues, line by line: what was typed stands behind "> ", the rest is what `ask` says.

After a change that is meant, `python tests/cli/test_transcripts.py` writes them anew; read the difference.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
ENDS = {  # the verdict that each leads to
    "junior_at_0_693": "Diagnosed: optimizer.step() is missing",
    "zero_loss_nan_gradient": "Diagnosed: The log shows a loss of 0.0 where it is NaN",
    "validation_five_times_training": "Diagnosed: Training and validation are prepared differently",
    "nan_at_step_one": "Diagnosed: The logarithm of zero",
    "loss_and_accuracy_rise_zh": "诊断：模型过度自信",
    "test_far_worse": "Diagnosed: ",
}


def typed(transcript: str) -> str:
    """What the person typed; in a paste every line up to the single dot."""
    lines, pasting = [], False
    for line in transcript.splitlines():
        if pasting:
            lines.append(line)
            pasting = line != "."
        elif line.startswith("> "):
            lines.append(line.removeprefix("> "))
            pasting = lines[-1] in ("v", "粘贴")
    return "\n".join(lines) + "\n"


def held(transcript: str, language: str) -> str:
    """What `ask` prints, in a process of its own, when the same is typed."""
    with tempfile.TemporaryDirectory() as home:
        folders = {"LOSS_WIZARD_STATE": home, "LOSS_WIZARD_CACHE": home}
        done = subprocess.run(
            [sys.executable, "-m", "wizard", "ask", "--lang", language],
            input=typed(transcript), capture_output=True, text=True, check=True, env={**os.environ, **folders},
        )  # fmt: skip
    return done.stdout


def language_of(path: Path) -> str:
    """By the end of its name."""
    return "zh" if path.stem.endswith("_zh") else "en"


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=[path.stem for path in TRANSCRIPTS])
def test_a_dialogue_goes_as_it_is_written(path: Path) -> None:
    """Every line, and the verdict that it was written for."""
    transcript = path.read_text("utf-8")

    said = held(transcript, language_of(path))

    assert said.splitlines() == transcript.splitlines()
    assert ENDS[path.stem] in said.splitlines()[-1] or ENDS[path.stem] in "".join(said.splitlines()[-2:])


def test_all_six_are_there() -> None:
    """One for each kind of trouble."""
    assert {path.stem for path in TRANSCRIPTS} == set(ENDS)


if __name__ == "__main__":
    for path in TRANSCRIPTS:
        path.write_text(held(path.read_text("utf-8"), language_of(path)), "utf-8")
