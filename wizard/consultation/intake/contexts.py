"""What is said of the run besides its symptoms: its task, its network, where its weights start, on how many devices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wizard.consultation.intake.clauses import denies
from wizard.consultation.intake.lexer import Lexer, Token
from wizard.vocabulary import KnowledgeBase, Lexeme

IS = "_is_"
ELSEWHERE = "context_is_elsewhere"  # words of a clause that speaks of another run than this
DOUBTS = ("mood", "than")
ENDS = ("stop", "comma", "contrast")
DENIED = 3  # tokens before a word in which a negation is of it: `not a transformer`


def is_context(key: str) -> bool:
    """Whether KEY of the lexicon is an answer, `check_is_outcome`, and no part of a complaint."""
    return IS in key


def context_lexer(lexicon: Mapping[str, Lexeme]) -> Lexer:
    """Of the answers, and of the words that take them back."""
    heard = ("negation", "contrast", *DOUBTS)
    return Lexer({key: one for key, one in lexicon.items() if is_context(key) or one.slot in heard})


def contexts_of(tokens: Sequence[Token], base: KnowledgeBase) -> list[tuple[str, str]]:
    """(check, outcome) of each check that TOKENS answer, and answer with one outcome only."""
    found: dict[str, set[str]] = {}
    for clause in _clauses(tokens):
        if any(token.key == ELSEWHERE or token.slot in DOUBTS for token in clause):
            continue
        for place, token in enumerate(clause):
            check, _, outcome = token.key.partition(IS)
            known = outcome and check in base.checks and outcome in base.checks[check].outcomes
            if known and not any(denies(before) for before in clause[max(0, place - DENIED) : place]):
                found.setdefault(check, set()).add(outcome)
    return [(check, outcomes.pop()) for check, outcomes in found.items() if len(outcomes) == 1]


def _clauses(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    start = 0
    for place, token in enumerate(tokens):
        if token.slot in ENDS:
            yield tokens[start:place]
            start = place + 1
    yield tokens[start:]
