"""`paths`: where Loss Wizard reads and writes."""

from __future__ import annotations

import click

from wizard.cli.speech import command as made
from wizard.report.layout import padded
from wizard.resources import ASSETS, KNOWLEDGE_BASE, cache_folder, state_folder


@made(name="paths", help="Print the folders that Loss Wizard reads and writes.")
def command() -> None:
    """One line a folder."""
    folders = {"knowledge": KNOWLEDGE_BASE, "assets": ASSETS, "cache": cache_folder(), "state": state_folder()}
    for name, folder in folders.items():
        click.echo(f"{padded(name, 10)} {folder}")
