"""One streaming pass over a delimited log: commas, semicolons or tabs, padded headers, index columns, ragged rows.

Lightning's rows are ragged: those of training, epochs, validation and learning rate alternate, most cells are empty.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from wizard.evidence.artifacts.log_columns import Layout, Role, layout_of, understand
from wizard.evidence.artifacts.log_lines import Lines
from wizard.evidence.series import SeriesBuilder

CELL_LIMIT = 128  # characters of a cell that may be a number


@dataclass(slots=True)
class Table:
    """What one file held: a builder for each (role, column name), in order of preference."""

    path: Path
    builders: dict[tuple[Role, str], SeriesBuilder] = field(default_factory=dict)
    rows: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether no curve has a value."""
        return not any(len(builder.finish()) for builder in self.builders.values())

    def expect(self, layout: Layout, file: int) -> None:
        """Make room for the columns of LAYOUT; FILE is the index that the rows will carry."""
        for role, columns in layout.roles.items():
            for at in columns[:1] if role == "learning_rate" else columns:
                self.builders.setdefault((role, layout.names[at]), SeriesBuilder(file))
        if (clock := layout.counters.get("time")) is not None:
            self.builders.setdefault(("time", layout.names[clock]), SeriesBuilder(file))


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line; with semicolons between them a comma is a decimal point."""
    if delimiter == ";":
        line = line.replace(",", ".")
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []


def header_of(line: str) -> Layout | None:
    """Try the delimiters, the commonest in LINE first; a leading `#` is passed over (numpy.savetxt)."""
    text = line.strip("\ufeff#\r\n ")
    for delimiter in sorted(",\t;", key=text.count, reverse=True):
        names = [name.strip() for name in cells_of(text, delimiter)]
        if layout := layout_of(names, delimiter):
            return layout
    return None


def delimited(lines: Lines, path: Path, file: int = 0) -> Table:
    """The table that LINES hold, empty if they do not start as one; PATH is where they come from."""
    table, position, layout, shift = Table(path), Position(), None, 0
    for line_number, text in lines():
        line = text.rstrip("\r\n")
        if not line.strip() or (layout is None and line.startswith("#") and not header_of(line)):
            continue
        if layout is None:
            layout = header_of(line)
            if layout is None:
                break
            table.expect(layout, file)
            continue
        cells = cells_of(line, layout.delimiter)
        if not table.rows:  # R writes the index without a name for it
            shift = int(len(cells) == len(layout.names) + 1 and bool(cells[-1].strip()))
        if not text.endswith("\n") and len(cells) < len(layout.names):
            break  # the writer was in the middle of this row
        if _is_header(cells, layout):
            layout, shift = header_of(line) or layout, 0
            table.expect(layout, file)
            continue
        take_row(table, layout, cells[shift:], line_number, position)
    return table


def _is_header(cells: list[str], layout: Layout) -> bool:
    """A run that was started again may have written its header again, perhaps with other columns."""
    first = next(iter(layout.roles.values()))[0]
    name = cells[first].strip() if first < len(cells) else ""
    return name[:1].isalpha() and number(name) is None and understand(name) is not None


def take_row(table: Table, layout: Layout, cells: list[str], line: int, position: Position) -> None:
    """Add one row of CELLS to the builders of the columns that LAYOUT knows."""

    def value(at: int | None) -> float | None:
        return number(cells[at]) if at is not None and at < len(cells) and cells[at] else None

    table.rows += 1
    step = position.next(*(value(layout.counters.get(counter)) for counter in ("step", "batch", "epoch")))
    logged: list[tuple[Role, int, float | None]] = []
    for role, columns in layout.roles.items():
        if role == "learning_rate":  # of several parameter groups the largest counts
            rates = [rate for at in columns if (rate := value(at)) is not None]
            logged.append((role, columns[0], max(rates, default=None)))
        else:
            logged += [(role, at, value(at)) for at in columns]
    clock = layout.counters.get("time")
    if clock is not None and clock < len(cells):
        logged.append(("time", clock, seconds(cells[clock])))
    for role, at, read in logged:
        if read is not None:
            table.builders[role, layout.names[at]].add(step, read, line)


class Position:
    """Where a row lies: its step, else its batch or epoch, else its number, from 0."""

    def __init__(self) -> None:
        self._row = -1
        self._base = 0.0  # steps of the epochs before, for a counter that restarts in every epoch
        self._counter = self._epoch = self._last = -1.0

    def next(self, step: float | None, batch: float | None, epoch: float | None) -> float:
        """The place of the next row, from the counters that it carries."""
        self._row += 1
        step, batch, epoch = (c if c is not None and abs(c) < 1e15 else None for c in (step, batch, epoch))
        counter = batch if step is None else step
        if counter is None:
            if self._counter < 0:
                self._last = float(self._row) if epoch is None else epoch
            return self._last
        in_epoch = step is None or (epoch is not None and epoch > self._epoch >= 0)
        if counter < self._counter and in_epoch:
            self._base += self._counter + 1
        self._counter = counter
        self._epoch = self._epoch if epoch is None else epoch
        self._last = self._base + counter
        return self._last


ODD = re.compile(r"(?:tensor\()?([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|[-+]?(?:nan|inf))(?:[,)(%].*)?")
MICROSOFT = re.compile(r"[-+]?1\.?#(qnan|snan|ind|inf)\w*")


def number(cell: str) -> float | None:
    """The number in CELL, or None if there is none; NaN and infinity in every spelling, `tensor(0.5)`, `87 %`."""
    try:
        return float(cell)
    except ValueError:
        text = cell[:CELL_LIMIT].strip().lower()
    if microsoft := MICROSOFT.fullmatch(text):
        return float("inf") if microsoft[1] == "inf" else float("nan")
    odd = ODD.fullmatch(text.replace(" %", "%"))
    return float(odd[1]) if odd else None


def seconds(cell: str) -> float | None:
    """A duration (`12.5`, `00:12`, `1:02:03`) or a moment (ISO 8601, seconds since 1970) in seconds."""
    if (plain := number(cell)) is not None:
        return plain
    text = cell.strip()
    if re.fullmatch(r"(\d{1,4}:)?\d{1,2}:\d{1,2}(\.\d+)?", text):
        total = 0.0
        for part in text.split(":"):
            total = total * 60 + float(part)
        return total
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
