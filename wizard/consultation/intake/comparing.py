"""One split against another: `val loss is higher than train loss`, `验证集比训练集差`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wizard.consultation.intake.clauses import Subject, denies
from wizard.consultation.intake.lexer import Token
from wizard.consultation.intake.statements import Statement
from wizard.consultation.intake.subjects import Group

# What compares where `than` stands in the clause.
AS_COMPARISON = {
    "high": "higher", "low": "lower", "falls": "lower", "good": "better", "bad": "worse", "oscillates": "worse",
    "differs": "worse", "gap": "worse", "same": "alike", "小": "lower", "大": "higher",
}  # fmt: skip
OPPOSITE = {"higher": "lower", "lower": "higher", "better": "worse", "worse": "better"}
PLAIN = {"higher": "high", "lower": "low", "better": "good", "worse": "bad"}
ORDER = ("train", "validation", "test", "field")  # of two, the later is the worse one where there is a gap


@dataclass(frozen=True, slots=True)
class Comparison:
    """Its word, the place that parts its two sides, and whether `than` or its like stands there."""

    word: str
    mark: int
    positive: bool
    place: int
    parted: bool


def relations_of(
    tokens: Sequence[Token], groups: Sequence[Group], carried: tuple[Subject, ...], before: Sequence[Statement]
) -> list[Statement]:
    """What one clause compares; what it leaves out comes from the subjects CARRIED or the comparison BEFORE."""
    found = _comparison(tokens, groups)
    if found is None:
        return _gap(tokens, groups)
    if found.positive and any(token.key in ("little", "hardly") for token in tokens):
        return []  # a little better than the other is no complaint
    left, right = _sides(found, tokens, groups, carried, before)
    if not left or not right or left[-1].split == right[0].split:
        return _plain(tokens, groups, carried)
    quantity = left[-1].quantity or right[0].quantity or (carried[-1].quantity if carried else None)
    outcome = _judged(found.word, quantity)
    return [Statement(Subject(left[-1].split, quantity), outcome, found.positive, than=right[0].split or "")]


def _comparison(tokens: Sequence[Token], groups: Sequence[Group]) -> Comparison | None:
    short_of = _short_of(tokens, groups)
    than = next((place for place, token in enumerate(tokens) if token.slot == "than"), short_of)
    several = len({one.split for group in groups for one in group.subjects if one.split}) > 1
    words = {
        place: token.key if token.slot == "comparison" else AS_COMPARISON[token.key]
        for place, token in enumerate(tokens)
        if token.slot == "comparison"
        or (token.key in AS_COMPARISON and (than is not None or (several and token.key == "same")))
    }
    if not words:
        return None
    late = [place for place in words if than is not None and place > than]  # 比 ... 低
    early = [place for place in words if place not in late]
    place = late[0] if late and (tokens[late[0]].slot == "comparison" or not early) else min(words)
    word, positive = words[place], sum(denies(token) for token in tokens[:place]) % 2 == 0
    if short_of is not None:
        word, positive = OPPOSITE.get(word, word), not positive
    return Comparison(word, place if than is None else than, positive, place, than is not None)


def _short_of(tokens: Sequence[Token], groups: Sequence[Group]) -> int | None:
    """The place of 没有 in 验证集没有训练集高, which compares."""
    for group in groups:
        short = group.start > 0 and tokens[group.start - 1].key == "no_such" and group.subjects[0].split
        if short and group.end < len(tokens) and tokens[group.end].key in ("high", "low", "good", "bad"):
            return group.start - 1
    return None


def _sides(
    found: Comparison,
    tokens: Sequence[Token],
    groups: Sequence[Group],
    carried: tuple[Subject, ...],
    before: Sequence[Statement],
) -> tuple[list[Subject], list[Subject]]:
    """What is compared, and with what."""
    left = [one for group in groups for one in group.subjects if one.split and group.start < found.mark]
    right = [one for group in groups for one in group.subjects if one.split and group.start > found.mark]
    known = [one for one in carried if one.split]
    explicit = tokens[found.place].slot == "comparison"
    earlier = next((one for one in reversed(before) if one.than), None)
    if not left and not right:
        if earlier and explicit:  # `... , on the contrary it is much higher`
            return [earlier.subject], [Subject(earlier.than, earlier.subject.quantity)]
        return left, right
    if (explicit or found.word == "alike" or found.parted) and not right and len(left) > 1:
        return left[:1], left[1:]
    if right and not left:
        if not known and len(right) > 1:
            return right[:1], right[1:]
        if not found.parted and found.word == "better":
            left, right = right, []  # `it does better on the validation set`
        else:
            left = known
    in_use = bool(left) and left[-1].split in ("test", "field")
    if left and not right and explicit and (found.word in ("worse", "better", "alike") or in_use):
        right = sorted((one for one in known if one.split != left[-1].split), key=lambda one: one.split != "validation")
        if not right and found.word == "better" and left[-1].split in ("test", "validation") and not left[-1].quantity:
            right = [Subject("train")]
    return left, right


def _plain(tokens: Sequence[Token], groups: Sequence[Group], carried: tuple[Subject, ...]) -> list[Statement]:
    """`higher` than nothing that is named is high."""
    place = next((place for place, token in enumerate(tokens) if token.key in PLAIN), None)
    if place is None:
        return []
    before = [group for group in groups if group.end <= place and not group.weak]
    after = [group for group in groups if group.start == place + 1 and not group.weak]
    subjects = after[0].subjects if after else before[-1].subjects if before else carried
    positive = not any(denies(token) for token in tokens[:place])
    if place + 1 < len(tokens) and tokens[place + 1].slot == "number":
        stuck = tokens[place].key == "lower" and not positive  # `I cannot get the loss below 0.8`
        return [Statement(subject, "stalls") for subject in subjects[-1:] if stuck and subject.quantity == "loss"]
    return [Statement(subject, PLAIN[tokens[place].key], positive) for subject in subjects[-1:]]


def _judged(word: str, quantity: str | None) -> str:
    """Whether `higher` or `lower` is better or worse, for QUANTITY."""
    if word in ("higher", "lower"):
        return "better" if (word == "higher") != (quantity == "loss") else "worse"
    return word


def _gap(tokens: Sequence[Token], groups: Sequence[Group]) -> list[Statement]:
    """`a gap between train and val`."""
    named = {one.split for group in groups for one in group.subjects}
    first, *others = [split for split in ORDER if split in named] or [""]
    if len(others) != 1 or not any(token.key == "gap" for token in tokens):
        return []
    positive = not any(denies(token) or token.key == "hardly" for token in tokens)
    return [Statement(Subject(others[0]), "worse", positive, than=first)]
