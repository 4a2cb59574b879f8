"""A small valid knowledge base in a folder of its own, and a cache folder that is nobody's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

SMALL_BASE = {
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
title: {en: The loss becomes NaN, zh: 损失变为 NaN}
outcomes:
  never:
    answer: {en: It stays finite, zh: 始终有限}
    says: {en: "All {n} losses are finite.", zh: "{n} 个损失全部有限。"}
  later:
    answer: {en: It becomes NaN, zh: 变为 NaN}
    says: {en: "NaN from step {step}.", zh: "第 {step} 步起为 NaN。"}
healthy: {never: .99, later: .01}
sources: [seed:S133]
""",
    "checks/ask/loss_is_nan.yaml": """\
title: {en: I see NaN, zh: 我看到 NaN}
outcomes:
  present:
    answer: {en: I see NaN, zh: 我看到了}
    says: {en: NaN is seen., zh: 看到 NaN。}
  absent:
    answer: {en: I see none, zh: 没看到}
    says: {en: NaN is not seen., zh: 没有 NaN。}
healthy: {present: .06}
symptom:
  words: {en: [the loss is nan], zh: [损失是 nan]}
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
    says: {en: A lower rate lets the loss fall., zh: 降低学习率后损失下降。}
healthy: {no_difference: .9, falls_now: .1}
otherwise: {no_difference: .95}
ask:
  question: {en: Does a lower rate help?, zh: 降低学习率有帮助吗？}
  how: {en: Divide the rate by ten., zh: 把学习率除以十。}
  minutes: 5
  error: .05
sources: [goodfellow_2016]
""",
    "causes/lr_schedule/lr_too_high.yaml": """\
title: {en: The learning rate is too high, zh: 学习率过高}
because: {en: Steps overshoot., zh: 步子太大。}
prior: common
evidence:
  loss_becomes_nonfinite: {later: sometimes}
  loss_is_nan: {present: often}
  lower_rate_helps: {falls_now: always}
remedies: {lower_lr: usually}
sources: [seed:S020, goodfellow_2016]
""",
    "causes/data/nan_in_data.yaml": """\
title: {en: The data holds NaN, zh: 数据中有 NaN}
because: {en: NaN spreads through every sum., zh: NaN 会传遍每个求和。}
prior: rare
evidence:
  loss_becomes_nonfinite: {never: .02, later: .97}
  loss_is_nan: {present: always}
leads_to: {}
remedies: {drop_nan_rows: always}
sources: [seed:S099]
""",
    "remedies/lower_lr.yaml": """\
title: {en: Lower the learning rate, zh: 降低学习率}
do: {en: Divide it by ten., zh: 除以十。}
verify: {en: The loss falls., zh: 损失下降。}
undo: {en: Restore it., zh: 恢复原值。}
minutes: 2
risk: low
sources: [seed:S020]
""",
    "remedies/drop_nan_rows.yaml": """\
title: {en: Drop the rows with NaN, zh: 删除含 NaN 的行}
do: {en: Filter the data., zh: 过滤数据。}
verify: {en: No NaN is left., zh: 不再有 NaN。}
undo: {en: Keep all rows., zh: 保留所有行。}
minutes: 10
risk: medium
sources: [seed:S099]
""",
    "vignettes/lr_schedule/lr_too_high.yaml": """\
cause: lr_too_high
story: {en: A rate of 3 diverged., zh: 学习率 3 发散。}
complaint: [loss_is_nan]
findings: {loss_becomes_nonfinite: later, lower_rate_helps: falls_now}
""",
    "vignettes/data/nan_in_data.yaml": """\
cause: nan_in_data
story: {en: One row was NaN., zh: 有一行是 NaN。}
findings: {loss_becomes_nonfinite: later}
""",
    "vignettes/healthy/steady_run.yaml": """\
cause: healthy
story: {en: All went well., zh: 一切正常。}
findings: {loss_becomes_nonfinite: never}
""",
}
INSPECTED = frozenset({"loss_becomes_nonfinite"})


@pytest.fixture(autouse=True)
def cache_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache folder, empty, wherever the platform looks for it."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    return home


@pytest.fixture
def small_base(tmp_path: Path) -> Path:
    """A folder with two causes, three checks, two remedies and three vignettes, without a flaw."""
    folder = tmp_path / "base"
    for name, text in SMALL_BASE.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def edit(small_base: Path) -> Callable[[str, str, str], None]:
    """Replace what stands once in a file of the small base."""

    def replace(name: str, old: str, new: str) -> None:
        text = (small_base / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"'{old}' stands {text.count(old)} times in {name}"
        (small_base / name).write_text(text.replace(old, new), encoding="utf-8")

    return replace
