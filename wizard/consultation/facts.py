"""Facts as they are typed: numbers are taken as numbers, and those that inspectors count on must make sense."""

from __future__ import annotations

import math

from wizard.errors import UsageError
from wizard.vocabulary import Fact

# The facts that the artifacts state of themselves, and the least value of the numbers among them.
WORDS = ("task", "loss_name", "optimizer")
COUNTS = {"num_classes": 2, "batch_size": 1, "num_train_samples": 1, "num_val_samples": 1, "num_parameters": 0}
NUMBERS = {"learning_rate": 0.0, "majority_share": 0.0, "target_variance": 0.0, "rerun_minutes": 0.0}
LOSSES = ("loss", "val_loss")  # some are negative; NaN is an answer, no number
KNOWN = (*WORDS, *COUNTS, *NUMBERS, *LOSSES)
TASKS = ("classification", "regression")
ALIKE = 80.0  # per cent of matching letters; a new inspector may ask for a fact of another name


def stated(name: str, typed: str) -> Fact:
    """NAME with what was TYPED for it. Raises UsageError for a mistyped name and for a value it cannot have."""
    value = _value(typed)
    if name in COUNTS and not (isinstance(value, int) and value >= COUNTS[name]):
        raise UsageError(
            "'{typed}' cannot be {name}.", "--fact", "Give a whole number from {least}.",
            typed=typed, name=name, least=COUNTS[name],
        )  # fmt: skip
    if name in NUMBERS and not (isinstance(value, (int, float)) and NUMBERS[name] <= value < math.inf):
        raise UsageError(
            "'{typed}' cannot be {name}.", "--fact", "Give a number that is not negative.", typed=typed, name=name
        )
    if name in LOSSES and not (isinstance(value, (int, float)) and math.isfinite(value)):
        raise UsageError("'{typed}' cannot be {name}.", "--fact", "Give a finite number.", typed=typed, name=name)
    if name == "task" and value not in TASKS:
        raise UsageError(
            "'{typed}' cannot be {name}.", "--fact", "There are: {some}.",
            typed=typed, name=name, some=", ".join(TASKS),
        )  # fmt: skip
    if name not in KNOWN:
        _refuse_mistyped(name)
    return Fact(name, value)


def _refuse_mistyped(name: str) -> None:
    from rapidfuzz import fuzz, process

    found = process.extractOne(name[:200], KNOWN, scorer=fuzz.ratio, score_cutoff=ALIKE)
    if found:
        raise UsageError(
            "there is no fact '{name}'.", "--fact", "Did you mean '{nearest}'?", name=name, nearest=found[0]
        )


def _value(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
