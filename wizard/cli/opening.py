"""From what was handed over to a session: load the knowledge, examine, keep everything in one journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from wizard.cli.options import Options
from wizard.consultation.consultation import Consultation, Looked
from wizard.consultation.journal import load
from wizard.consultation.refit import refitted
from wizard.consultation.session import Session
from wizard.errors import UnreadableError
from wizard.evidence.discovery import kind_of
from wizard.evidence.run import Request, examine
from wizard.knowledge.cache import load_knowledge
from wizard.report.wording import Wording
from wizard.vocabulary import Finding, Unanswered

Listener = Callable[[Finding | Unanswered], None]


def opened(options: Options, journal: Path | None = None) -> Session:
    """A session that knows what was said on the command line, after what JOURNAL keeps, and looks at nothing yet.

    Raises UnreadableError for a journal that is none.
    """
    before = load(journal) if journal is not None else Consultation()
    knowledge = load_knowledge(options.kb)
    return Session(knowledge, refitted(before, knowledge.base)).after(*options.entries(knowledge.base))


def looked(session: Session, request: Request, tell: Listener) -> Session:
    """SESSION after examining REQUEST; nothing is examined if nothing was handed over."""
    if request.run is None and request.recipe is None and not any(request.files.values()):
        return session
    return session.after(Looked(examine(request, session.knowledge.base.checks, tell)))


def request_for(path: Path, session: Session, options: Options) -> Request:
    """What to examine when PATH is handed over later: a file joins those of its kind that were read before.

    Raises UnreadableError if a file is neither log nor checkpoint.
    """
    known = Request(python=options.python, budget=options.budget, facts=tuple(session.consultation.facts.values()))
    if not path.is_file():
        return replace(known, run=path)
    kind = kind_of(path)
    if kind is None:
        raise UnreadableError(
            "is neither a log nor a checkpoint that Loss Wizard knows.", str(path), "Name another file, or a folder."
        )
    before = (Path(file.path) for file in session.consultation.artifacts if file.kind == kind)
    return replace(known, files={kind: tuple(dict.fromkeys((*before, path)))})


def progress(wording: Wording, write: Callable[[str], None]) -> Listener:
    """Writes one line for each finding as it comes."""

    def tell(result: Finding | Unanswered) -> None:
        if isinstance(result, Finding):
            write(wording.finding(result))

    return tell


def chatter(session: Session, wording: Wording) -> Iterable[str]:
    """What a report tells about the looking itself, for where the report is not read by a person."""
    now = session.consultation
    return [wording.notice(notice) for notice in (*now.unreadable, *now.notes)]
