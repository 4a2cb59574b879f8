"""The command `loss-wizard`: finds the subcommand, and turns whatever goes wrong into sentences and an exit code."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import click

from wizard import __version__
from wizard.cli.speech import Group, Option, chosen_language, option, speak, stopped
from wizard.errors import UsageError, WizardError
from wizard.vocabulary import Language

COMMANDS = ("app", "auto", "ask", "explain", "report", "probe", "kb", "demo", "paths")
INTERNAL_ERROR, INTERRUPTED, BROKEN_PIPE = 3, 130, 141  # the last two as a shell tells of SIGINT and SIGPIPE


class Wizard(Group):
    """Loads each command when it is called; a first argument that is no command is the RUN of `app`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of use."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The `command` of the module of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        loaded: click.Command = importlib.import_module(f"wizard.cli.{cmd_name}").command
        return loaded

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `app` before what is no command."""
        if not args or args[0] not in (*COMMANDS, "-h", "--help", "--version"):
            if args and args[0].startswith("-"):
                _refuse_late_command(args)
            elif args and not Path(args[0]).exists():
                _refuse_mistyped(args[0])
            args = ["app", *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; if nobody reads its output any more, end without a word."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # what is still buffered has nowhere to go, and Python would complain at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(BROKEN_PIPE)

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, *_: Any, **__: Any) -> NoReturn:
        """Run and exit; every error becomes a message and its exit code."""
        given = list(sys.argv[1:] if args is None else args)
        debug = "--debug" in given
        given = [arg for arg in given if arg != "--debug"]
        language = chosen_language(given, os.environ)
        speak(language)
        for stream in (sys.stdin, sys.stdout, sys.stderr):  # a terminal without Chinese must not stop us
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        try:
            code = super().main(given, prog_name or "loss-wizard", standalone_mode=False, obj=given)
        except (KeyboardInterrupt, click.Abort):
            sys.exit(INTERRUPTED)
        except Exception as error:  # whatever it is, the user gets a sentence
            if debug:
                raise
            code = _tell(error, given, language)
        sys.exit(code or 0)


def _refuse_mistyped(name: str) -> None:
    from wizard.cli.options import nearest_name

    nearest = nearest_name(name, COMMANDS)
    if nearest is not None:
        raise UsageError(
            "'{name}' is neither a command nor a file.", "", "Did you mean '{nearest}'?", name=name, nearest=nearest
        )


def _refuse_late_command(args: list[str]) -> None:
    command = next((arg for arg in args if arg in COMMANDS and not Path(arg).exists()), None)
    if command is not None:
        raise UsageError(
            "the options stand before the command '{command}'.",
            "loss-wizard",
            "Write loss-wizard {command} first, then its options.",
            command=command,
        )


def _tell(error: Exception, args: list[str], language: Language) -> int:
    """Say what went wrong, on stdout as JSON if a JSON report was asked for, and give the exit code."""
    told, code = _as_told(error, language)
    if _wants_json(args):
        from wizard.report.machine import error as document

        click.echo(document(told, language), nl=False)
    else:
        from wizard.report.wording import LONGEST_NOTICE, safe

        lines = told.told(language).splitlines()
        click.echo("\n".join(safe(line, LONGEST_NOTICE) for line in lines), err=True)
    return code


def _as_told(error: Exception, language: Language) -> tuple[WizardError, int]:
    if isinstance(error, WizardError):
        return error, error.exit_code
    if isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx else "loss-wizard"
        message = stopped(error.format_message(), language)
        return UsageError("{message}", path, "Try '{path} --help'.", message=message, path=path), 2
    if isinstance(error, click.ClickException):
        return UsageError("{message}", message=error.format_message()), error.exit_code
    kind, detail = type(error).__name__, str(error)
    told = WizardError(
        "Something went wrong inside Loss Wizard: {kind}: {detail}.",
        "",
        "Run it again with --debug and report what it prints.",
        kind=kind,
        detail=detail,
    )
    return told, INTERNAL_ERROR


def _wants_json(args: list[str]) -> bool:
    return "--format=json" in args or ("--format", "json") in pairwise(args)


@click.command(
    name="loss-wizard",
    cls=Wizard,
    help="Find out why a neural network does not train: ask, read the run's files, rank the causes, plan the repair.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="%(prog)s %(version)s", cls=Option, help="Show the version and exit.")
@option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an internal error.")
def cli() -> None:
    """`loss-wizard`."""


def main() -> None:
    """The entry point."""
    cli()
