"""The subjects of a clause: `accuracy on the validation set`, `训练loss和验证loss`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wizard.consultation.intake.clauses import Subject
from wizard.consultation.intake.lexer import Token

LEAP = 2  # unknown words that may stand between a split and its quantity: `validation pixel accuracy`
WEAK = ("model", "other_thing", "weights", "result")  # give way to what is measured, if that stands in the clause too


@dataclass(frozen=True, slots=True)
class Group:
    """Subjects that are named together, and the place of the first token after them."""

    start: int
    end: int
    subjects: tuple[Subject, ...]
    linked: bool = False  # stands after a preposition

    @property
    def weak(self) -> bool:
        """It names nothing that is measured."""
        return all(one.quantity in WEAK or one == Subject("train") for one in self.subjects)


def groups_of(tokens: Sequence[Token]) -> list[Group]:
    """The groups of a clause, in order."""
    groups: list[Group] = []
    place = 0
    while place < len(tokens):
        if _names(tokens[place]):
            end = _end(tokens, place)
            linked = place > 0 and tokens[place - 1].slot == "link"
            value = next((token for token in tokens[end:] if token.slot not in ("link", "mark")), None)
            origin = linked and tokens[place - 1].key == "from" and value is not None and value.slot == "number"
            known = tokens[place].slot == "setting" and value is not None and value.slot == "number"  # with lr 1e-4
            if (
                not (linked and tokens[place - 1].key in ("along", "together")) and not origin and not known
            ):  # `... climbs like the training loss`
                groups.append(Group(place, end, _subjects(tokens[place:end]), linked))
            place = end
        else:
            place += 1
    return groups


def companions(tokens: Sequence[Token]) -> tuple[Subject, ...]:
    """The subjects that go together with that of the clause: `... climbs along with the accuracy`."""
    place = next((place for place, token in enumerate(tokens) if token.key == "together"), len(tokens)) + 1
    if place < len(tokens) and _names(tokens[place]):
        return _subjects(tokens[place : _end(tokens, place)])
    return ()


def _names(token: Token) -> bool:
    return token.slot == "split" or (token.slot == "quantity" and token.key != "runs") or token.key in SETTINGS


SETTINGS = ("learning_rate", "batch_size")


def _end(tokens: Sequence[Token], start: int) -> int:
    """The end of the run of names that starts at START, with the little words between them."""
    end = start + 1
    while end < len(tokens):
        ahead = end
        while ahead < len(tokens) and tokens[ahead].slot in ("link", "and", "unknown", "mark"):
            ahead += 1
        between = tokens[end:ahead]
        if ahead == len(tokens) or not _names(tokens[ahead]):
            return end
        foreign = sum(token.slot in ("unknown", "mark") for token in between)
        if foreign and not (
            foreign <= LEAP and tokens[end - 1].slot == "split" and tokens[ahead].slot == "quantity"
            and all(token.slot == "unknown" for token in between)
        ):  # fmt: skip
            return end
        end = ahead + 1
    return end


def _subjects(tokens: Sequence[Token]) -> tuple[Subject, ...]:
    """The subjects of a run; a bare one takes what its neighbour has: `train and val loss`, `val loss and acc`."""
    found: list[Subject] = []
    joined: list[bool] = []  # to the one before, by `and`
    split: str | None = None
    quantity: str | None = None
    link = after_and = False

    def close() -> None:
        nonlocal split, quantity, after_and
        if split or quantity:
            found.append(Subject(split, quantity))
            joined.append(after_and)
        split = quantity = None
        after_and = False

    for place, token in enumerate(tokens):
        name = "other_thing" if token.slot == "setting" else token.key
        if token.slot == "split":
            more = any(other.slot in ("quantity", "setting") for other in tokens[place + 1 : place + 2])
            beside = split and not quantity and tokens[place - 1].slot == "split"  # train/val
            if split or (quantity and more and not link):
                close()
            after_and |= bool(beside)
            split = name
        elif token.slot in ("quantity", "setting"):
            if quantity and not (quantity in WEAK and not split):
                if name in WEAK:
                    continue
                close()
            quantity = name
        elif token.slot == "and":
            close()
            after_and = bool(found)
        link = token.slot == "link"
    close()
    return _shared(found, joined)


def _shared(found: list[Subject], joined: list[bool]) -> tuple[Subject, ...]:
    shared = list(found)
    for place, subject in enumerate(found):
        if place + 1 < len(found) and not subject.quantity and joined[place + 1]:
            shared[place] = Subject(subject.split, found[place + 1].quantity)
        if joined[place]:
            before = shared[place - 1]
            shared[place] = Subject(subject.split or before.split, subject.quantity or before.quantity)
    bare = [one for place, one in enumerate(shared) if one.quantity or place + 1 == len(shared) or joined[place + 1]]
    return tuple(dict.fromkeys(bare))
