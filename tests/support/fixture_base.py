"""A small, valid knowledge base for tests of reports and commands: two causes; log, recipe and person answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Runner = Callable[..., Result]  # runs a command on this base

FILES = {
    "families.yaml": """\
lr_schedule: {title: {en: Learning rate, zh: 学习率}, share: 0.3}
data: {title: {en: Data, zh: 数据}, share: 0.2}
""",
    "scales.yaml": """\
chances: {always: .98, usually: .75, often: .6, sometimes: .3, rarely: .1, never: .005}
priors: {rare: 1, common: 5}
several_faults: .25
""",
    "sources.yaml": """\
goodfellow_2016: {title: Deep Learning, where: chapter 11}
""",
    "checks/log/loss_becomes_nonfinite.yaml": """\
title: {en: The loss becomes NaN, zh: loss 变为 NaN}
outcomes:
  never:
    answer: {en: It stays finite, zh: 始终有限}
    says: {en: "All {n} losses are finite.", zh: "{n} 个 loss 全部有限。"}
  at_start:
    answer: {en: From the start, zh: 一开始就是}
    says: {en: "NaN at step {step}.", zh: "第 {step} 步就是 NaN。"}
  later:
    answer: {en: It becomes NaN, zh: 中途变为 NaN}
    says: {en: "Finite until step {step}, then NaN.", zh: "第 {step} 步之前有限，之后为 NaN。"}
healthy: {never: .99, later: .005, at_start: .005}
sources: [seed:S133]
""",
    "checks/recipe/data_finite.yaml": """\
title: {en: NaN in the data, zh: 数据中的 NaN}
outcomes:
  finite:
    answer: {en: None, zh: 没有}
    says: {en: "All values are finite.", zh: "所有值都有限。"}
  nonfinite:
    answer: {en: Some, zh: 有}
    says: {en: "Values are NaN.", zh: "有值为 NaN。"}
healthy: {finite: .998, nonfinite: .002}
sources: [seed:S099]
""",
    "checks/ask/loss_is_nan.yaml": """\
title: {en: The loss is NaN, zh: loss 是 NaN}
outcomes:
  present:
    answer: {en: "Yes", zh: 是}
    says: {en: NaN is seen., zh: 看到 NaN。}
  absent:
    answer: {en: "No", zh: 否}
    says: {en: NaN is not seen., zh: 没有 NaN。}
healthy: {present: .06, absent: .94}
symptom:
  words: {en: [the loss is nan], zh: [loss 变成 nan]}
  curve: nan_cliff
sources: [seed:S001]
""",
    "checks/ask/lower_rate_helps.yaml": """\
title: {en: A lower rate helps, zh: 降低学习率有帮助}
outcomes:
  no_difference:
    answer: {en: No difference, zh: 没有区别}
    says: {en: A lower rate changes nothing., zh: 降低学习率没有变化。}
  falls_now:
    answer: {en: It falls now, zh: 开始下降}
    says: {en: A lower rate lets the loss fall., zh: 降低学习率后 loss 下降。}
healthy: {no_difference: .9, falls_now: .1}
ask:
  question: {en: Does a tenth of the rate help?, zh: 把学习率降到十分之一有帮助吗？}
  how: {en: Run two hundred steps with it., zh: 用它跑两百步。}
  code: |
    for group in optimizer.param_groups:
        group["lr"] /= 10
  minutes: 1
  error: .05
sources: [goodfellow_2016]
""",
    "causes/lr_schedule/lr_too_high.yaml": """\
title: {en: The learning rate is too high, zh: 学习率过高}
because: {en: "Each step overshoots the valley it aims at.", zh: 每一步都越过了谷底。}
prior: common
evidence:
  loss_becomes_nonfinite: {later: often}
  loss_is_nan: {present: often}
  lower_rate_helps: {falls_now: always}
looks_like:
  nan_inf_in_data: {en: "There, a lower rate changes nothing.", zh: 那种情况下降低学习率没有变化。}
remedies: {lower_lr: usually}
sources: [seed:S020, goodfellow_2016]
""",
    "causes/data/nan_inf_in_data.yaml": """\
title: {en: The data holds NaN, zh: 数据中有 NaN}
because: {en: NaN spreads through every sum., zh: NaN 会传遍每个求和。}
prior: common
evidence:
  loss_becomes_nonfinite: {never: .02, later: .90}
  loss_is_nan: {present: always}
  data_finite: {nonfinite: always}
leads_to: {}
remedies: {drop_nan_rows: always}
sources: [seed:S099]
""",
    "remedies/lower_lr.yaml": """\
title: {en: Lower the learning rate, zh: 降低学习率}
do: {en: Divide it by ten., zh: 除以十。}
code: |
  for group in optimizer.param_groups:
      group["lr"] /= 10
verify: {en: the loss falls within two hundred steps., zh: 两百步内 loss 下降。}
undo: {en: Restore it., zh: 恢复原值。}
minutes: 2
risk: low
sources: [seed:S020]
""",
    "remedies/drop_nan_rows.yaml": """\
title: {en: Drop the rows with NaN, zh: 删除含 NaN 的行}
do: {en: Filter the data., zh: 过滤数据。}
verify: {en: no NaN is left., zh: 不再有 NaN。}
undo: {en: Keep all rows., zh: 保留所有行。}
minutes: 10
risk: medium
sources: [seed:S099]
""",
    "checklists/not_a_number.yaml": """\
title: {en: The loss became NaN, zh: loss 变成了 NaN}
intro: {en: Walk these in order., zh: 按顺序来。}
symptoms: [loss_is_nan]
steps:
  - do: {en: Look for NaN in the data., zh: 看数据里有没有 NaN。}
    check: data_finite
    code: |
      print(x.isfinite().all())
    sources: [seed:S134]
  - do: {en: Try a lower rate., zh: 降低学习率试试。}
    check: lower_rate_helps
    wrong: [falls_now]
    sources: [goodfellow_2016]
  - do: {en: Sleep on it., zh: 先睡一觉。}
    sources: [seed:S133]
sources: [seed:S133]
""",
    "glossary.yaml": """\
learning_rate_word:
  names: {en: [learning rate, lr], zh: [学习率]}
  means: {en: How far each step goes. Tune it first., zh: 每一步走多远。最先调它。}
data_word:
  names: {en: [data], zh: [数据]}
  means: {en: What it learns from. Look at it., zh: 学习的材料。要亲眼看。}
""",
    "vignettes/lr_schedule/lr_too_high.yaml": """\
cause: lr_too_high
story: {en: A rate of 3 diverged., zh: 学习率 3 发散。}
complaint: [loss_is_nan]
findings: {loss_becomes_nonfinite: later, lower_rate_helps: falls_now}
""",
    "vignettes/data/nan_inf_in_data.yaml": """\
cause: nan_inf_in_data
story: {en: One row was NaN., zh: 有一行是 NaN。}
findings: {loss_becomes_nonfinite: later, data_finite: nonfinite}
""",
}


def write_base(folder: Path) -> Path:
    """Write the base below FOLDER."""
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def write_log(file: Path, nan_from: int | None = None, rows: int = 400, loss: str = "train_loss") -> Path:
    """A CSV log whose LOSS falls from 2.5 to 0.3, not finite from row NAN_FROM on."""
    lines = [f"step,{loss}"]
    for row in range(rows):
        value = 0.3 + 2.2 * 0.985**row + 0.01 * ((row * 7919) % 13 - 6) / 6
        lines.append(f"{row * 10},{'nan' if nan_from is not None and row >= nan_from else f'{value:.5f}'}")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file
