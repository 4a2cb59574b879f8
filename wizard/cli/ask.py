"""`ask`: the consultation as plain questions and answers, for any terminal, screen reader or pipe."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import click

from wizard.cli.options import FILE, Options, shared
from wizard.cli.speech import command as made
from wizard.cli.speech import option
from wizard.resources import state_folder


@made(name="ask", help="Ask one question at a time in plain text, then go through the plan. RUN is looked at first.")
@shared
@option("--resume", type=FILE, metavar="JOURNAL", help="Go on with the consultation kept in JOURNAL.")
def command(options: Options, resume: Path | None) -> None:
    """Talk until the questions stop paying and the remedies are tried; end with the report."""
    from wizard.cli.dialogue import hold
    from wizard.cli.opening import chatter, opened
    from wizard.cli.prompt import Prompt
    from wizard.cli.talk import Talk
    from wizard.report import text
    from wizard.report.wording import Wording

    session = opened(options, resume)
    wording = Wording(session.knowledge.base, options.language)
    name = f"{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.jsonl"
    talk = Talk(session, Prompt(wording, sys.stdin), options, state_folder() / "journals" / name)
    for line in chatter(session, wording) if resume else ():
        talk.prompt.say(line, "  - ")
    try:
        hold(talk)
        click.echo("\n" + text.render(talk.session, wording), nl=False)
    finally:
        click.echo(talk.farewell(), err=True, nl=bool(talk.farewell()))
