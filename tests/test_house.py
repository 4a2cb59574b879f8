"""The house stands: who imports whom, one tree for every tool, every file has its test or entry."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
COPIED = ("wizard", "plugins", "knowledge_base", "assets", "pyproject.toml")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("lint-imports")
    environment = {"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        [tool, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy_of_the_house(tmp_path: Path) -> Path:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    return tmp_path


def test_the_floors_are_kept(copy_of_the_house: Path) -> None:
    """The house as it is breaks no contract."""
    result = lint_imports(copy_of_the_house)

    assert result.returncode == 0, result.stdout


def test_an_inspector_that_sees_reasoning_is_caught(copy_of_the_house: Path) -> None:
    """A planted import of probabilities into a plugin breaks its contract."""
    (copy_of_the_house / "plugins/log/planted.py").write_text("import wizard.reasoning.belief\n")

    result = lint_imports(copy_of_the_house)

    assert result.returncode == 1
    assert "wizard.plugins.log.planted" in result.stdout


def test_a_lower_floor_that_sees_a_higher_is_caught(copy_of_the_house: Path) -> None:
    """A planted import of the report into reasoning breaks the layers."""
    with (copy_of_the_house / "wizard/reasoning/plan.py").open("a") as file:
        file.write("\nimport wizard.report\n")

    result = lint_imports(copy_of_the_house)

    assert result.returncode == 1
    assert "wizard.reasoning" in result.stdout


def test_every_inspector_has_its_test() -> None:
    """tests/plugins mirrors plugins: each file with an inspector has a test file of its name."""
    plugins = [path for path in (ROOT / "plugins").glob("*/*.py") if "@inspector" in path.read_text("utf-8")]

    missing = [
        path for path in plugins if not (ROOT / "tests/plugins" / path.parent.name / f"test_{path.name}").exists()
    ]

    assert plugins
    assert not missing


def test_nothing_is_imported_twice_under_two_names() -> None:
    """The linked folders are reached only through the package."""
    assert "plugins" not in sys.modules
    assert "knowledge_base" not in sys.modules
