"""What a loaded knowledge base has wrong as a whole: entries nothing leads to, causes nothing tells apart."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from itertools import combinations
from typing import Literal, TypeAlias

import numpy as np

from wizard.knowledge.rows import Floats, Model, number
from wizard.vocabulary import ABSENT, HEALTHY, PRESENT, Cause, Check, KnowledgeBase, Remedy, Text

DEAD = 0.01  # an outcome nowhere likelier is ten times the floor of a row: it can say next to nothing
SYMPTOM_WHEN_HEALTHY = 0.05  # people complain of healthy runs at least as often (design: the knowledge base)
PATIENTS = 20  # simulated for each cause
CONFUSED = 0.2  # share of a cause's patients that another may take
SEED = 20

Titled: TypeAlias = Check | Cause | Remedy


@dataclass(frozen=True, slots=True)
class Problem:
    """An error blocks a release, a warning does not. `where` is a file relative to the knowledge base."""

    severity: Literal["error", "warning"]
    where: str
    what: str
    next: str


def lint(kb: KnowledgeBase, model: Model, inspected: frozenset[str]) -> list[Problem]:
    """Every problem, errors first, then by file. KB has its vignettes; INSPECTED are the checks with an inspector."""
    problems = [
        *_unreachable_checks(kb, inspected),
        *_loose_ends(kb),
        *_symptoms(kb, model),
        *_outcomes(kb, model),
        *_sentences(kb),
        *_titles(kb),
        *_uncited_sources(kb),
        *_inseparable_causes(kb, model),
    ]
    return sorted(problems, key=lambda problem: (problem.severity != "error", problem.where, problem.what))


def file_of(entry: Titled) -> str:
    """Where the entry lies, relative to the knowledge base."""
    if isinstance(entry, Check):
        return f"checks/{'ask' if entry.artifact == 'told' else entry.artifact}/{entry.id}.yaml"
    if isinstance(entry, Cause):
        return f"causes/{entry.family}/{entry.id}.yaml"
    return f"remedies/{entry.id}.yaml"


def _entries(kb: KnowledgeBase) -> list[Titled]:
    return [*kb.checks.values(), *kb.causes.values(), *kb.remedies.values()]


def _error(entry: Titled, what: str, next: str) -> Problem:
    return Problem("error", file_of(entry), what, next)


def _warning(entry: Titled, what: str, next: str) -> Problem:
    return Problem("warning", file_of(entry), what, next)


def _unreachable_checks(kb: KnowledgeBase, inspected: frozenset[str]) -> Iterator[Problem]:
    listed = {check for cause in kb.causes.values() for check in cause.evidence}
    contexts = kb.contexts
    for check in kb.checks.values():
        if check.id not in listed | contexts:
            yield _error(check, "no cause lists this check", "List it in the causes that move it, or delete it.")
        if check.id in listed & contexts:
            yield _error(check, "a context check is listed as evidence", "Delete it from every `evidence`.")
        if check.requires and check.id in contexts:
            yield _error(check, "a context check requires another", "Delete its `requires`.")
        if not (check.ask or check.symptom or check.id in inspected):
            yield _error(check, "nobody can answer this check", "Give it an `ask` or an inspector, or delete it.")
    for name in sorted(inspected - kb.checks.keys()):
        yield Problem("error", "checks", f"the inspector '{name}' answers no check", f"Write {name}.yaml.")


def _loose_ends(kb: KnowledgeBase) -> Iterator[Problem]:
    shown = {vignette.cause for vignette in kb.vignettes.values()}
    used = {remedy for cause in kb.causes.values() for remedy in cause.remedies}
    for cause in kb.causes.values():
        if not cause.remedies and not cause.benign:
            yield _error(cause, "this cause has no remedy", "Name one with the chance that it works.")
        if not cause.evidence and not cause.leads_to:
            yield _error(cause, "this cause moves no check", "List in `evidence` what speaks for or against it.")
        if cause.id not in shown:
            next = f"Write vignettes/{cause.family}/{cause.id}.yaml."
            yield _error(cause, "no vignette shows this cause", next)
    for remedy in kb.remedies.values():
        if remedy.id not in used:
            yield _error(remedy, "no cause lists this remedy", "List it where it works, or delete it.")


def _symptoms(kb: KnowledgeBase, model: Model) -> Iterator[Problem]:
    healthy = model.hypotheses.index(HEALTHY)
    for check in kb.symptoms.values():
        if set(check.outcomes) != {PRESENT, ABSENT}:
            yield _error(check, "a symptom's outcomes are present and absent", "Name these two, no others.")
            continue
        chance = model.rows[check.id][healthy, model.outcomes[check.id].index(PRESENT)]
        if chance < SYMPTOM_WHEN_HEALTHY:
            what = f"healthy runs bring this complaint with only {chance:.3g}"
            yield _error(check, what, f"Raise `healthy: present` to {SYMPTOM_WHEN_HEALTHY} or more.")


def _outcomes(kb: KnowledgeBase, model: Model) -> Iterator[Problem]:
    """Outcomes that no cause makes likelier, and outcomes that are nowhere likely at all."""
    surprising = set(model.surprising)
    for check, outcome in sorted(surprising):
        what = f"'{outcome}' is rare in healthy runs and no cause makes it likelier, so it speaks for `other`"
        yield _error(kb.checks[check], what, "Name it in the row of a cause, or delete it.")
    for check in model.checks:
        if check in model.contexts:
            continue
        likeliest = model.rows[check][:-1].max(axis=0)  # without `other`, which is made of the others
        for outcome, chance in zip(model.outcomes[check], likeliest, strict=True):
            if chance <= DEAD and (check, outcome) not in surprising:
                next = "Raise it in the causes that bring it about, or delete it."
                yield _error(kb.checks[check], f"'{outcome}' is nowhere likelier than {DEAD}", next)


def _sentences(kb: KnowledgeBase) -> Iterator[Problem]:
    for entry in _entries(kb):
        for text in _texts(entry):
            if _normalised(text.en) == _normalised(text.zh) and " " in text.en.strip():
                yield _warning(entry, f"not translated: '{text.en.strip()[:60]}'", "Write it in Chinese.")
    for check in kb.checks.values():
        for name, outcome in check.outcomes.items():
            slots = [_slots(sentence) for sentence in (outcome.says.en, outcome.says.zh)]
            if None in slots:
                next = "Write bare slots such as {step}, and braces that are meant as {{ and }}."
                yield _error(check, f"`says` of '{name}' has a broken slot", next)
            elif slots[0] != slots[1]:
                what = f"`says` of '{name}' has other slots in Chinese than in English"
                yield _warning(check, what, "Use the same slots in both.")


def _slots(sentence: str) -> set[str] | None:
    """The bare slots, or None if one is none."""
    try:
        parts = list(string.Formatter().parse(sentence))
    except ValueError:
        return None
    slots = {name: (spec, conversion) for _, name, spec, conversion in parts if name is not None}
    bare = all(name.isidentifier() and not spec and not conversion for name, (spec, conversion) in slots.items())
    return set(slots) if bare else None


def _texts(value: object) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


def _normalised(sentence: str) -> str:
    return " ".join(re.findall(r"\w+", sentence.casefold()))


def _titles(kb: KnowledgeBase) -> Iterator[Problem]:
    for shelf in (kb.checks, kb.causes, kb.remedies):
        first: dict[str, str] = {}
        entries: list[Titled] = list(shelf.values())
        for entry in entries:
            for title in {_normalised(entry.title.en), _normalised(entry.title.zh)}:
                if title in first:
                    yield _error(entry, f"the title is that of '{first[title]}'", "Say what sets them apart.")
                first.setdefault(title, entry.id)


def _uncited_sources(kb: KnowledgeBase) -> Iterator[Problem]:
    cited = {source for entry in _entries(kb) for source in entry.sources}
    for source in sorted(kb.sources.keys() - cited):
        yield Problem("warning", "sources.yaml", f"nothing cites '{source}'", "Cite or delete it.")


def _inseparable_causes(kb: KnowledgeBase, model: Model) -> Iterator[Problem]:
    """Causes whose patients are taken for each other's, though that would lead to another remedy."""
    confused = confusion(model)
    for (a, first), (b, second) in combinations(enumerate(model.hypotheses[:-2]), 2):
        one, two = kb.causes[first], kb.causes[second]
        if _first_remedy(one, kb) == _first_remedy(two, kb):
            continue
        share = max(confused[a, b], confused[b, a])
        if all(np.array_equal(rows[a], rows[b]) for rows in model.rows.values()):
            what = f"no check tells it from '{second}', yet their first remedies differ"
            yield _error(one, what, "Add a row that separates them, or make them one cause.")
        elif share > CONFUSED and second not in one.looks_like and first not in two.looks_like:
            next = "Say in `looks_like` what tells them apart, or add a row that separates them."
            yield _error(one, f"{share:.0%} of its patients are confused with those of '{second}'", next)


def _first_remedy(cause: Cause, kb: KnowledgeBase) -> str | None:
    """The likeliest to work, the first named among equals."""
    return max(
        cause.remedies,
        key=lambda remedy: number(cause.remedies[remedy], kb.scales.chances),
        default=None,
    )


def confusion(model: Model) -> Floats:
    """(causes, causes): share of the row cause's simulated patients whose likeliest cause is the column's.

    A patient's checks are all answered, drawn from the rows of its cause, independently; priors are equal.
    """
    causes = len(model.hypotheses) - 2
    truth = np.repeat(np.arange(causes), PATIENTS)
    draws = np.random.default_rng(SEED)
    support = np.zeros((len(truth), causes))
    for check in model.checks:
        rows = model.rows[check][:causes]
        below = draws.random(len(truth))[:, None] > rows.cumsum(axis=1)[truth, :-1]
        support += np.log(rows).T[below.sum(axis=1)]
    shares = np.zeros((causes, causes))
    np.add.at(shares, (truth, support.argmax(axis=1)), 1 / PATIENTS)
    return shares
