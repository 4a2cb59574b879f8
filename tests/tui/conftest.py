"""A small knowledge base for the app, and folders that are nobody's."""

from __future__ import annotations

from pathlib import Path

import pytest
from visit import write_app_base


@pytest.fixture(autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state folder of a user who has none; the cache is beside it."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("LOSS_WIZARD_STATE", str(home / "state"))
    return home / "state"


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three causes, two symptoms, three questions."""
    return write_app_base(tmp_path_factory.mktemp("base"))
