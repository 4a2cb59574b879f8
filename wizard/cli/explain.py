"""`explain`: one entry of the knowledge base as a page to read."""

from __future__ import annotations

from pathlib import Path

import click

from wizard.cli.options import knowledge_option, known, language_option
from wizard.cli.speech import command as made
from wizard.report.phrases import mark
from wizard.vocabulary import Language

UNKNOWN = mark("there is no cause, check, symptom or remedy '{name}'.")


@made(name="explain", help="Explain a cause, check, symptom or remedy: ID is its name, such as lr_too_high.")
@click.argument("id")
@knowledge_option
@language_option
def command(id: str, kb: Path | None, lang: Language | None) -> None:
    """Print the page of the entry."""
    from wizard.cli.options import Options
    from wizard.knowledge.cache import load_knowledge
    from wizard.report import page
    from wizard.report.wording import Wording

    knowledge = load_knowledge(kb)
    base = knowledge.base
    known(id, {*base.causes, *base.checks, *base.remedies}, UNKNOWN, "loss-wizard explain")
    wording = Wording(base, Options(lang=lang).language)
    click.echo(page.render(id, knowledge, wording), nl=False)
