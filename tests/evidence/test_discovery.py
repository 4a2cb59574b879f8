"""What is found below a run directory, and where the search stops."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wizard.errors import UnreadableError
from wizard.evidence.discovery import discover

LOG = "epoch,train_loss,val_loss\n" + "".join(f"{i},{1 / (i + 1)},{1 / (i + 1)}\n" for i in range(20))


def write_log(folder: Path, age: float = 0) -> Path:
    """A small log, AGE seconds old."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "metrics.csv"
    path.write_text(LOG)
    os.utime(path, (1_000_000_000 - age, 1_000_000_000 - age))
    return path


def test_a_folder_without_artifacts_has_none(tmp_path: Path) -> None:
    """Text, source and data tables are neither log nor checkpoint."""
    (tmp_path / "notes.txt").write_text("it does not train\n")
    (tmp_path / "train.py").write_text("loss = 1\n")
    (tmp_path / "data.csv").write_text("height,weight\n" + "1.7,70\n" * 50)

    assert discover(tmp_path).files == {}


def test_the_log_beside_is_found(tmp_path: Path) -> None:
    """A CSV with a loss column is a log whatever its name."""
    path = write_log(tmp_path)

    assert discover(tmp_path).files == {"log": (path,)}


def test_the_newest_version_is_the_run_and_the_others_are_named(tmp_path: Path) -> None:
    """version_N siblings are other runs."""
    write_log(tmp_path / "lightning_logs/version_0", age=60)
    newest = write_log(tmp_path / "lightning_logs/version_1")

    found = discover(tmp_path)

    assert found.files == {"log": (newest,)}
    assert "version_0" in str(found.notes[0].values["others"])


def test_what_was_left_alone_is_told_as_it_is(tmp_path: Path) -> None:
    """Siblings lie beside the newest run, not below it; many of them are not all named."""
    write_log(tmp_path / "runs/a")
    for number in range(10):
        write_log(tmp_path / f"runs/old{number}", age=60)

    siblings, below = discover(tmp_path / "runs").notes[0], discover_with_own_log(tmp_path / "runs/a")

    assert siblings.message.startswith("There are several runs in {run}.")
    assert str(siblings.values["others"]).endswith("old7, ...")
    assert below.startswith("This is the run in {chosen}; other runs below it")


def discover_with_own_log(run: Path) -> str:
    write_log(run / "older")
    return discover(run).notes[0].message


def test_of_runs_of_the_same_moment_the_last_number_is_taken(tmp_path: Path) -> None:
    """A copied tree has lost its times; version_10 comes after version_9."""
    for number in (9, 10, 2):
        write_log(tmp_path / f"version_{number}")

    (log,) = discover(tmp_path).files["log"]

    assert log.parent.name == "version_10"


def test_checkpoint_folders_join_their_run(tmp_path: Path) -> None:
    """Artifacts in checkpoints/ and checkpoint-N/ belong to the folder above."""
    here = write_log(tmp_path)
    below = write_log(tmp_path / "checkpoints/checkpoint-20")

    assert set(discover(tmp_path).files["log"]) == {here, below}


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A link out of the run, or in a circle, leads nowhere."""
    outside = tmp_path / "outside"
    write_log(outside)
    run = tmp_path / "run"
    run.mkdir()
    (run / "loop").symlink_to(run)
    (run / "away").symlink_to(outside)
    (run / "metrics.csv").symlink_to(outside / "metrics.csv")

    assert discover(run).files == {}


def test_a_pipe_does_not_hang_the_search(tmp_path: Path) -> None:
    """A FIFO is passed over."""
    os.mkfifo(tmp_path / "metrics.csv")

    assert discover(tmp_path).files == {}


def test_the_walk_says_how_deep_it_went(tmp_path: Path) -> None:
    """Seven levels down nothing is searched, and that is told."""
    write_log(tmp_path / "1/2/3/4/5/6/7")

    found = discover(tmp_path)

    assert found.files == {}
    assert found.notes[0].values["n"] == 6


def test_the_walk_stops_after_many_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A huge folder costs a bounded time and a sentence."""
    monkeypatch.setattr("wizard.evidence.discovery.MAX_ENTRIES", 10)
    for number in range(20):
        (tmp_path / f"{number:02}.txt").write_text("x")

    assert discover(tmp_path).notes[0].values["n"] == 10


def test_a_run_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A wrong path gets its sentence and exit code."""
    with pytest.raises(UnreadableError, match="No such file"):
        discover(tmp_path / "nowhere")


def test_a_file_that_is_no_artifact_is_refused(tmp_path: Path) -> None:
    """A named file must be a log or a checkpoint."""
    (tmp_path / "notes.txt").write_text("it does not train\n")

    with pytest.raises(UnreadableError, match="neither a log nor a checkpoint"):
        discover(tmp_path / "notes.txt")
