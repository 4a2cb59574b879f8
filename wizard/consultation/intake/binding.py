"""Which subjects something in a clause is about."""

from __future__ import annotations

from dataclasses import replace

from wizard.consultation.intake.clauses import Subject
from wizard.consultation.intake.subjects import Group

IN_USE = ("test", "field")
REACH = 3  # tokens between a behaviour and a subject that follows it by a preposition: `a spike in the training loss`


def chosen(place: int, groups: list[Group]) -> Group | None:
    """The group that something at PLACE is about: what follows by a preposition, else what goes before, else after."""
    before = [group for group in groups if group.end <= place]
    after = [group for group in groups if group.start > place]
    strong = [group for group in before if not group.weak and not (measures_nothing(group) and group is not before[0])]
    follows = _following(place, after)
    if strong:
        whole = all(one.split and one.quantity for one in strong[-1].subjects)
        if follows and whole and follows.subjects[0].split in IN_USE:
            return follows  # the model with 96% validation accuracy is bad in real life
        if follows is None or whole:
            return (follows and _merged(strong[-1], follows)) or strong[-1]
        return _merged(strong[-1], follows) or (follows if follows.subjects[0].split == "field" else strong[-1])
    if not before and after and after[0].start == place + 1 and measures_nothing(after[0]):
        return after[0]  # `after increasing the batch size ...`
    if before and before[-1].end == place and before[-1].subjects[-1].split:
        return before[-1]  # 训练集好验证集差
    real = [group for group in after if not group.weak]
    if follows or (real and not before):
        return follows or real[0]
    if before and (not real or measures_nothing(before[-1])):
        return before[-1]
    return next(iter(real or after), None)


def valued(place: int, groups: list[Group]) -> Group | None:
    """The group whose value is the number at PLACE: a bare split may have one too, as in 训练集95%验证集40%."""
    before = [group for group in groups if group.end <= place and any(one.split for one in group.subjects)]
    if before and before[-1].end == place:
        return before[-1]
    after = [group for group in groups if group.start > place]
    if not before and after and after[0].linked and after[0].start <= place + 2 and after[0].subjects[0].split:
        named = chosen(place, groups)
        return (named and _merged(named, after[0])) or after[0]  # the model reaches 98% on train
    return chosen(place, groups)


def _following(place: int, after: list[Group]) -> Group | None:
    near = after[0] if after and after[0].start - place <= REACH and not after[0].weak else None
    return near if near and (near.linked or near.subjects[0].split == "field") else None


def _merged(group: Group, other: Group) -> Group | None:
    """`accuracy` ... `on the validation set`: one subject of two halves."""
    if len(group.subjects) == len(other.subjects) == 1:
        left, right = group.subjects[0], other.subjects[0]
        if left.split is None and right.split and right.quantity in (None, left.quantity):
            return replace(group, subjects=(Subject(right.split, left.quantity),))
    return None


def measures_nothing(group: Group) -> bool:
    """Whether the group is of settings, data or machines: what they do is no complaint of ours."""
    return any(one.quantity == "other_thing" for one in group.subjects)
