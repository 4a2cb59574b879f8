"""Everything that has a page, by kind: ids with their titles."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len

from wizard.report.layout import padded, wrapped
from wizard.report.wording import Wording
from wizard.vocabulary import HEALTHY, OTHER, Term, Text

COLUMN = 34  # cells for an id; a longer one has its title on the next line


def render(wording: Wording) -> str:
    """Symptoms first, since that is what one comes with; then lists to walk, causes by family, checks, remedies."""
    base = wording.base
    sections = [
        _section(wording.text("Symptoms"), ((id, check.title) for id, check in base.symptoms.items()), wording),
        _section(wording.text("Checklists"), ((id, entry.title) for id, entry in base.checklists.items()), wording),
    ]
    for family, entry in base.families.items():
        heading = wording.text("Causes: {family}", family=f"{entry.title.to(wording.language)} ({family})")
        members = ((id, cause.title) for id, cause in base.causes.items() if cause.family == family)
        sections.append(_section(heading, members, wording))
    verdicts = [f"  {padded(id, COLUMN)}{wording.cause(id)}" for id in (HEALTHY, OTHER)]
    checks = ((id, check.title) for id, check in base.checks.items() if not check.symptom)
    terms = wording.joined(_word(term, wording) for term in base.glossary.values())
    sections += [
        [wording.text("No cause"), *verdicts],
        _section(wording.text("Checks"), checks, wording),
        _section(wording.text("Remedies"), ((id, entry.title) for id, entry in base.remedies.items()), wording),
        [wording.text("Words of the field"), *wrapped(terms, "  ")] if terms else [],
        wrapped(wording.text("loss-wizard explain ID shows the page of one; a word or title will do as well.")),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _word(term: Term, wording: Wording) -> str:
    """By its first name; in Chinese with the English one, which is what error messages and papers use."""
    own, english = getattr(term.names, wording.language)[0], term.names.en[0]
    return own if english in own else wording.noted(own, english)


def _section(heading: str, entries: Iterable[tuple[str, Text]], wording: Wording) -> list[str]:
    lines = []
    for id, title in entries:
        opening = f"  {padded(id, COLUMN)}"
        if cell_len(id) >= COLUMN:
            lines.append(f"  {id}")
            opening = f"  {padded('', COLUMN)}"
        lines += wrapped(title.to(wording.language), opening)
    return [heading, *lines] if lines else []
