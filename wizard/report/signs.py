"""What a cause shows, for pages: each outcome of the checks it lists against a healthy run and against all else."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wizard.knowledge.cache import Knowledge
from wizard.vocabulary import HEALTHY, PRESENT

TELLING = 3.0  # decibans: odds doubled


@dataclass(frozen=True, slots=True)
class Sign:
    """OUTCOME of CHECK is seen with probability `chance` if CAUSE is the fault, and with `healthy` if there is none."""

    check: str
    outcome: str
    cause: str
    chance: float
    healthy: float

    @property
    def decibans(self) -> float:
        """10 log10 of the likelihood ratio against a healthy run."""
        return 10 * math.log10(self.chance / self.healthy)


def signs(cause: str, check: str, knowledge: Knowledge) -> Iterator[Sign]:
    """One for each outcome of CHECK."""
    model = knowledge.model
    rows = model.rows[check]
    here, healthy = rows[model.hypotheses.index(cause)], rows[model.hypotheses.index(HEALTHY)]
    for position, outcome in enumerate(model.outcomes[check]):
        yield Sign(check, outcome, cause, float(here[position]), float(healthy[position]))


def complaints(cause: str, knowledge: Knowledge) -> list[Sign]:
    """The symptoms that this cause brings oftener than healthy runs have them, the most frequent first."""
    symptoms = knowledge.base.symptoms
    found = [
        sign
        for check in knowledge.base.causes[cause].evidence
        if check in symptoms
        for sign in signs(cause, check, knowledge)
        if sign.outcome == PRESENT and sign.decibans >= TELLING
    ]
    return sorted(found, key=lambda sign: (-round(sign.chance, 9), sign.check))


def speaking_for(cause: str, knowledge: Knowledge) -> list[Sign]:
    """What raises the odds of CAUSE at least twofold, what is both frequent and telling first."""
    found = [sign for sign in _observable(cause, knowledge) if sign.decibans >= TELLING]
    return sorted(found, key=lambda sign: (-round(sign.chance * sign.decibans, 9), sign.check, sign.outcome))


def speaking_against(cause: str, knowledge: Knowledge) -> list[Sign]:
    """What healthy runs show and this cause at most half as often, the most frequent there first."""
    found = [sign for sign in _observable(cause, knowledge) if sign.decibans <= -TELLING]
    return sorted(found, key=lambda sign: (round(sign.healthy * sign.decibans, 9), sign.check, sign.outcome))


def _observable(cause: str, knowledge: Knowledge) -> Iterator[Sign]:
    for check in knowledge.base.causes[cause].evidence:
        if check not in knowledge.base.symptoms:
            yield from signs(cause, check, knowledge)


def pointing_at(check: str, knowledge: Knowledge) -> dict[str, list[Sign]]:
    """For each outcome of CHECK the causes it speaks for, strongest first."""
    found: dict[str, list[Sign]] = {outcome: [] for outcome in knowledge.model.outcomes[check]}
    for name, cause in knowledge.base.causes.items():
        if check in cause.evidence:
            for sign in signs(name, check, knowledge):
                if sign.decibans >= TELLING:
                    found[sign.outcome].append(sign)
    return {
        outcome: sorted(listed, key=lambda sign: (-round(sign.decibans, 9), sign.cause))
        for outcome, listed in found.items()
    }


def surest_question(cause: str, knowledge: Knowledge) -> str | None:
    """The question whose answers set CAUSE apart best from all that may be behind a complaint."""
    model, base = knowledge.model, knowledge.base
    place = model.hypotheses.index(cause)
    others = model.priors[True].copy()
    others[place] = 0.0
    others /= others.sum()
    asked = [check for check in base.causes[cause].evidence if base.checks[check].ask]

    def information(check: str) -> float:
        rows = model.rows[check]
        return float(rows[place] @ np.log(rows[place] / (others @ rows)))

    return max(sorted(asked), key=lambda check: round(information(check), 9), default=None)
