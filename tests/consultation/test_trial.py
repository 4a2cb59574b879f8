"""Simulated people: the same for every policy; they answer as their cause does, err, and do not know everything."""

from __future__ import annotations

import numpy as np
import pytest

from wizard.consultation.trial import UNKNOWN, WRONG, Person, Talk, minutes_to_repair, talk
from wizard.knowledge.cache import Knowledge, load_knowledge
from wizard.reasoning.plan import GIVE_UP_MINUTES, Costs

PEOPLE = 40


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The built-in base."""
    return load_knowledge()


def test_the_same_person_says_the_same_again(knowledge: Knowledge) -> None:
    """Policies are compared on the same people."""
    first, second = (Person(knowledge, "lr_too_high", seed=3) for _ in range(2))

    assert (first.complaint, first.said, first.knows) == (second.complaint, second.said, second.knows)
    assert first.said != Person(knowledge, "lr_too_high", seed=4).said


def test_everybody_complains_of_something(knowledge: Knowledge) -> None:
    """Also those whose cause brings no symptom for sure."""
    people = [Person(knowledge, cause, seed=0) for cause in knowledge.base.causes]

    assert all(person.complaint for person in people)


def test_answers_are_wrong_and_missing_as_often_as_said(knowledge: Knowledge) -> None:
    """Within four standard errors."""
    people = [Person(knowledge, cause, seed) for cause in list(knowledge.base.causes)[:10] for seed in range(4)]
    wrong = [person.said[check] != person.facts[check] for person in people for check in person.said]
    known = [knows for person in people for knows in person.knows.values()]

    assert np.mean(wrong) == pytest.approx(WRONG, abs=4 * (WRONG / len(wrong)) ** 0.5)
    assert np.mean(known) == pytest.approx(1 - UNKNOWN, abs=4 * (UNKNOWN / len(known)) ** 0.5)


def test_a_context_that_the_cause_requires_is_there(knowledge: Knowledge) -> None:
    """Somebody whose sampler is at fault trains on several devices."""
    people = [Person(knowledge, "no_distributed_sampler", seed) for seed in range(PEOPLE)]

    assert {person.facts["number_of_devices"] for person in people} == {"several"}


def test_a_dont_know_is_a_question_without_a_finding(knowledge: Knowledge) -> None:
    """It is counted, costs its minutes, and is not asked again."""
    person = Person(knowledge, "lr_too_high", seed=0)
    person.knows = dict.fromkeys(person.knows, False)
    now = Talk(person)

    now.ask("lower_rate_helps")

    assert (now.turns, now.minutes) == (1, knowledge.model.ask_minutes["lower_rate_helps"])
    assert "lower_rate_helps" not in now.findings
    assert "lower_rate_helps" not in now.askable


def test_pasting_is_one_question_with_many_findings(knowledge: Knowledge) -> None:
    """Exactly what the opening lists, and of these only what the paste settles."""
    person = Person(knowledge, "softmax_before_ce", seed=0)
    person.knows = dict.fromkeys(person.knows, True)
    now = Talk(person)

    now.ask(["probe"])

    told = {check for check, finding in now.findings.items() if finding.origin == "told"}
    assert now.turns == 1
    assert len(told) > 10
    assert told <= set(knowledge.base.opened_by("probe"))


def test_a_talk_ends_where_it_is_told_to(knowledge: Knowledge) -> None:
    """After so many questions, or when the policy has none."""
    person = Person(knowledge, "lr_too_high", seed=1)

    assert talk(person, lambda now: now.askable[0], 3).turns == 3
    assert talk(person, lambda _: None).turns == 0


def test_repairing_costs_the_remedies_tried_or_giving_up(knowledge: Knowledge) -> None:
    """A person whom the first remedy cures pays for it alone; one whom none cures pays for giving up as well."""
    person = Person(knowledge, "softmax_before_ce", seed=0)
    person.knows = dict.fromkeys(person.knows, True)
    costs = Costs.of(knowledge.model)
    end = talk(person, lambda _: ["probe"], 1)

    person.luck = dict.fromkeys(person.luck, 0.0)
    lucky = minutes_to_repair(end, costs, GIVE_UP_MINUTES)
    person.luck = dict.fromkeys(person.luck, 1.0)
    unlucky = minutes_to_repair(end, costs, GIVE_UP_MINUTES)

    assert lucky in costs.remedies
    assert unlucky > GIVE_UP_MINUTES
