"""A problem of the knowledge base as `kb lint` tells it, and the file of the entry that has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from wizard.vocabulary import Cause, Check, KnowledgeBase, Remedy

Titled: TypeAlias = Check | Cause | Remedy


@dataclass(frozen=True, slots=True)
class Problem:
    """An error blocks a release, a warning does not. `where` is a file relative to the knowledge base."""

    severity: Literal["error", "warning"]
    where: str
    what: str
    next: str


def file_of(entry: Titled) -> str:
    """Where the entry lies, relative to the knowledge base."""
    if isinstance(entry, Check):
        return f"checks/{'ask' if entry.artifact == 'told' else entry.artifact}/{entry.id}.yaml"
    if isinstance(entry, Cause):
        return f"causes/{entry.family}/{entry.id}.yaml"
    return f"remedies/{entry.id}.yaml"


def entries(kb: KnowledgeBase) -> list[Titled]:
    """Every check, cause and remedy."""
    return [*kb.checks.values(), *kb.causes.values(), *kb.remedies.values()]


def error(entry: Titled, what: str, next: str) -> Problem:
    """A problem that blocks a release."""
    return Problem("error", file_of(entry), what, next)


def warning(entry: Titled, what: str, next: str) -> Problem:
    """A problem that does not."""
    return Problem("warning", file_of(entry), what, next)
