"""What one file cannot know of itself: names that other files must define, rows that must add up, circles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import get_args

from wizard.knowledge.meanings import lexicon_complaints, meaning_complaints
from wizard.knowledge.rows import FULL_SUM_RANGE, PARTIAL_SUM_LIMIT, number
from wizard.knowledge.schema import suggestion
from wizard.knowledge.shelves import Complaints, Shelves
from wizard.knowledge.yaml_nodes import Where
from wizard.vocabulary import HEALTHY, Artifact, Cause, Chance, Check, Checklist, Opening, Row, Scales, Vignette

SEED_CLAIM = re.compile(r"seed:S(?!000)(0[0-9]{2}|1[0-4][0-9]|15[0-2])")  # the original notes make 152 claims
ROUNDING = 1e-9


def check_references(shelves: Shelves) -> None:
    """Add to SHELVES every complaint about references and rows."""
    if shelves.scales.entry:
        shelves.check(shelves.scales, _scale_complaints(shelves.scales.entry))
    for check in shelves.checks.values():
        if check.entry:
            shelves.check(check, _check_complaints(check.entry, shelves))
    for cause in shelves.causes.values():
        if cause.entry:
            shelves.check(cause, _cause_complaints(cause.entry, shelves))
    for remedy in shelves.remedies.values():
        if remedy.entry:
            shelves.check(remedy, _source_complaints(remedy.entry.sources, shelves))
    for checklist in shelves.checklists.values():
        if checklist.entry:
            shelves.check(checklist, _checklist_complaints(checklist.entry, shelves))
    for name, opening in (shelves.openings.entry or {}).items():
        shelves.check(shelves.openings, _opening_complaints(name, opening, shelves))
    if shelves.lexicon.entry:
        shelves.check(shelves.lexicon, lexicon_complaints(shelves.lexicon.entry))
    for vignette in shelves.vignettes.values():
        if vignette.entry:
            family = Path(vignette.name).parts[1]
            shelves.check(vignette, _vignette_complaints(vignette.entry, family, shelves))
    for first, second, circle in _circles({id: read.entry for id, read in shelves.causes.items()}):
        message = f"leads_to goes in a circle: {circle}. Delete one of these links."
        shelves.check(shelves.causes[first], iter([(("leads_to", second), message)]))


def _scale_complaints(scales: Scales) -> Complaints:
    for word, chance in scales.chances.items():
        yield from _chance_complaints(("chances", word), chance, {})
    for word, weight in scales.priors.items():
        if weight <= 0:
            yield ("priors", word), f"the weight {weight:g} is not above 0. Raise it."
    yield from _chance_complaints(("several_faults",), scales.several_faults, {})


def _check_complaints(check: Check, shelves: Shelves) -> Complaints:
    yield from _row_complaints(("healthy",), check.healthy, list(check.outcomes), shelves)
    if check.otherwise is not None:
        yield from _row_complaints(("otherwise",), check.otherwise, list(check.outcomes), shelves)
    yield from _requirement_complaints(check.requires, shelves)
    yield from _source_complaints(check.sources, shelves)
    if check.symptom:
        yield from meaning_complaints(check.symptom, shelves)


def _requirement_complaints(requires: Mapping[str, Sequence[str]], shelves: Shelves) -> Complaints:
    for check, outcomes in requires.items():
        yield from _unknown("requires", check, "check", shelves.checks)
        for position, outcome in enumerate(outcomes):
            yield from _outcome_complaints(("requires", check, position), check, outcome, shelves)


def _cause_complaints(cause: Cause, shelves: Shelves) -> Complaints:
    yield from _family_complaints(cause.family, shelves)
    yield from _prior_complaints(cause.prior, shelves)
    for check, row in cause.evidence.items():
        yield from _unknown("evidence", check, "check", shelves.checks)
        if check in shelves.checks and (entry := shelves.checks[check].entry):
            yield from _row_complaints(("evidence", check), row, list(entry.outcomes), shelves)
    yield from _requirement_complaints(cause.requires, shelves)
    words = shelves.scales.entry.chances if shelves.scales.entry else None
    for key, chances, kind, known in (
        ("leads_to", cause.leads_to, "cause", set(shelves.causes)),
        ("remedies", cause.remedies, "remedy", set(shelves.remedies)),
    ):
        for name, chance in chances.items():
            yield from _unknown(key, name, kind, known)
            if words is not None:
                yield from _chance_complaints((key, name), chance, words)
    for name in cause.looks_like:
        yield from _unknown("looks_like", name, "cause", shelves.causes)
    yield from _source_complaints(cause.sources, shelves)


def _vignette_complaints(vignette: Vignette, family: str, shelves: Shelves) -> Complaints:
    if family != HEALTHY:
        yield from _family_complaints(family, shelves)
    if vignette.cause not in (HEALTHY, *shelves.causes):
        known = {HEALTHY, *shelves.causes}
        yield (
            ("cause",),
            f"the cause '{vignette.cause}' does not exist. {suggestion(vignette.cause, known)}",
        )
    yield from _symptom_complaints("complaint", vignette.complaint, shelves)
    for check, outcome in vignette.findings.items():
        yield from _unknown("findings", check, "check", shelves.checks)
        yield from _outcome_complaints(("findings", check), check, outcome, shelves)


def _symptom_complaints(key: str, symptoms: Sequence[str], shelves: Shelves) -> Complaints:
    known = {id for id, read in shelves.checks.items() if read.entry is None or read.entry.symptom}
    for position, symptom in enumerate(symptoms):
        if symptom not in known:
            yield (key, position), f"the symptom '{symptom}' does not exist. {suggestion(symptom, known)}"


def _checklist_complaints(checklist: Checklist, shelves: Shelves) -> Complaints:
    yield from _symptom_complaints("symptoms", checklist.symptoms, shelves)
    yield from _source_complaints(checklist.sources, shelves)
    for position, step in enumerate(checklist.steps):
        place = ("steps", position)
        if step.check is not None and step.check not in shelves.checks:
            message = f"the check '{step.check}' does not exist. {suggestion(step.check, shelves.checks)}"
            yield (*place, "check"), message
        if step.wrong and step.check is None:
            yield (*place, "wrong"), "without a `check` nothing can be wrong. Name the check, or delete this."
        for which, outcome in enumerate(step.wrong):
            yield from _outcome_complaints((*place, "wrong", which), step.check or "", outcome, shelves)
        for where, message in _source_complaints(step.sources, shelves):
            yield (*place, *where), message


def _opening_complaints(name: str, opening: Opening, shelves: Shelves) -> Complaints:
    if name in shelves.checks:
        yield (name,), f"'{name}' is also the id of a check. Rename it."
    if not opening.opens and name not in get_args(Artifact):
        yield (name,), f"'{name}' is no artifact. List in `opens` the checks that it answers."
    for check, chance in opening.opens.items():
        if check not in shelves.checks:
            message = f"the check '{check}' does not exist. {suggestion(check, shelves.checks)}"
            yield (name, "opens", check), message
        yield from _chance_complaints((name, "opens", check), chance, {})


def _unknown(key: str, name: str, kind: str, known: Iterable[str]) -> Complaints:
    names = set(known)
    if name not in names:
        yield (key, name), f"the {kind} '{name}' does not exist. {suggestion(name, names)}"


def _outcome_complaints(where: Where, check: str, outcome: str, shelves: Shelves) -> Complaints:
    entry = shelves.checks[check].entry if check in shelves.checks else None
    if entry and outcome not in entry.outcomes:
        yield where, f"'{check}' has no outcome '{outcome}'. {suggestion(outcome, entry.outcomes)}"


def _family_complaints(family: str, shelves: Shelves) -> Complaints:
    if shelves.families.entry is not None and family not in shelves.families.entry:
        known = suggestion(family, shelves.families.entry)
        yield (), f"the folder '{family}' is no family of families.yaml. {known}"


def _prior_complaints(prior: Chance, shelves: Shelves) -> Complaints:
    words = shelves.scales.entry.priors if shelves.scales.entry else None
    if isinstance(prior, str):
        if words is not None and prior not in words:
            yield ("prior",), f"the word '{prior}' is unknown. {suggestion(prior, words)}"
    elif prior <= 0:
        yield ("prior",), f"the weight {prior:g} is not above 0. Raise it."


def _source_complaints(sources: Sequence[str], shelves: Shelves) -> Complaints:
    for position, source in enumerate(sources):
        if source.startswith("seed:"):
            if not SEED_CLAIM.fullmatch(source):
                yield (
                    ("sources", position),
                    f"'{source}' is no seed claim. Write one of seed:S001 to seed:S152.",
                )
        elif shelves.sources.entry is not None and source not in shelves.sources.entry:
            known = suggestion(source, shelves.sources.entry)
            yield ("sources", position), f"the source '{source}' is not in sources.yaml. {known}"


def _chance_complaints(where: Where, chance: Chance, words: Mapping[str, float]) -> Complaints:
    if isinstance(chance, str):
        if chance not in words:
            yield where, f"the word '{chance}' is unknown. {suggestion(chance, words)}"
    elif not 0 < chance < 1:
        yield where, f"{chance:g} is not between 0 and 1. Write a probability or a word of scales.yaml."


def _row_complaints(where: Where, row: Row, outcomes: Sequence[str], shelves: Shelves) -> Complaints:
    """A row that names unknown outcomes or words, or sums to what no completion can mend."""
    if shelves.scales.entry is None:
        return
    words = shelves.scales.entry.chances
    if not row:
        yield where, "the row names no outcome. Name one, or delete the row."
    wrong = [
        ((*where, outcome), f"there is no outcome '{outcome}'. {suggestion(outcome, outcomes)}")
        for outcome in row
        if outcome not in outcomes
    ]
    for outcome, chance in row.items():
        wrong += _chance_complaints((*where, outcome), chance, words)
    yield from wrong
    if wrong:
        return
    total = sum(number(chance, words) for chance in row.values())
    unnamed = [outcome for outcome in outcomes if outcome not in row]
    low, high = FULL_SUM_RANGE
    if unnamed and total > PARTIAL_SUM_LIMIT + ROUNDING:
        message = (
            f"the row sums to {total:.4g} and leaves too little for {', '.join(unnamed)}. "
            f"Lower it to {PARTIAL_SUM_LIMIT} at most, or name every outcome."
        )
        yield where, message
    elif not unnamed and not low - ROUNDING <= total <= high + ROUNDING:
        message = f"the row names every outcome and sums to {total:.4g}. Bring the sum within {low} to {high}."
        yield where, message


def _circles(causes: Mapping[str, Cause | None]) -> Iterator[tuple[str, str, str]]:
    """Each circle along `leads_to`: its first cause by id, the effect that this leads to, and the whole to read."""
    effects = {
        id: {effect for effect in cause.leads_to if effect in causes} for id, cause in sorted(causes.items()) if cause
    }
    while True:
        try:
            TopologicalSorter({id: sorted(effects[id]) for id in effects}).prepare()
        except CycleError as error:
            circle = error.args[1][:0:-1]  # against the sorter's direction, without the repeated end
            start = circle.index(min(circle))
            circle = [*circle[start:], *circle[: start + 1]]
            yield circle[0], circle[1], " > ".join(circle)
            effects[circle[0]].remove(circle[1])
        else:
            return
