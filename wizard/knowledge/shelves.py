"""The files of a knowledge base while they are read: entries by id, and what is wrong with each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from wizard.errors import KnowledgeError
from wizard.knowledge.schema import SNAKE_CASE, validate_entry, validate_table
from wizard.knowledge.yaml_nodes import Index, Where, located, parse
from wizard.vocabulary import (
    HEALTHY,
    OTHER,
    Cause,
    Check,
    Checklist,
    Family,
    Lexeme,
    Opening,
    Remedy,
    Scales,
    Source,
    Term,
    Vignette,
)

Entry = TypeVar("Entry")
Complaints = Iterator[tuple[Where, str]]


@dataclass(slots=True)
class Read(Generic[Entry]):
    """One file. Without an entry it had errors of its own; what refers to it is not accused as well."""

    name: str
    index: Index = field(default_factory=lambda: {(): (1, 1)})
    entry: Entry | None = None


@dataclass(slots=True)
class Shelves:
    """Everything read so far by id, and what was wrong with it."""

    folder: Path
    families: Read[dict[str, Family]] = field(default_factory=lambda: Read("families.yaml"))
    scales: Read[Scales] = field(default_factory=lambda: Read("scales.yaml"))
    sources: Read[dict[str, Source]] = field(default_factory=lambda: Read("sources.yaml"))
    openings: Read[dict[str, Opening]] = field(default_factory=lambda: Read("openings.yaml"))
    glossary: Read[dict[str, Term]] = field(default_factory=lambda: Read("glossary.yaml"))
    lexicon: Read[dict[str, Lexeme]] = field(default_factory=lambda: Read("lexicon.yaml"))
    checks: dict[str, Read[Check]] = field(default_factory=dict)
    causes: dict[str, Read[Cause]] = field(default_factory=dict)
    remedies: dict[str, Read[Remedy]] = field(default_factory=dict)
    checklists: dict[str, Read[Checklist]] = field(default_factory=dict)
    vignettes: dict[str, Read[Vignette]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def read_table(self, kind: type[Entry], read: Read[dict[str, Entry]]) -> None:
        """A file that holds many records by key."""
        try:
            value, read.index = parse(self.folder / read.name, read.name)
            read.entry = validate_table(kind, value, read.index, read.name)
        except KnowledgeError as error:
            self.lines += error.lines

    def read_entry(self, kind: type[Entry], read: Read[Entry], implied: Mapping[str, str]) -> None:
        """A file that is one record."""
        try:
            value, read.index = parse(self.folder / read.name, read.name)
            read.entry = validate_entry(kind, value, read.index, read.name, implied)
        except KnowledgeError as error:
            self.lines += error.lines

    def shelve(self, kind: type[Entry], shelf: dict[str, Read[Entry]], name: str, **implied: str) -> None:
        """Read the file NAME to its SHELF; its id comes from the file name and must be new."""
        id = Path(name).stem
        shelves = (shelf,) if kind is Vignette else (self.checks, self.causes, self.remedies, self.checklists)
        first = next((other[id].name for other in shelves if id in other), None)
        if not SNAKE_CASE.fullmatch(id):
            self.complain(name, f"the file name '{id}' is not snake_case. Rename it.")
        elif kind is Cause and id in (HEALTHY, OTHER):
            self.complain(name, f"'{id}' is reserved. Rename the file.")
        elif first:
            self.complain(name, f"'{id}' is also the id of {first}. Rename one of the two.")
        else:
            shelf[id] = Read(name)
            self.read_entry(kind, shelf[id], {"id": id, **implied})

    def complain(self, name: str, message: str) -> None:
        """About a file as a whole."""
        self.lines.append(f"{name}:1:1 {message}")

    def check(self, read: Read[Entry], complaints: Complaints) -> None:
        """Keep what one file's references and rows have wrong, each at its key."""
        self.lines += [located(read.name, read.index, where, message) for where, message in complaints]
