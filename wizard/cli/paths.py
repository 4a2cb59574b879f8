"""`paths`: where Loss Wizard reads and writes."""

from __future__ import annotations

import os
from pathlib import Path

import click

from wizard.cli.speech import command as made
from wizard.report.layout import padded
from wizard.resources import ASSETS, KNOWLEDGE_BASE


def state_folder() -> Path:
    """Where journals of consultations are kept; LOSS_WIZARD_STATE overrides it."""
    import platformdirs

    return Path(os.environ.get("LOSS_WIZARD_STATE") or platformdirs.user_state_dir("loss-wizard"))


def cache_folder() -> Path:
    """Where the compiled knowledge base is kept; LOSS_WIZARD_CACHE overrides it."""
    from wizard.knowledge.cache import cache_file

    return cache_file(KNOWLEDGE_BASE).parent


@made(name="paths", help="Print the folders that Loss Wizard reads and writes.")
def command() -> None:
    """One line a folder."""
    folders = {"knowledge": KNOWLEDGE_BASE, "assets": ASSETS, "cache": cache_folder(), "state": state_folder()}
    for name, folder in folders.items():
        click.echo(f"{padded(name, 10)} {folder}")
