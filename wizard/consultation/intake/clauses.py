"""Tokens into clauses: each says one thing, and what it leaves out it takes from those before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from wizard.consultation.intake.lexer import Token

SAYING = ("behaviour", "comparison", "number")
TIMES = ("past", "at_first", "now")  # of a clause as a whole: what was once, what is now
COURSES = {"higher": "rises", "lower": "falls", "better": "improves", "worse": "worsens"}
A_ROW = 3  # numbers, from which they are the course of something


@dataclass(frozen=True, slots=True)
class Subject:
    """What a clause speaks of; None is unsaid."""

    split: str | None = None
    quantity: str | None = None


@dataclass(slots=True)
class Clause:
    """Its tokens; `first` means that a sentence starts here, `contrasts` that a `but` does; `times` are of TIMES."""

    tokens: list[Token] = field(default_factory=list)
    first: bool = False
    contrasts: bool = False
    times: set[str] = field(default_factory=set)


def clauses_of(tokens: Sequence[Token]) -> list[Clause]:
    """The clauses of a text. `and` ends one only if both its sides say something."""
    clauses = [Clause(first=True)]
    tokens = _correlated(_called(tokens))
    for place, token in enumerate(tokens):
        if token.key in TIMES:
            clauses[-1].times.add(token.key)
            continue
        if token.slot in ("comma", "contrast") and _in_a_row(tokens, place):
            continue  # 0.5, 2.1, 0.6
        if token.slot == "contrast" and not _stands_alone(clauses[-1].tokens):
            clauses[-1].contrasts = True
            continue  # 验证集却上升
        if token.slot in ("stop", "comma", "contrast"):
            if all(before.slot == "stay" for before in clauses[-1].tokens):
                continue  # whatever the picture, ...
            if clauses[-1].tokens:
                clauses.append(Clause(_subject_at_end(clauses[-1].tokens) if token.key == "turn" else []))
            clauses[-1].first |= token.slot == "stop"
            clauses[-1].contrasts |= token.slot == "contrast"
        elif (
            token.key == "and"
            and not _between_numbers(tokens, place)
            and _says(clauses[-1].tokens)
            and _says(ahead := _until_stop(tokens[place + 1 :]), _denies_at_all(ahead))
        ):
            clauses.append(Clause())
        else:
            clauses[-1].tokens.append(token)
    return [clause for clause in clauses if clause.tokens]


def _called(tokens: Sequence[Token]) -> Sequence[Token]:
    """TOKENS without verbs like `says` and `labels`, which only count of one answer to everything."""
    whole = any(token.slot == "stay" for token in tokens)
    return tokens if whole else [token for token in tokens if token.key != "calls"]


def _correlated(tokens: Sequence[Token]) -> Sequence[Token]:
    """TOKENS in which `the longer I train, the worse` is a course and no comparison."""
    if not any(token.key == "the_more" for token in tokens):
        return tokens
    return [replace(token, slot="behaviour", key=COURSES.get(token.key, token.key)) if token.key in COURSES else token
            for token in tokens]  # fmt: skip


def _subject_at_end(tokens: list[Token]) -> list[Token]:
    """Takes from TOKENS the subject after what they say: in loss 变大准确率却变高 the second half begins with it."""
    taken: list[Token] = []
    while tokens and tokens[-1].slot in ("split", "quantity"):
        taken.insert(0, tokens.pop())
    return taken


def _between_numbers(tokens: Sequence[Token], place: int) -> bool:
    return 0 < place < len(tokens) - 1 and tokens[place - 1].slot == tokens[place + 1].slot == "number"


def _in_a_row(tokens: Sequence[Token], place: int) -> bool:
    """Whether what stands at PLACE only parts the numbers of a long row."""
    if not _between_numbers(tokens, place):
        return False
    start, end = place - 1, place + 1
    while start > 1 and _between_numbers(tokens, start - 1):
        start -= 2
    while end < len(tokens) - 2 and _between_numbers(tokens, end + 1):
        end += 2
    counted = end + 1 < len(tokens) and tokens[end + 1].slot in ("unit", "setting")
    return (end - start) // 2 + 1 - counted >= A_ROW


def denies(token: Token) -> bool:
    """Whether TOKEN turns what follows into its opposite."""
    return token.key in ("not", "no_such")


def _denies_at_all(tokens: Sequence[Token]) -> bool:
    return any(denies(token) or token.slot == "negation" for token in tokens)


def _stands_alone(tokens: Sequence[Token]) -> bool:
    """Whether a clause may end here: it says something, or names a setting that was changed."""
    return _says(tokens) or _denies_at_all(tokens) or any(token.slot == "setting" for token in tokens)


def _says(tokens: Sequence[Token], denied: bool = False) -> bool:
    """Whether TOKENS say something; a negation does only of a subject before it, else it is of what follows."""
    for place, token in enumerate(tokens):
        named = any(before.slot in ("split", "quantity") for before in tokens[:place])
        if token.slot in SAYING or token.key == "too" or (token.slot == "negation" and (named or denied)):
            return True
    return False


def _until_stop(tokens: Sequence[Token]) -> Sequence[Token]:
    ends = (place for place, token in enumerate(tokens) if token.slot in ("stop", "comma", "contrast"))
    return tokens[: next(ends, len(tokens))]
