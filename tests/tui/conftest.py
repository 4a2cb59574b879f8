"""A small knowledge base for the app, and folders that are nobody's."""

from __future__ import annotations

from pathlib import Path

import pytest
from talk_base import stand_in, write_talk_base
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
def talk_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with openings, a number to tell, a checklist and a word of the field."""
    return write_talk_base(tmp_path_factory.mktemp("talk_base"))


@pytest.fixture
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words mean what the tests of this folder say they mean."""
    stand_in(monkeypatch)


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three causes, two symptoms, three questions."""
    return write_app_base(tmp_path_factory.mktemp("base"))
