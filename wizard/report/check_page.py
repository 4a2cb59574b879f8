"""The page of a check or symptom: how to find it out, and what each outcome speaks for."""

from __future__ import annotations

from wizard.knowledge.cache import Knowledge
from wizard.reasoning.belief import Evidence, posterior
from wizard.report.layout import wrapped
from wizard.report.signs import pointing_at
from wizard.report.wording import Wording
from wizard.vocabulary import HEALTHY, OTHER, PRESENT, Check, Finding

MOST_CAUSES, MOST_BEHIND = 6, 10
BEHIND = 0.01  # a cause less likely than this, given the complaint, is not worth a line


def check(entry: Check, knowledge: Knowledge, wording: Wording) -> list[list[str]]:
    """How to find it out, what follows from each outcome, and where else it stands."""
    return [
        _heading(entry, wording),
        how_to_find_out(entry, wording),
        _as_people_put_it(entry, wording),
        _behind(entry, knowledge, wording) if entry.symptom else _outcomes(entry, knowledge, wording),
        _elsewhere(entry, wording),
    ]


def _heading(entry: Check, wording: Wording) -> list[str]:
    kind = wording.text("A symptom") if entry.symptom else wording.text("A check")
    who = wording.origin(entry.artifact)
    if entry.ask:
        you = wording.noted(wording.text("you"), wording.text("{minutes} min", minutes=f"{entry.ask.minutes:g}"))
        who = you if entry.artifact == "told" else wording.joined((who, you))
    told = wording.listed((kind, wording.text("answered by: {who}", who=who)))
    return [*wrapped(f"{wording.check(entry.id)} ({entry.id})"), *wrapped(told)]


def how_to_find_out(entry: Check, wording: Wording, width: int = 80) -> list[str]:
    """The question, the way to its answer, and the code as it stands."""
    if entry.ask is None:
        return []
    lines = wrapped(entry.ask.question.to(wording.language), width=width)
    lines += wrapped(entry.ask.how.to(wording.language), width=width)
    if entry.ask.code:
        lines += ["", *(f"    {line}".rstrip() for line in entry.ask.code.rstrip().splitlines())]
    return lines


def _as_people_put_it(entry: Check, wording: Wording) -> list[str]:
    words = getattr(entry.symptom.words, wording.language) if entry.symptom else []
    return [wording.text("As people put it"), *wrapped(wording.listed(words), "  ")] if words else []


def _outcomes(entry: Check, knowledge: Knowledge, wording: Wording) -> list[str]:
    """Each with its share of healthy runs and the causes that it raises."""
    healthy = knowledge.model.rows[entry.id][knowledge.model.hypotheses.index(HEALTHY)]
    raised = pointing_at(entry.id, knowledge)
    lines = [wording.text("Outcomes (share of healthy runs)")]
    if any(raised.values()):
        lines = [wording.text("Outcomes (share of healthy runs), and what each speaks for, strongest first")]
    for position, outcome in enumerate(knowledge.model.outcomes[entry.id]):
        share = wording.percent(healthy[position])
        lines += wrapped(wording.paired(f"{wording.outcome(entry.id, outcome)} ({outcome})", share), "  - ")
        for sign in raised[outcome][:MOST_CAUSES]:
            named = f"{wording.cause(sign.cause)} ({sign.cause})"
            lines += wrapped(wording.joined((named, wording.strength(sign.decibans))), "      + ", " " * 8)
        rest = len(raised[outcome]) - MOST_CAUSES
        if rest > 0:
            lines.append("        " + wording.text("{n} more", n=rest))
    return lines


def _behind(entry: Check, knowledge: Knowledge, wording: Wording) -> list[str]:
    """What may be behind a complaint of which nothing else is known."""
    model = knowledge.model
    belief = posterior(model, Evidence({entry.id: Finding(PRESENT, check=entry.id)}, complaint=True))
    chances = dict(zip(model.hypotheses, belief.tolist(), strict=True))
    ranking = sorted(
        (name for name in chances if name not in (HEALTHY, OTHER)), key=lambda name: (-round(chances[name], 9), name)
    )
    likely = [name for name in ranking if chances[name] >= BEHIND]
    lines = [wording.text("What may be behind it, likeliest first, if nothing else is known")]
    for name in likely[:MOST_BEHIND]:
        lines += wrapped(f"{wording.estimate(name, chances[name])} ({name})", "  - ")
    rest = len(likely) - MOST_BEHIND
    if rest > 0:
        lines.append("    " + wording.text("{n} more", n=rest))
    lines += wrapped(wording.text("To find out which: loss-wizard ask --symptom {id}", id=entry.id), "  ")
    return lines


def _elsewhere(entry: Check, wording: Wording) -> list[str]:
    """What it presupposes, what measures the same, the checklists in which it stands."""
    base, lines = wording.base, []
    for context, outcomes in entry.requires.items():
        listed = wording.listed(wording.outcome(context, outcome) for outcome in outcomes)
        needed = wording.paired(wording.check(context), listed)
        lines += wrapped(wording.text("Makes sense only where: {what}", what=needed))
    needing = [name for name, other in sorted(base.causes.items()) if entry.id in other.requires]
    if needing:
        more = len(needing) - MOST_CAUSES
        named = [f"{wording.cause(name)} ({name})" for name in needing[:MOST_CAUSES]]
        causes = wording.listed([*named, wording.text("{n} more", n=more)] if more > 0 else named)
        lines += wrapped(wording.text("Tells whether these can be at all: {causes}", causes=causes))
    alike = [name for name, other in base.checks.items() if entry.group and other.group == entry.group]
    if len(alike) > 1:
        listed = wording.listed(f"{wording.check(name)} ({name})" for name in alike if name != entry.id)
        lines += wrapped(wording.text("Measures the same thing: {checks}", checks=listed))
    for checklist in base.checklists.values():
        places = [str(place) for place, step in enumerate(checklist.steps, 1) if step.check == entry.id]
        if places or entry.id in checklist.symptoms:
            where = f"{checklist.title.to(wording.language)} ({checklist.id})"
            told = wording.text("Checklist: {checklist}", checklist=where)
            steps = wording.text("step {step}", step=wording.joined(places)) if places else ""
            lines += wrapped(wording.joined((told, steps)) if steps else told)
    return lines
