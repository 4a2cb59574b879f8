"""Printed lines as a log: what a loop, Keras, Lightning, transformers, fastai or a logger writes to the terminal."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from wizard.evidence.artifacts.csv_log import Position, Table, header_of, number, take_row
from wizard.evidence.artifacts.log_columns import Layout, Role, layout_of, understand
from wizard.evidence.artifacts.log_lines import LINE_LIMIT, Lines
from wizard.evidence.artifacts.printed_line import WORTH_A_LOOK, Line, parsed
from wizard.evidence.series import SeriesBuilder

FEW = 3  # lines of one curve that carry a counter too; fewer are no log
FEW_BARE = 5  # lines without any counter: somebody may have written down the results of three runs
PLAIN = 4  # such lines in the first 4096 bytes, and more than half of all there, for a file nobody called a log
MOST_NAMES = 64
EVERY_LINE, THIN = 50_000, 7  # beyond so many lines only each seventh is looked at, then each 49th, and so on
RUNNING = " (running)"  # marks a curve read from bars that had not come to their end
QUICK = re.compile(
    r"(?:loss|acc|cost|nll|损失|准确率|精度)\w*\W{0,12}(?:tensor\(\[?|np\.float\d\d\()?\d", re.IGNORECASE
)
UNDEFINED = re.compile(r"\bnan\b|\binf(?:inity)?\b|#IN[DF]|#QNAN", re.IGNORECASE)


def printed(lines: Lines, path: Path, file: int = 0) -> Table:
    """The curves that LINES print, empty if they are no log; PATH is where they come from."""
    reader = _Reader(path, file)
    every, until = 1, EVERY_LINE
    for line_number, text in lines():
        if line_number > until:
            every, until = every * THIN, until * THIN
        if not text.endswith("\n") and len(text) < LINE_LIMIT:
            break  # the writer was in the middle of this line
        if line_number % every == 0 or UNDEFINED.search(text):
            reader.read(line_number, text)
    return reader.table()


def is_plainly_one(text: str) -> bool:
    """Whether more than half of the lines of TEXT, the head of a file, print one and the same curve with a counter."""
    if len(QUICK.findall(text)) < PLAIN:  # of most files, and there may be thousands
        return False
    lines = [parsed(line) for line in text.splitlines()[:-1] if line.strip()]  # the last may be cut off
    headed = {kind for line in lines if not line.curves for kind in line.counters}
    found = [line for line in lines if line.curves and (line.counters or headed)]
    others = sum(not line.curves and not line.counters for line in lines)
    names = Counter(value.name for line in found for value in line.curves)
    return max(names.values(), default=0) >= PLAIN and len(found) > others


class _Reader:
    """Gathers a curve for each name; all of them share one axis, that of the counters."""

    def __init__(self, path: Path, file: int) -> None:
        self.file = file
        self.curves: dict[str, SeriesBuilder] = {}
        self.counted: Counter[str] = Counter()  # rows of each curve with a counter
        self.rows: Counter[str] = Counter()
        self.moments = SeriesBuilder(file)
        self.axis = _Axis()
        self.tables = Table(path)  # of tables between the lines
        self.layout: Layout | None = None
        self.position = Position()

    def read(self, line_number: int, text: str) -> None:
        """Take one line."""
        line = parsed(text)
        if line.curves:
            self._take(line, line_number)
        elif self.layout is not None and self._take_row(line_number, text):
            return
        elif not line.has_numbers and WORTH_A_LOOK.search(text.lower()) and (layout := _header(text)):
            self.layout, self.position = layout, Position()
            self.tables.expect(layout, self.file)
        elif line.counters:
            self.axis.heading(line)

    def _take(self, line: Line, line_number: int) -> None:
        suffix = RUNNING if line.is_running else ""
        at = self.axis.place(line)
        for name, split, value in line.curves:
            if line.is_running and split in ("val", "test"):
                continue  # a bar shows the result of the epoch before
            key = name + suffix
            if key not in self.curves and len(self.curves) >= MOST_NAMES:
                continue
            self.curves.setdefault(key, SeriesBuilder(self.file)).add(at, value, line_number)
            self.rows[key] += 1
            self.counted[key] += self.axis.is_counted
        if line.moment is not None:
            self.moments.add(at, line.moment, line_number)

    def _take_row(self, line_number: int, text: str) -> bool:
        """Whether the line is a row of the table whose header was read."""
        layout = self.layout
        if layout is None:
            return False
        cells = _cells(text, layout.delimiter)
        if len(cells) != len(layout.names):
            return False
        first = [cells[columns[0]] for columns in layout.roles.values()]
        if not any(number(cell) is not None for cell in first):
            return False
        take_row(self.tables, layout, cells, line_number, self.position)
        return True

    def table(self) -> Table:
        """What was printed often enough, in the order in which a log prefers its columns."""
        enough = [name for name in self.curves if self.counted[name] >= FEW or self.rows[name] >= FEW_BARE]
        enough.sort(key=lambda name: name.endswith(RUNNING))  # stable: whole lines first
        layout = layout_of([name.removesuffix(RUNNING) for name in enough], "")
        if layout is not None:
            for role, columns in layout.roles.items():
                for at in columns:
                    self.tables.builders.setdefault((role, enough[at]), self.curves[enough[at]])
            self.tables.builders["time", "timestamp"] = self.moments
        if not _has_curve(self.tables):
            self.tables.builders.clear()
        return self.tables


def _has_curve(table: Table) -> bool:
    roles: set[Role] = {"train_loss", "val_loss", "train_accuracy", "val_accuracy"}
    return any(role in roles and builder.finish().rows >= FEW for (role, _), builder in table.builders.items())


def _header(text: str) -> Layout | None:
    """The header of a table between the lines: fastai's, a notebook's, one of Markdown or of a file."""
    for delimiter in ("|", "\t", "  "):
        names = _cells(text, delimiter)
        if len(names) > 1 and sum(understand(name) is not None for name in names) > 1:
            layout = layout_of(names, delimiter)
            if layout is not None and layout.counters:
                return layout
    layout = header_of(text)
    return layout if layout is not None and layout.counters else None


def _cells(text: str, delimiter: str) -> list[str]:
    line = text.strip("\r\n \ufeff")
    if delimiter == "  ":  # numbers hold no blanks, names may
        return re.split(r"\s{2,}|(?<=\d)\s+(?=[-\d])", line)
    if delimiter == "|":
        line = line.replace("│", "|").replace("┃", "|").strip("|")
    return [cell.strip() for cell in line.split(delimiter)]


class _Axis:
    """Where a line lies: its step, else the batches so far, else its epoch or its number.

    A counter that stands in a line of its own (`Epoch 3/10`) holds for the lines below it.
    """

    def __init__(self) -> None:
        self._position = Position()
        self._heading: dict[str, float] = {}
        self._last: dict[str, float] = {}
        self._names: set[str] = set()  # printed since the counters changed
        self._in_parts = False
        self.is_counted = False

    def heading(self, line: Line) -> None:
        """A line with counters alone."""
        if not line.is_setting:
            self._heading |= {kind: value for kind, value in line.counters.items() if kind != "batch"}

    def place(self, line: Line) -> float:
        """The place of a line with curves."""
        counters = self._heading | line.counters
        self.is_counted = bool(counters)
        self._in_parts |= counters.get("epoch", 0.0) % 1 > 0
        if self._in_parts:  # a tenth of an epoch is no place that a report can name
            counters.pop("epoch", None)
        names = {value.name for value in line.curves}
        kind = "step" if "step" in counters else "batch"
        if kind in counters and counters[kind] == self._last.get(kind):
            another = counters.get("epoch") != self._last.get("epoch")
            if another or (kind == "batch" and names & self._names):  # printed at the end of every epoch only
                self._position.next(None, 0.0, None)
        if counters != self._last:
            self._names = set()
        self._names |= names
        self._last = counters
        return self._position.next(*(counters.get(kind) for kind in ("step", "batch", "epoch")))
