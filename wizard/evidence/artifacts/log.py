"""The log of a run: its curves by role, whichever columns and files they come from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from wizard.errors import UnreadableError
from wizard.evidence.artifacts.csv_log import Table, delimited, header_of, number
from wizard.evidence.artifacts.log_columns import Role
from wizard.evidence.artifacts.log_lines import Lines, encoding_of, lines_in, lines_of
from wizard.evidence.artifacts.text_log import is_plainly_one, printed
from wizard.evidence.series import Floats, Series, best_index, spikes, stitched
from wizard.vocabulary import Event, Fact, Place

ENOUGH_ROWS = 8  # a column with fewer is taken only if its role has none with more
MOST_EVENTS = 10  # of one kind
RATE_JUMP = 1.5  # a learning rate that rises by this after it had fallen starts again
OPTIMIZERS = {"SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "LBFGS"}
MOMENT = 1e8  # seconds: above it a time is a moment since 1970, below it a duration


@dataclass(frozen=True, slots=True)
class Log:
    """The curves of one run. `columns` says which column each role was read from."""

    files: tuple[Path, ...]
    unreadable: tuple[UnreadableError, ...]
    columns: Mapping[Role, str]
    curves: Mapping[Role, Series]
    resumed: tuple[tuple[float, float], ...] = ()

    def series(self, role: Role) -> Series | None:
        """The curve of ROLE, or None if no column holds it."""
        return self.curves.get(role)

    def values(self, role: Role) -> Floats:
        """The finite values of ROLE in order (means of buckets in a long log); empty if there are none."""
        series = self.curves.get(role)
        return np.empty(0) if series is None else series.finite().mean

    def locate(self, role: Role, step: float) -> Place:
        """File and line of the row of ROLE at STEP; in a long log, of the first row in its bucket."""
        series = self.curves[role]
        at = max(0, int(np.searchsorted(series.step, step, side="right")) - 1)
        return Place(str(self.files[series.file[at]]), int(series.line[at]), int(step))

    def as_a_whole(self) -> Place:
        """Where it ends: the place of what is said about a whole curve."""
        ends = [(curve.file[-1], curve.end[-1]) for curve in self.curves.values() if len(curve)]
        file, step = max(ends, default=(len(self.files) - 1, 0))
        return Place(str(self.files[int(file)]), step=int(step))

    def rate_rises(self) -> tuple[tuple[float, float], ...]:
        """(step, rate) wherever the logged learning rate jumps up after it had fallen, as in a warm restart."""
        series = self.curves.get("learning_rate")
        if series is None or not len(rates := series.finite()):
            return ()
        rate = rates.mean
        before, peak = rate[:-1], np.maximum.accumulate(rate)[:-1]
        risen = np.flatnonzero((rate[1:] > RATE_JUMP * before) & (before < peak / RATE_JUMP)) + 1
        return tuple((float(rates.step[at]), float(rate[at])) for at in risen)

    def facts(self) -> tuple[Fact, ...]:
        """The peak learning rate, the optimizer in Lightning's column name, and the task if an accuracy is logged."""
        facts = []
        rates = self.curves.get("learning_rate")
        if rates is not None and rates.count.any():
            facts.append(Fact("learning_rate", float(np.nanmax(rates.high)), "log"))
        named = re.match(r"lr-([A-Za-z]+)", self.columns.get("learning_rate", ""))
        if named and named[1] in OPTIMIZERS:
            facts.append(Fact("optimizer", named[1], "log"))
        if {"train_accuracy", "val_accuracy"} & set(self.columns):
            facts.append(Fact("task", "classification", "log"))
        return tuple(facts)

    def events(self) -> tuple[Event, ...]:
        """First non-finite, spikes, resumes, restarts of the schedule and the best loss, in order of step."""
        return tuple(sorted(self._events(), key=lambda event: (event.step, event.kind)))

    def _events(self) -> Iterator[Event]:
        for step, value in self.resumed[:MOST_EVENTS]:
            yield Event("resume", int(step), value)
        for step, rate in self.rate_rises()[:MOST_EVENTS]:
            yield Event("schedule_change", int(step), rate)
        loss = self.curves.get("train_loss")
        if loss is not None:
            if (onset := loss.first_nonfinite()) is not None:
                yield Event("first_nonfinite", int(loss.step[onset]), float(loss.first[onset]))
            finite = loss.finite()
            for spike in spikes(finite.high)[:MOST_EVENTS]:
                yield Event("spike", int(finite.step[spike.at]), spike.top)
        watched = self.curves.get("val_loss", loss)
        if watched is not None and len(finite := watched.finite()):
            best = best_index(finite.mean)
            yield Event("best", int(finite.step[best]), float(finite.mean[best]))

    def rerun_minutes(self) -> float | None:
        """How long the run took, from its time column; pauses between files or before a resume do not count."""
        series = self.curves.get("time")
        if series is None or len(times := series.finite()) < 2:
            return None
        seconds = seconds_of(times, [step for step, _ in self.resumed])
        return seconds / 60 if seconds > 0 else None


def seconds_of(times: Series, resumed: list[float]) -> float:
    """What a time column sums to, be it moments, seconds since the start, or the duration of each row."""
    time = times.high
    if time[-1] > 1_000 * MOMENT:
        time = time / 1_000  # milliseconds since 1970
    step = np.diff(time)
    back = step < 0
    if time[0] > MOMENT:
        pause = np.isin(times.step[1:], resumed) | (np.diff(times.file) != 0)
        return float(step[~back & ~pause].sum())
    if back.mean() > 1 / 3 or (len(time) >= 4 and time.max() < 2 * time.min()):
        return float((times.mean * times.count).sum())
    return float(time[0] + np.where(back, time[1:], step).sum())


def recognises(_path: Path, head: bytes) -> bool:
    """Whether HEAD opens a log: a table with a curve among its columns, or printed lines and hardly anything else."""
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\0" in head:
        return False
    text = head.decode(encoding_of(head), "replace")
    return _is_table(text) or is_plainly_one(text)


def _is_table(text: str) -> bool:
    """Whether TEXT opens with a header that names a curve and, if there is a second row, numbers in it."""
    lines = [line for line in text.splitlines() if line.strip()]
    start = next((at for at, line in enumerate(lines) if not line.startswith("#") or header_of(line)), None)
    layout = header_of(lines[start]) if start is not None else None
    if start is None or layout is None:
        return False
    if len(lines) < start + 3:  # the second row may be cut off
        return True
    row = lines[start + 1].split(layout.delimiter)
    curves = [row[at] for columns in layout.roles.values() for at in columns if at < len(row)]
    return all(not cell.strip() or number(cell.strip(' "')) is not None for cell in curves)


def read(paths: tuple[Path, ...]) -> Log:
    """Read and stitch the files of one run. Raises UnreadableError if none of them can be read."""
    return _log([(path, partial(lines_of, path)) for path in paths])


def read_text(text: str, name: str) -> Log:
    """The log that TEXT is, which came without a file: places in it name it NAME. Raises UnreadableError."""
    return _log([(Path(name), partial(lines_in, text))])


def _log(sources: list[tuple[Path, Lines]]) -> Log:
    tables, errors = _tables(sources)
    if not tables:
        raise errors[0] if errors else UnreadableError("no log was given.", next="Name a CSV file.")
    curves: dict[Role, Series] = {}
    columns: dict[Role, str] = {}
    resumed: list[tuple[float, float]] = []
    for role, name in dict.fromkeys(key for table in tables for key in table.builders):
        builders = [table.builders[role, name] for table in tables if (role, name) in table.builders]
        series = stitched([builder.finish() for builder in builders])
        if len(series) and (role not in curves or curves[role].rows < min(ENOUGH_ROWS, series.rows)):
            curves[role], columns[role] = series, name
            if role == "train_loss":
                resumed = [row for builder in builders for row in builder.resumed] + _junctions(series)
    files = tuple(table.path for table in tables)
    return Log(files, tuple(errors), columns, curves, tuple(sorted(resumed)))


def _tables(sources: list[tuple[Path, Lines]]) -> tuple[list[Table], list[UnreadableError]]:
    """The delimited files; only where there is none, those of printed lines: both count steps in ways of their own."""
    tables: list[Table] = []
    errors: list[UnreadableError] = []
    others: list[tuple[Path, Lines]] = []
    for path, lines in sources:
        try:
            table = delimited(lines, path, len(tables))
        except UnreadableError as error:
            errors.append(error)
            continue
        if table.is_empty:
            others.append((path, lines))
        else:
            tables.append(table)
    has_tables = bool(tables)
    for path, lines in others:
        table = printed(lines, path, len(tables))
        if table.is_empty:
            errors.append(_without_curve(path))
        elif has_tables:
            errors.append(UnreadableError("prints what a table of this run holds, so it was left aside.", str(path)))
        else:
            tables.append(table)
    return tables, errors


def _without_curve(path: Path) -> UnreadableError:
    return UnreadableError(
        "the log holds no value of a loss, an accuracy or a learning rate.",
        str(path),
        "Hand over a CSV whose first line names its columns, such as step,train_loss,val_loss, or the printed lines.",
    )


def _junctions(series: Series) -> list[tuple[float, float]]:
    """(step, value) of the first row of every file but the first."""
    return [(float(series.step[at]), float(series.first[at])) for at in np.flatnonzero(np.diff(series.file)) + 1]
