"""One streaming pass over a delimited log: commas, semicolons or tabs, padded headers, index columns, ragged rows.

Lightning's rows are ragged: those of training, epochs, validation and learning rate alternate, most cells are empty.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from wizard.errors import UnreadableError
from wizard.evidence.artifacts.log_columns import Layout, Role, layout_of, understand
from wizard.evidence.series import SeriesBuilder

LINE_LIMIT = 64 * 1024  # characters of a line that are looked at
CELL_LIMIT = 128  # characters of a cell that may be a number
HEAD = 4_096


@dataclass(slots=True)
class Table:
    """What one file held: a builder for each (role, column name), in order of preference."""

    path: Path
    builders: dict[tuple[Role, str], SeriesBuilder] = field(default_factory=dict)
    rows: int = 0

    def expect(self, layout: Layout, file: int) -> None:
        """Make room for the columns of LAYOUT; FILE is the index that the rows will carry."""
        for role, columns in layout.roles.items():
            for at in columns[:1] if role == "learning_rate" else columns:
                self.builders.setdefault((role, layout.names[at]), SeriesBuilder(file))
        if (clock := layout.counters.get("time")) is not None:
            self.builders.setdefault(("time", layout.names[clock]), SeriesBuilder(file))


def read_table(path: Path, file: int = 0) -> Table:
    """Read PATH once, line by line. Raises UnreadableError if it cannot be opened, is empty or no such log."""
    try:
        with path.open("rb") as opened:
            encoding = encoding_of(opened.read(HEAD))
        table = _read(path, encoding, file)
    except IsADirectoryError as error:
        raise UnreadableError(
            "is a folder, and --log takes a file.", str(path), "Name the file, or give the folder without --log."
        ) from error
    except OSError as error:
        raise UnreadableError(
            "the log cannot be read: {reason}.",
            str(path),
            "Check the path and the permissions, then try again.",
            reason=error.strerror or str(error),
        ) from error
    except UnicodeError as error:
        raise UnreadableError("the text of the log is broken.", str(path), "Save it again as UTF-8.") from error
    if not any(len(builder.finish()) for builder in table.builders.values()):
        raise UnreadableError(
            "the log holds no value of a loss, an accuracy or a learning rate.",
            str(path),
            "Hand over a CSV whose first line names its columns, such as step,train_loss,val_loss.",
        )
    return table


def encoding_of(head: bytes) -> str:
    """UTF-8 unless the first bytes say otherwise: a UTF-16 mark (PowerShell) or the GB 18030 of a Chinese Excel."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    first = head.split(b"\n", 1)[0]
    try:
        first.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _lines(path: Path, encoding: str) -> Iterator[tuple[int, str]]:
    with path.open(encoding=encoding, errors="replace") as opened:
        number = 0
        while text := opened.readline(LINE_LIMIT):
            number += 1
            yield number, text
            while text and not text.endswith("\n"):
                text = opened.readline(LINE_LIMIT)


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


def _read(path: Path, encoding: str, file: int) -> Table:
    table, position, layout, shift = Table(path), _Position(), None, 0
    for line_number, text in _lines(path, encoding):
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
        _take_row(table, layout, cells[shift:], line_number, position)
    return table


def _is_header(cells: list[str], layout: Layout) -> bool:
    """A run that was started again may have written its header again, perhaps with other columns."""
    first = next(iter(layout.roles.values()))[0]
    name = cells[first].strip() if first < len(cells) else ""
    return name[:1].isalpha() and number(name) is None and understand(name) is not None


def _take_row(table: Table, layout: Layout, cells: list[str], line: int, position: _Position) -> None:
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


class _Position:
    """Where a row lies: its step, else its batch or epoch, else its number, from 0."""

    def __init__(self) -> None:
        self._row = -1
        self._base = 0.0  # steps of the epochs before, for a counter that restarts in every epoch
        self._counter = self._epoch = self._last = -1.0

    def next(self, step: float | None, batch: float | None, epoch: float | None) -> float:
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
