"""A logged quantity in at most 20,000 buckets, and the robust measures that inspectors of logs share.

No inspector sees raw rows. Measures take and give plain numbers; judging them is the inspectors' business.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import NamedTuple, Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_BUCKETS = 20_000
CHUNK = 4_096  # rows gathered before they are put into buckets
EXACT_ROWS = 32  # kept one a bucket on either side of the first non-finite row
HUGE = 1e100  # far beyond float32: counts as infinite, so that sums of squares stay finite
NORMAL_MAD = 1.4826  # the standard deviation of a normal distribution, in median absolute deviations


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Rows of one quantity in order of `step`, neighbours merged into buckets; all arrays have one entry a bucket.

    `low`, `high` and `mean` are over the finite rows of a bucket (NaN if there is none), `count` is their number.
    `first` and `last` are as logged; `step`, `line` (1-based) and `file` (an index) are those of the first row,
    `end` is the step of the last. An `exact` bucket holds one row for good.
    """

    step: Floats
    end: Floats
    first: Floats
    last: Floats
    low: Floats
    high: Floats
    mean: Floats
    count: Ints
    nonfinite: Ints
    line: Ints
    file: Ints
    exact: NDArray[np.bool_]

    @classmethod
    def of(cls, rows: Iterable[tuple[float, float, int]] = (), file: int = 0) -> Self:
        """One bucket for each row (step, value, line)."""
        table = np.array(list(rows), dtype=np.float64).reshape(-1, 3)
        step, value, line = table.T
        finite = np.abs(value) < HUGE
        known = np.where(finite, value, np.nan)
        count = finite.astype(np.int64)
        lines = line.astype(np.int64)
        return cls(
            step, step, value, value, known, known, known, count, 1 - count, lines,
            np.full(len(table), file), np.zeros(len(table), dtype=np.bool_),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.step)

    def take(self, chosen: slice | NDArray[np.bool_]) -> Series:
        """The chosen buckets alone."""
        return Series(*(getattr(self, field.name)[chosen] for field in fields(Series)))

    @staticmethod
    def join(parts: list[Series]) -> Series:
        """The buckets of PARTS one after the other."""
        return Series(*(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(Series)))

    def merged(self, width: int) -> Series:
        """WIDTH neighbours become one bucket; exact ones stay alone and nothing is merged across them."""
        if width < 2 or not len(self):
            return self
        order = np.arange(len(self))
        barrier = self.exact | np.r_[True, self.exact[:-1]]
        starts = np.flatnonzero(barrier | ((order - np.maximum.accumulate(order * barrier)) % width == 0))
        ends = np.r_[starts[1:], len(self)] - 1
        count = np.add.reduceat(self.count, starts)
        total = np.add.reduceat(np.nan_to_num(self.mean) * self.count, starts)
        return Series(
            self.step[starts], self.end[ends], self.first[starts], self.last[ends],
            np.fmin.reduceat(self.low, starts), np.fmax.reduceat(self.high, starts),
            np.where(count > 0, total / np.maximum(count, 1), np.nan), count,
            np.add.reduceat(self.nonfinite, starts), self.line[starts], self.file[starts], self.exact[starts],
        )  # fmt: skip

    def bounded(self) -> Series:
        """Merged until there are at most MOST_BUCKETS; were there too many exact ones, they are merged as well."""
        whole = self
        while len(whole) > MOST_BUCKETS:
            fewer = whole.merged(2)
            whole = fewer if len(fewer) < len(whole) else replace(whole, exact=np.zeros_like(whole.exact))
        return whole

    @property
    def rows(self) -> int:
        """How many values were logged, finite or not."""
        return int(self.count.sum() + self.nonfinite.sum())

    def finite(self) -> Series:
        """The buckets with a finite value; what is measured is usually their `mean`."""
        return self.take(self.count > 0)

    def between(self, start: float, stop: float) -> Series:
        """The buckets that begin at START or later and no later than STOP."""
        return self.take((self.step >= start) & (self.step <= stop))

    def first_nonfinite(self) -> int | None:
        """Index of the first bucket with a non-finite value; that bucket holds just this row."""
        return int(np.argmax(self.nonfinite > 0)) if self.nonfinite.any() else None


class SeriesBuilder:
    """Takes rows as they are read, within MOST_BUCKETS; a step that goes back replaces what it repeats."""

    def __init__(self, file: int = 0) -> None:
        self._file = file
        self._width = 1
        self._rows: list[tuple[float, float, int]] = []
        self._buckets = Series.of()
        self._exact_left: int | None = None  # rows still to be kept exact after the first non-finite one
        self.resumed: list[tuple[float, float]] = []  # (step, value) of rows whose step went back

    def add(self, step: float, value: float, line: int) -> None:
        """Append one row; what was logged at STEP or later before it is forgotten if it was ahead of STEP."""
        if step < self._last_step():
            self._forget(step)
            if len(self.resumed) < EXACT_ROWS:
                self.resumed.append((step, value))
        self._rows.append((step, value, line))
        if len(self._rows) >= CHUNK + EXACT_ROWS:
            self._absorb(self._rows[:CHUNK])
            self._rows = self._rows[CHUNK:]

    def finish(self) -> Series:
        """All rows so far."""
        self._absorb(self._rows)
        self._rows = []
        return self._buckets

    def _last_step(self) -> float:
        if self._rows:
            return self._rows[-1][0]
        return float(self._buckets.end[-1]) if len(self._buckets) else -np.inf

    def _forget(self, step: float) -> None:
        while self._rows and self._rows[-1][0] >= step:
            self._rows.pop()
        if not self._rows:
            self._buckets = self._buckets.take(self._buckets.end < step)
            if not self._buckets.nonfinite.any():
                self._exact_left = None

    def _absorb(self, rows: list[tuple[float, float, int]]) -> None:
        chunk = Series.of(rows, self._file)
        self._mark_exact(chunk)
        whole = Series.join([self._buckets, chunk.merged(self._width)])
        self._width *= 2 if len(whole) > MOST_BUCKETS else 1
        self._buckets = whole.bounded()

    def _mark_exact(self, chunk: Series) -> None:
        onset = chunk.first_nonfinite()
        if self._exact_left is None and onset is not None:
            chunk.exact[max(0, onset - EXACT_ROWS) : onset + EXACT_ROWS + 1] = True
            self._exact_left = max(0, onset + EXACT_ROWS + 1 - len(chunk))
        elif self._exact_left:
            chunk.exact[: self._exact_left] = True
            self._exact_left = max(0, self._exact_left - len(chunk))


def stitched(parts: list[Series]) -> Series:
    """Segments of one run in order of their first step; where two overlap, the later start counts."""
    ordered = sorted((part for part in parts if len(part)), key=lambda part: float(part.step[0]))
    whole = Series.of()
    for part in ordered:
        whole = Series.join([whole.take(whole.end < part.step[0]), part])
    return whole.bounded()


# Measures on values in order, such as the `mean` of finite buckets.


def blocks(values: Floats, most: int = 32) -> Floats:
    """Means of at most MOST equal blocks: averages away the noise of small batches."""
    if len(values) <= most:
        return values
    return np.array([part.mean() for part in np.array_split(values, most)])


def smoothed(values: Floats, window: int) -> Floats:
    """Running median over an odd WINDOW, which shrinks towards both ends."""
    half = min(window // 2, (len(values) - 1) // 2)
    if half < 1:
        return values
    inner: Floats = np.median(sliding_window_view(values, 2 * half + 1), axis=1)
    head = [np.median(values[: 2 * i + 1]) for i in range(half)]
    tail = [np.median(values[len(values) - 2 * i - 1 :]) for i in reversed(range(half))]
    return np.concatenate([head, inner, tail])


def noise(values: Floats) -> float:
    """Standard deviation of the noise around a smooth curve: median absolute second difference, scaled.

    A line has none and outliers hardly count. 0 for fewer than four values.
    """
    if len(values) < 4:
        return 0.0
    bends = values[1:-1] - (values[:-2] + values[2:]) / 2
    return float(NORMAL_MAD * np.median(np.abs(bends)) / np.sqrt(1.5))


def start_level(values: Floats) -> float:
    """Median of the first three values (fewer in a short log); the very first if the loss jumps up from there."""
    head = float(np.median(values[: max(1, min(3, len(values) // 8))]))
    scatter = noise(values) * max(1.0, abs(head) / max(abs(end_level(values)), 1e-12))  # often in proportion
    return float(values[0]) if values[0] < head - 3 * scatter else head


def end_level(values: Floats, share: float = 0.1) -> float:
    """Median of the last SHARE of the values, at least three: the plateau if there is one."""
    return float(np.median(values[-max(3, int(len(values) * share)) :]))


def best_index(values: Floats) -> int:
    """The lowest value next to where the curve is lowest once single dips are smoothed away."""
    near = max(0, int(np.argmin(smoothed(values, 3))) - 1)
    return near + int(np.argmin(values[near : near + 3]))


class Slope(NamedTuple):
    """A straight line through values: change from the first to the last of them, and its standard error."""

    change: float
    error: float


def slope(values: Floats) -> Slope:
    """Least squares, with the error that the curve's own noise gives; needs four values."""
    count = len(values)
    if count < 4:
        return Slope(0.0, float("inf"))
    at = np.arange(count) - (count - 1) / 2
    spread = float(np.sum(at**2))
    reach = count - 1
    return Slope(float(at @ values) / spread * reach, noise(values) / spread**0.5 * reach)


class Spike(NamedTuple):
    """A jump that recovers: position of its highest value, that value, and the level around it."""

    at: int
    top: float
    level: float


SPIKE_SIGMAS = 6.0  # two rows in a row; runmedic uses 8 on single rows and alarms on small batches
LONE_SPIKE_SIGMAS = 12.0  # a single row: the largest of 10,000 exponential ones reaches 12
HEAVY_TAIL = 4.0  # the 98th percentile of residuals, in sigmas: 2.3 for normal noise, 4.6 for exponential
SPIKE_SHARE = 0.3  # of the descent so far: smaller jumps do not hurt
SPIKE_RATIO = 1.5  # of the level around it (runmedic)
SPIKE_WIDTH = 0.05  # of the log: what lasts longer is a new phase, such as a warm restart


def spikes(values: Floats) -> list[Spike]:
    """Jumps after the first tenth that stand out of the noise, matter against the descent, and recover quickly."""
    count = len(values)
    if count < 8:
        return []
    level = smoothed(values, min(31, max(5, count // 10 | 1)))
    above = values - level
    start = start_level(values)
    scale = max(start - end_level(values), 0.2 * abs(start))
    sigma = max(_scatter(above), 0.005 * scale)
    tall = above > np.maximum(SPIKE_SIGMAS * sigma, np.maximum(SPIKE_SHARE * scale, (SPIKE_RATIO - 1) * np.abs(level)))
    if values.min() > 0:  # the noise of small batches is in proportion to the loss
        ratio = np.log(values) - smoothed(np.log(values), min(31, max(5, count // 10 | 1)))
        tall &= ratio > SPIKE_SIGMAS * _scatter(ratio)
    calm = np.convolve(tall, np.ones(7), mode="same") == 0
    heavy = not calm.any() or float(np.quantile(above[calm], 0.98)) > HEAVY_TAIL * sigma
    found = []
    for begin, stop in _stretches(tall):
        top = begin + int(np.argmax(above[begin:stop]))
        after = above[stop : stop + 3]
        lone = stop - begin < (3 if heavy else 2)
        if begin < max(3, count // 10) or stop - begin > max(3, SPIKE_WIDTH * count) or not len(after):
            continue
        if lone and (heavy or above[top] < LONE_SPIKE_SIGMAS * sigma):
            continue
        if after.min() < above[top] / 2:
            found.append(Spike(top, float(values[top]), float(level[top])))
    return found


def _scatter(residuals: Floats) -> float:
    return NORMAL_MAD * float(np.median(np.abs(residuals)))


def _stretches(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Start and stop of every run of marked values."""
    edges = np.flatnonzero(np.diff(np.r_[0, marked.astype(np.int64), 0])).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))
