"""The app under a pilot: what a person types and clicks, what is on the screen, what stands in the journal."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from fixture_base import write_base
from textual.events import Paste
from textual.pilot import Pilot

from wizard.consultation.consultation import Entry
from wizard.consultation.session import Session
from wizard.evidence.run import Request
from wizard.tui.app import WizardApp
from wizard.vocabulary import Language

NOTHING = Request()
FRAME = re.compile(r"[\u2500-\u259f]")  # boxes, and blocks as scroll bars draw them
# What the app shows beyond the base for reports: a second symptom, more questions, a cause and its remedy.
MORE = {
    "checks/log/loss_becomes_nonfinite.yaml": """\
title: {en: The loss becomes NaN, zh: loss 变为 NaN}
outcomes:
  never:
    answer: {en: It stays finite, zh: 始终有限}
    says: {en: "All {n} losses are finite.", zh: "{n} 个 loss 全部有限。"}
  later:
    answer: {en: It becomes NaN, zh: 中途变为 NaN}
    says: {en: "The loss is NaN from step {step}.", zh: "loss 从第 {step} 步起为 NaN。"}
healthy: {never: .99, later: .01}
ask:
  question: {en: "Does the log hold NaN?", zh: "日志里有 NaN 吗？"}
  how: {en: Read the log., zh: 看日志。}
  minutes: 1
sources: [seed:S133]
""",
    "checks/ask/training_loss_flat.yaml": """\
title: {en: The training loss does not move, zh: 训练 loss 不动}
outcomes:
  present: {answer: {en: "Yes", zh: 是}, says: {en: Flat., zh: 不动。}}
  absent: {answer: {en: "No", zh: 否}, says: {en: Moves., zh: 在动。}}
healthy: {present: .06}
symptom: {words: {en: [flat], zh: [不动]}, curve: flat}
sources: [seed:S011]
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
sources: [seed:S099]
""",
    "causes/data/input_zero_or_constant.yaml": """\
title: {en: Every input is the same, zh: 输入全都一样}
because: {en: Nothing can be learnt from it., zh: 从中学不到东西。}
prior: common
evidence:
  training_loss_flat: {present: always}
  loss_becomes_nonfinite: {later: never}
  loss_is_nan: {present: never}
remedies: {mend_inputs: always}
sources: [seed:S011]
""",
    "remedies/mend_inputs.yaml": """\
title: {en: Mend the inputs, zh: 修好输入}
do: {en: Look at a batch., zh: 看一个 batch。}
verify: {en: they differ., zh: 输入各不相同。}
undo: {en: Take the old ones., zh: 用回旧的。}
minutes: 5
risk: low
sources: [seed:S011]
""",
}


def write_app_base(folder: Path) -> Path:
    """The small base with MORE, below FOLDER."""
    write_base(folder)
    for name, text in MORE.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    file = folder / "causes/data/nan_inf_in_data.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("evidence:\n", "evidence:\n  data_scanned: {nonfinite: always}\n"), encoding="utf-8")
    return folder


class Visit:
    """One person at the app."""

    def __init__(self, app: WizardApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def session(self) -> Session:
        """What the app has got to."""
        assert self.app.session is not None
        return self.app.session

    @property
    def journal(self) -> tuple[Entry, ...]:
        """What was said and found so far."""
        return self.session.consultation.journal

    @property
    def mode(self) -> str:
        """Which of the three pages it is."""
        return self.app.current_mode

    @property
    def screen(self) -> str:
        """What can be read."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    @property
    def words(self) -> str:
        """What can be read, without frames and line ends."""
        return " ".join(FRAME.sub(" ", self.screen).split())

    @property
    def notices(self) -> str:
        """What was said in passing."""
        return "\n".join(notice.message for notice in self.app._notifications)

    async def press(self, *keys: str) -> None:
        """Type KEYS, each after what the one before it did is drawn."""
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type TEXT as it stands."""
        for character in text:
            await self.pilot.press(character)
        await self.pilot.pause()

    async def paste(self, text: str) -> None:
        """Paste TEXT where the cursor is."""
        self.app.post_message(Paste(text))
        await self.pilot.pause()

    async def click(self, words: str) -> None:
        """Click where WORDS stand on the screen."""
        lines = self.screen.splitlines()
        row = next(row for row, line in enumerate(lines) if words in line)
        await self.pilot.click(offset=(lines[row].index(words) + 1, row))
        await self.pilot.pause()

    async def settle(self) -> None:
        """Wait until the base is read and every look is over."""
        for _ in range(1000):
            await self.pilot.pause(0.01)
            if self.app.session is not None and self.app.looking is None and not self.app.waiting:
                break
        await self.pilot.pause()


@asynccontextmanager
async def visit(
    base: Path,
    request: Request = NOTHING,
    language: Language = "en",
    size: tuple[int, int] = (80, 24),
    said: Iterable[Entry] = (),
) -> AsyncIterator[Visit]:
    """The app on BASE, ready to be used; SAID was said on the command line."""
    app = WizardApp(request, base, language, lambda _: said)
    async with app.run_test(size=size) as pilot:
        person = Visit(app, pilot)
        await person.settle()
        yield person
