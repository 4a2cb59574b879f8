"""Told numbers as facts."""

from __future__ import annotations

from wizard.consultation.intake.statements import Said
from wizard.vocabulary import Fact

LOSSES = {"train": "loss", None: "loss", "validation": "val_loss"}


def facts_of(said: Said) -> tuple[Fact, ...]:
    """The settings, and the first value of the training and of the validation loss."""
    facts: dict[str, Fact] = {}
    for name, number in said.settings:
        whole = name != "learning_rate"
        if number > 0:
            facts.setdefault(name, Fact(name, int(number) if whole else number))
    for level in said.levels:
        if level.subject.quantity == "loss" and level.subject.split in LOSSES and not level.percent:
            name = LOSSES[level.subject.split]
            facts.setdefault(name, Fact(name, level.number))
    return tuple(facts.values())
