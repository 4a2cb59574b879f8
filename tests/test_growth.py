"""A new cause and a new inspector are files put in their places, with no other change."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHECK = """
title: {en: "Whether the word banana is in the header", zh: "表头里有没有 banana"}
outcomes:
  none:
    answer: {en: "None", zh: "没有"}
    says: {en: "There is no banana among {n} columns.", zh: "{n} 列中没有 banana。"}
  banana:
    answer: {en: "There is one", zh: "有"}
    says: {en: "There is a banana among {n} columns.", zh: "{n} 列中有 banana。"}
healthy: {none: .995, banana: .005}
sources: [karpathy_recipe_2019]
"""
CAUSE = """
title: {en: "A banana lies on the keyboard", zh: "键盘上有根香蕉"}
because: {en: "It presses keys while you train.", zh: "训练时它在按键。"}
prior: very_common
evidence:
  banana_in_the_log: {banana: always}
remedies: {train_longer: usually}
sources: [karpathy_recipe_2019]
"""
INSPECTOR = '''
"""A new inspector in a file of its own."""

from wizard.evidence import Finding, inspector
from wizard.evidence.artifacts.log import Log


@inspector(version=1)
def banana_in_the_log(log: Log) -> Finding:
    """Looks at the first line of the file."""
    header = log.files[0].read_text().splitlines()[0].split(",")
    return Finding("banana" if "banana" in header else "none", {"n": len(header)})
'''


@pytest.fixture
def grown_house(tmp_path: Path) -> Path:
    """A copy of the program with one new check, cause and inspector."""
    for name in ("wizard", "plugins", "knowledge_base", "assets"):
        shutil.copytree(ROOT / name, tmp_path / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "knowledge_base/checks/log/banana_in_the_log.yaml").write_text(CHECK, encoding="utf-8")
    (tmp_path / "knowledge_base/causes/data/banana_on_keyboard.yaml").write_text(CAUSE, encoding="utf-8")
    (tmp_path / "plugins/log/banana.py").write_text(INSPECTOR, encoding="utf-8")
    return tmp_path


def test_new_files_are_found_and_used(grown_house: Path) -> None:
    """The new inspector answers the new check, and the new cause is ranked by it."""
    run = grown_house / "run"
    run.mkdir()
    rows = [f"{step},{1 / (step + 1)},0" for step in range(30)]
    (run / "metrics.csv").write_text("step,loss,banana\n" + "\n".join(rows))
    environment = {**os.environ, "PYTHONPATH": str(grown_house), "LOSS_WIZARD_CACHE": str(grown_house / "cache")}

    result = subprocess.run(
        [sys.executable, "-m", "wizard", "auto", str(run), "--format", "json"],
        cwd=grown_house,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    report = json.loads(result.stdout)
    found = {finding["check"]: finding["says"] for finding in report["findings"]}
    causes = [row["cause"] for row in report["differential"] if row["cause"] not in ("healthy", "other")]
    assert found["banana_in_the_log"] == "There is a banana among 3 columns."
    assert causes[0] == "banana_on_keyboard"
