"""`ask`: the consultation as plain questions and answers, for any terminal, screen reader or pipe."""

from __future__ import annotations

import os
import sys
from datetime import datetime

import click

from wizard.cli.options import Options, shared
from wizard.cli.speech import command as made
from wizard.resources import state_folder


@made(name="ask", help="Ask one question at a time in plain text, then go through the plan. RUN is looked at first.")
@shared
def command(options: Options) -> None:
    """Talk until the questions stop paying and the remedies are tried; end with the report."""
    from wizard.cli.dialogue import hold
    from wizard.cli.opening import opened
    from wizard.cli.prompt import Prompt
    from wizard.cli.talk import Talk
    from wizard.report import text
    from wizard.report.wording import Wording

    session = opened(options)
    wording = Wording(session.knowledge.base, options.language)
    name = f"{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.jsonl"
    talk = Talk(session, Prompt(wording, sys.stdin), options, state_folder() / "journals" / name)
    try:
        hold(talk)
        click.echo("\n" + text.render(talk.session, wording), nl=False)
    finally:
        click.echo(talk.farewell(), err=True, nl=bool(talk.farewell()))
