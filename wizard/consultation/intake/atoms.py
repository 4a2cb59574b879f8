"""Text into atoms: words of Latin letters, single Chinese characters, numbers and punctuation."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from wizard.consultation.intake.numerals import with_digits

Kind = Literal["word", "character", "number", "stop", "comma", "mark"]
LONGEST_TEXT = 2000  # characters that are read; a complaint is said within them, and the time stays short
STOPS, COMMAS = ".!?;\n。…", ",:、()"
ATOM = re.compile(
    r"(?P<number>(?<![a-z0-9.])(?:(?<![a-z0-9])[-+])?(?:\d+(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?)"
    r"|(?P<word>[a-z][a-z0-9']*)|(?P<character>[\u3400-\u9fff])|(?P<other>\S|\n)"
)
BETWEEN_LETTERS = re.compile(r"(?<=[a-z0-9])[_\-/](?=[a-z])|(?<=[a-z])\.(?=[a-z])|(?<=[a-z])_(?=\d)")
FILE_ENDING = re.compile(r"(?<=\d)\.(?=(?:pth?|ckpt|bin|h5|safetensors|npz)\b)")
STRETCHED = re.compile(r"([a-z])\1{2,}")
ARROW = re.compile(r"→|[-=]>")
CLEFT = re.compile(r"(?<=[,;])\s*是(?![不否])(?![^,;.。]{0,20}[吗么?])")  # 不是 A，是 B
NAMED_VALUE = re.compile(r"(?<=[a-z\u3400-\u9fff])\s*[=:]\s*(?=[-+]?[.\d])")


@dataclass(frozen=True, slots=True)
class Atom:
    """The smallest thing that has a meaning; `text` is in lower case, without apostrophes."""

    kind: Kind
    text: str
    number: float = 0.0
    percent: bool = False


def atoms_of(text: str) -> list[Atom]:
    """The atoms of the first LONGEST_TEXT characters of TEXT."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).casefold()
    plain = plain.replace("\u2019", "'").replace("\u2212", "-").replace("`", "'")
    plain = CLEFT.sub("而是", plain)
    plain = ARROW.sub(" to ", with_digits(plain))
    plain = STRETCHED.sub(r"\1\1", plain)
    plain = NAMED_VALUE.sub(" = ", FILE_ENDING.sub(" ", BETWEEN_LETTERS.sub(" ", plain)))
    atoms: list[Atom] = []
    for found in ATOM.finditer(plain):
        _add(atoms, found)
    return atoms


def _add(atoms: list[Atom], found: re.Match[str]) -> None:
    text = found[0]
    if found["number"]:
        atoms.append(Atom("number", text, _value(text)))
    elif found["word"]:
        atoms.append(Atom("word", text.replace("'", "")))
    elif found["character"]:
        atoms.append(Atom("character", text))
    elif text == "%" and atoms and atoms[-1].kind == "number":
        atoms[-1] = Atom("number", atoms[-1].text + "%", atoms[-1].number, percent=True)
    elif text in STOPS:
        atoms.append(Atom("stop", text))
    else:
        atoms.append(Atom("comma" if text in COMMAS else "mark", text))


def _value(text: str) -> float:
    """Infinite where the digits go beyond what a number holds."""
    return float(text.replace(",", ""))
