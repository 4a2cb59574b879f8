"""`paths`: where things are."""

from __future__ import annotations

from pathlib import Path

from fixture_base import Runner


def test_every_folder_has_a_line(run: Runner, own_folders: Path) -> None:
    """Knowledge base and assets of the package, cache and state of the user."""
    lines = dict(line.split(maxsplit=1) for line in run("paths").stdout.splitlines())

    assert set(lines) == {"knowledge", "assets", "cache", "state"}
    assert lines["state"] == str(own_folders)
