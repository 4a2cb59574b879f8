"""The app's small base with what a talk needs besides: openings, a number to tell, a checklist, a word of the field.

What words mean is decided by stand-ins here: understanding and the inspectors of what is told have their own tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from visit import write_app_base

from wizard.vocabulary import ArtifactFile, Check, Fact, Finding, Inspected, Notice, Unanswered

BLOCK = "loss-wizard probe 1\nloss 2.3"
TALK = {
    "openings.yaml": """\
run:
  title: {en: In one line what you train, zh: 一句话说说训练什么}
  how: {en: Name the task., zh: 说明任务。}
  minutes: .5
  in_words: true
  opens: {data_scanned: .99, loss_starts_at: .99}
log:
  title: {en: The training log, zh: 训练日志}
  how: {en: A CSV file., zh: CSV 文件。}
  minutes: 2
probe:
  title: {en: A snippet to run, zh: 一小段代码}
  how: {en: It prints a block., zh: 会打印一小块文字。}
  minutes: 5
  opens: {data_scanned: .99, lower_rate_helps: .99}
""",
    "glossary.yaml": """\
batch_norm:
  names: {en: [BN, batch norm], zh: [批归一化]}
  means: {en: "It scales each channel by the batch.", zh: 按 batch 缩放每个通道。}
""",
    "checklists/not_a_number.yaml": """\
title: {en: The loss became NaN, zh: loss 变成 NaN}
intro: {en: Keep the order., zh: 按顺序来。}
symptoms: [loss_is_nan]
steps:
  - do: {en: Look at the data., zh: 看数据。}
    check: data_scanned
    sources: [seed:S001]
  - do: {en: Try a tenth of the rate., zh: 把学习率降到十分之一。}
    check: lower_rate_helps
    sources: [seed:S001]
  - do: {en: Sleep on it., zh: 先睡一觉。}
    sources: [seed:S001]
sources: [seed:S001]
""",
    "checks/ask/loss_starts_at.yaml": """\
title: {en: The loss at the start, zh: 开始时的 loss}
outcomes:
  as_expected: {answer: {en: As expected, zh: 正常}, says: {en: Right., zh: 正常。}}
  too_high: {answer: {en: Too high, zh: 偏高}, says: {en: "It starts at {loss}.", zh: "从 {loss} 开始。"}}
healthy: {as_expected: .95, too_high: .05}
ask:
  question: {en: What is the first loss?, zh: 第一个 loss 是多少？}
  how: {en: Print it., zh: 打印出来。}
  minutes: .1
  number: loss
sources: [seed:S001]
""",
}


def write_talk_base(folder: Path) -> Path:
    """The base below FOLDER."""
    write_app_base(folder)
    for name, text in TALK.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    file = folder / "causes/data/nan_inf_in_data.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("evidence:\n", "evidence:\n  loss_starts_at: {too_high: usually}\n"), encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Understood:
    """As intake gives it."""

    named: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()


def understand(text: str, base: object) -> Understood:  # noqa: ARG001
    """Takes a few words literally."""
    return Understood(
        named=("loss_is_nan",) if "nan" in text else (),
        denied=("training_loss_flat",) if "not flat" in text else (),
        facts=(Fact("batch_size", 4),) if "batch size 4" in text else (),
        answers=(("lower_rate_helps", "falls_now"),) if "tenth helps" in text else (),
    )


def examine_told(text: str, facts: tuple[Fact, ...], checks: Mapping[str, Check]) -> Inspected:  # noqa: ARG001
    """Judges the told loss, and finds NaN data in a probe's block; a torn block is told about."""
    if text.startswith("loss-wizard probe") and not text.startswith(BLOCK):
        return Inspected(unreadable=(Notice("This block is torn."),))
    found = [Finding("nonfinite", {}, None, "data_scanned", "told")] if text.startswith(BLOCK) else []
    loss = next((fact.value for fact in facts if fact.name == "loss"), None)
    if loss is not None:
        found.append(Finding("too_high", {"loss": loss}, None, "loss_starts_at", "told"))
    missed = () if loss is not None else (Unanswered("absent", "", "loss_starts_at"),)
    pasted = (ArtifactFile("told", "<pasted>", len(text), ""),) if text.startswith(BLOCK) else ()
    return Inspected(artifacts=pasted, findings=tuple(found), unanswered=missed)


def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put these in the place of the real ones."""
    monkeypatch.setattr("wizard.evidence.told.examine_told", examine_told)
    monkeypatch.setattr("wizard.consultation.intake.understand", understand)
