"""One entry of the knowledge base as a page of plain text."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.knowledge.cache import Knowledge
from wizard.knowledge.rows import Model, number
from wizard.report.advice import described
from wizard.report.layout import wrapped
from wizard.report.wording import Wording
from wizard.vocabulary import HEALTHY, Cause, Check

BASIS = "judgement"  # until rows are measured
SHOWN_ROWS = 0.02  # an outcome that is rarer than this under the cause and in healthy runs is left out


def render(id: str, knowledge: Knowledge, wording: Wording) -> str:
    """The page of a cause, check, symptom or remedy."""
    base = knowledge.base
    if id in base.causes:
        sections = cause(base.causes[id], knowledge.model, wording)
    elif id in base.checks:
        sections = check(base.checks[id], knowledge.model, wording)
    else:
        sections = remedy(id, wording)
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def cause(entry: Cause, model: Model, wording: Wording) -> list[list[str]]:
    """Why it happens, what it shows, what it is mistaken for, what helps."""
    language, scale = wording.language, wording.base.scales.chances
    family = wording.base.families[entry.family].title.to(language)
    evidence = [wording.text("What it shows")]
    for name in sorted(entry.evidence, key=lambda name: (not wording.base.checks[name].symptom, name)):
        evidence += _row(name, entry.id, model, wording)
    alike = [wording.text("Taken for it, and what tells them apart")] if entry.looks_like else []
    for other, difference in sorted(entry.looks_like.items()):
        alike += wrapped(f"{wording.cause(other)} ({other})", "  - ")
        alike += wrapped(difference.to(language), "    ")
    brings = [wording.text("What it may bring about")] if entry.leads_to else []
    for effect in entry.leads_to:
        brings += wrapped(f"{wording.cause(effect)} ({effect})", "  - ")
    helps = [wording.text("What helps")] if entry.remedies else []
    for name, chance in sorted(entry.remedies.items(), key=lambda item: -number(item[1], scale)):
        works = wording.text("works: {chance}", chance=wording.percent(number(chance, scale)))
        helps += wrapped(f"{wording.remedy(name)} ({name}); {works}", "  - ")
    return [
        [*wrapped(f"{wording.cause(entry.id)} ({entry.id})"), wording.text("A cause; family: {family}", family=family)],
        wrapped(entry.because.to(language)),
        evidence,
        alike,
        brings,
        helps,
        sources(entry.sources, wording),
    ]


def _row(check: str, hypothesis: str, model: Model, wording: Wording) -> list[str]:
    """How likely each outcome is with this fault and without any."""
    lines = wrapped(f"{wording.check(check)} ({check}) [{wording.text(BASIS)}]", "  ")
    here = model.rows[check][model.hypotheses.index(hypothesis)]
    healthy = model.rows[check][model.hypotheses.index(HEALTHY)]
    for position, outcome in enumerate(model.outcomes[check]):
        if max(here[position], healthy[position]) >= SHOWN_ROWS:
            chances = wording.text(
                "{band}, {here} (healthy run: {healthy})",
                band=wording.band(here[position]),
                here=wording.percent(here[position]),
                healthy=wording.percent(healthy[position]),
            )
            lines += wrapped(chances, f"    - {wording.outcome(check, outcome)}: ", "      ")
    return lines


def check(entry: Check, model: Model, wording: Wording) -> list[list[str]]:
    """What can be observed, how to find it out, which causes move it."""
    language = wording.language
    kind = wording.text("A symptom") if entry.symptom else wording.text("A check")
    told = wording.text("answered by: {who}", who=wording.origin(entry.artifact))
    how = []
    if entry.ask:
        how = [*wrapped(entry.ask.question.to(language)), *wrapped(entry.ask.how.to(language))]
        how += [f"    {line}".rstrip() for line in (entry.ask.code or "").rstrip().splitlines()]
    outcomes = [wording.text("Outcomes (share of healthy runs)")]
    healthy = model.rows[entry.id][model.hypotheses.index(HEALTHY)]
    for position, outcome in enumerate(model.outcomes[entry.id]):
        share = wording.percent(healthy[position])
        outcomes += wrapped(f"{wording.outcome(entry.id, outcome)} ({outcome}): {share}", "  - ")
    moved = sorted(cause for cause in wording.base.causes if entry.id in wording.base.causes[cause].evidence)
    causes = [wording.text("Causes that it tells something about")] if moved else []
    for name in moved:
        causes += wrapped(f"{wording.cause(name)} ({name})", "  - ")
    words = (getattr(entry.symptom.words, language)) if entry.symptom else []
    said = [wording.text("As people put it"), *(f"  - {word}" for word in words)] if words else []
    return [
        [*wrapped(f"{wording.check(entry.id)} ({entry.id})"), f"{kind}; {told}"],
        how,
        said,
        outcomes,
        causes,
        sources(entry.sources, wording),
    ]


def remedy(id: str, wording: Wording) -> list[list[str]]:
    """What to do, and for which causes."""
    entry = wording.base.remedies[id]
    mended = [wording.text("Helps against")]
    for name in sorted(name for name, cause in wording.base.causes.items() if id in cause.remedies):
        mended += wrapped(f"{wording.cause(name)} ({name})", "  - ")
    cost = wording.text("{minutes} min; risk: {risk}", minutes=f"{entry.minutes:g}", risk=wording.risk(entry.risk))
    return [
        [*wrapped(f"{wording.remedy(id)} ({id})"), wording.text("A remedy")],
        [*described(entry, wording, ""), *wrapped(cost)],
        mended,
        sources(entry.sources, wording),
    ]


def sources(names: Sequence[str], wording: Wording) -> list[str]:
    """Where the entry comes from, with titles."""
    lines = [wording.text("Sources")]
    for name in names:
        if name.startswith("seed:S"):
            lines += wrapped(wording.text("the original notes, claim {n}", n=int(name.removeprefix("seed:S"))), "  - ")
        else:
            source = wording.base.sources[name]
            lines += wrapped(source.title, "  - ")
            lines.append(f"    {source.where}")
    return lines
