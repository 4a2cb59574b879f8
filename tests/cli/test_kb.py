"""`kb`: for those who write the knowledge base."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from fixture_base import Runner

from wizard.cli.kb import inspectors
from wizard.cli.main import cli
from wizard.evidence.inspection import find_inspectors


def test_a_sound_base_has_no_errors(run: Runner) -> None:
    """Exit code 0."""
    result = run("kb", "lint")

    assert (result.exit_code, result.stdout) == (0, "0 errors, 0 warnings\n")


def test_errors_have_their_place(base_folder: Path, tmp_path: Path) -> None:
    """file:line:column, exit code 1."""
    folder = shutil.copytree(base_folder, tmp_path / "kb")
    cause = folder / "causes/lr_schedule/lr_too_high.yaml"
    cause.write_text(cause.read_text("utf-8").replace("loss_is_nan:", "loss_is_nam:"), encoding="utf-8")

    result = CliRunner().invoke(cli, ["kb", "lint", "--kb", str(folder)])

    assert result.exit_code == 1
    assert result.stdout.startswith("causes/lr_schedule/lr_too_high.yaml:6:3 ")
    assert "loss_is_nan" in result.stdout


def test_problems_of_the_whole_are_found(base_folder: Path, tmp_path: Path) -> None:
    """A remedy that nothing lists."""
    folder = shutil.copytree(base_folder, tmp_path / "kb")
    text = (
        (folder / "remedies/lower_lr.yaml").read_text("utf-8").replace("Lower the", "Halve the").replace("降低", "减半")
    )
    (folder / "remedies/halve_lr.yaml").write_text(text, encoding="utf-8")

    result = CliRunner().invoke(cli, ["kb", "lint", "--kb", str(folder)])

    assert result.exit_code == 1
    assert "remedies/halve_lr.yaml: error:" in result.stdout


def test_stats_count(run: Runner) -> None:
    """Entries, checks that need no person, families, languages."""
    result = run("kb", "stats")

    counted = dict(line.rsplit(maxsplit=1) for line in result.stdout.splitlines()[:8])
    assert counted == {
        "causes": "2", "checks": "3", "symptoms": "1", "remedies": "2", "vignettes": "2",
        "checklists": "1", "words explained": "2", "sources": "1",
    }  # fmt: skip
    assert "en, zh" in result.stdout


@pytest.mark.parametrize("artifact", ["log", "checkpoint"])
def test_inspectors_are_found_without_importing_them(artifact: str) -> None:
    """Reading the source finds what importing finds."""
    found = {inspector.check for inspector in find_inspectors(artifact)}  # type: ignore[arg-type]

    assert set(inspectors()[artifact]) == found != set()


def test_the_graph_comes_in_two_forms(run: Runner) -> None:
    """Mermaid and JSON."""
    assert run("kb", "graph").stdout.startswith("flowchart ")
    assert {node["id"] for node in json.loads(run("kb", "graph", "--format", "json").stdout)["nodes"]} >= {
        "lr_too_high"
    }


def test_the_tree_of_a_symptom(run: Runner) -> None:
    """The questions from there, as text, Mermaid, JSON."""
    assert "A lower rate helps?" in run("kb", "graph", "--symptom", "loss_is_nan").stdout
    assert run("kb", "graph", "--symptom", "loss_is_nan", "--format", "mermaid").stdout.startswith("flowchart TD")
    assert json.loads(run("kb", "graph", "--symptom", "loss_is_nan", "--format", "json").stdout)["check"]


def test_an_unknown_symptom_gets_the_nearest(run: Runner) -> None:
    """Exit code 2."""
    result = run("kb", "graph", "--symptom", "loss_is_nam")

    assert result.exit_code == 2
    assert "Did you mean 'loss_is_nan'?" in result.stderr


def test_the_schema_describes_files() -> None:
    """What the place of a file gives is not asked for."""
    result = CliRunner().invoke(cli, ["kb", "schema", "cause"])

    schema = json.loads(result.stdout)
    assert "evidence" in schema["properties"]
    assert not {"id", "family"} & set(schema["properties"])
    assert "title" in schema["required"]
