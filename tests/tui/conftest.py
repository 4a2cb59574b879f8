"""A small knowledge base for the app, folders that are nobody's, and the app under a pilot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from wizard.evidence.run import Request
from wizard.tui.app import WizardApp
from wizard.vocabulary import Language

NOTHING = Request()

SMALL_BASE = {
    "families.yaml": """\
lr_schedule: {title: {en: Learning rate, zh: 学习率}, share: 3}
data: {title: {en: Data, zh: 数据}, share: 2}
""",
    "scales.yaml": """\
chances: {always: .98, usually: .75, half: .5, rarely: .1, never: .005}
priors: {rare: 1, common: 5}
several_faults: .25
""",
    "sources.yaml": """\
book: {title: A book, where: chapter 11}
""",
    "checks/log/loss_becomes_nonfinite.yaml": """\
title: {en: The loss becomes NaN, zh: 损失变为 NaN}
outcomes:
  never:
    answer: {en: It stays finite, zh: 始终有限}
    says: {en: "All {n} losses are finite.", zh: "{n} 个损失全部有限。"}
  later:
    answer: {en: It becomes NaN, zh: 变为 NaN}
    says: {en: "NaN from step {step} in {column}.", zh: "{column} 第 {step} 步起为 NaN。"}
healthy: {never: .99, later: .01}
ask:
  question: {en: "Does the log hold NaN?", zh: "日志里有 NaN 吗？"}
  how: {en: Read the log., zh: 看日志。}
  minutes: 2
group: nonfinite
sources: [book]
""",
    "checks/ask/loss_is_nan.yaml": """\
title: {en: The loss is NaN, zh: 损失是 NaN}
outcomes:
  present: {answer: {en: "Yes", zh: 是}, says: {en: NaN., zh: NaN。}}
  absent: {answer: {en: "No", zh: 否}, says: {en: No NaN., zh: 没有 NaN。}}
healthy: {present: .06}
group: nonfinite
symptom: {words: {en: [the loss is nan], zh: [损失是 nan]}, curve: nan_cliff}
sources: [book]
""",
    "checks/ask/training_loss_flat.yaml": """\
title: {en: The training loss does not move, zh: 训练损失不动}
outcomes:
  present: {answer: {en: "Yes", zh: 是}, says: {en: Flat., zh: 不动。}}
  absent: {answer: {en: "No", zh: 否}, says: {en: Moves., zh: 在动。}}
healthy: {present: .06}
symptom: {words: {en: [flat], zh: [不动]}, curve: flat}
sources: [book]
""",
    "checks/ask/lower_rate_helps.yaml": """\
title: {en: A tenth of the rate, zh: 十分之一的学习率}
outcomes:
  no_difference:
    answer: {en: No difference, zh: 没有区别}
    says: {en: No difference., zh: 没有区别。}
  falls_now:
    answer: {en: Now it falls, zh: 开始下降}
    says: {en: Now it falls., zh: 开始下降。}
healthy: {no_difference: .95, falls_now: .05}
ask:
  question: {en: "What does a tenth of the learning rate do?", zh: "学习率降到十分之一会怎样？"}
  how: {en: Run 200 steps., zh: 跑 200 步。}
  code: |
    for group in optimizer.param_groups:
        group["lr"] /= 10
  minutes: 3
sources: [book]
""",
    "checks/ask/data_scanned.yaml": """\
title: {en: A scan of the data, zh: 数据扫描}
outcomes:
  finite: {answer: {en: All finite, zh: 全部有限}, says: {en: All finite., zh: 全部有限。}}
  nonfinite: {answer: {en: NaN among them, zh: 含有 NaN}, says: {en: NaN., zh: NaN。}}
healthy: {finite: .99, nonfinite: .01}
ask:
  question: {en: "Are all inputs finite?", zh: "输入都是有限的吗？"}
  how: {en: Scan them., zh: 扫描一遍。}
  minutes: 4
sources: [book]
""",
    "causes/lr_schedule/lr_too_high.yaml": """\
title: {en: The learning rate is too high, zh: 学习率过大}
because: {en: Steps overshoot., zh: 步子太大。}
prior: common
evidence:
  loss_becomes_nonfinite: {later: half}
  loss_is_nan: {present: half}
  lower_rate_helps: {falls_now: always}
remedies: {lower_lr: usually}
sources: [book]
""",
    "causes/data/nan_in_data.yaml": """\
title: {en: The data hold NaN, zh: 数据中有 NaN}
because: {en: NaN spreads., zh: NaN 会扩散。}
prior: common
evidence:
  loss_becomes_nonfinite: {later: always}
  loss_is_nan: {present: always}
  data_scanned: {nonfinite: always}
remedies: {drop_nan_rows: always}
sources: [book]
""",
    "causes/lr_schedule/lr_zero.yaml": """\
title: {en: The learning rate is zero, zh: 学习率为零}
because: {en: Nothing moves., zh: 什么都不动。}
prior: rare
evidence:
  training_loss_flat: {present: always}
  loss_becomes_nonfinite: {later: never}
remedies: {raise_lr: always}
sources: [book]
""",
    "remedies/lower_lr.yaml": """\
title: {en: Lower the learning rate, zh: 降低学习率}
do: {en: Divide it by ten., zh: 除以十。}
code: |
  rate = rate / 10
verify: {en: The loss falls., zh: 损失下降。}
undo: {en: Restore it., zh: 恢复原值。}
minutes: 2
risk: low
sources: [book]
""",
    "remedies/raise_lr.yaml": """\
title: {en: Raise the learning rate, zh: 提高学习率}
do: {en: Set it to 0.001., zh: 设为 0.001。}
verify: {en: The loss moves., zh: 损失开始动。}
undo: {en: Restore it., zh: 恢复原值。}
minutes: 2
risk: low
sources: [book]
""",
    "remedies/drop_nan_rows.yaml": """\
title: {en: Drop the rows with NaN, zh: 删除含 NaN 的行}
do: {en: Filter the data., zh: 过滤数据。}
verify: {en: No NaN is left., zh: 不再有 NaN。}
undo: {en: Keep all rows., zh: 保留所有行。}
minutes: 10
risk: medium
sources: [book]
""",
}

Opened = AbstractAsyncContextManager[tuple["Pilot[None]", WizardApp]]
Open = Callable[..., Opened]


@pytest.fixture(autouse=True)
def nobodys_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Cache and state of a user who has none."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("LOSS_WIZARD_STATE", str(home / "state"))
    return home


@pytest.fixture
def small_base(tmp_path: Path) -> Path:
    """A folder with three causes, five checks and three remedies."""
    folder = tmp_path / "base"
    for name, text in SMALL_BASE.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def open_app(small_base: Path) -> Open:
    """Starts the app on the small base; ready when the base is read and nothing is being looked at."""

    @asynccontextmanager
    async def opened(
        request: Request = NOTHING, language: Language = "en", size: tuple[int, int] = (80, 24)
    ) -> AsyncIterator[tuple[Pilot[None], WizardApp]]:
        app = WizardApp(request, small_base, language)
        async with app.run_test(size=size) as pilot:
            await settled(pilot, app)
            yield pilot, app

    return opened


async def settled(pilot: Pilot[None], app: WizardApp) -> None:
    """Wait until the base is read and every look is over."""
    for _ in range(1000):
        await pilot.pause(0.01)
        if app.session is not None and app.looking is None and not app.waiting:
            break
    await pilot.pause()


def shown(app: WizardApp) -> str:
    """What is on the screen, as text."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)
