"""WHY NOT and WHAT WOULD CHANGE IT: which finding the conclusion hangs on, and which answer would turn it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from wizard.knowledge.rows import Floats, Model
from wizard.reasoning.belief import Evidence, posterior, predictions
from wizard.vocabulary import HEALTHY, OTHER

LIKELY_ENOUGH = 0.03  # an answer that is less to be expected than this is not worth a line


@dataclass(frozen=True, slots=True)
class Turn:
    """With (or, for what is known already, without) OUTCOME of CHECK, CAUSE has PROBABILITY.

    `chance` is how likely that answer is now; 1 for what is known.
    """

    check: str
    outcome: str
    chance: float
    cause: str
    probability: float


def hangs_on(model: Model, evidence: Evidence) -> tuple[Turn, ...]:
    """The findings without which another cause would come first, the one that would then be surest first."""
    first = first_cause(model, posterior(model, evidence))
    turns = []
    for check, finding in evidence.findings.items():
        others = {name: other for name, other in evidence.findings.items() if name != check}
        belief = posterior(model, replace(evidence, findings=others))
        then = first_cause(model, belief)
        if then != first:
            turns.append(Turn(check, finding.outcome, 1.0, then, _of(model, belief, then)))
    return tuple(sorted(turns, key=lambda turn: (-round(turn.probability, 9), turn.check)))


def would_change(model: Model, evidence: Evidence, askable: Iterable[str]) -> tuple[Turn, ...]:
    """Answers to open questions after which another cause would come first, the likeliest answer first."""
    first = first_cause(model, posterior(model, evidence))
    turns = []
    for check, (chances, beliefs) in predictions(model, evidence, sorted(askable)).items():
        for outcome, chance, belief in zip(model.outcomes[check], chances, beliefs, strict=True):
            then = first_cause(model, belief)
            if then != first and chance >= LIKELY_ENOUGH:
                turns.append(Turn(check, outcome, float(chance), then, _of(model, belief, then)))
    return tuple(sorted(turns, key=lambda turn: (-round(turn.chance, 9), turn.check, turn.outcome)))


def would_revive(model: Model, evidence: Evidence, cause: str, askable: Iterable[str]) -> tuple[Turn, ...]:
    """Answers to open questions that would raise CAUSE, the one that raises it most first."""
    now = _of(model, posterior(model, evidence), cause)
    turns = [
        Turn(check, outcome, float(chance), cause, _of(model, belief, cause))
        for check, (chances, beliefs) in predictions(model, evidence, sorted(askable)).items()
        for outcome, chance, belief in zip(model.outcomes[check], chances, beliefs, strict=True)
        if _of(model, belief, cause) > now
    ]
    return tuple(sorted(turns, key=lambda turn: (-round(turn.probability, 9), turn.check, turn.outcome)))


def first_cause(model: Model, belief: Floats) -> str:
    """The likeliest cause that has a name, ties by id."""
    named = [index for index, name in enumerate(model.hypotheses) if name not in (HEALTHY, OTHER)]
    return model.hypotheses[min(named, key=lambda index: (-round(float(belief[index]), 12), model.hypotheses[index]))]


def _of(model: Model, belief: Floats, cause: str) -> float:
    return float(belief[model.hypotheses.index(cause)])
