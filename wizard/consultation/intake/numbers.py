"""Numbers: which are settings, which count something, and which are the value of what is spoken of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from wizard.consultation.intake.clauses import Subject, denies
from wizard.consultation.intake.lexer import Token

CLASSES = {"二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "百": 100,
           "binary": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
           "ten": 10, "twenty": 20, "hundred": 100}  # fmt: skip
# Losses of a network that trains, but through softmax before cross-entropy (2, 10, 100, 1000 classes) or through
# sigmoid before BCEWithLogits: ln(1 + (C - 1) / e) and its like.
FLOORS = (0.3133, 1.4612, 3.622, 5.910, 0.5032)
CHANCE = tuple(math.log(classes) for classes in (2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 100, 1000))  # of equal classes
HUGE = 1e6  # of a loss
NEAR_FLOOR = 0.006
REACH = 4  # tokens between a setting's name and its number
SETTINGS = {"learning_rate": "learning_rate", "batch_size": "batch_size", "class_count": "num_classes"}
STEADY = ("flat", "stalls")


@dataclass(frozen=True, slots=True)
class Value:
    """A number that is neither a setting nor a count; `stays` if it is said to be so all the time."""

    place: int
    number: float
    percent: bool
    stays: bool
    denied: bool
    approached: bool = False  # `→ 0`

    def behaviour(self, subject: Subject, others: set[str]) -> str | None:
        """What SUBJECT does that has this value, when the clause says OTHERS already."""
        if subject.quantity == "loss":
            if self.percent or "differs" in others:
                return None
            if self.number < 0:
                return "negative"
            if self.number == 0:
                return None if self.approached else "zero"
            if self.number >= HUGE:
                return "explodes"
            if (self.stays or others & {*STEADY}) and any(abs(self.number - floor) < NEAR_FLOOR for floor in FLOORS):
                return "stalls"
        if self.stays and not others & {*STEADY, "same", "falls", "rises", "differs", "oscillates"}:
            return "same" if subject.quantity == "prediction" else "flat"
        return None


def is_chance(number: float) -> bool:
    """Whether NUMBER is the loss of guessing among equally frequent classes, as people round it."""
    return number % 1 != 0 and any(abs(number - chance) < NEAR_FLOOR for chance in CHANCE)


@dataclass(slots=True)
class Numbers:
    """The numbers of one clause."""

    values: list[Value] = field(default_factory=list)
    settings: list[tuple[str, float]] = field(default_factory=list)


def numbers_of(tokens: Sequence[Token]) -> Numbers:
    """The numbers of a clause by what they are."""
    numbers = Numbers()
    for place, token in enumerate(tokens):
        if token.slot == "setting" and token.key == "class_count":
            _written_classes(tokens, place, numbers)
        if token.slot != "number" or not math.isfinite(token.number):
            continue
        if name := _setting(tokens, place):
            if not token.percent and (name == "learning_rate" or token.number == int(token.number)):
                numbers.settings.append((name, token.number))
        elif not _counts(tokens, place) and not _foreign(tokens, place, numbers.values):
            numbers.values.append(_value(tokens, place))
    return numbers


def _setting(tokens: Sequence[Token], place: int) -> str | None:
    """The setting whose number stands at PLACE: classes follow it, the others go before."""
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if after and after.key == "class_count":
        return "num_classes"
    for back in range(1, REACH + 1):
        if place - back < 0 or tokens[place - back].slot in ("number", "quantity"):
            return None
        if tokens[place - back].slot == "setting":
            if tokens[place - back].key == "class_count" and (back > 2 or tokens[place - 1].slot == "unknown"):
                return None
            if place > back and tokens[place - back - 1].slot == "number":
                return None  # 10 classes, ... 2.303
            return SETTINGS[tokens[place - back].key]
    return None


def _counts(tokens: Sequence[Token], place: int) -> bool:
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    before = tokens[place - 1] if place else None
    if tokens[place].percent:
        return False
    return bool((after and after.slot == "unit") or (before and (before.slot == "unit" or before.key == "第")))


def _foreign(tokens: Sequence[Token], place: int, values: Sequence[Value]) -> bool:
    """Whether the number belongs to a word that is no part of a complaint: `RTX 3090`."""
    if place == 0 or (place + 1 < len(tokens) and tokens[place + 1].slot in ("quantity", "split")):
        return False
    before = tokens[place - 1]
    spoken_of = any(token.slot in ("quantity", "split") for token in tokens[:place])
    if before.slot == "number":
        return not values or values[-1].place != place - 1  # it goes on with what is foreign
    return before.slot == "unknown" and (before.key.isascii() or not spoken_of)


def _value(tokens: Sequence[Token], place: int) -> Value:
    token = tokens[place]
    window = tokens[max(0, place - 3) : place]
    near = tokens[place + 1 : place + 3]
    return Value(
        place,
        token.number,
        token.percent,
        stays=any(one.slot == "stay" or one.key == "from_start" for one in (*window, *near)),
        denied=any(denies(one) for one in window) and not any(one.slot == "behaviour" for one in window),
        approached=place > 0 and tokens[place - 1].key == "to",
    )


def _written_classes(tokens: Sequence[Token], place: int, numbers: Numbers) -> None:
    """`十分类`, `binary classification`, `ten classes`."""
    word = tokens[place - 1].key if place else ""
    if word in CLASSES:
        numbers.settings.append(("num_classes", CLASSES[word]))
