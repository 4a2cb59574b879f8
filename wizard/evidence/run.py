"""Look at everything that was handed over: open, state facts, let the inspectors answer."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from wizard.errors import UnreadableError
from wizard.evidence.discovery import FOUND_BY_ITSELF, discover
from wizard.evidence.inspection import Slots, inspect, plain, slots_of
from wizard.evidence.sandbox import RecipeSpec, examine_recipe, find_python
from wizard.vocabulary import Artifact, ArtifactFile, Check, Fact, Finding, Inspected, Notice, Unanswered, settled

HASHED_HEAD = 1 << 20
DEFAULT_BUDGET = 60.0
PIPED = "<stdin>"  # stands where the name of a file would

Listener = Callable[[Finding | Unanswered], None]


@dataclass(frozen=True, slots=True)
class Request:
    """What was handed over. `files` were named one by one; `run` is searched; the recipe is named, never found.

    `piped` is a log that came on standard input instead of in a file.
    """

    run: Path | None = None
    files: Mapping[Artifact, tuple[Path, ...]] = field(default_factory=dict)
    recipe: RecipeSpec | None = None
    python: str | None = None
    budget: float = DEFAULT_BUDGET
    facts: tuple[Fact, ...] = ()
    piped: str | None = None


def slots_for(checks: Mapping[str, Check]) -> Slots:
    """What each outcome's sentences need from a measurement."""
    return {
        name: {outcome: slots_of(entry.says.en, entry.says.zh) for outcome, entry in check.outcomes.items()}
        for name, check in checks.items()
    }


def examine(request: Request, checks: Mapping[str, Check], tell: Listener = lambda _: None) -> Inspected:
    """All findings that the handed-over artifacts give, each told as it comes.

    Raises UnreadableError when a named file, or all that was found, cannot be read.
    """
    look = _Look(slots_for(checks), list(request.facts), tell)
    found = discover(request.run) if request.run is not None else None
    opened: dict[Artifact, Any] = {}
    for kind in FOUND_BY_ITSELF:
        if kind == "log" and request.piped is not None:
            opened[kind] = look.open_piped(request.piped)
            continue
        named = request.files.get(kind, ())
        paths = named or (found.files.get(kind, ()) if found else ())
        if paths:
            artifact = look.open(kind, paths, strict=bool(named))
            if artifact is not None:
                opened[kind] = artifact
    if not opened and look.unreadable and request.recipe is None:
        raise look.errors[0]
    for kind, artifact in opened.items():
        look.let_answer(kind, artifact)
    if request.recipe is not None:
        before = len(look.facts)
        look.experiment(request, request.recipe)
        if len(look.facts) > before:
            for kind, artifact in opened.items():
                look.let_answer(kind, artifact, again=True)
    log = opened.get("log")
    return Inspected(
        artifacts=tuple(look.artifacts),
        facts=tuple(look.facts[len(request.facts) :]),
        findings=tuple(result for _, result in sorted(look.results.items()) if isinstance(result, Finding)),
        unanswered=tuple(result for _, result in sorted(look.results.items()) if isinstance(result, Unanswered)),
        events=tuple(replace(event, value=plain(event.value)) for event in log.events()) if log else (),
        unreadable=tuple(look.unreadable),
        notes=found.notes if found else (),
        rerun_minutes=log.rerun_minutes() if log else None,
    )


class _Look:
    """Collects facts and results while the artifacts of one request are opened and inspected."""

    def __init__(self, slots: Slots, facts: list[Fact], tell: Listener) -> None:
        self.slots, self.facts, self.tell = slots, facts, tell
        self.results: dict[str, Finding | Unanswered] = {}
        self.artifacts: list[ArtifactFile] = []
        self.unreadable: list[Notice] = []
        self.errors: list[UnreadableError] = []

    def open(self, kind: Artifact, paths: Sequence[Path], strict: bool) -> Any:
        """The opened artifact, or None if it was found by accident and cannot be read."""
        module = importlib.import_module(f"wizard.evidence.artifacts.{kind}")
        try:
            artifact = module.read(tuple(paths))
        except UnreadableError as error:
            if strict:
                raise
            self.errors.append(error)
            self.unreadable.append(as_notice(error))
            return None
        self.unreadable += [as_notice(error) for error in artifact.unreadable]
        self.artifacts += [describe(kind, path) for path in artifact.files]
        self.facts += artifact.facts()
        return artifact

    def open_piped(self, text: str) -> Any:
        """The log that came without a file."""
        from wizard.evidence.artifacts.log import read_text

        log = read_text(text, PIPED)
        raw = text.encode("utf-8", "replace")
        self.artifacts.append(ArtifactFile("log", PIPED, len(raw), hashlib.sha256(raw[:HASHED_HEAD]).hexdigest()))
        self.facts += log.facts()
        return log

    def let_answer(self, kind: Artifact, artifact: Any, again: bool = False) -> None:
        """Run the inspectors of one artifact."""
        for result in inspect(kind, artifact, settled(self.facts), self.slots, again):
            self.take(result)

    def experiment(self, request: Request, recipe: RecipeSpec) -> None:
        """Run the recipe in its child process."""
        python = find_python(request.python)
        facts, _ = examine_recipe(recipe, self.slots, settled(self.facts), request.budget, python, self.take)
        self.facts += facts
        self.artifacts += [describe("recipe", path) for path in recipe.files]

    def take(self, result: Finding | Unanswered) -> None:
        """Keep a result and tell it."""
        self.results[result.check] = result
        self.tell(result)


def as_notice(error: UnreadableError) -> Notice:
    """The error as a journal can keep it: to be told in either language later."""
    values = {
        name: value if isinstance(value, int | float | str) else str(value) for name, value in error.values.items()
    }
    return Notice(error.what, values, error.where, error.next)


def describe(kind: Artifact, path: Path) -> ArtifactFile:
    """Size and the hash of the first MiB of a file."""
    with path.open("rb") as file:
        head = hashlib.sha256(file.read(HASHED_HEAD)).hexdigest()
    return ArtifactFile(kind, str(path), path.stat().st_size, head)
