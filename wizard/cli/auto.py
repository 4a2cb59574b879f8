"""`auto`: one report from what was handed over, without a question."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import click

from wizard.cli.options import Options, shared
from wizard.cli.speech import command as made
from wizard.cli.speech import option
from wizard.errors import NothingAnsweredError, UsageError

FAIL_ON = {"low": 0.5, "medium": 0.8, "high": 0.95, "never": 1.0}  # P(fault) from which the exit code is 1


@made(name="auto", help="Report on RUN (a run directory, a log or a checkpoint) without asking anything.")
@shared
@option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Form of the report; text.")
@option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the report to FILE instead.")
@option("--fail-on", type=click.Choice(list(FAIL_ON)), default="medium", help="How likely a fault makes the exit code 1: low .5, medium .8 (as it is without this option), high .95.")
@click.pass_context
def command(ctx: click.Context, options: Options, form: str, output: Path | None, fail_on: str) -> int:
    """Examine, report, and tell by the exit code."""
    from wizard.cli.opening import chatter, looked, opened, progress
    from wizard.report import machine, text
    from wizard.report.wording import Wording

    if not options.names_something:
        raise UsageError(
            "there is nothing to look at.",
            "loss-wizard auto",
            "Name a run directory, or files with --log, --checkpoint or --recipe.",
        )
    session = opened(options)
    wording = Wording(session.knowledge.base, options.language)
    watched = sys.stderr.isatty()
    session = looked(session, options.request(), progress(wording, _say if watched else _keep_quiet))
    if form == "json" or output is not None or not session.findings:
        for line in chatter(session, wording):
            _say(line)
    if not session.findings:
        raise NothingAnsweredError(
            "No check could be answered from what was handed over.",
            str(options.run or ""),
            "Hand over a training log (--log), checkpoints (--checkpoint) or a recipe (--recipe), or use loss-wizard ask.",
        )
    if form == "json":
        report = machine.render(session, ctx.obj or sys.argv[1:], options.language)
    else:
        report = text.render(session, wording)
    if output is None:
        click.echo(report, nl=False)
    else:
        write_whole(output, report)
    return int(fail_on != "never" and session.diagnosis.fault >= FAIL_ON[fail_on])


def _say(line: str) -> None:
    click.echo(line, err=True)


def _keep_quiet(line: str) -> None:
    del line


def write_whole(path: Path, content: str) -> None:
    """Replace PATH by CONTENT at once or not at all. Raises UsageError if that cannot be done."""
    draft = None
    try:
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        os.chmod(draft, 0o644)
        os.replace(draft, path)
    except OSError as error:
        if draft is not None and os.path.exists(draft):
            os.unlink(draft)
        raise UsageError("cannot be written: {reason}.", str(path), "Name another file.", reason=error.strerror) from error
