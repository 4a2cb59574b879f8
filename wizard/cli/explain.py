"""`explain`: one entry of the knowledge base as a page to read, or the list of all of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wizard.cli.options import knowledge_option, language_option, nearest_name
from wizard.cli.speech import command as made
from wizard.errors import UsageError
from wizard.report.phrases import mark
from wizard.vocabulary import HEALTHY, OTHER, Cause, Check, KnowledgeBase, Language, Remedy

if TYPE_CHECKING:
    from collections.abc import Sequence

UNKNOWN = mark("there is no page about '{name}'.")


@made(
    name="explain",
    help="Explain a cause, symptom, check, remedy, checklist or word: ID is its name (lr_too_high) or what it is"
    " called (BN, learning rate too high). Without ID, list them all.",
)
@click.argument("id", nargs=-1)
@knowledge_option
@language_option
def command(id: tuple[str, ...], kb: Path | None, lang: Language | None) -> None:
    """Print the page of the entry, or the list."""
    from wizard.cli.options import Options
    from wizard.knowledge.cache import load_knowledge
    from wizard.report import index, page
    from wizard.report.wording import Wording

    knowledge = load_knowledge(kb)
    wording = Wording(knowledge.base, Options(lang=lang).language)
    if not id:
        click.echo(index.render(wording), nl=False)
        return
    pages = [page.render(found, knowledge, wording) for found in meant(" ".join(id), knowledge.base)]
    click.echo("\n".join(pages), nl=False)


def meant(words: str, base: KnowledgeBase) -> Sequence[str]:
    """The ids that WORDS name: an entry by id, else a term or entry by name, and the family called so as well.

    Raises UsageError if there is none.
    """
    from wizard.consultation.listening import entry_meant

    entries = {*base.causes, *base.checks, *base.remedies, *base.checklists, HEALTHY, OTHER}
    if words in entries:
        return [words]
    named = words.casefold()
    families = [
        id
        for id, family in base.families.items()
        if named in (id, family.title.en.casefold(), family.title.zh.casefold())
    ]
    found = entry_meant(words, base)
    if found is None and not families:
        titled: list[Cause | Check | Remedy] = [*base.causes.values(), *base.checks.values(), *base.remedies.values()]
        titles = (title for entry in titled for title in (entry.title.en, entry.title.zh))
        nearest = nearest_name(words, sorted({*entries, *base.families, *titles}))
        next = mark("Did you mean '{nearest}'?") if nearest else mark("Without a name it lists all there are.")
        raise UsageError(UNKNOWN, "loss-wizard explain", next, name=words, nearest=nearest)
    return [*([found] if found else []), *families]
