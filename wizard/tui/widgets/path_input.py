"""A path to type, with the rest of the name offered; the right arrow takes it."""

from __future__ import annotations

import asyncio
import os
from itertools import islice
from pathlib import Path

from textual.suggester import Suggester
from textual.widgets import Input

MOST_ENTRIES = 20_000  # of a folder that are looked through for a name


class PathInput(Input):
    """An input that knows the folders of this machine."""

    DEFAULT_CSS = """
    PathInput, PathInput:focus { height: 3; border: round $primary; padding: 0 1; }
    """

    def __init__(self, typed: str = "") -> None:
        super().__init__(typed, suggester=Paths(use_cache=False, case_sensitive=True))


class Paths(Suggester):
    """Completes the last part of a path; looks at the disk in a thread."""

    async def get_suggestion(self, value: str) -> str | None:
        return await asyncio.to_thread(completed, value)


def completed(typed: str) -> str | None:
    """TYPED with the first name in its folder that begins like it; None if there is none that can be shown."""
    head, slash, start = typed.rpartition("/")
    if not typed or (not start and not slash):
        return None
    try:
        with os.scandir(Path(head + slash or ".").expanduser()) as entries:
            names = [
                entry.name + "/" * entry.is_dir()
                for entry in islice(entries, MOST_ENTRIES)
                if entry.name.startswith(start) and (start or not entry.name.startswith("."))
            ]
    except (OSError, ValueError):
        return None
    return next((head + slash + name for name in sorted(names) if name.isprintable()), None)
