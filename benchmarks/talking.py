"""Talking only: simulated people over all causes, no files; how often their cause is among the first three.

People answer 5 in 100 questions wrong and do not know one in five; the complaint is free, a don't-know counts as a
question, pasting a log or a probe's block is one question. They answer as the knowledge base's own rows say, so
this measures whether its questions separate its causes, not whether its rows are true. Every cause counts alike.
With cause ids as arguments it prints what they were asked and what came first.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace

import numpy as np

from wizard.consultation.trial import LONGEST_TALK, UNKNOWN, Choice, Person, Talk, minutes_to_repair, talk
from wizard.knowledge.cache import Knowledge, load_knowledge
from wizard.knowledge.rows import Floats, Model, entropy, information
from wizard.reasoning.belief import outcome_rows, posterior
from wizard.reasoning.next_check import information_per_minute, next_steps
from wizard.reasoning.openings import worth_opening
from wizard.reasoning.plan import GIVE_UP_MINUTES, Costs

PEOPLE = 1  # a cause
QUESTIONS = 5


def ours(model: Model, costs: Costs, pasting: bool = True) -> Choice:
    """By net value, until nothing pays."""

    def choose(now: Talk) -> str | tuple[str, ...] | None:
        steps = next_steps(model, costs, now.evidence, now.askable)
        openings = worth_opening(model, costs, now.evidence, now.openable) if pasting else ()
        if openings and (not steps or openings[0].minutes_saved > steps[0].minutes_saved):
            return tuple(step.opening for step in openings)
        return steps[0].check if steps else None

    return choose


def worth_going_on(model: Model, costs: Costs, now: Talk) -> bool:
    """Our stopping rule, for those that choose otherwise."""
    return bool(next_steps(model, costs, now.evidence, now.askable))


def in_fixed_order(model: Model, costs: Costs) -> Choice:
    """Every question in one order for all, the most informative beforehand first, as a checklist."""
    order = sorted(model.ask_minutes, key=lambda check: -information(model.priors[True], model.rows[check]))

    def choose(now: Talk) -> str | None:
        if not worth_going_on(model, costs, now):
            return None
        return next((check for check in order if check in now.askable), None)

    return choose


def at_random(model: Model, costs: Costs) -> Choice:
    """Any question."""
    draws = np.random.default_rng(0)

    def choose(now: Talk) -> str | None:
        return str(draws.choice(now.askable)) if now.askable and worth_going_on(model, costs, now) else None

    return choose


def confirming_the_top(model: Model, costs: Costs) -> Choice:
    """The question whose expected answer speaks loudest for the likeliest cause, as most rule-based wizards ask."""

    def choose(now: Talk) -> str | None:
        if not (now.askable and worth_going_on(model, costs, now)):
            return None
        belief = posterior(model, now.evidence)
        top = int(belief[:-2].argmax())
        rest = belief.copy()
        rest[top] = 0
        rest /= rest.sum()

        def loudness(check: str) -> float:
            rows = outcome_rows(model, check, person=True)
            return float(rows[top] @ np.log(rows[top] / (rest @ rows)))

        return max(now.askable, key=loudness)

    return choose


def by_hard_tree(model: Model) -> tuple[Choice, Model]:
    """A decision tree: each cause gives its likeliest answer for certain. With the model that judges it."""
    rows = {check: np.where(row == row.max(axis=1, keepdims=True), 1.0, 1e-6) for check, row in model.rows.items()}
    hard = replace(model, rows=rows, ask_error=dict.fromkeys(model.ask_error, 0.0), groups={})

    def choose(now: Talk) -> str | None:
        gain = information_per_minute(hard, now.evidence, now.askable)
        best = max(gain, key=lambda check: gain[check] * hard.ask_minutes[check], default=None)
        return best if best is not None and gain[best] > 1e-6 else None

    return choose, hard


def main() -> None:
    """Print the table, or, with cause ids as arguments, the talks of these."""
    knowledge = load_knowledge()
    model, costs = knowledge.model, Costs.of(knowledge.model)
    causes = sys.argv[1:] or [name for name, cause in knowledge.base.causes.items()]
    people = [Person(knowledge, cause, seed) for cause in causes for seed in range(PEOPLE)]
    if sys.argv[1:]:
        details(people, ours(model, costs))
        return
    tree, hard = by_hard_tree(model)
    print(f"{len(causes)} causes, {len(people)} people")
    bound(model, people)
    print(f"{'':22} {'after 5':>8} {'at stop':>8} {'questions':>10} {'asking':>8} {'in all':>8}   (minutes)")
    for name, choose, judge in (
        ("ours", ours(model, costs), knowledge),
        ("ours, nothing pasted", ours(model, costs, pasting=False), knowledge),
        ("confirm the top", confirming_the_top(model, costs), knowledge),
        ("fixed order", in_fixed_order(model, costs), knowledge),
        ("random", at_random(model, costs), knowledge),
        ("hard tree", tree, Knowledge(knowledge.base, hard)),
    ):
        row(name, people, choose, judge, costs)


def row(name: str, people: list[Person], choose: Choice, judge: Knowledge, costs: Costs) -> None:
    """One policy: share among the first three after five questions and at its stop, questions, minutes."""
    early, late, questions, asking, total = [], [], [], [], []
    for person in people:
        person.knowledge = judge
        end, after_five = Talk(person), None
        while end.turns < LONGEST_TALK and (check := choose(end)) is not None:
            if end.turns == QUESTIONS:
                after_five = end.first()
            end.ask(check)
        truth = judge.model.hypotheses[person.truth]
        late.append(truth in end.first())
        early.append(truth in (after_five or topped_up(end).first()))
        questions.append(end.turns)
        asking.append(end.minutes)
        total.append(end.minutes + minutes_to_repair(end, costs, GIVE_UP_MINUTES))
    shares = f"{np.mean(early):8.1%} {np.mean(late):8.1%}"
    print(f"{name:22} {shares} {np.mean(questions):10.1f} {np.mean(asking):8.1f} {np.mean(total):8.1f}", flush=True)


def topped_up(end: Talk) -> Talk:
    """Exactly five questions where a policy stopped before: the most informative ones follow."""
    more = replace(end, findings=dict(end.findings), asked=list(end.asked))
    while more.turns < QUESTIONS and more.askable:
        gain = information_per_minute(more.person.knowledge.model, more.evidence, more.askable)
        more.ask(max(gain, key=lambda check: gain[check]))
    return more


def bound(model: Model, people: list[Person]) -> None:
    """Bits missing after the complaint until three causes are left, over the capacity of the best question."""
    missing = np.mean([entropy(posterior(model, Talk(person).evidence)) for person in people]) - np.log2(3)
    most = max(capacity(outcome_rows(model, check, person=True)) for check in model.ask_minutes)
    told = most * (1 - UNKNOWN)
    print(
        f"entropy bound without pasting: {missing:.1f} bit are missing after the complaint, an answer tells {told:.2f} "
        f"at most: {missing / told:.1f} questions (not attainable)"
    )


def capacity(rows: Floats) -> float:
    """The most bits that one answer can tell about the cause, whatever is believed before (Blahut and Arimoto)."""
    inputs = np.full(len(rows), 1 / len(rows))
    for _ in range(200):
        gained = (rows * np.log2(rows / (inputs @ rows))).sum(axis=1)
        inputs = inputs * 2**gained
        inputs /= inputs.sum()
    return float(inputs @ (rows * np.log2(rows / (inputs @ rows))).sum(axis=1))


def details(people: list[Person], choose: Choice) -> None:
    """What was asked and what came first, person by person."""
    found: Counter[str] = Counter()
    for person in people:
        end = topped_up(talk(person, choose, QUESTIONS))
        cause = person.knowledge.model.hypotheses[person.truth]
        said = [f"{check}={end.findings[check].outcome if check in end.findings else '-'}" for check in end.asked]
        print("ok  " if cause in end.first() else "MISS", cause, person.complaint, said, "->", end.first())
        found[cause] += cause in end.first()
    print(sorted(found.items(), key=lambda pair: pair[1]), sum(found.values()) / len(people))


if __name__ == "__main__":
    main()
