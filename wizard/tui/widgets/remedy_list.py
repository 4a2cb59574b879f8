"""The plan as a list: what to try first, its chance, minutes and risk; then what was tried already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events, on
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wizard.report.wording import Wording
from wizard.vocabulary import Prescription


class RemedyList(OptionList):
    """Highlights one remedy; enter says that it worked."""

    DEFAULT_CSS = """
    RemedyList { height: auto; max-height: 9; padding: 0; background: transparent; }
    """

    @dataclass
    class Highlighted(Message):
        """The remedy to show in full; None when the list is empty."""

        remedy: str | None

    @dataclass
    class Worked(Message):
        """The person chose a remedy: it worked."""

        remedy: str

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._remedies: tuple[str, ...] = ()

    @property
    def remedy(self) -> str | None:
        """The highlighted one."""
        return self._remedies[self.highlighted] if self.highlighted is not None and self._remedies else None

    def show(self, plan: Sequence[Prescription], tried: Sequence[tuple[str, bool]], wording: Wording) -> None:
        """List PLAN in order and TRIED below it; keeps the highlight on the same remedy while it can."""
        before = self.remedy
        planned = [prescription.remedy for prescription in plan]
        self._remedies = (*planned, *(remedy for remedy, _ in tried))
        self.set_options(
            [
                *(Option(_planned(place, step, wording)) for place, step in enumerate(plan, start=1)),
                *(Option(_tried(remedy, worked, wording)) for remedy, worked in tried),
            ]
        )
        if self._remedies:
            keep = before in planned and planned.index(before)
            self.highlighted = keep or 0
        self.post_message(self.Highlighted(self.remedy))

    def on_click(self, event: events.Click) -> None:
        """A click only shows the remedy: it must not say that it worked."""
        event.prevent_default()
        option = event.style.meta.get("option")
        if option is not None:
            self.highlighted = option

    @on(OptionList.OptionHighlighted)
    def highlight(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.post_message(self.Highlighted(self.remedy))

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self.remedy is not None:
            self.post_message(self.Worked(self.remedy))


def _planned(place: int, step: Prescription, wording: Wording) -> Content:
    risk = wording.text("risk {risk}", risk=wording.risk(wording.base.remedies[step.remedy].risk))
    return Content.assemble(
        (f"{place} ", "bold"),
        wording.remedy(step.remedy),
        (
            "  "
            + wording.text(
                "{chance} to work, {minutes} min and a run, {risk}",
                chance=wording.percent(step.works),
                minutes=f"{step.minutes:g}",
                risk=risk,
            ),
            "dim",
        ),
    )


def _tried(remedy: str, worked: bool, wording: Wording) -> Content:
    sign = "✓" if worked else "✗"
    return Content.assemble(
        (f"{sign} ", "bold"),
        wording.remedy(remedy),
        "  ",
        (wording.outcome("tried:", "worked" if worked else "failed"), "dim"),
    )
