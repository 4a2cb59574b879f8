"""What somebody typed or pasted: the facts they stated, and the block that the probe printed, value by value."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from wizard.vocabulary import Fact

FIRST_LINE = re.compile(r"loss-wizard probe (\d+)\s*$")
VERSION = 1
LINES = (
    "loss", "optimizer", "layers", "batches", "samples", "nonfinite", "labels", "target", "steps", "fit",
    "parameters", "adam", "examples", "input", "activations", "gradients", "changes", "output",
)  # fmt: skip
LONGEST_LINE, MOST_LINES = 20_000, 200
CONTINUED = re.compile(r"[\d,.eE+\-\s]+")  # a long row of labels that the terminal broke
KINDS = {  # as `LossCall.kind` names them, by the module's and the function's name
    "CrossEntropyLoss": "cross_entropy", "cross_entropy": "cross_entropy",
    "NLLLoss": "nll", "nll_loss": "nll",
    "BCEWithLogitsLoss": "logistic", "binary_cross_entropy_with_logits": "logistic",
    "BCELoss": "probability", "binary_cross_entropy": "probability",
    "MSELoss": "squared", "mse_loss": "squared",
    "L1Loss": "absolute", "l1_loss": "absolute", "SmoothL1Loss": "absolute", "smooth_l1_loss": "absolute",
    "HuberLoss": "absolute", "huber_loss": "absolute",
}  # fmt: skip
SMALL_INTEGERS = 1000  # more classes than that are tokens or pixels as a rule


@dataclass(frozen=True, slots=True)
class Spread:
    """Numbers of a tensor: its shape, its extremes and moments, how much its widest and a narrow place vary."""

    shape: tuple[int, ...]
    low: float
    high: float
    mean: float
    deviation: float
    widest: float
    narrowest: float

    @property
    def is_finite(self) -> bool:
        """Whether none of the numbers is NaN or infinite."""
        return all(math.isfinite(value) for value in (self.low, self.high, self.mean, self.deviation))

    @property
    def a_sample(self) -> int:
        """Values a sample."""
        return math.prod(self.shape[1:])


@dataclass(frozen=True)
class Told:
    """The lines of a probe's block by name, and all facts told; a line that failed has "?" for its first word."""

    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def words(self, name: str) -> tuple[str, ...] | None:
        """What the probe printed behind NAME; None if it could not tell."""
        words = self.lines.get(name)
        return None if words is None or words[:1] == ("?",) else words

    def why_not(self, name: str) -> str:
        """The error that kept the probe from telling NAME; empty if it told."""
        words = self.lines.get(name, ())
        return " ".join(words[1:]) if words[:1] == ("?",) else ""

    def numbers(self, name: str) -> list[float] | None:
        """The words of NAME as numbers; None if it holds anything else."""
        words = self.words(name)
        if not words:
            return None
        try:
            return [float(word) for word in words]
        except ValueError:
            return None

    def spread(self, name: str) -> Spread | None:
        """The statistics of `target`, `input` or `output`."""
        words = self.words(name) or ()
        start = next((at for at, word in enumerate(words) if word.startswith("(")), None)
        if start is None or len(words) < start + 7:
            return None
        try:
            shape = tuple(int(part) for part in words[start].strip("()").split(",") if part)
            return Spread(shape, *(float(word) for word in words[start + 1 : start + 7]))
        except ValueError:
            return None

    def counts(self, name: str) -> dict[str, int | str]:
        """Pairs such as ('Linear:',2), as a dictionary."""
        pairs = {}
        for word in self.words(name) or ():
            try:
                key, value = ast.literal_eval(word[:200])
            except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
                continue
            if isinstance(key, str) and isinstance(value, (int, str)):
                pairs[key] = value
        return pairs

    @property
    def has_block(self) -> bool:
        """Whether a probe's block was pasted."""
        return bool(self.lines)

    @cached_property
    def loss_kind(self) -> str | None:
        """The kind of the loss, as of a LossCall; None for one that is not known."""
        return KINDS.get((self.words("loss") or ("",))[0])

    @cached_property
    def loss_is_plain(self) -> bool:
        """Whether the loss is a mean without weights and label smoothing."""
        options = [*(self.words("loss") or ())[1:], "", "", "", ""][:4]
        reduction, smoothing, *weights = options
        return reduction in ("mean", "None") and smoothing in ("0.0", "None", "0") and set(weights) == {"None"}

    @cached_property
    def loss_is_weighted(self) -> bool:
        """Whether the loss weighs the classes."""
        return any(weight != "None" for weight in (self.words("loss") or ())[3:5])

    @cached_property
    def labels(self) -> list[list[int]]:
        """One class a sample, the first 32 of each batch; empty if the targets are not that."""
        target = self.spread("target")
        if target is None or target.a_sample != 1:
            return []
        try:
            return [[round(float(label)) for label in row.split(",") if label] for row in self.words("labels") or ()]
        except (ValueError, OverflowError):
            return []

    @cached_property
    def classes(self) -> int | None:
        """How many classes the outputs tell apart."""
        output = self.spread("output")
        if output is None:
            return None
        if self.loss_kind in ("cross_entropy", "nll"):
            return output.shape[1] if len(output.shape) > 1 else None
        return 2 if self.loss_kind in ("logistic", "probability") and output.a_sample == 1 else None

    @cached_property
    def task(self) -> str | None:
        """By the loss, else by the targets: few integers are classes."""
        target = self.spread("target")
        whole = bool(self.words("labels"))
        if self.loss_kind in ("logistic", "probability"):
            return "classification" if whole else None  # else the targets are shares
        if self.loss_kind is not None:
            return "regression" if self.loss_kind in ("squared", "absolute") else "classification"
        if target is None or not whole or not 0 < target.high < SMALL_INTEGERS:
            return None
        return "classification"

    def stated(self) -> Iterator[Fact]:
        """The facts that the block tells."""
        batches, optimizer, target = self.words("batches") or (), self.words("optimizer") or (), self.spread("target")
        samples = self.words("samples") or ()
        values = {
            "task": self.task,
            "num_classes": self.classes,
            "batch_size": _whole(batches[2]) if len(batches) > 2 else None,
            "num_train_samples": _whole(samples[0]) if samples else None,
            "targets_a_sample": target.a_sample if target is not None and target.a_sample > 1 else None,
            "loss_name": (self.words("loss") or (None,))[0],
            "optimizer": optimizer[0] if optimizer else None,
            "learning_rate": _number(optimizer[1]) if len(optimizer) > 1 else None,
        }
        yield from (Fact(name, value) for name, value in values.items() if value is not None)

    def as_a_whole(self) -> None:
        """What was told has no place."""


def _whole(word: str) -> int | None:
    return int(word) if word.isascii() and word.isdigit() and int(word[:9]) > 0 else None


def _number(word: str) -> float | None:
    try:
        value = float(word)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def block_in(text: str) -> tuple[dict[str, tuple[str, ...]], str, int | None]:
    """The lines of the probe's block in TEXT, the text without them, and the version of the probe (None: no block)."""
    lines: dict[str, tuple[str, ...]] = {}
    rest: list[str] = []
    version: int | None = None
    name = ""
    taken = 0
    for line in text.splitlines():
        if version is None:
            found = FIRST_LINE.search(line[:200])
            if found:
                version = int(found[1][:9])
            else:
                rest.append(line)
            continue
        words = line[:LONGEST_LINE].strip().lstrip("#>| ").split()
        done = taken >= MOST_LINES or LINES[-1] in lines
        if not done and words and words[0] in LINES and words[0] not in lines:
            name, taken = words[0], taken + 1
            lines[name] = tuple(words[1:])
        elif not done and name and words and CONTINUED.fullmatch(line) and lines[name]:
            lines[name] = (*lines[name][:-1], lines[name][-1] + words[0], *words[1:])
            taken += 1
        else:
            rest.append(line)
    return lines, "\n".join(rest), version
