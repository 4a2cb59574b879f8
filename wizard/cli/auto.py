"""`auto`: one report from what was handed over, without a question."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wizard.cli.options import Options, shared
from wizard.cli.speech import command as made
from wizard.cli.speech import option, stopped
from wizard.errors import NothingAnsweredError, UnreadableError, UsageError
from wizard.report.phrases import mark
from wizard.vocabulary import ArtifactFile

if TYPE_CHECKING:  # it brings numpy
    from wizard.consultation.session import Session
    from wizard.report.wording import Wording

STANDARD_INPUT = Path("-")
MOST_PIPED = 256 << 20
FAIL_ON = {"low": 0.5, "medium": 0.8, "high": 0.95, "never": 1.0}  # P(fault) from which the exit code is 1


@made(name="auto", help="Report on RUN (a run directory, a log or a checkpoint; - for a piped log), asking nothing.")
@shared
@option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Form of the report; text.")
@option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the report to FILE instead.")
@option(
    "--fail-on",
    type=click.Choice(list(FAIL_ON)),
    default="medium",
    help="How likely a fault makes the exit code 1: low .5, medium .8 (as it is without this option), high .95.",
)
@click.pass_context
def command(ctx: click.Context, options: Options, form: str, output: Path | None, fail_on: str) -> int:
    """Examine, report, and tell by the exit code."""
    from wizard.cli.opening import chatter, looked, opened, progress
    from wizard.consultation.consultation import Looked
    from wizard.evidence.run import examine
    from wizard.report import machine, text
    from wizard.report.wording import Wording

    if not options.names_something:
        raise UsageError(
            "there is nothing to look at.",
            "loss-wizard auto",
            "Name a run directory, or files with --log, --checkpoint or --recipe.",
        )
    piped = _piped(options)
    session = opened(options)
    wording = Wording(session.knowledge.base, options.language)
    tell = progress(wording, _say) if sys.stderr.isatty() else lambda _: None
    if piped is None:
        session = looked(session, options.request(), tell)
    else:
        request = replace(options.request(), run=None, piped=piped)
        session = session.after(Looked(examine(request, session.knowledge.base.checks, tell)))
    as_json = form == "json"
    if as_json or output is not None or not session.findings:
        for line in chatter(session, wording):
            _say(line)
    if not session.findings:
        raise _nothing_answered(options.run, session, wording)
    report = machine.render(session, ctx.obj, options.language) if as_json else text.render(session, wording)
    if output is None:
        click.echo(report, nl=False)
    else:
        keep_inputs(output, session.consultation.artifacts)
        write_whole(output, report)
    return int(fail_on != "never" and session.diagnosis.fault >= FAIL_ON[fail_on])


def _piped(options: Options) -> str | None:
    """What comes on standard input, if RUN is `-`. Raises UsageError and UnreadableError."""
    from wizard.evidence.artifacts.log_lines import HEAD, encoding_of
    from wizard.evidence.run import PIPED

    if options.run != STANDARD_INPUT:
        return None
    if options.log:
        raise UsageError(
            "is a log already, and so is --log.", "loss-wizard auto -", "Name the files, or pipe one of them."
        )
    raw = sys.stdin.buffer.read(MOST_PIPED + 1)
    if len(raw) > MOST_PIPED:
        raise UnreadableError(
            "more came than is read from a pipe ({limit} MB).",
            PIPED,
            "Name the file with --log.",
            limit=MOST_PIPED >> 20,
        )
    return raw.decode(encoding_of(raw[:HEAD]), "replace")


def _nothing_answered(run: Path | None, session: Session, wording: Wording) -> NothingAnsweredError:
    from wizard.report.missing import failures

    reasons = failures(session, wording)
    if reasons:
        return NothingAnsweredError(
            "No check could be answered: {reasons}",
            str(run or ""),
            "Mend that, or hand over something else as well (--log, --checkpoint, --recipe).",
            reasons=" ".join(stopped(reason, wording.language) for reason in reasons.values()),
        )
    message = mark("No check could be answered from what was handed over.")
    if run is not None and not session.consultation.artifacts:
        message = mark("no log (a CSV file) and no checkpoint (of torch.save or safetensors) was found here.")
    return NothingAnsweredError(
        message,
        str(run or ""),
        "Hand over a training log, checkpoints or a recipe (--log, --checkpoint, --recipe), or use 'ask'.",
    )


def _say(line: str) -> None:
    click.echo(line, err=True)


def keep_inputs(output: Path, artifacts: Iterable[ArtifactFile]) -> None:
    """Raise UsageError if OUTPUT is one of the files that the report is about: nothing of the user's is overwritten."""
    read = (Path(file.path) for file in artifacts)
    if output.exists() and any(path.exists() and output.samefile(path) for path in read):
        raise UsageError("is one of the files that were looked at.", str(output), "Name another file.")


def write_whole(path: Path, content: str) -> None:
    """Replace the file PATH by CONTENT at once or not at all. Raises UsageError if that cannot be done."""
    special = path.exists() and not path.is_file()  # a pipe or device is written to, never replaced
    target = path if special else Path(os.path.realpath(path))
    draft = path if special else target.with_name(f"{target.name}.part")
    try:
        draft.write_text(content, encoding="utf-8", errors="backslashreplace")
        if not special:
            draft.replace(target)
    except OSError as error:
        raise UsageError(
            "cannot be written: {reason}.", str(path), "Name another file.", reason=error.strerror
        ) from error
