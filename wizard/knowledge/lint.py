"""What a loaded knowledge base has wrong as a whole: entries nothing leads to, causes nothing tells apart."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.knowledge.confusion import inseparable_causes
from wizard.knowledge.lint_texts import sentences, titles
from wizard.knowledge.problems import Problem, entries, error
from wizard.knowledge.rows import Model
from wizard.vocabulary import ABSENT, HEALTHY, PRESENT, KnowledgeBase

DEAD = 0.01  # an outcome nowhere likelier is ten times the floor of a row: it can say next to nothing
SYMPTOM_WHEN_HEALTHY = 0.05  # people complain of healthy runs at least as often (design: the knowledge base)


def lint(kb: KnowledgeBase, model: Model, inspected: frozenset[str]) -> list[Problem]:
    """Every problem, errors first, then by file. KB has its vignettes; INSPECTED are the checks with an inspector."""
    problems = [
        *_unreachable_checks(kb, inspected),
        *_loose_ends(kb),
        *_symptoms(kb, model),
        *_outcomes(kb, model),
        *sentences(kb),
        *titles(kb),
        *_uncited_sources(kb),
        *inseparable_causes(kb, model),
    ]
    return sorted(problems, key=lambda problem: (problem.severity != "error", problem.where, problem.what))


def _unreachable_checks(kb: KnowledgeBase, inspected: frozenset[str]) -> Iterator[Problem]:
    listed = {check for cause in kb.causes.values() for check in cause.evidence}
    contexts = kb.contexts
    for check in kb.checks.values():
        if check.id not in listed | contexts:
            yield error(check, "no cause lists this check", "List it in the causes that move it, or delete it.")
        if check.id in listed & contexts:
            yield error(check, "a context check is listed as evidence", "Delete it from every `evidence`.")
        if check.requires and check.id in contexts:
            yield error(check, "a context check requires another", "Delete its `requires`.")
        if not (check.ask or check.symptom or check.id in inspected):
            yield error(check, "nobody can answer this check", "Give it an `ask` or an inspector, or delete it.")
    for name in sorted(inspected - kb.checks.keys()):
        yield Problem("error", "checks", f"the inspector '{name}' answers no check", f"Write {name}.yaml.")


def _loose_ends(kb: KnowledgeBase) -> Iterator[Problem]:
    shown = {vignette.cause for vignette in kb.vignettes.values()}
    used = {remedy for cause in kb.causes.values() for remedy in cause.remedies}
    for cause in kb.causes.values():
        if not cause.remedies and not cause.benign:
            yield error(cause, "this cause has no remedy", "Name one with the chance that it works.")
        if not cause.evidence and not cause.leads_to:
            yield error(cause, "this cause moves no check", "List in `evidence` what speaks for or against it.")
        if cause.id not in shown:
            next = f"Write vignettes/{cause.family}/{cause.id}.yaml."
            yield error(cause, "no vignette shows this cause", next)
    for remedy in kb.remedies.values():
        if remedy.id not in used:
            yield error(remedy, "no cause lists this remedy", "List it where it works, or delete it.")


def _symptoms(kb: KnowledgeBase, model: Model) -> Iterator[Problem]:
    healthy = model.hypotheses.index(HEALTHY)
    for check in kb.symptoms.values():
        if set(check.outcomes) != {PRESENT, ABSENT}:
            yield error(check, "a symptom's outcomes are present and absent", "Name these two, no others.")
            continue
        chance = model.rows[check.id][healthy, model.outcomes[check.id].index(PRESENT)]
        if chance < SYMPTOM_WHEN_HEALTHY:
            what = f"healthy runs bring this complaint with only {chance:.3g}"
            yield error(check, what, f"Raise `healthy: present` to {SYMPTOM_WHEN_HEALTHY} or more.")


def _outcomes(kb: KnowledgeBase, model: Model) -> Iterator[Problem]:
    """Outcomes that no cause makes likelier, and outcomes that are nowhere likely at all."""
    surprising = set(model.surprising)
    for check, outcome in sorted(surprising):
        what = f"'{outcome}' is rare in healthy runs and no cause makes it likelier, so it speaks for `other`"
        yield error(kb.checks[check], what, "Name it in the row of a cause, or delete it.")
    for check in model.checks:
        if check in model.contexts:
            continue
        likeliest = model.rows[check][:-1].max(axis=0)  # without `other`, which is made of the others
        for outcome, chance in zip(model.outcomes[check], likeliest, strict=True):
            if chance <= DEAD and (check, outcome) not in surprising:
                next = "Raise it in the causes that bring it about, or delete it."
                yield error(kb.checks[check], f"'{outcome}' is nowhere likelier than {DEAD}", next)


def _uncited_sources(kb: KnowledgeBase) -> Iterator[Problem]:
    cited = {source for entry in entries(kb) for source in entry.sources}
    for source in sorted(kb.sources.keys() - cited):
        yield Problem("warning", "sources.yaml", f"nothing cites '{source}'", "Cite or delete it.")
