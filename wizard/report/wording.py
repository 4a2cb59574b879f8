"""What ids, findings and verdicts are called in one language: the only place where results become sentences."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from wizard.report.phrases import (
    ARTIFACTS,
    BANDS,
    HAND_OVER,
    OPENING_OPTIONS,
    OPTIONS,
    PASTED_WORDS,
    REASONS,
    RISKS,
    STRENGTHS,
)
from wizard.report.phrases import mark as mark
from wizard.resources import fill
from wizard.vocabulary import (
    HEALTHY,
    OTHER,
    Artifact,
    Diagnosis,
    Finding,
    KnowledgeBase,
    Language,
    Notice,
    Origin,
    Place,
    Step,
    Unanswered,
)

LONGEST = 200  # characters of anything that comes from a file
LONGEST_NOTICE = 600
LONG_INTEGER = 10**10  # no step or count of samples is that large
UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, bidi marks, lone surrogates, line separators
TRIED = "tried:"  # how a tried remedy stands among the weights of evidence
SURE = 0.8  # a fault is called certain enough to accuse (design: reasoning)


def safe(text: object, limit: int = LONGEST) -> str:
    """TEXT on one line, at most LIMIT characters, with everything that could steer a terminal made visible.

    >>> safe("loss\\x1b[31m")
    'loss\\\\x1b[31m'
    """
    raw = str(text)
    head = raw[: limit + 1].replace("\n", " ").replace("\t", " ").replace("\r", " ")
    shown = "".join(_visible(character) for character in head)
    return shown if len(raw) <= limit and len(shown) <= limit else shown[: limit - 1] + "…"


def _visible(character: str) -> str:
    if unicodedata.category(character) not in UNPRINTABLE:
        return character
    return character.encode("unicode_escape").decode("ascii")


def number(value: float | str) -> str:
    """A measured value as sentences show it: four significant digits, long integers too; names made safe."""
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, int) and abs(value) < LONG_INTEGER:
        return str(value)
    return f"{value:.4g}".replace("e-0", "e-").replace("e+0", "e+")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words for one knowledge base in one language."""

    base: KnowledgeBase
    language: Language

    def text(self, msgid: str, /, **values: object) -> str:
        """A sentence of the program; VALUES fill its {slots} and are taken as they stand: make foreign text `safe`."""
        return fill(msgid, values, self.language)

    def cause(self, id: str) -> str:
        """The title of a cause, of `healthy` or of `other`."""
        if id == HEALTHY:
            return self.text("Nothing is wrong")
        if id == OTHER:
            return self.text("Something this knowledge base does not know")
        return self.base.causes[id].title.to(self.language)

    def remedy(self, id: str) -> str:
        """The title of a remedy."""
        return self.base.remedies[id].title.to(self.language)

    def check(self, id: str) -> str:
        """The title of a check, or of a tried remedy as it stands among the weights (`tried:ID`)."""
        if id.startswith(TRIED):
            return self.text("Tried: {remedy}", remedy=self.remedy(id.removeprefix(TRIED)))
        return self.base.checks[id].title.to(self.language)

    def outcome(self, check: str, outcome: str) -> str:
        """What a person picks for OUTCOME; `worked` or `failed` for a tried remedy."""
        if check.startswith(TRIED):
            return self.text("it worked") if outcome == "worked" else self.text("it did not help")
        return self.base.checks[check].outcomes[outcome].answer.to(self.language)

    def observed(self, check: str, outcome: str) -> str:
        """Check and outcome in one short phrase; a symptom that is present is its title alone."""
        if not check.startswith(TRIED) and self.base.checks[check].symptom and outcome == "present":
            return self.check(check)
        return self.paired(self.check(check), self.outcome(check, outcome))

    def finding(self, finding: Finding) -> str:
        """The inspector's sentence with its measurement filled in, or what the person answered."""
        if finding.origin == "person":
            return self.observed(finding.check, finding.outcome)
        says = self.base.checks[finding.check].outcomes[finding.outcome].says.to(self.language)
        try:
            return says.format_map({name: number(value) for name, value in finding.measured.items()})
        except KeyError:  # a journal's inspector was of a version that measured less
            return self.observed(finding.check, finding.outcome)

    def place(self, place: Place | None) -> str:
        """`metrics.csv:12, step 340`; empty for None."""
        if place is None:
            return ""
        name = self.file(PurePath(place.file).name)
        parts = [name if place.line is None else f"{name}:{place.line}"]
        if place.step is not None:
            parts.append(self.text("step {step}", step=place.step))
        if place.parameter is not None:
            parts.append(safe(place.parameter, 80))
        return self.joined(parts)

    def file(self, name: str) -> str:
        """A file's name made safe; what was pasted is called so."""
        return self.text(PASTED_WORDS[name]) if name in PASTED_WORDS else safe(name, 60)

    def missing(self, unanswered: Unanswered) -> str:
        """Why a check has no finding."""
        check = self.base.checks.get(unanswered.check)
        in_recipe = unanswered.reason == "crashed" and check is not None and check.artifact == "recipe"
        reason = self.text("running the recipe failed") if in_recipe else self.text(REASONS[unanswered.reason])
        detail = safe(self.text(unanswered.detail), LONGEST_NOTICE)
        if unanswered.reason != "crashed":
            return detail or reason
        return self.paired(reason, detail) if detail else reason

    def notice(self, notice: Notice) -> str:
        """Where, what and what to do next, with the values made safe."""
        values = {name: number(value) for name, value in notice.values.items()}
        sentences = [self.text(part, **values) for part in (notice.message, notice.next) if part]
        told = ("" if self.language == "zh" else " ").join(sentences)
        return safe(self.paired(safe(notice.where), told) if notice.where else told, LONGEST_NOTICE)

    def artifact(self, kind: Artifact) -> str:
        """What an artifact is called."""
        return self.text(ARTIFACTS[kind])

    def origin(self, origin: Origin) -> str:
        """Who says so."""
        match origin:
            case "person" | "told":
                return self.text("you")
            case kind:
                return self.artifact(kind)

    def hand_over(self, kind: Artifact) -> str:
        """What to hand over so that the checks of KIND are answered, and with which option."""
        return self.text(HAND_OVER.get(kind, ARTIFACTS[kind]))

    def briefly(self, kind: Artifact) -> str:
        """The artifact with its option: `recipe (--recipe FILE.py)`."""
        return self.noted(self.artifact(kind), OPTIONS[kind]) if kind in OPTIONS else self.artifact(kind)

    def paired(self, label: str, text: str) -> str:
        """LABEL and TEXT with the colon of the language."""
        return f"{label}：{text}" if self.language == "zh" else f"{label}: {text}"

    def noted(self, text: str, note: str) -> str:
        """TEXT with NOTE in the brackets of the language."""
        return f"{text}（{note}）" if self.language == "zh" else f"{text} ({note})"

    def risk(self, risk: str) -> str:
        """Low, medium or high."""
        return self.text(RISKS[risk])

    def band(self, probability: float) -> str:
        """The word for a probability."""
        return self.text(next(word for least, word in BANDS if probability >= least))

    def strength(self, decibans: float) -> str:
        """The word for a weight of evidence, whichever way it points."""
        return self.text(next(word for least, word in STRENGTHS if abs(decibans) >= least))

    def percent(self, probability: float) -> str:
        """Whole per cent; never 0 or 100, because nothing is that certain."""
        if probability < 0.01:
            return self.text("under 1%")
        return self.text("over 99%") if probability > 0.99 else f"{probability:.0%}"

    def estimate(self, id: str, probability: float) -> str:
        """`The learning rate is too high (91%)`."""
        return self.noted(self.cause(id), self.percent(probability))

    def verdict(self, diagnosis: Diagnosis) -> str:
        """What is concluded, in one true sentence: the last line of every report."""
        chances = {ranked.cause: ranked.probability for ranked in diagnosis.differential}
        named = [self.estimate(cause, chances[cause]) for cause in diagnosis.named]
        fault = self.percent(diagnosis.fault)
        match diagnosis.verdict:
            case "healthy":
                return self.text("Healthy: I found nothing wrong (chance of a fault: {fault}).", fault=fault)
            case "diagnosed" if len(named) == 1:
                return self.text("Diagnosed: {cause}.", cause=named[0])
            case "diagnosed":
                return self.text("Diagnosed, several faults at once: {causes}.", causes=self.listed(named))
            case "narrowed":
                return self.text("Narrowed down, at least one of: {causes}.", causes=self.listed(named))
            case "undetermined":
                return self._undetermined(diagnosis, fault)

    def _undetermined(self, diagnosis: Diagnosis, fault: str) -> str:
        first = diagnosis.differential[0].cause if diagnosis.differential else ""
        if diagnosis.fault >= SURE and first == OTHER:
            message = mark("Something is wrong ({fault}), and it fits no cause that I know; {next}.")
        elif diagnosis.fault >= SURE and not diagnosis.suspicious:
            message = mark("You see a fault ({fault}), but nothing that I know singles out a cause; {next}.")
        elif diagnosis.fault >= SURE:
            message = mark("Something is wrong ({fault}), but what I know does not single out a cause; {next}.")
        elif diagnosis.suspicious:
            message = mark("I cannot tell: something looks unusual, but it may be harmless; {next}.")
        else:
            message = mark("I cannot tell: nothing suspicious in what I saw; {next}.")
        return self.text(message, fault=fault, next=self._next(diagnosis))

    def _next(self, diagnosis: Diagnosis) -> str:
        """What would tell more, as half a sentence."""
        if not diagnosis.next_steps:
            return self.text("no further question pays")
        step = diagnosis.next_steps[0]
        if step.opening:
            return self.text("next, hand over: {what}", what=self.opening(step.opening))
        if step.hand_over is not None:
            return self.text("next, hand over: {what}", what=self.briefly(step.hand_over))
        return self.text("the next question: {check}", check=self.check(step.check))

    def opening(self, id: str) -> str:
        """What to hand over or paste, with the option that takes it."""
        title = self.base.openings[id].title.to(self.language)
        return self.noted(title, OPENING_OPTIONS[id]) if id in OPENING_OPTIONS else title

    def step(self, step: Step) -> str:
        """The question that STEP asks, or what it wants to be handed over."""
        if step.opening:
            opening = self.base.openings[step.opening]
            return opening.title.to(self.language) if opening.in_words else self.opening(step.opening)
        ask = self.base.checks[step.check].ask
        return ask.question.to(self.language) if ask else self.check(step.check)

    def joined(self, parts: Iterable[str]) -> str:
        """Parts of one statement, with the comma of the language."""
        return ("，" if self.language == "zh" else ", ").join(parts)

    def listed(self, items: Iterable[str]) -> str:
        """Items in one line."""
        return ("；" if self.language == "zh" else "; ").join(items)
