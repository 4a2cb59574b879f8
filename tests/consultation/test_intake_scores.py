"""How much of what people say is understood, measured on labelled sentences; no symptom turned into its opposite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from wizard.consultation.intake import understand
from wizard.knowledge.cache import load_knowledge
from wizard.vocabulary import KnowledgeBase

SUPPORT = Path(__file__).parent.parent / "support"
WANTED = 0.95
# Words of a symptom that name it only beside other questions, or that suit two symptoms.
WORDS_WANTED = 0.95


@dataclass(frozen=True)
class Phrase:
    said: str
    present: frozenset[str]
    absent: frozenset[str]
    facts: dict[str, float]


Corpus = Callable[[str], Iterator[Phrase]]


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return load_knowledge().base


def phrases(language: str) -> Iterator[Phrase]:
    """The sentences that measure."""
    rows: list[dict[str, Any]] = yaml.safe_load((SUPPORT / f"phrasings_{language}.yaml").read_text("utf-8"))
    for row in rows:
        yield Phrase(row["said"], frozenset(row["present"]), frozenset(row["absent"]), row["facts"])


def kept(language: str) -> Iterator[Phrase]:
    """The sentences that only keep what was once understood."""
    rows: dict[str, list[dict[str, Any]]] = yaml.safe_load((SUPPORT / "complaints.yaml").read_text("utf-8"))
    for row in rows[language]:
        yield Phrase(row["said"], frozenset(row["present"]), frozenset(row["absent"]), {})


CORPORA = [(corpus, language) for corpus in (phrases, kept) for language in ("en", "zh")]


@pytest.mark.parametrize(("corpus", "language"), CORPORA)
def test_the_symptoms_that_are_said_are_named_and_no_others(base: KnowledgeBase, corpus: Corpus, language: str) -> None:
    """95 % of the sentences give exactly the symptoms that a person reads in them."""
    rows = list(corpus(language))

    wrong = [row.said for row in rows if set(understand(row.said, base).named) != row.present]

    assert len(wrong) <= (1 - WANTED) * len(rows), wrong


@pytest.mark.parametrize(("corpus", "language"), CORPORA)
def test_nothing_is_turned_into_its_opposite(base: KnowledgeBase, corpus: Corpus, language: str) -> None:
    """What is said not to be there is never named, what is there never denied."""
    turned = []
    for row in corpus(language):
        understood = understand(row.said, base)
        if set(understood.named) & row.absent or set(understood.denied) & row.present:
            turned.append(row.said)

    assert not turned


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_numbers_that_are_said_become_facts(base: KnowledgeBase, language: str) -> None:
    """95 % of the sentences give exactly the facts that a person reads in them."""
    rows = list(phrases(language))

    wrong = []
    for row in rows:
        told = {fact.name: fact.value for fact in understand(row.said, base).facts}
        if told != row.facts:
            wrong.append((row.said, told))

    assert len(wrong) <= (1 - WANTED) * len(rows), wrong


def test_the_words_of_a_symptom_are_understood_as_it(base: KnowledgeBase) -> None:
    """The first screen offers these words; typed, they name their symptom."""
    words = [
        (symptom, sentence)
        for symptom, check in base.symptoms.items()
        if check.symptom
        for sentence in (*check.symptom.words.en, *check.symptom.words.zh)
    ]

    missed = [(symptom, said) for symptom, said in words if symptom not in understand(said, base).named]

    assert len(missed) <= (1 - WORDS_WANTED) * len(words), missed
