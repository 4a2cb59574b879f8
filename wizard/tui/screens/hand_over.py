"""Give me something to look at: a path typed or pasted becomes a request for the evidence door."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from wizard.errors import UnreadableError
from wizard.report.wording import safe
from wizard.tui.screens.recipe import RecipeSheet
from wizard.tui.screens.sheet import CLOSE, Sheet
from wizard.tui.widgets.key_bar import Key
from wizard.tui.widgets.path_input import PathInput

if TYPE_CHECKING:
    from wizard.evidence.run import Request


class HandOverSheet(Sheet["Request | None"]):
    """EARLIER is what was looked at before: what belongs together is looked at together.

    OPENING is what was offered and chosen, if it was; TYPED the path so far.
    """

    DEFAULT_CSS = """
    HandOverSheet #refused { height: auto; padding: 0 1; color: $text-error; }
    """
    AUTO_FOCUS = "PathInput"

    def __init__(self, earlier: Request, opening: str = "", typed: str = "") -> None:
        super().__init__()
        self.earlier, self.opening, self.typed = earlier, opening, typed

    def body(self) -> Iterable[Widget]:
        yield PathInput(self.typed)
        yield Static(id="refused", markup=False)

    def keys(self) -> tuple[Key, ...]:
        return (CLOSE,)

    def title_text(self) -> str:
        if self.opening:
            return self.wording.base.openings[self.opening].title.to(self.wording.language)
        return self.wording.text("Give me something to look at")

    def text(self) -> Content:
        if self.opening:
            how = self.wording.base.openings[self.opening].how.to(self.wording.language)
            hints = [self.wording.text("Type its path: → completes it, enter looks at it.")]
            if self.opening == "log":
                hints.append(self.wording.text("To paste its lines instead: esc, then t."))
            return Content("\n".join(self.wrapped(line) for line in (how, *hints)))
        return Content(
            self.wording.text(
                "The path of a run directory, a log or a checkpoint; → completes it, enter looks at it. "
                "Files are only read.\n"
                "A .py file with make_model(), make_loaders() and the like is a recipe: it is shown before it is run."
            )
        )

    def show(self) -> None:
        super().show()
        self.query_one(PathInput).placeholder = self.wording.text("path")

    @on(Input.Submitted)
    def hand_over(self, event: Input.Submitted) -> None:
        event.stop()
        path = path_of(event.value)
        if path is None:
            return
        if path.suffix == ".py" and path.is_file():
            self.app.push_screen(RecipeSheet(path), lambda agreed: self._recipe(path) if agreed else None)
            return
        try:
            request = together(self.earlier, path)
        except UnreadableError as error:
            self.query_one("#refused", Static).update(Content("✗ " + safe(error.told(self.wording.language), 400)))
            return
        self.dismiss(request)

    def _recipe(self, path: Path) -> None:
        from wizard.evidence.sandbox import RecipeSpec

        self.dismiss(replace(self.earlier, recipe=RecipeSpec(file=path)))


def path_of(typed: str) -> Path | None:
    """The path that was typed, or dropped on the terminal, which quotes it; None for nothing."""
    text = typed.strip()
    if not text:
        return None
    path = Path(text).expanduser()
    if path.exists():
        return path
    try:
        words = shlex.split(text)
    except ValueError:  # a quote that is not closed belongs to the name
        return path
    return Path(words[0]).expanduser() if len(words) == 1 else path


def together(earlier: Request, path: Path) -> Request:
    """PATH with what it belongs to: a directory stands alone, a file joins the rest, checkpoints join each other.

    Raises UnreadableError if PATH is nothing to look at.
    """
    from wizard.evidence.discovery import discover

    if path.is_dir():
        return replace(earlier, run=path, files={}, recipe=None)
    (kind,) = discover(path).files
    others = earlier.files.get(kind, ()) if kind == "checkpoint" else ()
    joined = (*(other for other in others if other != path), path)
    return replace(earlier, files={**earlier.files, kind: joined}, recipe=None)
