"""Expected minutes to a working run, and the remedies in the order that keeps them few."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wizard.knowledge.rows import Floats, Model
from wizard.vocabulary import Prescription

GIVE_UP_MINUTES = 240.0  # what an unsolved fault costs: half a working day of somebody who knows
DEFAULT_RERUN_MINUTES = 20.0
NEGLIGIBLE = 1e-3  # minutes
LONGEST_PLAN = 8


@dataclass(frozen=True, slots=True)
class Costs:
    """What trying each remedy costs in minutes: hands-on work and the run that shows whether it worked."""

    remedies: Floats

    @classmethod
    def of(cls, model: Model, rerun_minutes: float = DEFAULT_RERUN_MINUTES) -> Costs:
        """Costs of all remedies of MODEL."""
        return cls(model.remedy_minutes + rerun_minutes)


def expected_minutes(model: Model, costs: Costs, beliefs: Floats, tried: tuple[str, ...] = ()) -> Floats:
    """Expected cost of repair for each row of BELIEFS (n, hypotheses): the best give-up point of the greedy sequence.

    Greedy by chance over cost with updating is optimal for independent remedies (Kadane and Simon 1977).
    """
    owed = GIVE_UP_MINUTES * model.faults
    weights = np.atleast_2d(beliefs).astype(float)
    fails = 1 - model.works
    open_ = np.ones((len(weights), len(model.remedies)), dtype=bool)
    open_[:, [model.remedies.index(name) for name in tried]] = False
    spent = np.zeros(len(weights))
    best = weights @ owed
    for _ in range(int(open_.sum(axis=1).max(initial=0))):
        score = np.where(open_, (weights @ model.works.T) / costs.remedies, -1.0)
        chosen = score.argmax(axis=1)
        spent = spent + weights.sum(axis=1) * costs.remedies[chosen]
        if (spent >= best - NEGLIGIBLE).all():
            break
        weights = weights * fails[chosen]
        open_[np.arange(len(weights)), chosen] = False
        best = np.minimum(best, spent + weights @ owed)
    return np.asarray(best)


def costs_of_plan(model: Model, costs: Costs, belief: Floats, tried: tuple[str, ...] = ()) -> Floats:
    """What the greedy sequence that is best under BELIEF costs where each hypothesis is true, (hypotheses,)."""
    owed = GIVE_UP_MINUTES * model.faults
    open_ = np.array([name not in tried for name in model.remedies])
    remaining, spent = np.ones(len(belief)), np.zeros(len(belief))
    best = owed.copy()
    while open_.any():
        weights = belief * remaining
        chosen = int(np.where(open_, (model.works @ weights) / costs.remedies, -1.0).argmax())
        spent = spent + remaining * costs.remedies[chosen]
        if spent @ belief >= best @ belief - NEGLIGIBLE:
            break
        remaining = remaining * (1 - model.works[chosen])
        open_[chosen] = False
        if (spent + remaining * owed) @ belief < best @ belief:
            best = spent + remaining * owed
    return np.asarray(best)


def prescribe(
    model: Model, costs: Costs, belief: Floats, tried: tuple[str, ...] = (), at_least: int = 1
) -> tuple[Prescription, ...]:
    """The sequence up to its give-up point, roots before effects; `works` supposes that those before it failed."""
    owed = GIVE_UP_MINUTES * model.faults
    weights, spent = belief.copy(), 0.0
    open_ = {index for index, name in enumerate(model.remedies) if name not in tried}
    steps: list[Prescription] = []
    best, best_length = float(weights @ owed), 0
    while open_ and len(steps) < LONGEST_PLAN:
        chosen = _next_remedy(model, costs, weights, open_)
        success = float(weights @ model.works[chosen] / weights.sum())
        spent += float(weights.sum() * costs.remedies[chosen])
        steps.append(
            Prescription(
                model.remedies[chosen],
                _treated(model, chosen, weights),
                success,
                float(model.remedy_minutes[chosen]),
            )
        )
        weights = weights * (1 - model.works[chosen])
        open_.discard(chosen)
        if spent + weights @ owed < best:
            best, best_length = float(spent + weights @ owed), len(steps)
    return tuple(steps[: max(best_length, at_least)])


def _next_remedy(model: Model, costs: Costs, weights: Floats, open_: set[int]) -> int:
    """The best remedy by chance over cost, or that of a root at least as likely as the effect it would treat."""
    score = {index: float(weights @ model.works[index] / costs.remedies[index]) for index in sorted(open_)}
    best = max(score, key=lambda index: score[index])
    main = int((weights * model.works[best] * model.treats[best]).argmax())
    roots = [root for root in np.flatnonzero(model.roots[main]) if weights[root] >= weights[main]]
    for root in sorted(roots, key=lambda root: -weights[root]):
        treating = [index for index in score if model.treats[index, root]]
        if treating:
            return max(treating, key=lambda index: score[index])
    return best


def _treated(model: Model, remedy: int, weights: Floats) -> tuple[str, ...]:
    """The causes that list the remedy, likeliest first, those that matter."""
    mass = weights * model.treats[remedy]
    order = [index for index in np.argsort(-mass, kind="stable") if mass[index] > 0.05 * mass.max()]
    return tuple(model.hypotheses[index] for index in order[:3])
