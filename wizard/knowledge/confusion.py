"""Causes that no check tells apart, and causes whose simulated patients are taken for each other's."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from wizard.knowledge.problems import Problem, error
from wizard.knowledge.rows import Floats, Model, number
from wizard.vocabulary import Cause, KnowledgeBase

PATIENTS = 20  # simulated for each cause
CONFUSED = 0.2  # share of a cause's patients that another may take
SEED = 20


def inseparable_causes(kb: KnowledgeBase, model: Model) -> Iterator[Problem]:
    """Causes whose patients are taken for each other's, though that would lead to another remedy."""
    confused = confusion(model)
    for (a, first), (b, second) in combinations(enumerate(model.hypotheses[:-2]), 2):
        one, two = kb.causes[first], kb.causes[second]
        if _first_remedy(one, kb) == _first_remedy(two, kb):
            continue
        share = max(confused[a, b], confused[b, a])
        if all(np.array_equal(rows[a], rows[b]) for rows in model.rows.values()):
            what = f"no check tells it from '{second}', yet their first remedies differ"
            yield error(one, what, "Add a row that separates them, or make them one cause.")
        elif share > CONFUSED and second not in one.looks_like and first not in two.looks_like:
            next = "Say in `looks_like` what tells them apart, or add a row that separates them."
            yield error(one, f"{share:.0%} of its patients are confused with those of '{second}'", next)


def _first_remedy(cause: Cause, kb: KnowledgeBase) -> str | None:
    """The likeliest to work, the first named among equals."""
    return max(
        cause.remedies,
        key=lambda remedy: number(cause.remedies[remedy], kb.scales.chances),
        default=None,
    )


def confusion(model: Model) -> Floats:
    """(causes, causes): share of the row cause's simulated patients whose likeliest cause is the column's.

    A patient's checks are all answered, drawn from the rows of its cause, independently; priors are equal.
    """
    causes = len(model.hypotheses) - 2
    truth = np.repeat(np.arange(causes), PATIENTS)
    draws = np.random.default_rng(SEED)
    support = np.zeros((len(truth), causes))
    for check in model.checks:
        rows = model.rows[check][:causes]
        below = draws.random(len(truth))[:, None] > rows.cumsum(axis=1)[truth, :-1]
        support += np.log(rows).T[below.sum(axis=1)]
    shares = np.zeros((causes, causes))
    np.add.at(shares, (truth, support.argmax(axis=1)), 1 / PATIENTS)
    return shares
