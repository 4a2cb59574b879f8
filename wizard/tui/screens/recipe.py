"""A recipe before it is run: the file, the functions it defines, and an explicit yes or no."""

from __future__ import annotations

import ast
from pathlib import Path

from textual.content import Content

from wizard.report.wording import mark, safe
from wizard.tui.screens.sheet import CLOSE, LANGUAGE, Sheet
from wizard.tui.widgets.key_bar import Key, bindings

SHOWN_BYTES, LINE_LENGTH = 64 * 1024, 160


class RecipeSheet(Sheet[bool]):
    """True only after `y`. A file without a function to call cannot be run."""

    YES, NO = Key("y", "agree", mark("yes, run it")), Key("n", "refuse", mark("no"))
    KEYS = (YES, NO, CLOSE, LANGUAGE)
    BINDINGS = bindings(KEYS)

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.source, self.unreadable = _source(path)
        self.functions = functions_in(self.source)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The functions that would be called."""
        from wizard.evidence.sandbox import FUNCTIONS

        return tuple(name for name in FUNCTIONS.values() if name in self.functions)

    def keys(self) -> tuple[Key, ...]:
        return self.KEYS if self.wanted else (self.NO, CLOSE, LANGUAGE)

    def title_text(self) -> str:
        if self.wanted:
            return self.wording.text("Run {file} on this machine?", file=safe(self.path, 120))
        return self.wording.text("{file} cannot be run as a recipe.", file=safe(self.path, 120))

    def text(self) -> Content:
        wording = self.wording
        if self.unreadable:
            return Content(wording.text("It cannot be read: {reason}.", reason=self.unreadable))
        if not self.wanted:
            lead = wording.text("It defines none of make_model(), make_loaders(), make_loss(), make_optimizer(model).")
        else:
            calls = ", ".join(f"{name}()" for name in self.wanted)
            lead = wording.text(
                "Yes runs this file, in a process of its own with limits on time and memory, and calls {calls}.",
                calls=calls,
            )
        lines = [safe(line.expandtabs(4).rstrip(), LINE_LENGTH) for line in self.source.splitlines()]
        return Content(lead + "\n\n" + "\n".join(f"{place:>4}  {line}" for place, line in enumerate(lines, start=1)))

    def action_agree(self) -> None:
        if self.wanted:
            self.dismiss(True)

    def action_refuse(self) -> None:
        self.dismiss(False)

    def action_close(self) -> None:
        self.dismiss(False)


def functions_in(source: str) -> tuple[str, ...]:
    """Names of the functions that SOURCE defines at its top level, in order; none if it cannot be parsed."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the file is the user's: anything may be in it
        return ()
    return tuple(node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def _source(path: Path) -> tuple[str, str]:
    """The first SHOWN_BYTES of the file, and why it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(SHOWN_BYTES).decode("utf-8", "replace"), ""
    except OSError as error:
        return "", str(error.strerror)
