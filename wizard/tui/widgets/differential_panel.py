"""What is believed now: each cause with a bar, a percentage, a word, and how it moved with the last answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wizard.report.wording import Wording
from wizard.vocabulary import HEALTHY, Ranked

EIGHTHS = " ▏▎▍▌▋▊▉"
BAR, SHORT_BAR = 10, 5
SHORT_BELOW = 70  # cells
ONE_LINE_FROM = 50  # cells; narrower panels put the bar below the title
MOVED = 0.01  # a change smaller than a point is no news


def bar(probability: float, width: int = BAR) -> str:
    """PROBABILITY as a bar of WIDTH cells, drawn in eighths; never quite empty.

    >>> bar(0.5, 4)
    '██··'
    """
    eighths = max(1, round(probability * width * 8))
    full, rest = divmod(eighths, 8)
    drawn = "█" * full + (EIGHTHS[rest] if rest else "")
    return drawn + "·" * (width - len(drawn))


def short_percent(probability: float) -> str:
    """Whole per cent in four cells; never 0 or 100, because nothing is that certain."""
    return "<1%" if probability < 0.01 else ">99%" if probability > 0.99 else f"{probability:.0%}"


class DifferentialPanel(OptionList):
    """The chance that nothing is wrong first, then the causes, likeliest first; enter on one asks about it."""

    DEFAULT_CSS = """
    DifferentialPanel { height: 1fr; padding: 0; background: transparent; }
    DifferentialPanel { scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    """

    @dataclass
    class Chosen(Message):
        """The person wants to know why a cause stands where it stands."""

        cause: str

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._ranked: tuple[Ranked, ...] = ()
        self._before: Mapping[str, float] = {}
        self._wording: Wording | None = None

    def show(self, fault: float, ranked: Sequence[Ranked], before: Mapping[str, float], wording: Wording) -> None:
        """Draw RANKED; BEFORE holds the probabilities before the last answer."""
        benign = Ranked(HEALTHY, 1 - fault)
        self._ranked = (benign, *(one for one in ranked if one.cause != HEALTHY))
        self._before, self._wording = before, wording
        self.border_title = wording.text("What it could be (enter: why)")
        self._redraw()

    def on_resize(self) -> None:
        self._redraw()

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Chosen(self._ranked[event.option_index].cause))

    def _redraw(self) -> None:
        """Keeps the place of the cursor, not the cause that stood there."""
        if self._wording is None:
            return
        highlighted = self.highlighted or 0
        width = self.scrollable_content_region.width - 2  # the padding of an option
        self.set_options(Option(line) for line in self._drawn(self._wording, width))
        self.highlighted = min(highlighted, len(self._ranked) - 1)

    def _drawn(self, wording: Wording, width: int) -> Iterator[Content]:
        for ranked in self._ranked:
            title = Content(wording.cause(ranked.cause))
            numbers = self._numbers(ranked, wording, SHORT_BAR if ONE_LINE_FROM <= width < SHORT_BELOW else BAR)
            if width >= ONE_LINE_FROM:
                room = width - numbers.cell_length - 1
                yield Content.assemble(title.truncate(room, ellipsis=True, pad=True), " ", numbers)
            else:
                yield Content("\n").join((title.truncate(width, ellipsis=True), Content.assemble("  ", numbers)))

    def _numbers(self, ranked: Ranked, wording: Wording, width: int) -> Content:
        """`███······· ▲ 31% possible`, of one width in each language."""
        moved = ranked.probability - self._before.get(ranked.cause, ranked.probability)
        sign = " " if abs(moved) < MOVED else "▲" if moved > 0 else "▼"
        band = Content(wording.band(ranked.probability)).truncate(14, pad=True)
        style = "$accent" if ranked.cause != HEALTHY else "$success"
        return Content.assemble(
            (bar(ranked.probability, width), style), f" {sign} ", f"{short_percent(ranked.probability):>4} ", band
        )
