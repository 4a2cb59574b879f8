"""`demo`: the sample with the planted fault, on the built-in knowledge base."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from fixture_base import Runner

import wizard.cli.demo
from wizard.cli.main import cli


def test_the_planted_fault_comes_first() -> None:
    """Exit code 0; the recipe is run, because this Python has torch."""
    result = CliRunner().invoke(cli, ["demo"])

    assert result.exit_code == 0
    assert "It came first." in result.stdout
    assert "train.py" in result.stdout


def test_without_torch_the_recipe_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report is made from the files, and says so."""
    monkeypatch.setattr(wizard.cli.demo, "torch_found", lambda _: False)

    result = CliRunner().invoke(cli, ["demo"])

    assert "the recipe is left out" in result.stdout
    assert "make_model()" in result.stdout
    assert result.exit_code in (0, 1)


def test_another_fault_first_is_exit_code_1(run: Runner) -> None:
    """On a base that does not know the planted cause."""
    result = run("demo", "--python", "/bin/false")

    assert result.exit_code == 1
    assert "It did not come first." in result.stdout
