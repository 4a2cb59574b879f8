"""Words to arrays: the rows P(outcome | hypothesis) and the priors that reasoning runs on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from wizard.vocabulary import HEALTHY, OTHER, Cause, Chance, KnowledgeBase, Row

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

PARTIAL_SUM_LIMIT = 0.995  # a row named in part leaves something for the outcomes it does not name
FULL_SUM_RANGE = (0.85, 1.15)
FLOOR = 0.001  # no outcome is impossible
PRIOR_OTHER = 0.05
PRIOR_HEALTHY = {False: 0.5, True: 0.05}  # without and with a complaint
BENIGN_OFFSET = 10.0
RARE_WHEN_HEALTHY = 0.05
SURPRISE_FACTOR, SURPRISE_LIMIT = 10.0, 0.3
UNLISTED_REMEDY_WORKS = 0.005
ARTIFACT_TELLS = 0.8  # chance that an artifact tells a check of its kind; the rest lacks what it takes
DEFAULT_ERROR = 0.05  # a person's answer where the author states no error, symptoms among them


@dataclass(frozen=True, slots=True)
class Requirement:
    """The cause at `index` occurs only where `check` has one of the outcomes flagged in `listed`."""

    index: int
    check: str
    listed: Flags


@dataclass(frozen=True, slots=True)
class Model:
    """The compiled knowledge base. Hypotheses are the causes by id, then `healthy` and `other`.

    `rows[check]` is (hypotheses, outcomes); `works` is (remedies, hypotheses); `roots[e, r]`
    tells whether cause r brings about cause e, directly or not; `groups` holds the checks that share
    a mechanism, the most informative first; `opening_tells` the chance that an
    opening answers each of its checks; `priors[complaint]` is before requirements and sums to one.
    """

    hypotheses: tuple[str, ...]
    benign: Flags
    priors: dict[bool, Floats]
    checks: tuple[str, ...]
    outcomes: dict[str, tuple[str, ...]]
    rows: dict[str, Floats]
    otherwise: dict[str, Floats]
    lists: dict[str, Flags]
    groups: dict[str, tuple[str, ...]]
    requirements: tuple[Requirement, ...]
    roots: Flags
    remedies: tuple[str, ...]
    works: Floats
    treats: Flags
    remedy_minutes: Floats
    ask_minutes: dict[str, float]
    ask_error: dict[str, float]
    opening_minutes: dict[str, float]
    opening_tells: dict[str, dict[str, float]]
    in_words: frozenset[str]
    symptoms: frozenset[str]
    contexts: frozenset[str]
    several_faults: float
    surprising: tuple[tuple[str, str], ...]

    @property
    def faults(self) -> Flags:
        """Which hypotheses are faults: neither `healthy` nor benign; `other` is one."""
        flags = ~self.benign
        flags[self.hypotheses.index(HEALTHY)] = False
        return flags


def number(chance: Chance, words: Mapping[str, float]) -> float:
    """A word of the scale, or the number itself."""
    return words[chance] if isinstance(chance, str) else float(chance)


def complete_row(row: Row, outcomes: Sequence[str], rest: Floats, chances: Mapping[str, float]) -> Floats:
    """The full row: what ROW leaves over is shared in proportion to REST among the outcomes it does not name.

    >>> complete_row({"a": "often"}, ("a", "b", "c"), np.array([.5, .3, .2]), {"often": .6}).round(2).tolist()
    [0.6, 0.24, 0.16]
    """
    full = np.zeros(len(outcomes))
    unnamed = np.array([outcome not in row for outcome in outcomes])
    for outcome, chance in row.items():
        full[outcomes.index(outcome)] = number(chance, chances)
    if unnamed.any():
        full[unnamed] = (1.0 - full.sum()) * rest[unnamed] / rest[unnamed].sum()
    return normalised(full)


def normalised(row: Floats) -> Floats:
    """The row scaled to one, raised to the floor, and scaled again. Works on the last axis."""
    raised = np.maximum(row / row.sum(axis=-1, keepdims=True), FLOOR)
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def compile_model(base: KnowledgeBase) -> Model:
    """Every table of the engine from the authored entries. The base must have passed the loader."""
    causes = [base.causes[name] for name in sorted(base.causes)]
    hypotheses = (*(cause.id for cause in causes), HEALTHY, OTHER)
    checks = tuple(sorted(base.checks))
    outcomes = {name: tuple(base.checks[name].outcomes) for name in checks}
    healthy, otherwise = _plain_rows(base, outcomes)
    explicit = _cause_rows(base, outcomes, otherwise)
    benign = np.array([*(cause.benign for cause in causes), False, False])
    priors = {complaint: _priors(base, causes, complaint) for complaint in (False, True)}
    contexts = base.contexts
    rows, lists, surprising = {}, {}, []
    for check in checks:
        listed = [explicit[cause.id].get(check) for cause in causes]
        block = np.array([otherwise[check] if row is None else row for row in listed])
        if check in contexts:  # a base rate, of which no hypothesis knows anything
            rows[check] = np.tile(healthy[check], (len(hypotheses), 1))
            otherwise[check] = healthy[check]
            lists[check] = np.zeros(len(hypotheses), bool)
            continue
        other, escalated = _other_row(block, priors[True][: len(causes)], healthy[check], otherwise[check])
        surprising += [(check, outcomes[check][index]) for index in np.flatnonzero(escalated)]
        rows[check] = np.vstack([block, healthy[check], other])
        lists[check] = np.array([*(row is not None for row in listed), True, True])
    remedies = tuple(sorted(base.remedies))
    works, treats = _remedies(causes, remedies, len(hypotheses), base.scales.chances)
    asks = {name: base.checks[name].ask for name in checks}
    return Model(
        hypotheses=hypotheses,
        benign=benign,
        priors=priors,
        checks=checks,
        outcomes=outcomes,
        rows=rows,
        otherwise=otherwise,
        lists=lists,
        groups=_groups(base, rows, priors[True]),
        requirements=_requirements(causes, outcomes),
        roots=_roots(base, hypotheses),
        remedies=remedies,
        works=works,
        treats=treats,
        remedy_minutes=np.array([base.remedies[name].minutes for name in remedies]),
        ask_minutes={name: ask.minutes for name, ask in asks.items() if ask},
        ask_error={name: ask.error if ask else DEFAULT_ERROR for name, ask in asks.items()},
        opening_minutes={name: opening.minutes for name, opening in base.openings.items()},
        opening_tells={
            name: opening.opens or dict.fromkeys(base.opened_by(name), ARTIFACT_TELLS)
            for name, opening in base.openings.items()
        },
        in_words=frozenset(name for name, opening in base.openings.items() if opening.in_words),
        symptoms=frozenset(base.symptoms),
        contexts=contexts,
        several_faults=base.scales.several_faults,
        surprising=tuple(surprising),
    )


def _remedies(
    causes: Sequence[Cause], remedies: Sequence[str], hypotheses: int, words: Mapping[str, float]
) -> tuple[Floats, Flags]:
    """P(it works | hypothesis) and which causes list it, (remedies, hypotheses) both."""
    works = np.full((len(remedies), hypotheses), UNLISTED_REMEDY_WORKS)
    treats = np.zeros(works.shape, dtype=bool)
    for column, cause in enumerate(causes):
        for remedy, chance in cause.remedies.items():
            works[remedies.index(remedy), column] = number(chance, words)
            treats[remedies.index(remedy), column] = True
    return works, treats


def _plain_rows(
    base: KnowledgeBase, outcomes: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    healthy, otherwise = {}, {}
    for name, check in base.checks.items():
        equal = np.ones(len(outcomes[name]))
        healthy[name] = complete_row(check.healthy, outcomes[name], equal, base.scales.chances)
        row = check.healthy if check.otherwise is None else check.otherwise
        otherwise[name] = complete_row(row, outcomes[name], equal, base.scales.chances)
    return healthy, otherwise


def _cause_rows(
    base: KnowledgeBase, outcomes: Mapping[str, tuple[str, ...]], otherwise: Mapping[str, Floats]
) -> dict[str, dict[str, Floats]]:
    """Authored rows, and those that a cause inherits from the effects it leads to, effects first."""
    chances = base.scales.chances
    resolved: dict[str, dict[str, Floats]] = {}
    for name in effects_first(base.causes):
        cause = base.causes[name]
        rows = {
            check: complete_row(row, outcomes[check], otherwise[check], chances)
            for check, row in cause.evidence.items()
        }
        effects = sorted(cause.leads_to, key=lambda effect: (-number(cause.leads_to[effect], chances), effect))
        for effect in effects:
            weight = number(cause.leads_to[effect], chances)
            for check, row in resolved[effect].items():
                if check not in rows:
                    rows[check] = normalised(weight * row + (1 - weight) * otherwise[check])
        resolved[name] = rows
    return resolved


def effects_first(causes: Mapping[str, Cause]) -> list[str]:
    """Topological order along `leads_to`; raises graphlib.CycleError on a cycle."""
    return list(TopologicalSorter({name: sorted(causes[name].leads_to) for name in sorted(causes)}).static_order())


def _other_row(block: Floats, weights: Floats, healthy: Floats, otherwise: Floats) -> tuple[Floats, Flags]:
    """The row of `other`, and which outcomes it had to escalate because no cause explains them."""
    mean = weights @ block / weights.sum() if weights.sum() > 0 else otherwise
    row = 0.5 * otherwise + 0.5 * mean
    raised = (block > otherwise + 1e-12).any(axis=0) if len(block) else np.zeros(len(otherwise), bool)
    escalated = (healthy <= RARE_WHEN_HEALTHY) & ~raised
    surprise = np.where(escalated, np.minimum(SURPRISE_FACTOR * otherwise, SURPRISE_LIMIT), 0.0)
    rest = np.where(escalated, 0.0, row)
    return normalised(surprise + rest / rest.sum() * (1 - surprise.sum())), escalated


def _priors(base: KnowledgeBase, causes: Sequence[Cause], complaint: bool) -> Floats:
    """Family share x weight within the family; benign causes take part of the mass of `healthy`."""
    words = base.scales.priors
    weight = np.array([number(cause.prior, words) for cause in causes])
    benign = np.array([cause.benign for cause in causes], dtype=bool)
    healthy = PRIOR_HEALTHY[complaint]
    prior = np.zeros(len(causes))
    if benign.any():
        prior[benign] = healthy * weight[benign] / (BENIGN_OFFSET + weight[benign].sum())
    families = sorted({cause.family for cause in causes if not cause.benign})
    total_share = sum(base.families[family].share for family in families)
    for family in families:
        member = np.array([cause.family == family and not cause.benign for cause in causes])
        share = base.families[family].share / total_share
        prior[member] = (1 - healthy - PRIOR_OTHER) * share * weight[member] / weight[member].sum()
    return np.array([*prior, healthy - prior[benign].sum(), PRIOR_OTHER])


def information(prior: Floats, rows: Floats) -> float:
    """Mutual information in bits between the hypotheses and the outcome of one check."""
    predicted = prior @ rows
    return float(entropy(predicted) - prior @ entropy(rows))


def entropy(row: Floats) -> Floats:
    """Entropy in bits along the last axis."""
    return np.asarray(-(row * np.log2(np.maximum(row, 1e-300))).sum(axis=-1))


def _groups(base: KnowledgeBase, rows: Mapping[str, Floats], prior: Floats) -> dict[str, tuple[str, ...]]:
    """The checks of each group, the most informative first; a context acts on priors, so it tempers nothing."""
    members: dict[str, list[str]] = {}
    for name in sorted(base.checks.keys() - base.contexts):
        group = base.checks[name].group
        if group:
            members.setdefault(group, []).append(name)
    return {
        group: tuple(sorted(names, key=lambda name: (-round(information(prior, rows[name]), 12), name)))
        for group, names in members.items()
    }


def _roots(base: KnowledgeBase, hypotheses: Sequence[str]) -> Flags:
    roots = np.zeros((len(hypotheses), len(hypotheses)), dtype=bool)
    for name in effects_first(base.causes):
        for effect in base.causes[name].leads_to:
            roots[hypotheses.index(effect), hypotheses.index(name)] = True
            roots[:, hypotheses.index(name)] |= roots[:, hypotheses.index(effect)]
    return roots


def _requirements(causes: Iterable[Cause], outcomes: Mapping[str, tuple[str, ...]]) -> tuple[Requirement, ...]:
    return tuple(
        Requirement(index, check, np.array([outcome in listed for outcome in outcomes[check]]))
        for index, cause in enumerate(causes)
        for check, listed in cause.requires.items()
    )
