"""The one set of records: what an author writes, what is found, and what is concluded.

Pydantic validates the authored ones, msgspec caches and journals them, reports write them as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Literal

Language = Literal["en", "zh"]
Artifact = Literal["log", "checkpoint", "config", "environment", "source", "recipe", "told"]
Origin = Literal["person", "log", "checkpoint", "config", "environment", "source", "recipe", "told"]
# Facts that artifacts disagree on are settled in this order, the most trusted first.
TRUST: tuple[Origin, ...] = ("recipe", "checkpoint", "log", "config", "environment", "source", "told", "person")
Chance = str | float  # a word of scales.yaml or a probability
Row = dict[str, Chance]  # outcome -> chance
Measurement = Mapping[str, int | float | str]
HEALTHY, OTHER = "healthy", "other"
PRESENT, ABSENT = "present", "absent"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in both languages."""

    en: str
    zh: str

    def to(self, language: Language) -> str:
        """The sentence in LANGUAGE."""
        return self.zh if language == "zh" else self.en


# What an author writes: one record a file of the knowledge base.


@dataclass(frozen=True, slots=True)
class Outcome:
    """One value of a check: `answer` is what a person picks, `says` what an inspector reports (slots: measurement).

    `printed` are words of a program (an error, a warning) that mean this outcome wherever they are pasted.
    """

    answer: Text
    says: Text
    printed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ask:
    """How a person answers a check: `minutes` of work, `error` the chance that the answer is wrong.

    `number` names the fact that may be told instead, as a number: an inspector of what is told then answers.
    """

    question: Text
    how: Text
    minutes: float
    error: float = 0.05
    code: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What people say when they have a symptom."""

    en: list[str]
    zh: list[str]


@dataclass(frozen=True, slots=True)
class Symptom:
    """Makes a check something people complain of; `curve` names a sketch of the loss.

    `means` are patterns over keys of lexicon.yaml that make it present: `split quantity [not] behaviour [than split]
    [@onset]`, alternatives by `|`, conditions by `+` or `then`, exceptions after `unless`. The opposite of a single
    condition makes it absent, and so do the patterns of `denied_by`. What it `covers` is part of it, not named as well.
    """

    words: Words
    curve: str
    means: list[str] = field(default_factory=list)
    denied_by: list[str] = field(default_factory=list)
    covers: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Check:
    """Something that can be observed. `artifact` is the folder it lies in; `told` means only a person can answer.

    It makes no sense where a check that it `requires` has an outcome that is not listed there.
    """

    id: str
    artifact: Artifact
    title: Text
    outcomes: dict[str, Outcome]
    healthy: Row
    sources: list[str]
    otherwise: Row | None = None
    ask: Ask | None = None
    group: str | None = None
    symptom: Symptom | None = None
    requires: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cause:
    """A fault that somebody can change in one place."""

    id: str
    family: str
    title: Text
    because: Text
    prior: Chance
    evidence: dict[str, Row]
    sources: list[str]
    remedies: dict[str, Chance] = field(default_factory=dict)
    leads_to: dict[str, Chance] = field(default_factory=dict)
    requires: dict[str, list[str]] = field(default_factory=dict)
    looks_like: dict[str, Text] = field(default_factory=dict)
    benign: bool = False


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change to make. `minutes` are hands-on, without the run that shows whether it worked."""

    id: str
    title: Text
    do: Text
    verify: Text
    undo: Text
    minutes: float
    risk: Literal["low", "medium", "high"]
    sources: list[str]
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of fault; `share` is the weight of all its causes together."""

    title: Text
    share: float


@dataclass(frozen=True, slots=True)
class Scales:
    """The numbers behind the words: chances of rows, weights of priors, the share of runs with several faults."""

    chances: dict[str, float]
    priors: dict[str, float]
    several_faults: float


@dataclass(frozen=True, slots=True)
class Source:
    """Where a claim comes from; `where` is an address or a place in a book."""

    title: str
    where: str


@dataclass(frozen=True, slots=True)
class Vignette:
    """A case with a known cause (or `healthy`), used as a test. `complaint` lists symptoms that the person named."""

    id: str
    cause: str
    story: Text
    findings: dict[str, str]
    complaint: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the field: what it is called, and what it means."""

    names: Words
    means: Text


Slot = Literal[
    "split", "quantity", "behaviour", "comparison", "than", "negation", "contrast", "and", "link", "reference",
    "onset", "mood", "unit", "setting", "stay", "filler",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lexeme:
    """What people call one value of a slot of a complaint. In a form, {a,b} are alternatives and # is any number."""

    slot: Slot
    en: list[str] = field(default_factory=list)
    zh: list[str] = field(default_factory=list)


def spellings(form: str) -> Iterator[str]:
    """FORM of a lexeme with each choice of its {alternatives}."""
    parts = re.split(r"\{([^{}]*)\}", form)  # every other one is the inside of a pair of braces
    choices = [part.split(",") if place % 2 else [part] for place, part in enumerate(parts)]
    for chosen in product(*choices):
        yield " ".join("".join(chosen).split())


@dataclass(frozen=True, slots=True)
class Opening:
    """Something to hand over or paste that answers many checks for one cost: `minutes` of a person's time.

    `opens` gives for each check the chance that what is handed over tells it; without it the opening is the artifact
    of that id, and opens every check of that artifact. `in_words` is answered by a sentence of the person's, anything
    else by what a program wrote.
    """

    title: Text
    how: Text
    minutes: float
    opens: dict[str, float] = field(default_factory=dict)
    in_words: bool = False


@dataclass(frozen=True, slots=True)
class ChecklistStep:
    """One thing to look at. A finding of `check` ticks it: as it should be, or not.

    `wrong` are the outcomes of the check that this step is after; without them, all but the one of most healthy runs.
    """

    do: Text
    sources: list[str]
    check: str | None = None
    wrong: list[str] = field(default_factory=list)
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Checklist:
    """Steps in the order in which somebody without a wizard would walk them; for complaints of `symptoms`."""

    id: str
    title: Text
    intro: Text
    symptoms: list[str]
    steps: list[ChecklistStep]
    sources: list[str]


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """Every entry by id. `hash` is that of the files' contents."""

    families: dict[str, Family]
    scales: Scales
    sources: dict[str, Source]
    checks: dict[str, Check]
    causes: dict[str, Cause]
    remedies: dict[str, Remedy]
    vignettes: dict[str, Vignette]
    openings: dict[str, Opening] = field(default_factory=dict)
    checklists: dict[str, Checklist] = field(default_factory=dict)
    glossary: dict[str, Term] = field(default_factory=dict)
    lexicon: dict[str, Lexeme] = field(default_factory=dict)
    hash: str = ""

    def opened_by(self, opening: str) -> tuple[str, ...]:
        """The checks that OPENING answers."""
        listed = self.openings[opening].opens
        return tuple(listed or (name for name, check in self.checks.items() if check.artifact == opening))

    @property
    def symptoms(self) -> dict[str, Check]:
        """The checks that people complain of."""
        return {name: check for name, check in self.checks.items() if check.symptom}

    @property
    def contexts(self) -> frozenset[str]:
        """The checks that some cause or check requires: they say of what kind a run is, not what is wrong with it."""
        entries: list[Cause | Check] = [*self.causes.values(), *self.checks.values()]
        return frozenset(check for entry in entries for check in entry.requires)


# What is found in one consultation.


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was seen."""

    file: str
    line: int | None = None
    step: int | None = None
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A typed value with unit and origin: `num_classes = 10`."""

    name: str
    value: int | float | str
    origin: Origin = "told"
    unit: str = ""


def settled(facts: Iterable[Fact]) -> dict[str, Fact]:
    """The most trusted fact of each name."""
    return {fact.name: fact for fact in sorted(facts, key=lambda fact: TRUST.index(fact.origin), reverse=True)}


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check. An inspector leaves `check` and `origin` to the runner."""

    outcome: str
    measured: Measurement = field(default_factory=dict)
    where: Place | None = None
    check: str = ""
    origin: Origin = "person"


Reason = Literal["absent", "inapplicable", "skipped", "crashed", "unknown"]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A check without a finding, and why. `detail` is a fixed sentence that the locale translates, or an error."""

    reason: Reason
    detail: str = ""
    check: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something at a step of a log; a value that is no finite number is a word."""

    kind: str
    step: int
    value: int | float | str


PASTED = "pasted {}"  # stands for the name of a file, with the opening that was pasted: log, probe or code


@dataclass(frozen=True, slots=True)
class ArtifactFile:
    """A file or pasted text that was read; `sha256_head` is the hash of its first MiB."""

    kind: Artifact
    path: str
    size: int
    sha256_head: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell about the looking itself: a message id with {slots} and what fills them.

    `where` is a file or place as it stands; `next`, what to do, is a message id with the same values.
    """

    message: str
    values: Mapping[str, int | float | str] = field(default_factory=dict)
    where: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Inspected:
    """All that looking at the files gave; `unreadable` tells of files that were found but could not be read."""

    artifacts: tuple[ArtifactFile, ...] = ()
    facts: tuple[Fact, ...] = ()
    findings: tuple[Finding, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()
    events: tuple[Event, ...] = ()
    unreadable: tuple[Notice, ...] = ()
    notes: tuple[Notice, ...] = ()
    rerun_minutes: float | None = None


# What is concluded.

Verdict = Literal["healthy", "diagnosed", "narrowed", "undetermined"]


@dataclass(frozen=True, slots=True)
class Weight:
    """What one finding says for a cause, in decibans (10 log10 of the likelihood ratio against everything else)."""

    check: str
    outcome: str
    decibans: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """A cause, `healthy` or `other` with its reported probability and the findings that moved it, strongest first."""

    cause: str
    probability: float
    weights: tuple[Weight, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What is worth a person's time, its cost and saving in expected minutes.

    Either the question `check`, and then `hand_over` names the artifact that answers it too, or, with `check` empty,
    an `opening` to hand over.
    """

    check: str
    minutes: float
    minutes_saved: float
    hand_over: Artifact | None = None
    opening: str = ""


@dataclass(frozen=True, slots=True)
class Prescription:
    """A remedy in its place in the plan: the causes it is for and the chance that it works now."""

    remedy: str
    causes: tuple[str, ...]
    works: float
    minutes: float


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that is concluded from a consultation; `next_steps` are best first and empty when asking no longer pays."""

    verdict: Verdict
    named: tuple[str, ...]
    fault: float
    differential: tuple[Ranked, ...]
    plan: tuple[Prescription, ...]
    next_steps: tuple[Step, ...]
    suspicious: bool
