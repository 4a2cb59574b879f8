"""One entry of the knowledge base as a page of plain text for 80 columns."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.knowledge.cache import Knowledge
from wizard.report import cause_page, check_page, word_page
from wizard.report.layout import wrapped
from wizard.report.wording import Wording
from wizard.vocabulary import HEALTHY, OTHER


def render(id: str, knowledge: Knowledge, wording: Wording) -> str:
    """The page of whatever has this id: cause, check, symptom, remedy, checklist, term, family, `healthy`, `other`."""
    base = knowledge.base
    if id in base.causes:
        sections = cause_page.cause(id, knowledge, wording)
        cited: Sequence[str] = base.causes[id].sources
    elif id in base.checks:
        sections, cited = check_page.check(base.checks[id], knowledge, wording), base.checks[id].sources
    elif id in base.remedies:
        sections, cited = word_page.remedy(base.remedies[id], wording), base.remedies[id].sources
    elif id in base.checklists:
        sections, cited = word_page.checklist(base.checklists[id], wording), word_page.cited(base.checklists[id])
    elif id in base.glossary:
        sections, cited = word_page.term(base.glossary[id], wording), ()
    elif id in (HEALTHY, OTHER):
        sections, cited = word_page.no_cause(id, knowledge, wording), ()
    else:
        sections, cited = word_page.family(id, knowledge, wording), ()
    return "\n\n".join("\n".join(lines) for lines in (*sections, sources(cited, wording)) if lines) + "\n"


def sources(names: Sequence[str], wording: Wording) -> list[str]:
    """Where the entry comes from, with titles; the claims of the original notes in one line."""
    lines = []
    for name in names:
        if not name.startswith("seed:S"):
            source = wording.base.sources[name]
            lines += [*wrapped(source.title, "  - "), f"    {source.where}"]
    claims = [str(int(name.removeprefix("seed:S"))) for name in names if name.startswith("seed:S")]
    if len(claims) == 1:
        lines += wrapped(wording.text("the original notes, claim {n}", n=claims[0]), "  - ")
    elif claims:
        lines += wrapped(wording.text("the original notes, claims {n}", n=wording.joined(claims)), "  - ")
    return [wording.text("Sources"), *lines] if lines else []
