"""`app`: the full-screen app."""

from __future__ import annotations

import sys

from wizard.cli.options import Options, shared
from wizard.cli.speech import command as made
from wizard.errors import UsageError


@made(name="app", help="Open the app (the default). RUN is a run directory, a log or a checkpoint.")
@shared
def command(options: Options) -> None:
    """Hand over to the app, which needs a terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "the app needs a terminal, and there is none.",
            "loss-wizard app",
            "Use loss-wizard auto RUN for a report, or loss-wizard ask for plain questions.",
        )
    from wizard.tui.app import run_app  # deferred: textual takes 160 ms

    run_app(options.request(), options.kb, options.language, options.entries, options.rerun_minutes)
