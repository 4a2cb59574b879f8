"""A consultation on disk: one JSON line an entry, in the user's state folder or wherever it is asked for."""

from __future__ import annotations

from pathlib import Path

import msgspec

from wizard.consultation.consultation import (
    Answered,
    Consultation,
    DontKnow,
    Entry,
    Looked,
    Named,
    Told,
    TookBack,
    Tried,
    replay,
)
from wizard.errors import UnreadableError

KINDS: dict[str, type[Entry]] = {
    kind.__name__.lower(): kind for kind in (Named, Answered, DontKnow, TookBack, Told, Looked, Tried)
}


class Line(msgspec.Struct):
    """One entry with the name of its kind."""

    entry: str
    data: msgspec.Raw


def save(consultation: Consultation, path: Path) -> None:
    """Write the journal of CONSULTATION to PATH, replacing it whole."""
    lines = [
        msgspec.json.encode({"entry": type(entry).__name__.lower(), "data": entry}) for entry in consultation.journal
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(path.suffix + ".part")
    partial.write_bytes(b"".join(line + b"\n" for line in lines))
    partial.replace(path)


def load(path: Path) -> Consultation:
    """The consultation that a journal file amounts to; raises UnreadableError naming the line."""
    entries: list[Entry] = []
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableError(
            "the journal cannot be read: {reason}.",
            str(path),
            "Check the path and the permissions, then try again.",
            reason=error.strerror or str(error),
        ) from error
    for number, text in enumerate(raw.splitlines(), start=1):
        try:
            line = msgspec.json.decode(text, type=Line)
            entries.append(msgspec.json.decode(line.data, type=KINDS[line.entry]))
        except (msgspec.MsgspecError, KeyError, RecursionError) as error:
            raise UnreadableError(
                "is no entry of a journal: {reason}.",
                f"{path}:{number}",
                "Resume another journal, or start afresh.",
                reason=str(error),
            ) from error
    return replay(entries)
