"""A file that is not read to its end: why, what it had asked for, and what to do next."""

from __future__ import annotations

from pathlib import Path

from wizard.errors import UnreadableError
from wizard.resources import fill

SAVE_AGAIN = "Save it again with torch.save."
COPY_AGAIN = "Copy it again from where it was written; if a run is still writing it, wait for the end."
UNTRUSTED = (
    "It asks Python to import {imports}; nothing was imported or run."
    " Do not load it with torch.load unless you trust where it comes from."
)
MAX_LISTED = 20


class RefusedError(Exception):
    """The content is damaged, hostile or none of ours: `what` is a message id whose {slots} `values` fill.

    `imports` are the unknown globals that a pickle had asked for before.
    """

    def __init__(self, what: str, **values: object) -> None:
        super().__init__(fill(what, values, "en"))
        self.what, self.values = what, values
        self.imports: tuple[str, ...] = ()


def refused(path: Path, error: RefusedError) -> UnreadableError:
    """What to tell of the file at PATH; what it had asked for is told before it is copied or loaded again."""
    if error.imports:
        return UnreadableError(error.what, str(path), UNTRUSTED, **error.values, imports=listed(error.imports))
    return UnreadableError(error.what, str(path), COPY_AGAIN, **error.values)


def listed(imports: tuple[str, ...]) -> str:
    """The first of the globals that UNTRUSTED names."""
    return ", ".join(imports[:MAX_LISTED])
