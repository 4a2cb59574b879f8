"""One printed line of a training loop, understood: its counters, its named numbers, whether a bar is still running.

Loops print `Epoch 3/10 | train loss: 0.69`, `[100/5000] loss 0.53`, `{'loss': 0.69, 'epoch': 0.1}`, `训练loss 0.69`,
progress bars, and a logger's prefix before all of that. A name is the words right before a number; what a separator
parts from it does not belong to it, except that `val` or `Test set:` holds for the rest of the line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from wizard.evidence.artifacts.printed_names import counter_of, named, split_of

LONGEST = 2_000  # characters of a line that are looked at: loops print a few dozen
MOST_WORDS = 6  # of a name
SUMMARY = {"best", "final", "lowest", "highest"}  # a line that opens with one repeats what was logged before
WRAPPERS = {"tensor", "array", "np.float32", "np.float64"}  # as in `loss: tensor(0.69, grad_fn=...)`

WORTH_A_LOOK = re.compile(
    r"loss|acc|lr|learning|grad|nll|cost|objective|epoch|step|iter|batch|损失|准确|精度|学习率|轮|步"
)
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07?")
MOMENT = re.compile(r"^\W{0,2}(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)(?:[.,]\d+)?")
BAR = re.compile(r"%\|| ?it/s|s/it\b|\[[=>.-]{5,}\]|━{3}")
MICROSOFT = re.compile(r"[-+]?1\.?#(?:(qnan|snan|ind)|inf)\w*", re.IGNORECASE)
ORDINAL = re.compile(r"第\s*(\d+)\s*(?:个\s*)?(轮|步|(?:epoch|step|iter)\w*)(?:中|的)?", re.IGNORECASE)
ASIDE = re.compile(r"\(for [^)]{0,30}\)")  # "Training loss (for one batch) at step 100: 0.53"
FILLER = re.compile("平均|当前|本轮|上的|的|为|是|约|等于|降到|降至")
NUMBER_NEXT = re.compile(
    r"[\s\[(]*(?:tensor\(|array\(|np\.float\d\d\()?[\s\[(]*(?:[-+.]?\d|[-+]?(?:nan|inf))", re.IGNORECASE
)
TOKEN = re.compile(
    r"""
      (?P<clock>(?<![\w.])(?:\d{1,4}[/-]\d\d(?:[/-]\d{2,4})?\s+)?\d+:\d\d(?::\d\d)?(?:\.\d+)?(?![\w.]))
    | (?P<share>(?<![\w./])(?P<part>\d+)\s*/\s*(?P<whole>\d+)(?![\w./]))
    | (?P<number>(?<![A-Za-z0-9_.])[-+]?(?:(?:0,\d+|\d{1,3}(?:,\d{3})+(?!\d)|\d++)(?:\.\d*+)?|\.\d++)(?:e[-+]?\d++)?
        |(?<![A-Za-z0-9_.])[-+]?(?:nan|inf(?:inity)?)(?![A-Za-z0-9_.]))
      (?P<unit>\s?%|[A-Za-z]+(?:/[A-Za-z]+)?)?(?!\.?[A-Za-z0-9_])
    | (?P<word>[\u4e00-\u9fff]+|[^\W\d\u4e00-\u9fff][A-Za-z0-9_]*(?:[./@-][A-Za-z0-9_]+)*)
    | (?P<link>[:=：])
    | (?P<stop>[|,;{}，；、。│┃·•\t]|\s[-–—]\s)
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Value(NamedTuple):
    """A named number: `name` as `understand` takes it, `split` is train, val, test or empty."""

    name: str
    split: str
    value: float


@dataclass(slots=True)
class Line:
    """What one line tells. `is_running` is a progress bar before its end, `is_setting` tells of numbers to come."""

    curves: list[Value] = field(default_factory=list)
    counters: dict[str, float] = field(default_factory=dict)
    moment: float | None = None
    is_running: bool = False
    is_setting: bool = False
    has_numbers: bool = False


def parsed(text: str) -> Line:
    """The line that TEXT is; one without a known name is empty."""
    text = text[:LONGEST]
    if not WORTH_A_LOOK.search(text.lower()):
        return Line()
    text = ESCAPE.sub("", text)
    moment = MOMENT.match(text)
    reader = _Reader()
    line = reader.read(_plain(text[moment.end() :] if moment else text))
    line.moment = _seconds(moment[1]) if moment and line.curves else None
    if line.curves and BAR.search(text) and "{" not in text:  # a dictionary printed behind a bar is whole
        line.is_running = not reader.shares or reader.shares[-1][0] < reader.shares[-1][1]
    return line


def _plain(text: str) -> str:
    if "#" in text:
        text = MICROSOFT.sub(lambda found: " nan" if found[1] else " inf", text)
    if "第" in text:
        text = ORDINAL.sub(
            lambda found: f" {found[2].replace('轮', 'epoch').replace('步', 'step')} {found[1]} , ", text
        )
    return ASIDE.sub("", text).replace('"', " ").replace("'", " ")


def _seconds(moment: str) -> float | None:
    try:
        return datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


class _Reader:
    """Walks the tokens of one line. `words` were read since the last number or separator."""

    def __init__(self) -> None:
        self.line = Line()
        self.words: list[str] = []
        self.split = ""  # train, val or test, for the rest of the line
        self.held: list[str] = []  # "loss" of "loss at step 100: 0.53", until the number comes
        self.after_number = False
        self.shares: list[tuple[float, float]] = []  # without a name: 50 of 100

    def read(self, text: str) -> Line:
        for token in TOKEN.finditer(text):
            kind = token.lastgroup if token.lastgroup not in ("unit", "part", "whole") else None
            if kind == "word":
                if not self._word(token[0]):
                    return Line()
            elif kind == "link":
                self._link(text[token.end() : token.end() + 24])
            elif kind == "stop":
                self._stop()
            elif token["share"]:
                self._share(float(token["part"]), float(token["whole"]))
            elif token["number"]:
                self._number(token["number"], (token["unit"] or "").strip())
            else:
                self.words.clear()
        self._count_shares()
        return self.line

    def _word(self, word: str) -> bool:
        """Take a word; False if the line merely sums up."""
        word = FILLER.sub("", word) if "\u4e00" <= word[0] <= "\u9fff" else word
        if word.lower() in SUMMARY and not self.line.curves and not self.line.counters:
            return False
        if word and word.lower() not in WRAPPERS:
            self.words = [*self.words, word][-MOST_WORDS:]
            self.held, self.after_number = [], False
        return True

    def _link(self, following: str) -> None:
        """A colon or an equals sign: the number follows, or a heading such as `Validation:` ends."""
        if NUMBER_NEXT.match(following):
            if self.after_number and self.held:
                self.words, self.held = self.held, []
        else:
            self._stop()

    def _stop(self) -> None:
        if self.words:
            self.split = split_of(tuple(self.words)) or self.split
        self.words, self.held, self.after_number = [], [], False

    def _share(self, part: float, whole: float) -> None:
        """`3/10`: of epochs or steps, right answers of all, or, without a name, how far this epoch or run has come."""
        if self.words:
            self._take(part, "", part / whole if whole else part)
        else:
            self.shares.append((part, whole))

    def _number(self, text: str, unit: str) -> None:
        self.line.has_numbers = True
        if text.count(",") == 1 and "." not in text and (text.lstrip("+-").startswith("0,")):
            text = text.replace(",", ".")
        value = float(text.replace(",", ""))
        self._take(value, unit, value)

    def _take(self, value: float, unit: str, of_whole: float) -> None:
        words, self.words, self.after_number = self.words, [], True
        if not words:
            return
        counter = counter_of(tuple(words))
        if counter:
            self.split = split_of(tuple(words)) or self.split
            self.held = [word for word in words[:-1] if word.lower() not in ("at", "after")]
            self.line.is_setting |= words[-1].lower().endswith("s")  # epochs: 10
            if value >= 0 and not unit:
                self.line.counters.setdefault(counter, value)
            return
        found = named(tuple(words))
        if found is None or unit not in ("", "%"):
            return
        name, column = found
        self.split = column.split or self.split
        split = self.split if column.quantity in ("loss", "accuracy") else ""
        value = of_whole if column.quantity == "accuracy" else value
        self.line.curves.append(Value(f"{split} {name}" if split and not column.split else name, split, value))

    def _count_shares(self) -> None:
        """Of two shares without a name the first counts epochs: `[3/10][100/600] loss 0.5`."""
        counters, parts = self.line.counters, [part for part, _ in self.shares]
        if len(parts) > 1 and "epoch" not in counters:
            counters["epoch"], *parts = parts
        if parts and "step" not in counters:
            counters.setdefault("batch", parts[0])
