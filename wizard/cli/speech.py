"""The command line in the user's language: which one it is, and click's help and errors in it."""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import click

from wizard.resources import ASSETS
from wizard.vocabulary import Language

MOST_COLUMNS = 80
STOPS = (".", "?", "!", "。", "？", "！")


def chosen_language(args: Sequence[str], environment: Mapping[str, str]) -> Language:
    """Chinese if `--lang`, else LOSS_WIZARD_LANG, LC_ALL or LANG, says so; else English."""
    named = [args[i + 1] for i, arg in enumerate(args[:-1]) if arg == "--lang"]
    named += [arg.removeprefix("--lang=") for arg in args if arg.startswith("--lang=")]
    named += [environment.get(name, "") for name in ("LOSS_WIZARD_LANG", "LC_ALL", "LANG")]
    first = next((name for name in named if name), "en")
    return "zh" if first.lower().startswith("zh") else "en"


def speak(language: Language) -> None:
    """Let click find its own words, and our help texts, in our catalogue."""
    os.environ["LANGUAGE"] = language  # what gettext goes by
    gettext.bindtextdomain("wizard", str(ASSETS / "locale"))
    gettext.textdomain("wizard")


def spoken(msgid: str | None) -> str:
    """MSGID in the language that was set."""
    return gettext.gettext(msgid) if msgid else ""


def stopped(sentence: str, language: Language) -> str:
    """SENTENCE with a stop at its end, for those of others that come without."""
    return sentence if sentence.endswith(STOPS) else sentence + ("。" if language == "zh" else ".")


class Formatter(click.HelpFormatter):
    """Wraps by terminal cells, so that Chinese help keeps to the width."""

    def write_text(self, text: str) -> None:
        """A paragraph."""
        from wizard.report.layout import wrapped

        indent = " " * self.current_indent
        self.write("\n".join(wrapped(text, indent, indent, self.width)) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Terms in a first column, their explanations in a second."""
        from wizard.report.layout import padded, wrapped

        table = list(rows)
        widest = max((len(term) for term, _ in table if len(term) <= col_max), default=0)
        column = " " * (self.current_indent + widest + col_spacing)
        for term, text in table:
            opening = padded(" " * self.current_indent + term, len(column))
            if len(term) > widest:
                self.write(opening + "\n")
                opening = column
            self.write("\n".join(wrapped(text, opening, column, self.width)) + "\n")


class Context(click.Context):
    """A context whose help is wrapped by cells."""

    formatter_class = Formatter


class Command(click.Command):
    """A command whose help is translated when it is shown."""

    context_class = Context

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence, not cut."""
        del limit
        return spoken(self.short_help or self.help)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Click keeps the option with the words of the first language that asked for it."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = spoken("Show this message and exit.")
        return found

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The whole help."""
        del ctx
        if self.help:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(spoken(self.help))


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command


class Option(click.Option):
    """An option whose help is translated when it is shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option and its explanation."""
        record = super().get_help_record(ctx)
        return (record[0], spoken(self.help)) if record and self.help else record


command = partial(click.command, cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
option = partial(click.option, cls=Option)
