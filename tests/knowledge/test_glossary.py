"""The glossary: whatever a beginner may ask about is there under each of its names, once, and is told briefly."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from wizard.consultation.listening import entry_meant
from wizard.knowledge.load import load
from wizard.vocabulary import HEALTHY, OTHER

BASE = load(vignettes=False)
ASKED = [
    "BN", "BatchNorm", "批归一化", "logits", "epoch", "step", "lr", "learning rate", "学习率", "warmup", "warm-up",
    "NaN", "过拟合", "checkpoint", "softmax", "cross-entropy", "AMP", "mixed precision", "fp16", "bf16", "GradScaler",
    "dropout", "momentum", "LoRA", "fine-tuning", "微调", "validation set", "验证集", "test set", "测试集", "ln C",
    "data leakage", "数据泄漏", "label smoothing", "标签平滑", "flooding", "gradient clipping", "梯度裁剪",
    "weight decay", "权重衰减", "early stopping", "早停",
]  # fmt: skip
STOP = re.compile(r"[.!?](?=\s|$)|[。！？]")


def test_no_name_stands_for_two_terms() -> None:
    """Whoever asks for a name gets one page."""
    names = Counter(name.casefold() for term in BASE.glossary.values() for name in {*term.names.en, *term.names.zh})

    assert [name for name, count in names.items() if count > 1] == []


def test_no_term_hides_an_entry() -> None:
    """Its id is that of no cause, check, remedy, checklist, family or opening."""
    entries = (BASE.causes, BASE.checks, BASE.remedies, BASE.checklists, BASE.families, BASE.openings)

    assert BASE.glossary.keys().isdisjoint({HEALTHY, OTHER}.union(*entries))


@pytest.mark.parametrize("name", ASKED)
def test_the_words_of_the_field_are_there(name: str) -> None:
    """In either language and as abbreviations."""
    assert entry_meant(name, BASE) in BASE.glossary


@pytest.mark.parametrize("id", sorted(BASE.glossary))
def test_each_name_leads_to_its_term(id: str) -> None:
    """In capitals too."""
    names = (*BASE.glossary[id].names.en, *BASE.glossary[id].names.zh)

    assert {entry_meant(form, BASE) for name in names for form in (name, name.upper())} == {id}


@pytest.mark.parametrize("id", sorted(BASE.glossary))
def test_a_term_is_told_in_two_to_four_sentences(id: str) -> None:
    """One says too little for a beginner, five are a lecture."""
    means = BASE.glossary[id].means

    assert all(2 <= len(STOP.findall(text)) <= 4 for text in (means.en, means.zh))
