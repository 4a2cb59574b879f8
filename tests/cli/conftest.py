"""A small knowledge base, and folders for cache and state that are nobody's."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fixture_base import Runner, write_base

from wizard.cli.main import cli


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Cache and state of this test, in English."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "XDG_CACHE_HOME", "LOSS_WIZARD_CACHE", "LOSS_WIZARD_STATE"):
        monkeypatch.setenv(name, str(home))
    for name in ("LOSS_WIZARD_LANG", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("LANGUAGE", "en")
    return home


@pytest.fixture(scope="session")
def base_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_base(tmp_path_factory.mktemp("base"))


@pytest.fixture
def run(base_folder: Path) -> Runner:
    """Run a command in this process on the small base, with INPUT as what is typed."""

    def run_it(*args: str | Path, typed: str = "") -> Result:
        needs_base = [] if args[:1] in (("paths",), ("--help",)) else ["--kb", str(base_folder)]
        return CliRunner().invoke(cli, [*(str(arg) for arg in args), *needs_base], input=typed)

    return run_it
