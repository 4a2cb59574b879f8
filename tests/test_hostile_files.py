"""What a stranger put into a file stays inert: `auto` reads on, says what it refused, and exits as agreed."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch

LOG = "step,loss\n" + "".join(f"{step},{1 / (step + 1)}\n" for step in range(40))


class WritesMarker:
    """A pickle of it writes MARKER when loaded."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch '{self.marker}'",)


def auto(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The real program."""
    return subprocess.run(
        [sys.executable, "-m", "wizard", "auto", *map(str, arguments)], capture_output=True, text=True, check=False
    )


@pytest.fixture
def evil(tmp_path: Path) -> tuple[Path, Path]:
    """A checkpoint with a payload beside real weights, and the marker that the payload would write."""
    marker, path = tmp_path / "marker", tmp_path / "run" / "last.pt"
    path.parent.mkdir()
    torch.save({"model": {"layer.weight": torch.zeros(8, 8)}}, path)
    with zipfile.ZipFile(path) as archive:
        records = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in records.items():
            archive.writestr(name, pickle.dumps(WritesMarker(marker), 2) if name.endswith("data.pkl") else data)
    return path, marker


def test_the_payload_would_work(evil: tuple[Path, Path]) -> None:
    """An ordinary load of this file writes the marker, so the other tests can fail."""
    path, marker = evil

    torch.load(path, weights_only=False)

    assert marker.exists()


def test_a_payload_in_a_run_is_inert_and_told(evil: tuple[Path, Path]) -> None:
    """The log beside it is still judged; the checkpoint gets its sentence."""
    path, marker = evil
    (path.parent / "metrics.csv").write_text(LOG)

    result = auto(path.parent)

    assert result.returncode in (0, 1)
    assert not marker.exists()
    assert "last.pt" in result.stdout
    assert "system" in result.stdout + result.stderr


def test_a_named_payload_is_refused_with_its_exit_code(evil: tuple[Path, Path]) -> None:
    """Exit 4, a sentence on stderr, no traceback, no marker."""
    path, marker = evil

    result = auto("--checkpoint", path)

    assert result.returncode == 4
    assert not marker.exists()
    assert "last.pt" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_same_file_twice_gives_the_same_bytes(evil: tuple[Path, Path]) -> None:
    """Nothing in a report depends on the clock or on chance."""
    path, _ = evil
    (path.parent / "metrics.csv").write_text(LOG)

    first, second = (auto(path.parent, "--format", "json").stdout for _ in range(2))

    assert first == second
    assert first
