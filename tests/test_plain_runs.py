"""`auto` on what a plain PyTorch loop leaves: the cause among the first three, and healthy runs in peace."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from plain_runs import FAULTS, HEALTHY, Fault, write_run

ACCUSED = 0.8
TOP = 3


def auto(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the real program on FOLDER in a fresh interpreter."""
    command = [sys.executable, "-m", "wizard", "auto", str(folder), "--recipe", str(folder / "recipe.py"), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def diagnose(folder: Path) -> dict[str, Any]:
    """The JSON report on FOLDER."""
    result = auto(folder, "--format", "json")
    assert result.returncode in (0, 1), result.stderr
    return dict(json.loads(result.stdout))


def causes(report: dict[str, Any]) -> list[str]:
    """The ranked causes, without `healthy` and `other`."""
    return [row["cause"] for row in report["differential"] if row["cause"] not in ("healthy", "other")]


def fault(report: dict[str, Any]) -> float:
    """P(fault)."""
    return 1.0 - sum(float(row["probability"]) for row in report["differential"] if row["cause"] == "healthy")


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_run_is_not_accused(name: str, tmp_path: Path) -> None:
    """With log, two checkpoints and recipe at hand nothing is called a fault."""
    report = diagnose(write_run(tmp_path / "run", HEALTHY[name]))

    assert fault(report) < ACCUSED, report["differential"][:3]


def test_healthy_runs_are_called_healthy(tmp_path: Path) -> None:
    """Beyond not being accused: with all artifacts at hand at least half get the verdict."""
    verdicts = [diagnose(write_run(tmp_path / name, HEALTHY[name]))["verdict"] for name in HEALTHY]

    assert verdicts.count("healthy") >= 0.5 * len(verdicts), verdicts


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    """Experiments included."""
    run = write_run(tmp_path / "run", HEALTHY["regression"])

    reports = [auto(run, "--format", form).stdout for form in ("json", "json", "text", "text")]

    assert reports[0] == reports[1]
    assert reports[2] == reports[3]


def test_the_parent_process_never_imports_torch(tmp_path: Path) -> None:
    """Reading the files and running the recipe leave torch to the child."""
    run = write_run(tmp_path / "run", HEALTHY["regression"])
    program = (
        "import sys; from wizard.cli.main import main; sys.argv[0] = 'loss-wizard'\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print([name for name in ('torch', 'scipy', 'pandas') if name in sys.modules], file=sys.stderr)"
    )
    command = [sys.executable, "-c", program, "auto", str(run), "--recipe", str(run / "recipe.py")]

    result = subprocess.run(command, capture_output=True, text=True, check=False)

    assert "Healthy" in result.stdout or "Nothing" in result.stdout
    assert result.stderr.splitlines()[-1] == "[]"


@pytest.mark.parametrize("planted", FAULTS, ids=lambda planted: planted.cause)
def test_the_planted_cause_is_among_the_first_three(planted: Fault, tmp_path: Path) -> None:
    """The run is detected as broken and its cause is near the top."""
    report = diagnose(write_run(tmp_path / "run", HEALTHY[planted.base], planted))

    assert planted.cause in causes(report)[:TOP], [
        (row["cause"], row["probability"]) for row in report["differential"][:5]
    ]
