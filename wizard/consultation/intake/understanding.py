"""A text into what the wizard can use of it; nothing where nothing is sure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wizard.consultation.intake.answers import answers_of, spoken
from wizard.consultation.intake.canonical import canonical
from wizard.consultation.intake.contexts import context_lexer, contexts_of, is_context
from wizard.consultation.intake.facts import facts_of
from wizard.consultation.intake.lexer import Lexer
from wizard.consultation.intake.meaning import symptoms_of
from wizard.consultation.intake.reading import read
from wizard.vocabulary import PRESENT, Fact, KnowledgeBase, Lexeme


@dataclass(frozen=True, slots=True)
class Understood:
    """Symptoms that the person has and such as are said not to be there, told facts, and (check, outcome) answers."""

    named: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()


def understand(text: str, base: KnowledgeBase) -> Understood:
    """What TEXT says; empty if it says nothing of a training run. Never raises."""
    words, contexts = _lexers(base.lexicon)
    plain = spoken(text)
    tokens = words.tokens(plain)
    said = read(tokens)
    sure = canonical([one for one in said.statements if not one.doubted], said)
    named, denied = symptoms_of(sure, base)
    if not named:
        named, denied = symptoms_of(canonical(said.statements, said), base)
    answers = answers_of(text, named, sure, base) + tuple(contexts_of(contexts.tokens(plain), base))
    printed = [check for check, outcome in answers if check in base.symptoms and outcome == PRESENT]
    named = (*named, *(symptom for symptom in printed if symptom not in named))
    denied = tuple(symptom for symptom in denied if symptom not in named)
    answers = tuple(answer for answer in answers if answer[0] not in base.symptoms)
    return Understood(named, denied, facts_of(said), answers)


_last: tuple[Mapping[str, Lexeme], tuple[Lexer, Lexer]] | None = None


def _lexers(lexicon: Mapping[str, Lexeme]) -> tuple[Lexer, Lexer]:
    """For complaints and for contexts; the last are kept, since a consultation asks for the same again and again."""
    global _last
    if _last is None or _last[0] is not lexicon:
        words = Lexer({key: one for key, one in lexicon.items() if not is_context(key)})
        _last = (lexicon, (words, context_lexer(lexicon)))
    return _last[1]
