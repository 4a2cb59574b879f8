"""Simulated people: they have one fault, answer as its rows say, err, and sometimes do not know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from wizard.knowledge.cache import Knowledge
from wizard.reasoning.belief import Evidence, posterior
from wizard.reasoning.plan import Costs, prescribe
from wizard.vocabulary import PRESENT, Finding, KnowledgeBase

WRONG = 0.05  # share of answers; what a program printed and the person pasted is never wrong
UNKNOWN = 0.2  # share of questions, and of things to paste
# What a complaint states beside symptoms, and how often: counted in 180 complaints as people post them, half of them
# Chinese, by what `understand` takes from them (tests/support/phrasings_*.yaml, the real ones of both collections).
STATED = {
    "loss_sits_at": 0.21,
    "when_it_goes_wrong": 0.18,
    "network_kind": 0.17,
    "starting_point": 0.14,
    "task": 0.04,
    "number_of_devices": 0.01,
}
OPENED = ("run", "log", "probe", "code")  # what somebody without files can still say in a line or paste
LONGEST_TALK = 60
DECLINED = 0.5  # minutes

# the next check, or the openings to offer in one turn, best first; None to stop asking
Choice = Callable[["Talk"], str | Sequence[str] | None]


class Person:
    """Has the fault CAUSE; answers are drawn once and for all, so that every policy meets the same person."""

    def __init__(self, knowledge: Knowledge, cause: str, seed: int) -> None:
        self.knowledge, self.truth = knowledge, knowledge.model.hypotheses.index(cause)
        model = knowledge.model
        draws = np.random.default_rng((seed, self.truth))
        self.required = {
            requirement.check: requirement.listed
            for requirement in model.requirements
            if requirement.index == self.truth
        }
        self.facts = {check: self._draw(check, draws) for check in model.checks}
        self.said = {check: self._err(check, outcome, draws) for check, outcome in self.facts.items()}
        self.knows = {name: draws.random() >= UNKNOWN for name in (*model.checks, *model.opening_minutes)}
        self.tells = {
            (name, check): draws.random() < chance
            for name, checks in model.opening_tells.items()
            for check, chance in checks.items()
        }
        self.luck = dict(zip(model.remedies, draws.random(len(model.remedies)), strict=True))
        self.complaint = self._complaint(draws)
        self.stated = {check: self.said[check] for check, share in STATED.items() if draws.random() < share}

    def _draw(self, check: str, draws: np.random.Generator) -> str:
        row = self.knowledge.model.rows[check][self.truth].copy()
        if check in self.required:
            row = row * self.required[check]
        return str(draws.choice(self.knowledge.model.outcomes[check], p=row / row.sum()))

    def _err(self, check: str, outcome: str, draws: np.random.Generator) -> str:
        others = [other for other in self.knowledge.model.outcomes[check] if other != outcome]
        return str(draws.choice(others)) if draws.random() < WRONG else outcome

    def _complaint(self, draws: np.random.Generator) -> tuple[str, ...]:
        """The symptoms that are there; somebody who sees none of them still complains of the likeliest."""
        model = self.knowledge.model
        symptoms = sorted(model.symptoms)
        named = tuple(symptom for symptom in symptoms if self.facts[symptom] == PRESENT)
        chances = np.array([model.rows[s][self.truth][model.outcomes[s].index(PRESENT)] for s in symptoms])
        return named or (symptoms[int((chances * draws.random(len(symptoms))).argmax())],)

    def works(self, remedy: str) -> bool:
        """Whether REMEDY cures this person's run."""
        model = self.knowledge.model
        return bool(self.luck[remedy] < model.works[model.remedies.index(remedy), self.truth])


@dataclass
class Talk:
    """What one person was asked and has said.

    `asked` holds checks and openings in order, do-not-knows among them; `turns` how many questions that were.
    """

    person: Person
    findings: dict[str, Finding] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    turns: int = 0
    minutes: float = 0.0

    def __post_init__(self) -> None:
        for symptom in self.person.complaint:
            self.findings[symptom] = Finding(PRESENT, check=symptom)
        for check, outcome in self.person.stated.items():
            self.findings[check] = Finding(outcome, check=check)

    @property
    def base(self) -> KnowledgeBase:
        """The knowledge base that is talked by."""
        return self.person.knowledge.base

    @property
    def evidence(self) -> Evidence:
        """What is known so far."""
        return Evidence(self.findings, (), complaint=True)

    def sensible(self, check: str) -> bool:
        """Whether CHECK makes sense with the contexts known so far."""
        requires = self.base.checks[check].requires
        return all(
            context not in self.findings or self.findings[context].outcome in listed
            for context, listed in requires.items()
        )

    @property
    def askable(self) -> list[str]:
        """Questions that are still open."""
        return [
            name
            for name, check in self.base.checks.items()
            if check.ask and not check.symptom and name not in self.findings and name not in self.asked
            if self.sensible(name)
        ]

    @property
    def openable(self) -> dict[str, tuple[str, ...]]:
        """What could still be pasted, with the checks that it would newly answer."""
        fresh = {
            name: tuple(c for c in self.base.opened_by(name) if c not in self.findings and self.sensible(c))
            for name in OPENED
            if name in self.base.openings and name not in self.asked
        }
        return {name: checks for name, checks in fresh.items() if checks}

    def ask(self, what: str | Sequence[str]) -> None:
        """One turn: a question is answered or not known; of several openings offered, best first, one is given or none.

        What is declined was looked for: it costs half a minute.
        """
        self.turns += 1
        if isinstance(what, str):
            self._question(what)
            return
        given = next((name for name in what if self.person.knows[name]), None)
        if given is None:
            words = [name for name in what if self.base.openings[name].in_words]
            self.asked += [*what, *(check for name in words for check in self.base.openings[name].opens)]
            self.minutes += DECLINED
        else:
            self._hand_over(given)

    def _question(self, check: str) -> None:
        self.asked.append(check)
        self.minutes += self.person.knowledge.model.ask_minutes[check]
        if self.person.knows[check]:
            self.findings[check] = Finding(self.person.said[check], check=check)

    def _hand_over(self, name: str) -> None:
        model, person = self.person.knowledge.model, self.person
        told = [check for check in self.openable[name] if person.tells[name, check]]
        self.asked.append(name)
        self.minutes += model.opening_minutes[name]
        for check in told:
            if name in model.in_words:
                self.findings[check] = Finding(person.said[check], check=check)
            else:
                self.findings[check] = Finding(person.facts[check], check=check, origin="told")

    def first(self, count: int = 3) -> list[str]:
        """The likeliest causes."""
        model = self.person.knowledge.model
        belief = posterior(model, self.evidence)[:-2]
        return [model.hypotheses[index] for index in np.argsort(-belief, kind="stable")[:count]]


def talk(person: Person, choose: Choice, questions: int = LONGEST_TALK) -> Talk:
    """Ask PERSON what CHOOSE says until it stops, at most so many QUESTIONS."""
    now = Talk(person)
    while now.turns < questions and (what := choose(now)) is not None:
        now.ask(what)
    return now


def minutes_to_repair(end: Talk, costs: Costs, give_up: float) -> float:
    """Minutes from the end of the questions to a working run, or to giving up: the plan, updated after each failure."""
    model, minutes = end.person.knowledge.model, 0.0
    tried: list[str] = []
    while True:
        evidence = Evidence(end.findings, tuple((name, False) for name in tried), complaint=True)
        plan = prescribe(model, costs, posterior(model, evidence), tuple(tried), at_least=0)
        if not plan:
            return minutes + give_up
        minutes += float(costs.remedies[model.remedies.index(plan[0].remedy)])
        if end.person.works(plan[0].remedy):
            return minutes
        tried.append(plan[0].remedy)
