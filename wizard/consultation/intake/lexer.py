"""Atoms into tokens: the longest form of the lexicon at every place; typos are mended word by word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from wizard.consultation.intake.atoms import Atom, atoms_of
from wizard.vocabulary import Lexeme, Slot, spellings

ANY_NUMBER = "#"
PLAIN = re.compile(r"(?:(?!([a-z])\1\1)[a-z ])+")  # words without stretched letters
INTENSIFIER = "intensifier"  # may stand within a form too: `learns absolutely nothing`
MENDED: frozenset[Slot] = frozenset({"split", "quantity", "behaviour", "setting"})
SHORTEST_MENDED = 6  # letters: below it, other words are too near
LONG_WORD = 9  # letters, from which two slips may be one word's


@dataclass(frozen=True, slots=True)
class Token:
    """One value of a slot, a number, punctuation (`stop`, `comma`), or something `unknown`."""

    slot: str
    key: str = ""
    number: float = 0.0
    percent: bool = False


@dataclass(slots=True)
class _Node:
    after: dict[str, _Node] = field(default_factory=dict)
    token: Token | None = None


class Lexer:
    """The lexicon, ready to read with."""

    def __init__(self, lexicon: Mapping[str, Lexeme]) -> None:
        self._root = _Node()
        self._words: set[str] = set()
        self._mended: dict[str, None] = {}
        self._skipped: set[tuple[str, ...]] = set()
        for key, lexeme in lexicon.items():
            token = Token(lexeme.slot, key)
            for form in (*lexeme.en, *lexeme.zh):
                for spelled in spellings(form):
                    self._learn(spelled, token)

    def tokens(self, text: str) -> list[Token]:
        """The tokens of TEXT without fillers."""
        atoms = [self._mend(atom) if atom.kind == "word" else atom for atom in atoms_of(text)]
        tokens: list[Token] = []
        place = 0
        while place < len(atoms):
            length, token = self._longest(atoms, place)
            if token.slot != "filler":
                tokens.append(token)
            place += length
        return tokens

    def _learn(self, form: str, token: Token) -> None:
        if PLAIN.fullmatch(form):  # as most are: there is nothing to take apart
            names = words = form.split()
        else:
            atoms = atoms_of(form)
            names, words = [atom.text for atom in atoms], [atom.text for atom in atoms if atom.kind == "word"]
        node = self._root
        for name in names:
            if name not in node.after:
                node.after[name] = _Node()
            node = node.after[name]
        node.token = token
        if token.key == INTENSIFIER:
            self._skipped.add(tuple(names))
        self._words.update(words)
        if token.slot in MENDED and len(names) == len(words) == 1 and len(words[0]) >= SHORTEST_MENDED:
            self._mended[words[0]] = None

    def _longest(self, atoms: list[Atom], start: int) -> tuple[int, Token]:
        """The longest form at START; but 没变成 is 没 and 变成, not 没变 and a rest."""
        length, token = self._form(atoms, start)
        if length > 1 and atoms[start].kind == "character":
            for short in range(1, length):
                node = self._root
                for atom in atoms[start : start + short]:
                    node = node.after[atom.text] if atom.text in node.after else _Node()
                denies = node.token is not None and node.token.slot == "negation"
                if denies and node.token and short + self._form(atoms, start + short)[0] > length:
                    return short, node.token
        return length, token

    def _form(self, atoms: list[Atom], start: int) -> tuple[int, Token]:
        best = (1, _plain(atoms[start]))
        places = [(start, self._root)]
        while places:
            place, node = places.pop()
            if node.token and (place - start > best[0] or best[1].slot in ("unknown", "mark", "number")):
                best = (place - start, node.token)
            if place < len(atoms):
                names = [atoms[place].text] + [ANY_NUMBER] * (atoms[place].kind == "number")
                places += [(place + 1, node.after[name]) for name in names if name in node.after]
                if place > start:
                    places += [
                        (place + length, node) for length in (1, 2) if self._skips(atoms[place : place + length])
                    ]
        return best

    def _skips(self, atoms: list[Atom]) -> bool:
        return tuple(atom.text for atom in atoms) in self._skipped

    def _mend(self, atom: Atom) -> Atom:
        """ATOM with the one word that it can only be a slip of, if there is one."""
        word = atom.text
        if word in self._words:
            return atom
        single = re.sub(r"([a-z])\1", r"\1", word)
        if single != word and single in self._words:
            return Atom("word", single)
        if len(word) < SHORTEST_MENDED or not word.isalpha():
            return atom
        slips = 2 if len(word) >= LONG_WORD else 1
        near = process.extract(
            word, list(self._mended), scorer=DamerauLevenshtein.distance, score_cutoff=slips, limit=2
        )
        found = [name for name, *_ in near if name[0] == word[0]]
        return Atom("word", found[0]) if found else atom


def _plain(atom: Atom) -> Token:
    if atom.kind == "number":
        return Token("number", atom.text, atom.number, atom.percent)
    return Token(atom.kind if atom.kind in ("stop", "comma", "mark") else "unknown", atom.text)
