"""What lies below a run directory: logs and checkpoints, told by their content. Follows no links."""

from __future__ import annotations

import importlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wizard.errors import UnreadableError
from wizard.vocabulary import Artifact, Notice

MAX_DEPTH, MAX_ENTRIES = 6, 20_000
HEAD = 4096
MOST_OTHERS = 8  # runs left alone that are named
FOUND_BY_ITSELF: tuple[Artifact, ...] = ("log", "checkpoint")
SKIPPED = re.compile(r"^(\..*|__pycache__|node_modules|site-packages|venv|env)$")
PART_OF_A_RUN = re.compile(r"^(checkpoints?|ckpts?|weights|models?|logs?|csv_logs?|checkpoint-\d+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """The files of one run, by artifact, and what to tell about the search."""

    files: dict[Artifact, tuple[Path, ...]]
    notes: tuple[Notice, ...] = ()


def discover(run: Path) -> Found:
    """The newest run at or below RUN; RUN itself if a log or checkpoint lies in it. Raises UnreadableError."""
    try:
        mode = run.stat().st_mode
    except OSError as error:
        raise UnreadableError(
            "cannot be opened: {reason}.", str(run), "Name an existing run directory.", reason=error.strerror
        ) from error
    if not stat.S_ISDIR(mode):
        kind = kind_of(run)
        if kind is None:
            raise UnreadableError(
                "is neither a log nor a checkpoint that Loss Wizard knows.",
                str(run),
                "Name a run directory, or the file with --log or --checkpoint.",
            )
        return Found({kind: (run,)})
    notes: list[Notice] = []
    runs: dict[Path, dict[Artifact, list[Path]]] = {}
    for path in _walk(run, notes):
        kind = kind_of(path)
        if kind is not None:
            runs.setdefault(_run_folder(path.parent, run), {}).setdefault(kind, []).append(path)
    if not runs:
        return Found({}, tuple(notes))
    chosen = run if run in runs else max(runs, key=lambda folder: (_newest(runs[folder]), _natural(str(folder))))
    others = [str(folder.relative_to(run)) for folder in sorted(runs) if folder != chosen]
    if others:
        shown = ", ".join(others[:MOST_OTHERS]) + (", ..." if len(others) > MOST_OTHERS else "")
        notes.append(_left_alone(run, chosen, shown))
    return Found({kind: tuple(files) for kind, files in runs[chosen].items()}, tuple(notes))


def _left_alone(run: Path, chosen: Path, others: str) -> Notice:
    if chosen == run:
        return Notice(
            "This is the run in {chosen}; other runs below it were left alone: {others}.",
            {"chosen": str(chosen), "others": others},
        )
    return Notice(
        "There are several runs in {run}. This is the newest, {chosen}; left alone: {others}.",
        {"run": str(run), "chosen": str(chosen), "others": others},
        next="To look at another, name its folder.",
    )


def kind_of(path: Path) -> Artifact | None:
    """Which artifact a regular file is, by its first bytes; None if none, or if it cannot be opened."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a FIFO must not hang us
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        head = os.read(descriptor, HEAD)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    for kind in FOUND_BY_ITSELF:
        if importlib.import_module(f"wizard.evidence.artifacts.{kind}").recognises(path, head):
            return kind
    return None


def _walk(top: Path, notes: list[Notice]) -> Iterator[Path]:
    """Regular files in order of name, breadth first; tells in NOTES where it stopped."""
    level, entries = [top], 0
    for _ in range(MAX_DEPTH + 1):
        below: list[Path] = []
        for folder in level:
            try:
                children = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError as error:
                notes.append(
                    Notice(
                        "{folder} could not be listed: {reason}.",
                        {"folder": str(folder), "reason": str(error.strerror)},
                    )
                )
                continue
            for entry in children:
                entries += 1
                if entries > MAX_ENTRIES:
                    notes.append(
                        Notice(
                            "The search stopped after {n} entries, in {folder}.",
                            {"n": MAX_ENTRIES, "folder": str(folder)},
                        )
                    )
                    return
                if entry.is_dir(follow_symlinks=False):
                    if not SKIPPED.match(entry.name):
                        below.append(Path(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    yield Path(entry.path)
        level = below
        if not level:
            return
    notes.append(
        Notice(
            "Folders more than {n} levels down were not searched, {folder} among them.",
            {"n": MAX_DEPTH, "folder": str(level[0])},
        )
    )


def _run_folder(folder: Path, top: Path) -> Path:
    while folder != top and PART_OF_A_RUN.match(folder.name):
        folder = folder.parent
    return folder


def _natural(name: str) -> list[tuple[int, str]]:
    """Sort key under which version_10 comes after version_9."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def _newest(files: dict[Artifact, list[Path]]) -> float:
    return max(path.stat().st_mtime for group in files.values() for path in group)
