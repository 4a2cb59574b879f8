"""What is believed now: each cause with a bar, a percentage, a word, and how it moved with the last answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

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


class DifferentialPanel(Widget):
    """The chance that nothing is wrong first, then the causes, likeliest first, as many as there is room for."""

    DEFAULT_CSS = """
    DifferentialPanel { height: 1fr; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._ranked: tuple[Ranked, ...] = ()
        self._before: Mapping[str, float] = {}
        self._wording: Wording | None = None

    def show(self, fault: float, ranked: Sequence[Ranked], before: Mapping[str, float], wording: Wording) -> None:
        """Draw RANKED; BEFORE holds the probabilities before the last answer."""
        benign = Ranked(HEALTHY, 1 - fault)
        self._ranked = (benign, *(one for one in ranked if one.cause != HEALTHY))
        self._before, self._wording = before, wording
        self.border_title = wording.text("What it could be")
        self.refresh()

    def render(self) -> Content:
        if self._wording is None:
            return Content("")
        width, height = self.content_size
        return Content("\n").join(self._lines(self._wording, width)[:height])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return len(self._ranked) * (1 if width >= ONE_LINE_FROM else 2)

    def _lines(self, wording: Wording, width: int) -> list[Content]:
        lines: list[Content] = []
        for ranked in self._ranked:
            title = Content(wording.cause(ranked.cause))
            numbers = self._numbers(ranked, wording, SHORT_BAR if ONE_LINE_FROM <= width < SHORT_BELOW else BAR)
            if width >= ONE_LINE_FROM:
                room = width - numbers.cell_length - 1
                lines.append(Content.assemble(title.truncate(room, ellipsis=True, pad=True), " ", numbers))
            else:
                lines += [title.truncate(width, ellipsis=True), Content.assemble("  ", numbers)]
        return lines

    def _numbers(self, ranked: Ranked, wording: Wording, width: int) -> Content:
        """`███······· ▲ 31% possible`, of one width in each language."""
        moved = ranked.probability - self._before.get(ranked.cause, ranked.probability)
        sign = " " if abs(moved) < MOVED else "▲" if moved > 0 else "▼"
        band = Content(wording.band(ranked.probability)).truncate(14, pad=True)
        style = "$accent" if ranked.cause != HEALTHY else "$success"
        return Content.assemble(
            (bar(ranked.probability, width), style), f" {sign} ", f"{short_percent(ranked.probability):>4} ", band
        )
