"""The page of a cause: why it happens, how it shows, how to make sure, what helps."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.knowledge.cache import Knowledge
from wizard.knowledge.rows import number
from wizard.report.check_page import how_to_find_out
from wizard.report.layout import wrapped
from wizard.report.phrases import mark
from wizard.report.signs import Sign, complaints, speaking_against, speaking_for, surest_question
from wizard.report.wording import Wording
from wizard.vocabulary import Cause

BASIS = "judgement"  # until rows are measured
MOST_FOR, MOST_AGAINST, MOST_COMPLAINTS = 7, 4, 5
FREQUENCIES = {
    "rare": mark("rare"), "uncommon": mark("uncommon"), "common": mark("common"), "very_common": mark("very common"),
}  # fmt: skip


def cause(id: str, knowledge: Knowledge, wording: Wording) -> list[list[str]]:
    """The sections, in the order in which somebody who suspects it needs them."""
    entry = knowledge.base.causes[id]
    return [
        _heading(entry, wording),
        wrapped(entry.because.to(wording.language)),
        _signs(wording.text("What people see"), complaints(id, knowledge)[:MOST_COMPLAINTS], wording),
        _signs(wording.text("What speaks for it, strongest first"), speaking_for(id, knowledge)[:MOST_FOR], wording),
        _signs(wording.text("What speaks against it"), speaking_against(id, knowledge)[:MOST_AGAINST], wording),
        _how_to_make_sure(id, knowledge, wording),
        _taken_for_it(entry, wording),
        _causes(wording.text("What it may bring about"), entry.leads_to, wording),
        _causes(wording.text("What may bring it about"), _roots(id, wording), wording),
        _only_where(entry, wording),
        _what_helps(entry, wording),
    ]


def _heading(entry: Cause, wording: Wording) -> list[str]:
    family = wording.base.families[entry.family].title.to(wording.language)
    kind = wording.text("Looks like a fault and is none") if entry.benign else wording.text("A cause")
    told = [kind, wording.text("family: {family}", family=family)]
    if str(entry.prior) in FREQUENCIES:
        told.insert(1, wording.text(FREQUENCIES[str(entry.prior)]))
    return [*wrapped(f"{wording.cause(entry.id)} ({entry.id})"), *wrapped(wording.listed(told))]


def _signs(heading: str, signs: list[Sign], wording: Wording) -> list[str]:
    lines = [heading] if signs else []
    for sign in signs:
        lines += wrapped(f"{wording.observed(sign.check, sign.outcome)} ({sign.check})", "  - ")
        chances = wording.text(
            "{band}, {here} (healthy run: {healthy})",
            band=wording.band(sign.chance),
            here=wording.percent(sign.chance),
            healthy=wording.percent(sign.healthy),
        )
        lines += wrapped(f"{chances} [{wording.text(BASIS)}]", "    ")
    return lines


def _how_to_make_sure(id: str, knowledge: Knowledge, wording: Wording) -> list[str]:
    check = surest_question(id, knowledge)
    if check is None:
        return []
    heading = wrapped(wording.paired(wording.text("How to make sure"), f"{wording.check(check)} ({check})"))
    return heading + [f"  {line}".rstrip() for line in how_to_find_out(wording.base.checks[check], wording, 78)]


def _taken_for_it(entry: Cause, wording: Wording) -> list[str]:
    lines = [wording.text("Taken for it, and what tells them apart")] if entry.looks_like else []
    for other, difference in sorted(entry.looks_like.items()):
        lines += wrapped(f"{wording.cause(other)} ({other})", "  - ")
        lines += wrapped(difference.to(wording.language), "    ")
    return lines


def _roots(id: str, wording: Wording) -> list[str]:
    return [name for name, other in sorted(wording.base.causes.items()) if id in other.leads_to]


def _causes(heading: str, causes: Iterable[str], wording: Wording) -> list[str]:
    lines = [line for name in causes for line in wrapped(f"{wording.cause(name)} ({name})", "  - ")]
    return [heading, *lines] if lines else []


def _only_where(entry: Cause, wording: Wording) -> list[str]:
    lines = [wording.text("It can be only where")] if entry.requires else []
    for check, outcomes in entry.requires.items():
        listed = wording.listed(wording.outcome(check, outcome) for outcome in outcomes)
        lines += wrapped(wording.paired(f"{wording.check(check)} ({check})", listed), "  - ")
    return lines


def _what_helps(entry: Cause, wording: Wording) -> list[str]:
    scale = wording.base.scales.chances
    lines = [wording.text("What helps")] if entry.remedies else []
    for name, chance in sorted(entry.remedies.items(), key=lambda item: (-number(item[1], scale), item[0])):
        works = wording.text("works: {chance}", chance=wording.percent(number(chance, scale)))
        lines += wrapped(wording.listed((f"{wording.remedy(name)} ({name})", works)), "  - ")
    return lines
