"""What can be wrong with the lexicon and with the patterns that make a symptom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from wizard.knowledge.schema import suggestion
from wizard.knowledge.shelves import Complaints, Shelves
from wizard.vocabulary import Lexeme, Slot, Symptom, spellings

ANY, UNSAID = "any", "none"
IS = "_is_"
PLACES: tuple[Slot, ...] = ("split", "quantity", "behaviour")


def lexicon_complaints(lexicon: Mapping[str, Lexeme]) -> Complaints:
    """A form means one thing only; contexts, whose keys are `check_is_outcome`, are read apart from the rest."""
    meanings: dict[tuple[str, bool], str] = {}
    for key, lexeme in lexicon.items():
        for language, forms in (("en", lexeme.en), ("zh", lexeme.zh)):
            for position, form in enumerate(forms):
                for spelled in spellings(form):
                    first = meanings.setdefault((spelled, IS in key), key)
                    if first != key:
                        yield (
                            (key, language, position),
                            f"'{spelled}' is also a form of '{first}'. Keep one of the two.",
                        )


def meaning_complaints(symptom: Symptom, shelves: Shelves) -> Complaints:
    """Patterns that are none, or name what the lexicon lacks; covered symptoms that do not exist."""
    if shelves.lexicon.entry is not None:
        for key, patterns in (("means", symptom.means), ("denied_by", symptom.denied_by)):
            for position, pattern in enumerate(patterns):
                for message in _pattern_complaints(pattern, shelves.lexicon.entry):
                    yield ("symptom", key, position), message
    symptoms = {id for id, read in shelves.checks.items() if read.entry is None or read.entry.symptom}
    for position, covered in enumerate(symptom.covers):
        if covered not in symptoms:
            message = f"the symptom '{covered}' does not exist. {suggestion(covered, symptoms)}"
            yield ("symptom", "covers", position), message


def _pattern_complaints(pattern: str, lexicon: Mapping[str, Lexeme]) -> Iterator[str]:
    for condition in re.split(r" (?:\+|then|unless|or) ", pattern):
        words = [word for word in condition.split() if word != "not"]
        onsets = words.pop()[1:] if words and words[-1].startswith("@") else ""
        than = words.pop() if len(words) == len(PLACES) + 2 and words.pop(-2) == "than" else ""
        if len(words) != len(PLACES):
            yield f"'{condition}' is no condition. Write: split quantity [not] behaviour [than split] [@onset]."
            continue
        named: list[tuple[Slot, str]] = [*zip(PLACES, words, strict=True), ("split", than), ("onset", onsets)]
        for slot, choice in named:
            known = {key for key, lexeme in lexicon.items() if lexeme.slot == slot or _as_behaviour(slot, lexeme)}
            for word in filter(None, choice.split("|")):
                if word not in known | {ANY, UNSAID}:
                    yield f"'{word}' is no {slot} of lexicon.yaml. {suggestion(word, known)}"


def _as_behaviour(slot: Slot, lexeme: Lexeme) -> bool:
    return slot == "behaviour" and lexeme.slot == "comparison"
