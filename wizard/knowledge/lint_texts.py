"""What the sentences of a knowledge base have wrong: not translated, slots that do not fit, titles used twice."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from wizard.knowledge.problems import Problem, Titled, entries, error, warning
from wizard.vocabulary import KnowledgeBase, Text


def sentences(kb: KnowledgeBase) -> Iterator[Problem]:
    """Sentences that are the same in both languages, and `says` whose slots are broken or differ."""
    for entry in entries(kb):
        for text in _texts(entry):
            if _normalised(text.en) == _normalised(text.zh) and " " in text.en.strip():
                yield warning(entry, f"not translated: '{text.en.strip()[:60]}'", "Write it in Chinese.")
    for check in kb.checks.values():
        for name, outcome in check.outcomes.items():
            slots = [_slots(sentence) for sentence in (outcome.says.en, outcome.says.zh)]
            if None in slots:
                next = "Write bare slots such as {step}, and braces that are meant as {{ and }}."
                yield error(check, f"`says` of '{name}' has a broken slot", next)
            elif slots[0] != slots[1]:
                what = f"`says` of '{name}' has other slots in Chinese than in English"
                yield warning(check, what, "Use the same slots in both.")


def _slots(sentence: str) -> set[str] | None:
    """The bare slots, or None if one is none."""
    try:
        parts = list(string.Formatter().parse(sentence))
    except ValueError:
        return None
    slots = {name: (spec, conversion) for _, name, spec, conversion in parts if name is not None}
    bare = all(name.isidentifier() and not spec and not conversion for name, (spec, conversion) in slots.items())
    return set(slots) if bare else None


def _texts(value: object) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


def _normalised(sentence: str) -> str:
    return " ".join(re.findall(r"\w+", sentence.casefold()))


def titles(kb: KnowledgeBase) -> Iterator[Problem]:
    """Entries of one kind that a reader could not tell apart."""
    for shelf in (kb.checks, kb.causes, kb.remedies):
        first: dict[str, str] = {}
        titled: list[Titled] = list(shelf.values())
        for entry in titled:
            for title in {_normalised(entry.title.en), _normalised(entry.title.zh)}:
                if title in first:
                    yield error(entry, f"the title is that of '{first[title]}'", "Say what sets them apart.")
                first.setdefault(title, entry.id)
