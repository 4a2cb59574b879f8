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
    if options.symptom or options.answer or options.rerun_minutes is not None:
        raise UsageError(
            "the app asks for symptoms, answers and the time of a run itself.",
            "loss-wizard app",
            "Leave --symptom, --answer and --rerun-minutes out, or use loss-wizard ask.",
        )
    from wizard.tui.app import run_app  # deferred: textual takes 160 ms

    run_app(options.request(), options.kb, options.language)
