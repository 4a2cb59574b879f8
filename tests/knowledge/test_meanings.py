"""The lexicon and the patterns of symptoms: what the loader refuses, with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard.errors import KnowledgeError
from wizard.knowledge.load import load
from wizard.vocabulary import spellings

LEXICON = """\
train: {slot: split, en: [train], zh: [训练]}
loss: {slot: quantity, en: [loss], zh: [损失]}
flat: {slot: behaviour, en: ["{is,stays} flat"], zh: [不动]}
resume: {slot: onset, en: [resume]}
"""


@pytest.fixture
def base_with_words(small_base: Path) -> Path:
    (small_base / "lexicon.yaml").write_text(LEXICON, "utf-8")
    return small_base


def add_pattern(base: Path, pattern: str, key: str = "means") -> None:
    """To the first symptom of BASE."""
    file = next(path for path in sorted(base.glob("checks/ask/*.yaml")) if "symptom:" in path.read_text("utf-8"))
    file.write_text(file.read_text("utf-8").replace("  curve:", f"  {key}: ['{pattern}']\n  curve:"), "utf-8")


def test_a_lexicon_is_loaded(base_with_words: Path) -> None:
    """Every word with its slot."""
    add_pattern(base_with_words, "train loss not flat @resume unless train|none any flat than train")

    lexicon = load(base_with_words).lexicon

    assert lexicon["flat"].slot == "behaviour"


def test_alternatives_are_spelled_out() -> None:
    """Braces hold alternatives, and an empty one leaves the word out."""
    assert list(spellings("go{,es} {,steadily }down")) == [
        "go down", "go steadily down", "goes down", "goes steadily down",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("train loss", "no condition"),
        ("train loss flatt", "'flatt' is no behaviour of lexicon.yaml. Did you mean 'flat'?"),
        ("trian loss flat", "'trian' is no split"),
        ("train loss flat @resumed", "'resumed' is no onset"),
        ("train loss flat than loss", "'loss' is no split"),
    ],
)
def test_a_pattern_of_unknown_words_is_refused(base_with_words: Path, pattern: str, message: str) -> None:
    """With the nearest known word."""
    add_pattern(base_with_words, pattern)

    with pytest.raises(KnowledgeError) as caught:
        load(base_with_words)

    assert len(caught.value.lines) == 1
    assert message in caught.value.lines[0]


def test_a_covered_symptom_must_exist(base_with_words: Path) -> None:
    """Else it would be covered in vain."""
    add_pattern(base_with_words, "loss_is_nun", key="covers")

    with pytest.raises(KnowledgeError) as caught:
        load(base_with_words)

    assert "the symptom 'loss_is_nun' does not exist" in caught.value.lines[0]


def test_a_form_means_one_thing(base_with_words: Path) -> None:
    """Which of two was meant could not be known."""
    (base_with_words / "lexicon.yaml").write_text(LEXICON + "still: {slot: stay, en: [stays flat]}\n", "utf-8")

    with pytest.raises(KnowledgeError) as caught:
        load(base_with_words)

    assert caught.value.lines == ["lexicon.yaml:5:26 'stays flat' is also a form of 'flat'. Keep one of the two."]
