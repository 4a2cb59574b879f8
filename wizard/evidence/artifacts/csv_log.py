"""Delimited logs: which column is what, and one streaming pass over the rows.

Accepts commas, semicolons, tabs, padded headers, index columns, and Lightning's ragged rows, most cells of which are
empty. Knows no run, stitching or judgement.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from wizard.errors import UnreadableError
from wizard.evidence.series import SeriesBuilder

LINE_LIMIT = 64 * 1024  # characters of a line that are looked at
MOST_CANDIDATES = 4  # columns of one role that are read side by side until one is chosen
HEAD = 4_096

WORDS = {
    "train": "train training trn tr 训练 训练集",
    "val": "val valid validation eval evaluation dev 验证 验证集",
    "test": "test testing 测试 测试集",
    "loss": "loss losses cost nll objective 损失 损失值",
    "accuracy": "acc accuracy acc1 top1 准确率 精度",
    "step": "step steps iter iters iteration iterations it update updates 步数 迭代 迭代次数",
    "batch": "batch minibatch",
    "epoch": "epoch epochs ep 轮次 轮数",
    "lr": "lr 学习率",
    "grad": "grad grads gradient gradients",
    "time": "time elapsed walltime timestamp runtime datetime 时间 耗时",
}
MEANING = {word: meaning for meaning, words in WORDS.items() for word in words.split()}
GLUED = re.compile(
    r"^(train|training|valid|validation|val|eval|test|训练集?|验证集?|测试集?)(loss|acc|accuracy|损失|准确率)$"
)
SPELT = {
    "learningrate": ["lr"],
    "gradnorm": ["grad", "norm"],
    "gnorm": ["grad", "norm"],
    "梯度范数": ["grad", "norm"],
    "globalstep": ["step"],
}
# words that leave a total a total
NEUTRAL = frozenset("total mean avg average overall metrics metric raw running trainer dataloader idx".split())
NEUTRAL_ACCURACY = NEUTRAL | frozenset("categorical sparse binary multiclass top 1 top1 acc".split())
NEUTRAL_NORM = NEUTRAL | frozenset("norm global l2 2 0 all train".split())
NEUTRAL_STEP = frozenset("global trainer num n optimizer train idx index id".split())
NEUTRAL_TIME = frozenset("wall total seconds sec s per relative train epoch date".split())
# a running best, a spread or a setting is no curve of the run
REJECTED = frozenset(
    "best min max lowest highest std var scale scaler weight coef delta diff gap patience ratio".split()
)


class Column(NamedTuple):
    """What a header cell stands for; `component` names a part of a loss, such as `box`."""

    quantity: str
    split: str = ""
    level: str = ""
    component: str = ""


def understand(name: str) -> Column | None:
    """The meaning of one header cell, or None: `understand("Train/Loss_step") == Column("loss", "train", "step")`."""
    if len(name) > 64 or re.search(r":\s|[{}=<>]", name):
        return None
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    tokens: list[str] = []
    for word in re.findall(r"[^\W_]+", apart):
        glued = GLUED.match(word)
        tokens += list(glued.groups()) if glued else SPELT.get(word, [word])
    if {"learning", "rate"} <= set(tokens):
        tokens = ["lr", *(token for token in tokens if token not in ("learning", "rate"))]
    if not tokens or len(tokens) > 8 or REJECTED & set(tokens):
        return None
    return _column([MEANING.get(token, token) for token in tokens])


def _column(tokens: list[str]) -> Column | None:
    found = set(tokens)
    rest = found - {"train", "val", "test", "loss", "accuracy", "step", "batch", "epoch"}
    split = next((word for word in ("val", "test", "train") if word in found), "")
    level = next((kind for word, kind in LEVELS if word in found), "")
    if "lr" in found:
        return Column("learning_rate") if not any(len(t) > 2 and t.isdigit() for t in rest) else None
    if {"grad", "norm"} <= found:
        return Column("gradient_norm") if rest - {"grad"} <= NEUTRAL_NORM else None
    if "loss" in found:
        parts = sorted(rest - NEUTRAL - ({"0"} if "dataloader" in found else set()))
        named = len(parts) <= 2 and all(part.isalpha() for part in parts)
        return Column("loss", split, level, " ".join(parts)) if named else None
    if "accuracy" in found:
        is_validation = not split and "metrics" in found
        return Column("accuracy", "val" if is_validation else split, level) if rest <= NEUTRAL_ACCURACY else None
    if "time" in found or found == {"date"}:
        return Column("time") if rest - {"time"} <= NEUTRAL_TIME and "step" not in found else None
    if rest <= NEUTRAL_STEP and split in ("", "train"):
        return Column(level_of_position(found)) if level else None
    return None


LEVELS = (("step", "step"), ("batch", "step"), ("epoch", "epoch"))


def level_of_position(found: set[str]) -> str:
    """Which counter a column of bare counters is: `epoch`, `batch` (restarts in every epoch) or `step`."""
    return "batch" if "batch" in found else "step" if "step" in found else "epoch"


@dataclass(frozen=True, slots=True)
class Layout:
    """A header understood: positions of the counters, and of each role's columns, the preferred one first."""

    names: list[str]
    delimiter: str
    counters: dict[str, int]
    roles: dict[str, list[int]]


def layout_of(names: list[str], delimiter: str) -> Layout | None:
    """None unless some column is a curve that can be judged."""
    columns = {at: column for at, name in enumerate(names) if (column := understand(name))}
    counters: dict[str, int] = {}
    for at, column in columns.items():
        if column.quantity in ("step", "batch", "epoch", "time"):
            counters.setdefault(column.quantity, at)
    losses = {at: column for at, column in columns.items() if column.quantity == "loss"}
    accuracies = {at: column for at, column in columns.items() if column.quantity == "accuracy"}
    roles = {
        "train_loss": _ranked(losses, ("train", ""), "step"),
        "val_loss": _ranked(losses, ("val",), "epoch") or _ranked(losses, ("test",), "epoch"),
        "train_accuracy": _ranked(accuracies, ("train", ""), "step"),
        "val_accuracy": _ranked(accuracies, ("val",), "epoch") or _ranked(accuracies, ("test",), "epoch"),
        "learning_rate": [at for at, column in columns.items() if column.quantity == "learning_rate"],
        "gradient_norm": [at for at, column in columns.items() if column.quantity == "gradient_norm"],
    }
    _match_components(losses, roles)
    _hand_bare_accuracy_to_validation(losses, accuracies, roles)
    roles = {role: found for role, found in roles.items() if found}
    curves = {role for role in roles if role.endswith(("loss", "accuracy"))}
    return Layout(names, delimiter, counters, roles) if curves or (roles and counters) else None


def _ranked(columns: dict[int, Column], splits: tuple[str, ...], level: str) -> list[int]:
    """Totals before components, a named split before a bare name, the wanted LEVEL before the other."""

    def rank(at: int) -> tuple[bool, int, bool, int]:
        column = columns[at]
        return bool(column.component), splits.index(column.split), column.level not in ("", level), at

    return sorted((at for at, column in columns.items() if column.split in splits), key=rank)[:MOST_CANDIDATES]


def _match_components(losses: dict[int, Column], roles: dict[str, list[int]]) -> None:
    """Where there is no total, validation and training must be the same part of the loss."""
    if roles["train_loss"]:
        wanted = losses[roles["train_loss"][0]].component
        for role in ("train_loss", "val_loss"):
            same = [at for at in roles[role] if losses[at].component == wanted]
            roles[role] = same or roles[role][:1]


def _hand_bare_accuracy_to_validation(
    losses: dict[int, Column], accuracies: dict[int, Column], roles: dict[str, list[int]]
) -> None:
    """fastai writes train_loss, valid_loss, accuracy: a bare metric beside two named losses is that of validation."""
    named = {losses[at].split for role in ("train_loss", "val_loss") for at in roles[role][:1]}
    if named == {"train", "val"} and not roles["val_accuracy"]:
        bare = [at for at in roles["train_accuracy"] if not accuracies[at].split]
        if len(bare) == len(roles["train_accuracy"]):
            roles["train_accuracy"], roles["val_accuracy"] = [], bare


@dataclass(slots=True)
class Table:
    """What one file held: a builder for each (role, column name), in order of preference."""

    path: Path
    builders: dict[tuple[str, str], SeriesBuilder] = field(default_factory=dict)
    rows: int = 0


def read_table(path: Path, file: int = 0) -> Table:
    """Read PATH once, line by line. Raises UnreadableError if it cannot be opened, is empty or no such log."""
    try:
        with path.open("rb") as opened:
            encoding = encoding_of(opened.read(HEAD))
        table = _read(path, encoding, file)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "its text is broken"
        raise UnreadableError(
            f"the log cannot be read: {reason}.", str(path), "Check the path and the permissions, then try again."
        ) from error
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
    for number, text in _lines(path, encoding):
        line = text.rstrip("\r\n")
        if not line.strip() or (layout is None and line.startswith("#") and not header_of(line)):
            continue
        if layout is None:
            layout = header_of(line)
            if layout is None:
                break
            continue
        cells = cells_of(line, layout.delimiter)
        if not table.rows:  # R writes the index without a name for it
            shift = int(len(cells) == len(layout.names) + 1 and bool(cells[-1].strip()))
        if not text.endswith("\n") and len(cells) < len(layout.names):
            break  # the writer was in the middle of this row
        if _is_header(cells, layout):
            layout, shift = header_of(line) or layout, 0
            continue
        _take_row(table, layout, cells[shift:], number, position, file)
    return table


def _is_header(cells: list[str], layout: Layout) -> bool:
    """A run that was started again may have written its header again, perhaps with other columns."""
    first = next(iter(layout.roles.values()))[0]
    return first < len(cells) and understand(cells[first].strip()) is not None


def _take_row(table: Table, layout: Layout, cells: list[str], line: int, position: _Position, file: int) -> None:
    def value(at: int | None) -> float | None:
        return number(cells[at]) if at is not None and at < len(cells) and cells[at] else None

    table.rows += 1
    step = position.next(*(value(layout.counters.get(counter)) for counter in ("step", "batch", "epoch")))

    def add(role: str, name: str, logged: float | None) -> None:
        if logged is not None:
            builder = table.builders.get((role, name))
            if builder is None:
                builder = table.builders[role, name] = SeriesBuilder(file)
            builder.add(step, logged, line)

    for role, columns in layout.roles.items():
        if role == "learning_rate":  # of several parameter groups the largest counts
            rates = [rate for at in columns if (rate := value(at)) is not None]
            add(role, layout.names[columns[0]], max(rates, default=None))
        else:
            for at in columns:
                add(role, layout.names[at], value(at))
    clock = layout.counters.get("time")
    if clock is not None and clock < len(cells):
        add("time", layout.names[clock], seconds(cells[clock]))


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
        text = cell.strip().lower()
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
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
