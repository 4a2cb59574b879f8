"""A loss curve the size of a stamp, drawn in braille dots from a few points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from textual.content import Content
from textual.widget import Widget

WIDTH, HEIGHT = 10, 2  # cells
COLUMNS, ROWS = 2 * WIDTH, 4 * HEIGHT  # dots
BLANK = 0x2800  # the braille character without dots
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # braille bit by row and column of a cell

Point = tuple[float, float]  # time and loss, both 0 to 1
FALLS: tuple[Point, ...] = ((0, 1), (0.12, 0.6), (0.3, 0.3), (0.6, 0.12), (1, 0.05))

# One or two lines of points each, by the name that a symptom's `curve` bears.
SKETCHES: dict[str, tuple[Sequence[Point], ...]] = {
    "flat": (((0, 0.85), (1, 0.85)),),
    "stuck_high": (((0, 1), (0.1, 0.75), (0.25, 0.6), (1, 0.58)),),
    "nan_cliff": (((0, 0.9), (0.15, 0.5), (0.4, 0.25), (0.55, 0.2), (0.6, 1)),),
    "explodes": (((0, 0.45), (0.4, 0.2), (0.65, 0.25), (0.85, 0.55), (1, 1)),),
    "oscillates": (
        (
            (0, 0.9),
            (0.12, 0.3),
            (0.25, 0.8),
            (0.37, 0.2),
            (0.5, 0.75),
            (0.62, 0.2),
            (0.75, 0.7),
            (0.87, 0.15),
            (1, 0.7),
        ),
    ),
    "gap": (FALLS, ((0, 1), (0.15, 0.75), (0.4, 0.65), (1, 0.65))),
    "validation_turns_up": (FALLS, ((0, 1), (0.15, 0.65), (0.35, 0.45), (0.6, 0.6), (1, 0.95))),
    "none": (),
}
LABELS = {"nan_cliff": "NaN"}


def braille(lines: Sequence[Sequence[Point]]) -> list[str]:
    """HEIGHT rows of WIDTH braille characters with LINES through their points."""
    cells = [[0] * WIDTH for _ in range(HEIGHT)]
    for points in lines:
        for (x0, y0), (x1, y1) in pairwise(points):
            steps = COLUMNS * 4
            for step in range(steps + 1):
                share = step / steps
                column = round((x0 + (x1 - x0) * share) * (COLUMNS - 1))
                row = round((1 - (y0 + (y1 - y0) * share)) * (ROWS - 1))
                cells[row // 4][column // 2] |= DOTS[row % 4][column % 2]
    return ["".join(chr(BLANK + dots) if dots else " " for dots in row) for row in cells]


class CurveSketch(Widget):
    """Shows the sketch of one kind of curve; an unknown kind is left blank."""

    DEFAULT_CSS = f"""
    CurveSketch {{ width: {WIDTH}; height: {HEIGHT}; }}
    """

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def render(self) -> Content:
        rows = braille(SKETCHES.get(self.kind, ()))
        label = LABELS.get(self.kind, "")
        if label:
            rows[0] = rows[0][: WIDTH - len(label)] + label
        return Content("\n".join(rows))
