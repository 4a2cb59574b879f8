"""Random small knowledge bases, and brute force over them: everything by definition, nothing vectorised."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np

from wizard.knowledge.rows import Model, compile_model
from wizard.reasoning.plan import GIVE_UP_MINUTES, Costs
from wizard.vocabulary import Ask, Cause, Check, Family, KnowledgeBase, Outcome, Remedy, Row, Scales, Text

WORDS = {"usually": 0.75, "often": 0.6, "sometimes": 0.3, "rarely": 0.1}
T = Text("t", "t")


def random_base(seed: int, causes: int = 5, checks: int = 5, remedies: int = 6, groups: bool = False) -> KnowledgeBase:
    """A base with random sparse rows; every cause has one or two remedies that work often, not always."""
    random = np.random.default_rng(seed)
    outcomes = {f"q{i}": ("normal", "odd", "odder")[: random.integers(2, 4)] for i in range(checks)}
    entries = {}
    for name, values in outcomes.items():
        odd: Row = {value: round(float(random.uniform(0.01, 0.1)), 3) for value in values[1:]}
        entries[name] = Check(
            id=name,
            artifact="told",
            title=T,
            outcomes={value: Outcome(T, T) for value in values},
            healthy=odd,
            sources=["s"],
            ask=Ask(T, T, float(random.integers(1, 8)), error=float(random.choice([0.0, 0.05, 0.15]))),
            group="g" if groups and random.random() < 0.5 else None,
        )
    faults: dict[str, Cause] = {}
    for index in range(causes):
        listed = random.choice(checks, size=random.integers(2, checks + 1), replace=False)
        evidence: dict[str, Row] = {}
        for check in listed:
            value = str(random.choice(outcomes[f"q{check}"][1:]))
            evidence[f"q{check}"] = {value: round(float(random.uniform(0.2, 0.98)), 3)}
        treated = random.choice(remedies, size=random.integers(1, 3), replace=False)
        faults[f"c{index}"] = Cause(
            id=f"c{index}",
            family=f"f{index % 3}",
            title=T,
            because=T,
            prior=float(random.uniform(1, 8)),
            evidence=evidence,
            sources=["s"],
            remedies={f"r{r}": round(float(random.uniform(0.3, 0.98)), 3) for r in treated},
        )
    cures = {f"r{r}": Remedy(f"r{r}", T, T, T, T, float(random.integers(5, 90)), "low", ["s"]) for r in range(remedies)}
    return KnowledgeBase(
        families={f"f{i}": Family(T, float(random.uniform(5, 20))) for i in range(3)},
        scales=Scales(WORDS, {}, 0.25),
        sources={},
        checks=entries,
        causes=faults,
        remedies=cures,
        vignettes={},
    )


def random_model(seed: int, **sizes: int | bool) -> Model:
    """The compiled random base."""
    return compile_model(random_base(seed, **sizes))  # type: ignore[arg-type]


class Troubleshooting:
    """The decision problem of one model, by definition: ask, try a remedy, or stop; costs in minutes."""

    def __init__(self, model: Model, rerun_minutes: float = 20.0) -> None:
        self.model = model
        self.costs = Costs.of(model, rerun_minutes)
        self.prior = model.priors[True]
        self.rows = {
            check: [[self._heard(float(p), check, len(row)) for p in row] for row in np.asarray(model.rows[check])]
            for check in model.checks
        }
        self.optimum = cache(self._optimum)

    def _heard(self, chance: float, check: str, outcomes: int) -> float:
        error = self.model.ask_error[check]
        return (1 - error) * chance + error * (1 - chance) / (outcomes - 1)

    def weights(self, answers: tuple[int, ...], failed: frozenset[int]) -> list[float]:
        """Unnormalised P(hypothesis, answers, failures); answers are outcome indices by check, -1 if not asked."""
        weights = [float(p) for p in self.prior]
        for check, outcome in zip(self.model.checks, answers, strict=True):
            if outcome >= 0:
                weights = [w * self.rows[check][h][outcome] for h, w in enumerate(weights)]
        for remedy in failed:
            weights = [w * (1 - float(self.model.works[remedy, h])) for h, w in enumerate(weights)]
        return weights

    def stop_cost(self, weights: list[float]) -> float:
        faults = self.model.faults
        return GIVE_UP_MINUTES * sum(w for h, w in enumerate(weights) if faults[h]) / sum(weights)

    def start(self) -> tuple[tuple[int, ...], frozenset[int]]:
        return tuple(-1 for _ in self.model.checks), frozenset()

    def _optimum(self, answers: tuple[int, ...], failed: frozenset[int]) -> float:
        """Least expected minutes from here, by dynamic programming over every option."""
        weights = self.weights(answers, failed)
        best = self.stop_cost(weights)
        for remedy in range(len(self.model.remedies)):
            if remedy not in failed:
                best = min(best, self.try_cost(answers, failed, remedy, weights, self.optimum))
        for index in range(len(self.model.checks)):
            if answers[index] < 0:
                best = min(best, self.ask_cost(answers, failed, index, weights, self.optimum))
        return best

    def try_cost(self, answers, failed, remedy, weights, onwards) -> float:  # type: ignore[no-untyped-def]
        """Cost of a remedy and then `onwards` if it failed."""
        works = sum(w * float(self.model.works[remedy, h]) for h, w in enumerate(weights)) / sum(weights)
        return float(self.costs.remedies[remedy] + (1 - works) * onwards(answers, failed | {remedy}))

    def ask_cost(self, answers, failed, index, weights, onwards) -> float:  # type: ignore[no-untyped-def]
        """Cost of a question and then `onwards` with its answer."""
        check = self.model.checks[index]
        total = self.model.ask_minutes[check]
        for outcome in range(len(self.model.outcomes[check])):
            chance = sum(w * self.rows[check][h][outcome] for h, w in enumerate(weights)) / sum(weights)
            total += chance * onwards((*answers[:index], outcome, *answers[index + 1 :]), failed)
        return total


def enumerate_sets(model: Model, largest: int = 3) -> list[tuple[int, ...]]:
    """All sets of causes up to the given size."""
    causes = [index for index, name in enumerate(model.hypotheses) if model.faults[index] and name != "other"]
    return [s for size in range(1, largest + 1) for s in itertools.combinations(causes, size)]
