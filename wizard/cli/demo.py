"""`demo`: `auto` on a sample run with a planted fault."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import click

from wizard.cli.options import Options, knowledge_option, language_option
from wizard.cli.speech import command as made
from wizard.cli.speech import option
from wizard.errors import UsageError
from wizard.report.phrases import mark
from wizard.resources import ASSETS
from wizard.vocabulary import Language

SAMPLE = ASSETS / "samples" / "demo"
HAS_TORCH = "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)"


@made(name="demo", help="Diagnose a sample run with a planted fault; exit code 0 if that fault comes first.")
@option("--python", metavar="PATH", help="The Python that runs the recipe; it needs torch.")
@knowledge_option
@language_option
def command(python: str | None, kb: Path | None, lang: Language | None) -> int:
    """Report on the sample, and tell whether the planted cause came first."""
    from wizard.cli.opening import looked, opened
    from wizard.report import text
    from wizard.report.wording import Wording

    options = Options(run=SAMPLE, recipe=SAMPLE / "train.py", python=python, kb=kb, lang=lang)
    session = opened(options)
    wording = Wording(session.knowledge.base, options.language)
    click.echo(wording.text("A sample run with a planted fault, and what `loss-wizard auto` makes of it."))
    if not torch_found(python):
        click.echo(wording.text("No Python with torch was found, so the recipe is left out and the files must do."))
        options = replace(options, recipe=None)
    session = looked(session, options.request(), lambda _: None)
    click.echo("\n" + text.render(session, wording))
    planted = (SAMPLE / "expected.txt").read_text(encoding="utf-8").strip()
    found = session.diagnosis.differential[0].cause == planted
    title = wording.cause(planted) if planted in wording.base.causes else planted
    said = mark("The planted fault was: {cause}. It came first.")
    if not found:
        said = mark("The planted fault was: {cause}. It did not come first.")
    click.echo(wording.text(said, cause=title))
    return int(not found)


def torch_found(python: str | None) -> bool:
    """Whether the Python that would run a recipe has torch."""
    from wizard.evidence.sandbox import find_python

    try:
        found = find_python(python)
    except UsageError:
        if python is not None:
            raise
        return False
    return subprocess.run([found, "-c", HAS_TORCH], capture_output=True, check=False).returncode == 0
