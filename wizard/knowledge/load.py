"""A folder of YAML into a KnowledgeBase; every error of every file at once, each with its place and the next step."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

from wizard import resources
from wizard.errors import KnowledgeError
from wizard.knowledge.cache import content_hash
from wizard.knowledge.references import check_references
from wizard.knowledge.shelves import Entry, Read, Shelves
from wizard.vocabulary import (
    Artifact,
    Cause,
    Check,
    Checklist,
    Family,
    KnowledgeBase,
    Lexeme,
    Opening,
    Remedy,
    Scales,
    Source,
    Term,
    Vignette,
)

ARTIFACT_OF = {"ask" if artifact == "told" else artifact: artifact for artifact in get_args(Artifact)}
PLACES = "checks/<artifact or ask>/, causes/<family>/, remedies/, checklists/ or vignettes/<family>/"


def load(folder: Path = resources.KNOWLEDGE_BASE, vignettes: bool = True) -> KnowledgeBase:
    """Every entry below FOLDER. Raises KnowledgeError with lines `file:line:column message`, files relative to it."""
    if not folder.is_dir():
        raise KnowledgeError([f"{folder} is not a folder. Name one that holds a knowledge base."])
    shelves = Shelves(folder)
    _read_files(shelves, vignettes)
    check_references(shelves)
    families, scales, sources = shelves.families.entry, shelves.scales.entry, shelves.sources.entry
    if shelves.lines or families is None or scales is None or sources is None:
        raise KnowledgeError(sorted(shelves.lines, key=_place))
    return KnowledgeBase(
        families=families,
        scales=scales,
        sources=sources,
        checks=_entries(shelves.checks),
        causes=_entries(shelves.causes),
        remedies=_entries(shelves.remedies),
        vignettes=_entries(shelves.vignettes),
        openings=shelves.openings.entry or {},
        checklists=_entries(shelves.checklists),
        glossary=shelves.glossary.entry or {},
        lexicon=shelves.lexicon.entry or {},
        hash=content_hash(folder),
    )


def _entries(shelf: Mapping[str, Read[Entry]]) -> dict[str, Entry]:
    return {id: shelf[id].entry for id in sorted(shelf) if shelf[id].entry is not None}  # type: ignore[misc]


def _place(line: str) -> tuple[str, int, int]:
    """Sort key: the file, then the line as a number."""
    found = re.match(r"(.*?):(\d+):(\d+) ", line)
    return (found[1], int(found[2]), int(found[3])) if found else (line, 0, 0)


def _read_files(shelves: Shelves, vignettes: bool) -> None:
    for name in sorted(_visible_files(shelves.folder)):
        match Path(name).parts:
            case [*_, last] if last.lower().endswith((".yml", ".yaml")) and not last.endswith(".yaml"):
                shelves.complain(name, "the name of an entry ends in '.yaml'. Rename the file.")
            case ["families.yaml"]:
                shelves.read_table(Family, shelves.families)
            case ["scales.yaml"]:
                shelves.read_entry(Scales, shelves.scales, {})
            case ["sources.yaml"]:
                shelves.read_table(Source, shelves.sources)
            case ["openings.yaml"]:
                shelves.read_table(Opening, shelves.openings)
            case ["glossary.yaml"]:
                shelves.read_table(Term, shelves.glossary)
            case ["lexicon.yaml"]:
                shelves.read_table(Lexeme, shelves.lexicon)
            case ["checks", place, last] if place in ARTIFACT_OF and last.endswith(".yaml"):
                shelves.shelve(Check, shelves.checks, name, artifact=ARTIFACT_OF[place])
            case ["causes", family, last] if last.endswith(".yaml"):
                shelves.shelve(Cause, shelves.causes, name, family=family)
            case ["remedies", last] if last.endswith(".yaml"):
                shelves.shelve(Remedy, shelves.remedies, name)
            case ["checklists", last] if last.endswith(".yaml"):
                shelves.shelve(Checklist, shelves.checklists, name)
            case ["vignettes", _, last] if last.endswith(".yaml"):
                if vignettes:
                    shelves.shelve(Vignette, shelves.vignettes, name)
            case _:
                shelves.complain(name, f"entries do not lie here. Move this file to {PLACES}, or delete it.")
    for table in ("families.yaml", "scales.yaml", "sources.yaml"):
        if not (shelves.folder / table).exists():
            shelves.complain(table, "this file is missing. Write it.")


def _visible_files(folder: Path) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(place, name).relative_to(folder).as_posix() for name in names if not name.startswith("."))
