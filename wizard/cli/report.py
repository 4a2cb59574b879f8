"""`report`: what the journal of an earlier consultation amounts to, in either language, under the knowledge at hand."""

from __future__ import annotations

from pathlib import Path

import click

from wizard.cli.options import FILE, knowledge_option, language_option
from wizard.cli.speech import command as made
from wizard.cli.speech import option
from wizard.vocabulary import Language


@made(
    name="report",
    help="Report on the consultation kept in JOURNAL (ask and the app tell where they keep theirs); nothing is read"
    " again but the journal.",
)
@click.argument("journal", type=FILE)
@option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "summary"]),
    default="text",
    help="Form of the report; text. A summary has twelve lines, to forward.",
)
@knowledge_option
@language_option
@click.pass_context
def command(ctx: click.Context, journal: Path, form: str, kb: Path | None, lang: Language | None) -> None:
    """Replay and print."""
    from wizard.cli.opening import chatter, opened
    from wizard.cli.options import Options
    from wizard.report import machine, summary, text
    from wizard.report.wording import Wording

    options = Options(kb=kb, lang=lang)
    session = opened(options, journal)
    wording = Wording(session.knowledge.base, options.language)
    if form != "text":  # where the report has no room for it
        for line in chatter(session, wording):
            click.echo(line, err=True)
    if form == "json":
        click.echo(machine.render(session, ctx.obj, options.language), nl=False)
    else:
        click.echo((summary if form == "summary" else text).render(session, wording), nl=False)
