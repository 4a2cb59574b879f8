"""HOW a cause got its probability: decibans of each finding, which sum to the change of its log odds."""

from __future__ import annotations

import numpy as np

from wizard.knowledge.rows import Model
from wizard.reasoning.belief import Evidence, counted_rows, prior
from wizard.vocabulary import Weight

DECIBANS = 10 / np.log(10)
DIGITS = 12  # what is left of a finding that tells nothing is rounding


def weights_of_evidence(model: Model, evidence: Evidence, hypothesis: str) -> tuple[Weight, ...]:
    """What each finding and tried remedy adds for HYPOTHESIS against all others, strongest alone first.

    Each is taken given those before it, so the sum is the posterior log odds minus the prior log odds, exactly.
    A tried remedy stands as check `tried:ID` with outcome `worked` or `failed`.
    """
    likelihoods = _likelihoods(model, evidence)
    target = model.hypotheses.index(hypothesis)
    belief = prior(model, evidence)
    alone = {key: _decibans(belief, likelihood, target) for key, likelihood in likelihoods.items()}
    weights = []
    for key in sorted(alone, key=lambda key: (-abs(alone[key]), key)):
        weights.append(Weight(key[0], key[1], _decibans(belief, likelihoods[key], target)))
        belief = belief * likelihoods[key]
        belief = belief / belief.sum()
    return tuple(weights)


def _likelihoods(model: Model, evidence: Evidence) -> dict[tuple[str, str], np.ndarray]:
    answered = {check: finding.origin == "person" for check, finding in evidence.findings.items()}
    likelihoods = {}
    for check, rows in counted_rows(model, answered).items():
        outcome = evidence.findings[check].outcome
        likelihoods[check, outcome] = rows[:, model.outcomes[check].index(outcome)]
    for remedy, worked in evidence.tried:
        works = model.works[model.remedies.index(remedy)]
        likelihoods[f"tried:{remedy}", "worked" if worked else "failed"] = works if worked else 1 - works
    return likelihoods


def _decibans(belief: np.ndarray, likelihood: np.ndarray, target: int) -> float:
    against = belief.copy()
    against[target] = 0.0
    decibans = float(DECIBANS * np.log(likelihood[target] * against.sum() / (against @ likelihood)))
    return round(decibans, DIGITS) + 0.0  # never -0.0
