"""What is being looked at, how far that is, and what came of it: one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from wizard.report.wording import Wording, safe
from wizard.vocabulary import ArtifactFile, Finding, Unanswered

if TYPE_CHECKING:
    from wizard.evidence.run import Request


@dataclass(frozen=True, slots=True)
class Looking:
    """A look that is under way and what its inspectors have said so far."""

    request: Request
    results: tuple[Finding | Unanswered, ...] = ()

    @property
    def what(self) -> str:
        """The names of what was handed over."""
        named = [path for paths in self.request.files.values() for path in paths]
        run = [self.request.run] if self.request.run else []
        recipe = [self.request.recipe.file] if self.request.recipe and self.request.recipe.file else []
        return safe(", ".join(path.name or str(path) for path in [*recipe, *named, *run]), 60)


def names_of(artifacts: tuple[ArtifactFile, ...], wording: Wording) -> str:
    """What was looked at, without folders."""
    names = (
        wording.text("what you pasted") if file.kind == "told" else file.path.rsplit("/", 1)[-1] for file in artifacts
    )
    return safe(", ".join(names), 120)


class LookingLine(Static):
    """Empty, and without height, as long as nothing was handed over."""

    DEFAULT_CSS = """
    LookingLine { height: auto; max-height: 3; padding: 0 1; display: none; }
    LookingLine.-shown { display: block; }
    """

    def show(
        self, looking: Looking | None, artifacts: tuple[ArtifactFile, ...], trouble: str, wording: Wording
    ) -> None:
        """Progress, else the latest TROUBLE, else what was read."""
        if looking is not None:
            found = sum(isinstance(result, Finding) for result in looking.results)
            line = wording.text("Looking at {what}: {n} checks answered so far …", what=looking.what, n=found)
        elif trouble:
            line = "✗ " + safe(trouble, 400)
        elif artifacts:
            line = wording.text("Looked at: {what}", what=names_of(artifacts, wording))
        else:
            line = ""
        self.set_class(bool(line), "-shown")
        self.update(Content(line))
