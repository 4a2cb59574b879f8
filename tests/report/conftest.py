"""Sessions on a small knowledge base."""

from __future__ import annotations

import pytest
from fixture_base import write_base

from wizard.consultation.consultation import Consultation
from wizard.consultation.session import Session
from wizard.knowledge.cache import Knowledge
from wizard.knowledge.load import load
from wizard.knowledge.rows import compile_model
from wizard.report.wording import Wording


@pytest.fixture(scope="session")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    base = load(write_base(tmp_path_factory.mktemp("base")))
    return Knowledge(base, compile_model(base))


@pytest.fixture
def session(knowledge: Knowledge) -> Session:
    """Nothing said, nothing seen."""
    return Session(knowledge, Consultation())


@pytest.fixture
def english(knowledge: Knowledge) -> Wording:
    return Wording(knowledge.base, "en")


@pytest.fixture
def chinese(knowledge: Knowledge) -> Wording:
    return Wording(knowledge.base, "zh")
