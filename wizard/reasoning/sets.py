"""What is reported: marginals over `healthy`, `other`, each cause alone and sets of two and three."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from wizard.knowledge.rows import Floats, Model
from wizard.reasoning.belief import (
    Evidence,
    log_weights,
    prior,
    softmax,
    tempered,
    tempered_checks,
    through_error,
)

LIKELIEST = 40  # causes that sets are made of


@dataclass(frozen=True, slots=True)
class Report:
    """Marginal probability of each hypothesis of the model, and the weights of all sets of causes.

    `members` is (sets, 3) of hypothesis indices, padded with -1; the first rows are the single hypotheses.
    """

    marginals: Floats
    members: NDArray[np.intp]
    weights: Floats

    def any_of(self, hypotheses: list[int]) -> float:
        """P(at least one of HYPOTHESES is at fault)."""
        return float(self.weights[np.isin(self.members, hypotheses).any(axis=1)].sum())


def report(model: Model, evidence: Evidence) -> Report:
    """Posterior over sets. One cause alone keeps its own row; see design 5 for the rows of larger sets."""
    single = log_weights(model, evidence)
    start = prior(model, evidence)
    causes = np.flatnonzero(model.faults[:-1])
    scale = _scale(start[causes], model.several_faults)
    pool = sorted(causes[np.argsort(-single[causes], kind="stable")][:LIKELIEST])
    several = _sets(pool)
    with np.errstate(divide="ignore"):  # a requirement that a file rules out gives log 0
        log_prior = np.append(np.log(start * scale), 0.0)[several].sum(axis=1)
    faults = start[causes].sum()
    spread = scale * faults + np.exp(log_prior).sum()
    mass = faults / spread if spread > 0 else 1.0
    # one cause alone changes from p to mass * s * p; healthy, benign and other keep theirs
    shift = np.zeros(len(single))
    shift[causes] = np.log(mass * scale)
    logs = np.log(mass) + log_prior + _log_likelihood(model, evidence, several)
    members = np.full((len(single) + len(several), 3), -1)
    members[: len(single), 0] = np.arange(len(single))
    members[len(single) :] = several
    weights = softmax(np.concatenate([single + shift, logs]))
    marginals = np.zeros(len(single))
    for column in range(3):
        present = members[:, column] >= 0
        np.add.at(marginals, members[present, column], weights[present])
    return Report(marginals, members, weights)


def _scale(priors: Floats, several: float) -> float:
    """s with P(two or more | at least one) = SEVERAL when every set up to three has the product of its s x prior.

    Sums over sets are the elementary symmetric polynomials of the priors, summed without differences: with two causes
    the one of triples must be exactly zero.
    """
    pairs = priors * np.append(0.0, priors.cumsum()[:-1])
    triples = priors * np.append(0.0, pairs.cumsum()[:-1])
    if pairs.sum() <= 0:
        return 1.0
    # (e2 s + e3 s^2) (1 - several) = several e1
    a, b, c = triples.sum() * (1 - several), pairs.sum() * (1 - several), several * priors.sum()
    return float(2 * c / (b + np.sqrt(b * b + 4 * a * c)))


@cache
def _positions(size: int) -> NDArray[np.intp]:
    """All pairs (padded with -1) and triples of SIZE places."""
    pairs = [(*pair, -1) for pair in combinations(range(size), 2)]
    return np.array([*pairs, *combinations(range(size), 3)], dtype=np.intp).reshape(-1, 3)


def _sets(pool: list[int]) -> NDArray[np.intp]:
    """All pairs and triples of the hypotheses in POOL."""
    return np.append(np.array(pool, dtype=np.intp), -1)[_positions(len(pool))]


def _log_likelihood(model: Model, evidence: Evidence, sets: NDArray[np.intp]) -> Floats:
    total = np.zeros(len(sets))
    answered = {check: finding.origin == "person" for check, finding in evidence.findings.items()}
    behind = tempered_checks(model, answered)
    for check, finding in evidence.findings.items():
        rows = set_rows(model, check, sets)
        if answered[check]:
            rows = through_error(rows, model.ask_error[check])
        if check in behind:
            rows = tempered(rows)
        total += np.log(rows[:, model.outcomes[check].index(finding.outcome)])
    for remedy, worked in evidence.tried:
        # the run works again only if the remedy cures every fault of the set
        cures = np.append(model.works[model.remedies.index(remedy)], 1.0)[sets].prod(axis=1)
        total += np.log(cures if worked else 1 - cures)
    return total


def set_rows(model: Model, check: str, sets: NDArray[np.intp]) -> Floats:
    """P(outcome | set) for sets of two and three, (sets, outcomes)."""
    rows, otherwise = model.rows[check], model.otherwise[check]
    normal = int(rows[-2].argmax())
    ratio = np.append(np.minimum(1.0, rows[:, normal] / otherwise[normal]), 1.0)
    first, second, third = sets.T  # written out: numpy reduces an axis of three slowly
    stays = otherwise[normal] * (ratio[first] * ratio[second] * ratio[third])
    abnormal = rows * model.lists[check][:, None]
    abnormal = np.vstack([abnormal, np.zeros(rows.shape[1])])
    abnormal[:, normal] = 0.0
    shares = abnormal[first] + abnormal[second] + abnormal[third]
    totals = abnormal.sum(axis=1)
    total = totals[first] + totals[second] + totals[third]
    rest = otherwise.copy()
    rest[normal] = 0.0
    shares[total == 0] = rest
    total[total == 0] = rest.sum()
    shares *= ((1 - stays) / total)[:, None]
    shares[:, normal] = stays
    return np.asarray(shares)
