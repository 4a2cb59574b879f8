"""`probe`: the snippet that looks at a model where it is, in a notebook or on a remote machine."""

from __future__ import annotations

import click

from wizard.cli.options import Options, language_option
from wizard.cli.speech import command as made
from wizard.report.phrases import mark
from wizard.resources import ASSETS, fill
from wizard.vocabulary import Language

FOR_TOOLS = ("# fmt:", "# ruff:")  # lines that only formatters and linters read
WHAT_TO_DO = mark(
    "Run this where model, loader, loss_fn and optimizer exist, best before training, and paste what it prints "
    "into 'loss-wizard' or 'loss-wizard ask'."
)


@made(name="probe", help="Print a snippet to run where the model is; what it prints can be pasted into a consultation.")
@language_option
def command(lang: Language | None) -> None:
    """The snippet on stdout, what to do with it on stderr."""
    click.echo(snippet(), nl=False)
    click.echo(fill(WHAT_TO_DO, {}, Options(lang=lang).language), err=True)


def snippet() -> str:
    """The code, as it is to be pasted."""
    lines = (ASSETS / "probe.py").read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(FOR_TOOLS))
