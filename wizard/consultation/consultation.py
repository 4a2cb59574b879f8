"""One consultation: complaint, facts and findings so far; immutable, a pure function of its journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from wizard.reasoning.belief import Evidence
from wizard.vocabulary import (
    PASTED,
    PRESENT,
    TRUST,
    ArtifactFile,
    Check,
    Event,
    Fact,
    Finding,
    Inspected,
    KnowledgeBase,
    Notice,
    Unanswered,
    settled,
)

STATED = ("told", "person")  # origins of what a person said
RERUN_MINUTES = "rerun_minutes"  # the fact by which a person says how long it takes to run again


@dataclass(frozen=True, slots=True)
class Named:
    """The person complains of a symptom."""

    symptom: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The person answers a check; `overrule` sets an inspector's finding aside."""

    check: str
    outcome: str
    overrule: bool = False


@dataclass(frozen=True, slots=True)
class DontKnow:
    """The person cannot answer a check."""

    check: str


@dataclass(frozen=True, slots=True)
class TookBack:
    """Whatever the person said about a check, symptom, fact or remedy is as if never said."""

    check: str


@dataclass(frozen=True, slots=True)
class Told:
    """The person states a fact."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Looked:
    """Artifacts were inspected."""

    inspected: Inspected


@dataclass(frozen=True, slots=True)
class Tried:
    """A remedy was tried; `worked` when the run trains now."""

    remedy: str
    worked: bool


Entry = Named | Answered | DontKnow | TookBack | Told | Looked | Tried


@dataclass(frozen=True, slots=True)
class Consultation:
    """What is known. Build it with `replay` or grow it with `after`."""

    journal: tuple[Entry, ...] = ()
    said: dict[str, Answered | Named | DontKnow] = field(default_factory=dict)
    seen: dict[str, Finding] = field(default_factory=dict)
    could_not: dict[str, Unanswered] = field(default_factory=dict)
    all_facts: tuple[Fact, ...] = ()
    artifacts: tuple[ArtifactFile, ...] = ()
    events: tuple[Event, ...] = ()
    unreadable: tuple[Notice, ...] = ()
    notes: tuple[Notice, ...] = ()
    tried: tuple[tuple[str, bool], ...] = ()
    rerun_minutes: float | None = None

    def after(self, *entries: Entry) -> Consultation:
        """This consultation with ENTRIES added to its journal."""
        return replay((*self.journal, *entries))

    @property
    def told(self) -> dict[str, Finding]:
        """What the person said, as findings; whether they count is another matter."""
        return {check: finding for check, entry in self.said.items() if (finding := _told(entry))}

    @property
    def findings(self) -> dict[str, Finding]:
        """The finding that counts for each check: an inspector's before a person's, unless that one overrules."""
        findings = self.told
        for check, finding in self.seen.items():
            entry = self.said.get(check)
            if not (isinstance(entry, Answered) and entry.overrule):
                findings[check] = finding
        return dict(sorted(findings.items()))

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Checks on which the person and an inspector disagree."""
        told = self.told
        return tuple(
            sorted(check for check in told if check in self.seen and told[check].outcome != self.seen[check].outcome)
        )

    @property
    def facts(self) -> dict[str, Fact]:
        """The most trusted fact of each name."""
        return settled(self.all_facts)

    @property
    def stated(self) -> tuple[Fact, ...]:
        """The facts that the person told."""
        return tuple(fact for fact in self.all_facts if fact.origin in STATED)

    @property
    def fact_conflicts(self) -> dict[str, tuple[Fact, ...]]:
        """Facts that artifacts or the person state differently."""
        by_name: dict[str, list[Fact]] = {}
        for fact in self.all_facts:
            by_name.setdefault(fact.name, []).append(fact)
        return {
            name: tuple(facts) for name, facts in sorted(by_name.items()) if len({fact.value for fact in facts}) > 1
        }

    @property
    def complaints(self) -> tuple[str, ...]:
        """Symptoms that the person named, or answered to be present, and no inspector refutes."""
        findings = self.findings
        told = {check for check, finding in self.told.items() if finding.outcome == PRESENT}
        return tuple(sorted(check for check in told if findings[check].outcome == PRESENT))

    @property
    def evidence(self) -> Evidence:
        """What reasoning needs to know."""
        return Evidence(self.findings, self.tried, bool(self.complaints))

    def unanswered(self, base: KnowledgeBase) -> dict[str, Unanswered]:
        """Every check without a finding, and why; symptoms that nobody named are not among them."""
        findings = self.findings
        return {
            name: self._why_not(check, findings)
            for name, check in sorted(base.checks.items())
            if name not in findings and not check.symptom
        }

    def _why_not(self, entry: Check, findings: Mapping[str, Finding]) -> Unanswered:
        check = entry.id
        if any(
            context in findings and findings[context].outcome not in listed
            for context, listed in entry.requires.items()
        ):
            return Unanswered("inapplicable", "", check)
        if isinstance(self.said.get(check), DontKnow):
            return Unanswered("unknown", "", check)
        return self.could_not.get(check, Unanswered("absent", "", check))

    def askable(self, base: KnowledgeBase) -> tuple[str, ...]:
        """Checks that a person could still answer: neither settled, nor given up, nor senseless here.

        Who could not say in a line what kind of run it is, is not asked for each part of that line.
        """
        why = self.unanswered(base)
        given_up = {
            check
            for name, opening in base.openings.items()
            if opening.in_words and isinstance(self.said.get(name), DontKnow)
            for check in opening.opens
        }
        return tuple(
            check
            for check, unanswered in why.items()
            if base.checks[check].ask and unanswered.reason not in ("unknown", "inapplicable")
            if check not in given_up
        )

    def openable(self, base: KnowledgeBase) -> dict[str, tuple[str, ...]]:
        """What could still be handed over or pasted, with the checks that it would newly answer."""
        why = self.unanswered(base)
        done = {file.kind for file in self.artifacts} | {file.path for file in self.artifacts} | self.said.keys()
        opened = {
            name: tuple(check for check in base.opened_by(name) if check in why and why[check].reason == "absent")
            for name in base.openings
            if not {name, PASTED.format(name)} & done
        }
        return {name: checks for name, checks in opened.items() if checks}


def _told(entry: Answered | Named | DontKnow) -> Finding | None:
    match entry:
        case Named(symptom):
            return Finding(PRESENT, check=symptom)
        case Answered(check, outcome):
            return Finding(outcome, check=check)
        case DontKnow():
            return None


def replay(journal: Iterable[Entry]) -> Consultation:
    """The consultation that a journal amounts to."""
    now = Consultation(journal=tuple(journal))
    for entry in now.journal:
        match entry:
            case Named(check) | Answered(check) | DontKnow(check):
                now = replace(now, said={**now.said, check: entry})
            case TookBack(taken):
                now = replace(
                    now,
                    said={name: said for name, said in now.said.items() if name != taken},
                    all_facts=tuple(f for f in now.all_facts if f.name != taken or f.origin not in STATED),
                    tried=tuple(trial for trial in now.tried if trial[0] != taken),
                )
            case Told(fact):
                now = replace(now, all_facts=_restated(now.all_facts, (fact,)))
            case Looked(inspected):
                now = _look(now, inspected)
            case Tried(remedy, worked):
                before = tuple(trial for trial in now.tried if trial[0] != remedy)
                now = replace(now, tried=(*before, (remedy, worked)))
    return now


def _look(now: Consultation, new: Inspected) -> Consultation:
    """Later looks replace what earlier ones found for the same check, and the facts of the same origin.

    A look that broke before it came to a check takes nothing back. What was told replaces only what was told.
    """
    told = all(file.kind == "told" for file in new.artifacts)
    found = {finding.check: finding for finding in new.findings if not _outranked(finding, now.seen)}
    missed = {missed.check: missed for missed in new.unanswered if not (told and _is_settled(now, missed.check))}
    lost = {
        check for check, missed in missed.items() if check in now.seen and _takes_back(missed, now.seen[check], told)
    }
    read = {file.path for file in new.artifacts}
    return replace(
        now,
        seen={check: f for check, f in now.seen.items() if check not in lost} | found,
        could_not={check: u for check, u in now.could_not.items() if check not in found} | missed,
        all_facts=_restated(now.all_facts, new.facts),
        artifacts=(*(file for file in now.artifacts if file.path not in read), *new.artifacts),
        events=new.events or now.events,
        unreadable=(*now.unreadable, *(notice for notice in new.unreadable if notice not in now.unreadable)),
        notes=(*now.notes, *(notice for notice in new.notes if notice not in now.notes)),
        rerun_minutes=now.rerun_minutes if new.rerun_minutes is None else new.rerun_minutes,
    )


def _outranked(new: Finding, seen: Mapping[str, Finding]) -> bool:
    """Whether what was SEEN before comes from something more trusted than what was told."""
    known = seen.get(new.check)
    return known is not None and new.origin == "told" and TRUST.index(known.origin) < TRUST.index("told")


def _is_settled(now: Consultation, check: str) -> bool:
    """Whether something more trusted than what was told has had its say on CHECK."""
    return now.seen[check].origin != "told" if check in now.seen else check in now.could_not


def _takes_back(missed: Unanswered, seen: Finding, told: bool) -> bool:
    """Whether a look that could not tell ends what was SEEN; a file that lacks what was told does not."""
    if missed.reason in ("crashed", "skipped"):
        return False
    return told or seen.origin != "told" or missed.reason == "inapplicable"


def _restated(known: tuple[Fact, ...], new: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """KNOWN and NEW; what one origin said of a fact before is forgotten when it says it anew."""
    stated = {(fact.name, fact.origin) for fact in new}
    return (*(fact for fact in known if (fact.name, fact.origin) not in stated), *new)
