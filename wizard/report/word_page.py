"""The pages of remedies, checklists, terms and families, and of the two hypotheses that are no cause."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wizard.knowledge.cache import Knowledge
from wizard.knowledge.rows import number
from wizard.report.advice import described
from wizard.report.layout import wrapped
from wizard.report.wording import Wording
from wizard.vocabulary import HEALTHY, OTHER, Checklist, Remedy, Term, Text

MOST_RELATED = 8


def remedy(entry: Remedy, wording: Wording) -> list[list[str]]:
    """What to do, and which causes it cures, surest first."""
    scale = wording.base.scales.chances
    listing = {
        name: cause.remedies[entry.id] for name, cause in wording.base.causes.items() if entry.id in cause.remedies
    }
    cured = [wording.text("Helps against, surest first")] if listing else []
    for name, chance in sorted(listing.items(), key=lambda item: (-number(item[1], scale), item[0])):
        works = wording.text("works: {chance}", chance=wording.percent(number(chance, scale)))
        cured += wrapped(wording.listed((f"{wording.cause(name)} ({name})", works)), "  - ")
    cost = wording.text(
        "{minutes} min and a run; risk: {risk}", minutes=f"{entry.minutes:g}", risk=wording.risk(entry.risk)
    )
    return [
        [*wrapped(f"{wording.remedy(entry.id)} ({entry.id})"), wording.listed((wording.text("A remedy"), cost))],
        described(entry, wording, ""),
        cured,
    ]


def checklist(entry: Checklist, wording: Wording) -> list[list[str]]:
    """Every step with its code, and what ticks it."""
    symptoms = wording.listed(f"{wording.check(symptom)} ({symptom})" for symptom in entry.symptoms)
    sections = [
        [*wrapped(f"{entry.title.to(wording.language)} ({entry.id})"), wording.text("A checklist")],
        wrapped(entry.intro.to(wording.language)),
    ]
    for place, step in enumerate(entry.steps, start=1):
        lines = wrapped(step.do.to(wording.language), f"  {place}. ", "     ")
        if step.code:
            lines += ["", *(f"       {line}".rstrip() for line in step.code.rstrip().splitlines())]
        if step.check is not None:
            ticked = wording.text("ticked by: {check}", check=f"{wording.check(step.check)} ({step.check})")
            lines += [*([""] if step.code else []), *wrapped(ticked, "     ")]
        sections.append(lines)
    walk = wrapped(wording.text("To walk it with the wizard: loss-wizard ask, then type c."))
    return [*sections, wrapped(wording.text("For: {symptoms}", symptoms=symptoms)) + walk]


def cited(entry: Checklist) -> list[str]:
    """The sources of the list and of its steps, each once."""
    return list(dict.fromkeys([*entry.sources, *(source for step in entry.steps for source in step.sources)]))


def term(entry: Term, wording: Wording) -> list[list[str]]:
    """What it is called, what it means, and the entries that speak of it."""
    own, foreign = entry.names.en, entry.names.zh
    if wording.language == "zh":
        own, foreign = foreign, own
    return [
        wrapped(wording.noted(wording.joined(own), wording.joined(foreign))),
        wrapped(entry.means.to(wording.language)),
        _related(entry, wording),
    ]


def _related(entry: Term, wording: Wording) -> list[str]:
    """Causes, checks, checklists and remedies whose title holds one of the names, shortest titles first."""
    names = [re.escape(name) for name in (*entry.names.en, *entry.names.zh)]
    pattern = re.compile(rf"(?<![a-z])(?:{'|'.join(names)})(?![a-z])", re.IGNORECASE)
    base = wording.base
    titles: dict[str, Text] = {
        id: listed.title
        for entries in (base.causes, base.checks, base.checklists, base.remedies)
        for id, listed in entries.items()
    }
    found = [id for id, title in titles.items() if pattern.search(title.to(wording.language))]
    nearest = sorted(found, key=lambda id: len(titles[id].to(wording.language)))[:MOST_RELATED]
    return _listed(wording.text("More about it"), ((id, titles[id]) for id in nearest), wording)


def family(id: str, knowledge: Knowledge, wording: Wording) -> list[list[str]]:
    """Its causes, likeliest first."""
    base, model = knowledge.base, knowledge.model
    weights = dict(zip(model.hypotheses, model.priors[True].tolist(), strict=True))
    members = sorted((name for name, cause in base.causes.items() if cause.family == id), key=lambda n: -weights[n])
    share = sum(weights[name] for name in members if not base.causes[name].benign)
    faults = sum(weight for weight, fault in zip(weights.values(), model.faults, strict=True) if fault)
    told = wording.text("share of all faults: {share}", share=wording.percent(share / faults))
    return [
        [
            *wrapped(f"{base.families[id].title.to(wording.language)} ({id})"),
            wording.listed((wording.text("A family of causes"), told)),
        ],
        _listed(wording.text("Likeliest first"), ((name, base.causes[name].title) for name in members), wording),
    ]


def no_cause(id: str, knowledge: Knowledge, wording: Wording) -> list[list[str]]:
    """What it means that nothing is wrong, or that no cause fits."""
    model = knowledge.model
    place = ~model.faults if id == HEALTHY else model.hypotheses.index(OTHER)
    quiet, complaint = (wording.percent(float(model.priors[named][place].sum())) for named in (False, True))
    texts = {
        HEALTHY: wording.text(
            "The run shows what sound runs show. Before anything is known this has a chance of {quiet} if nobody"
            " complains and of {complaint} if somebody does; every finding moves it, and from .8 on the verdict is"
            " healthy. A log alone seldom gets there: what was not checked may still be wrong.",
            quiet=quiet,
            complaint=complaint,
        ),
        OTHER: wording.text(
            "Something is wrong that no entry here describes. This keeps a chance of {complaint} beforehand and grows"
            " when findings are unusual and fit no cause. If it comes first, do not force a remedy: hand over more of"
            " the run, walk a checklist, and go back to the last state that worked.",
            complaint=complaint,
        ),
    }
    return [wrapped(f"{wording.cause(id)} ({id})"), wrapped(texts[id])]


def _listed(heading: str, entries: Iterable[tuple[str, Text]], wording: Wording) -> list[str]:
    lines = [line for id, title in entries for line in wrapped(f"{title.to(wording.language)} ({id})", "  - ")]
    return [heading, *lines] if lines else []
