"""A recipe runs in a process of its own: whatever it does there costs only the checks not yet answered."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from wizard.errors import UnreadableError, UsageError
from wizard.evidence import Fact, Finding, Unanswered
from wizard.evidence import sandbox as box
from wizard.evidence.child import OVER_BUDGET
from wizard.evidence.inspection import Slots, slots_of
from wizard.evidence.sandbox import Limits, RecipeSpec, examine_recipe, find_python, recipe_checks
from wizard.resources import KNOWLEDGE_BASE

SOUND = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

def make_model():
    return nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))

def make_loaders():
    inputs = torch.randn(256, 6)
    data = TensorDataset(inputs, inputs[:, :3].argmax(1))
    return DataLoader(data, 32, shuffle=True), DataLoader(data, 32)

def make_loss():
    return nn.CrossEntropyLoss()

def make_optimizer(model):
    return torch.optim.Adam(model.parameters(), lr=0.01)
"""
Result = Finding | Unanswered
PYTHON = sys.executable
ALL: tuple[str, ...] = ()
SOME = ("data_finite", "initial_loss", "optimizer_moves_parameters")


@pytest.fixture(scope="module")
def slots() -> Slots:
    """Of the recipe's checks and of one that is none of its business."""
    found: dict[str, Any] = {"loss_stability": {"steady": frozenset()}}
    for file in Path(KNOWLEDGE_BASE, "checks/recipe").glob("*.yaml"):
        outcomes = yaml.safe_load(file.read_text())["outcomes"]
        found[file.stem] = {name: slots_of(*one["says"].values()) for name, one in outcomes.items()}
    return found


@pytest.fixture
def run(tmp_path: Path, slots: Slots) -> Any:
    """Examine a recipe of the given source: its facts, and its results by check."""

    def run(
        source: str, budget: float = 0.0, checks: tuple[str, ...] = SOME, **limits: Any
    ) -> tuple[list[Fact], dict[str, Result]]:
        file = tmp_path / "my_recipe.py"
        file.write_text(source)
        chosen = {check: slots[check] for check in checks or slots}
        limits = {"grace": 60.0, **limits}
        facts, results = examine_recipe(RecipeSpec(file), chosen, {}, budget, PYTHON, limits=Limits(**limits))
        return facts, {result.check: result for result in results}

    return run


def reasons(results: dict[str, Result]) -> set[str]:
    """Outcomes as such, the rest by reason."""
    return {"found" if isinstance(result, Finding) else result.reason for result in results.values()}


def details(results: dict[str, Result]) -> set[str]:
    """Why checks were left unanswered."""
    return {result.detail for result in results.values() if isinstance(result, Unanswered)}


def test_sound_recipe_is_answered_and_nothing_is_left_beside_it(run: Any, slots: Slots, tmp_path: Path) -> None:
    """Every recipe check, with its origin and place; no check of another artifact; no file is written."""
    facts, results = run(SOUND, budget=60.0, checks=ALL)

    assert set(results) == set(recipe_checks()) & set(slots)
    assert "crashed" not in reasons(results)
    assert results["overfit_one_batch"].outcome == "memorised"
    assert {result.origin for result in results.values() if isinstance(result, Finding)} == {"recipe"}
    assert results["data_finite"].where.line == 9
    assert ("num_classes", 3) in {(fact.name, fact.value) for fact in facts}
    assert os.listdir(tmp_path) == ["my_recipe.py"]


def test_results_are_told_as_they_come_and_are_the_same_again(slots: Slots, tmp_path: Path) -> None:
    """The cheap ones first, experiments skipped without a budget; seeds are fixed and samples counted."""
    (tmp_path / "r.py").write_text(SOUND)
    told: list[Result] = []
    first = examine_recipe(RecipeSpec(tmp_path / "r.py"), slots, {}, 0.0, PYTHON, told.append)
    second = examine_recipe(RecipeSpec(tmp_path / "r.py"), slots, {}, 0.0, PYTHON)

    assert told == first[1]
    assert told[-1] == Unanswered("skipped", OVER_BUDGET, "overfit_one_batch")
    assert str(first) == str(second)


def test_parts_may_come_from_several_files_and_import_their_siblings(slots: Slots, tmp_path: Path) -> None:
    """FILE:NAME replaces one part; the recipe's folder is where it runs."""
    (tmp_path / "widths.py").write_text("WIDTH = 16\n")
    main, other = tmp_path / "main.py", tmp_path / "other.py"
    main.write_text(SOUND.replace("nn.Linear(6, 16)", "None"))
    other.write_text(
        "import os\nfrom torch import nn\nfrom widths import WIDTH\n"
        "assert os.path.exists('widths.py')\n"
        "def build():\n    return nn.Sequential(nn.Linear(6, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 3))\n"
    )
    spec = RecipeSpec(main, model=f"{other}:build")
    facts, _ = examine_recipe(spec, slots, {}, 0.0, PYTHON)

    assert spec.files == (other, main)
    assert {fact.name: fact.value for fact in facts}["num_parameters"] == 163


def test_parent_stays_without_torch(tmp_path: Path) -> None:
    """Neither finding the interpreter nor examining a recipe imports what the child needs."""
    file = tmp_path / "recipe.py"
    file.write_text("import missing_module_of_the_user\n")
    program = (
        "import sys; from pathlib import Path\n"
        "from wizard.evidence.sandbox import *\n"
        "slots = {'data_finite': {'finite': frozenset()}}\n"
        f"examine_recipe(RecipeSpec(Path({str(file)!r})), slots, {{}}, 0.0, find_python(None))\n"
        "print(sorted({'torch', 'numpy', 'yaml', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


# What recipes do


def test_recipe_that_raises_when_imported_is_told_with_its_error(run: Any) -> None:
    """Every check that needs any of it says why; the line is the user's."""
    _, results = run("\nimport missing_module_of_the_user\n")

    assert reasons(results) == {"crashed"}
    expected = "ModuleNotFoundError: No module named 'missing_module_of_the_user' (my_recipe.py:2)"
    assert details(results) == {expected}


def test_loaders_that_raise_leave_facts_about_the_model(run: Any) -> None:
    """The rest goes on."""
    facts, results = run(SOUND.replace("inputs = torch.randn(256, 6)", "raise ValueError('no data here')"))

    assert "num_parameters" in {fact.name for fact in facts}
    assert details(results) == {"ValueError: no data here (my_recipe.py:10)"}


def test_loaders_that_hang_are_waited_for_once(run: Any) -> None:
    """Two seconds of patience are spent, not two for every check."""
    hanging = SOUND.replace("inputs = torch.randn(256, 6)", "import time; time.sleep(600)")
    facts, results = run(hanging, patience=2.0, grace=30.0)

    assert "num_parameters" in {fact.name for fact in facts}
    assert details(results) == {"The recipe took too long here."}


def test_sys_exit_is_no_end(run: Any) -> None:
    """SystemExit is caught like any other error."""
    _, results = run("import sys\nsys.exit(0)\n")

    assert details(results) == {"The recipe ends the process here."}


def test_process_that_ends_costs_only_the_checks_left(run: Any) -> None:
    """os._exit() in the loss: what was answered before stays, the rest is told apart with the last words."""
    _, results = run(SOUND.replace("return nn.CrossEntropyLoss()", DEADLY))

    assert results["data_finite"].outcome == "finite"
    assert results["initial_loss"] == Unanswered("crashed", "its last words: dying now", "initial_loss")
    assert results["optimizer_moves_parameters"].detail == box.ENDED


DEADLY = """
    import os, sys
    calls = []
    def loss(output, target):
        calls.append(1)
        if len(calls) > 2:
            sys.stderr.write("dying now\\n")
            sys.stderr.flush()
            os._exit(7)
        return nn.functional.cross_entropy(output, target)
    return loss
"""


def test_segmentation_fault_is_a_crash(run: Any) -> None:
    """Native code that dies says nothing; the fixed sentence stands."""
    _, results = run("import ctypes\nctypes.string_at(0)\n")

    assert reasons(results) == {"crashed"}
    assert details(results) == {box.ENDED}


def test_hang_that_no_signal_ends_is_stopped(run: Any) -> None:
    """Code that swallows the ringing is killed by the parent's clock."""
    stubborn = "import time\nwhile True:\n    try:\n        time.sleep(600)\n    except BaseException:\n        pass\n"
    started = time.monotonic()
    _, results = run(stubborn, patience=0.5, grace=3.0)

    assert time.monotonic() - started < 60
    assert reasons(results) == {"skipped"}
    assert details(results) == {box.STOPPED}


def test_memory_that_is_eaten_is_a_crash_of_that_part(run: Any) -> None:
    """The limit holds for what the recipe takes, over what torch itself needs."""
    hungry = SOUND.replace("inputs = torch.randn(256, 6)", "inputs = torch.ones(1 << 28)")
    facts, results = run(hungry, memory=512 << 20)

    assert "num_parameters" in {fact.name for fact in facts}
    assert details(results) == {"The recipe needs more memory than it is given here."}


def test_noise_of_the_recipe_does_not_disturb(run: Any) -> None:
    """Megabytes on both streams, below Python's own and at its level, even in the shape of our messages."""
    forged = json.dumps({"finding": {"outcome": "nonfinite", "check": "data_finite", "measured": {}, "where": None}})
    noise = "import os\nfor _ in range(2000):\n    os.write(1, b'x' * 1024)\n    os.write(2, b'y' * 1024)\n"
    _, results = run(f"{noise}    print({forged!r})\n{SOUND}")

    assert results["data_finite"].outcome == "finite"
    assert results["initial_loss"].outcome == "as_expected"


ENDLESS = """
import sys
assert sys.stdin.read() == ""

class Endless(torch.utils.data.IterableDataset):
    def __iter__(self):
        while True:
            row = torch.randn(6)
            yield row, row[:3].argmax()

def make_loaders():
    return DataLoader(Endless(), 16), None
"""


def test_endless_data_set_is_sampled(run: Any) -> None:
    """Counts bound it; a prompt on stdin finds its end."""
    _, results = run(SOUND + ENDLESS, checks=("data_finite", "train_validation_shift"))

    assert results["data_finite"].measured == {"samples": 512}
    assert results["train_validation_shift"].reason == "absent"


def test_grandchild_is_killed_with_the_child(run: Any, tmp_path: Path) -> None:
    """A forked process that would live on, and holds the pipes open, neither delays nor survives."""
    pid_file = tmp_path / "pid"
    forking = (
        "import os, time\nif os.fork() == 0:\n"
        f"    open({str(pid_file)!r}, 'w').write(str(os.getpid()))\n    time.sleep(600)\n    os._exit(0)\n"
        f"while not os.path.exists({str(pid_file)!r}):\n    time.sleep(0.01)\n"
    )
    _, results = run(forking + SOUND, checks=("data_finite",))
    grandchild = int(pid_file.read_text())

    assert results["data_finite"].outcome == "finite"
    assert has_ended(grandchild)


def has_ended(process: int) -> bool:
    """Whether PROCESS is gone or a zombie, given a moment to die."""
    for _ in range(200):
        stat = Path(f"/proc/{process}/stat")
        try:
            if stat.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False


def test_interrupt_keeps_what_was_found(run: Any, tmp_path: Path) -> None:
    """Ctrl-C in the second check: the first stays, the process is killed, the rest is skipped."""
    reached = tmp_path / "reached"
    stuck = f"""
    def loss(output, target):
        if output.requires_grad:
            open({str(reached)!r}, "w").close()
            import time; time.sleep(600)
        return nn.functional.cross_entropy(output, target)
    return loss
"""

    def interrupt() -> None:
        while not reached.exists():
            time.sleep(0.05)
        signal.raise_signal(signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    _, results = run(SOUND.replace("return nn.CrossEntropyLoss()", stuck), patience=300.0, grace=300.0)

    assert results["data_finite"].outcome == "finite"
    assert results["initial_loss"].outcome == "as_expected"
    assert details(results) == {box.INTERRUPTED}


# What is named


def test_python_that_was_named_is_taken_as_it_is(tmp_path: Path) -> None:
    """The link of a virtual environment is not resolved."""
    link = tmp_path / "python"
    link.symlink_to(PYTHON)

    assert find_python(str(link)) == str(link)
    assert find_python(None) == sys.executable


def test_python_without_torch_leaves_everything_absent(tmp_path: Path, slots: Slots) -> None:
    """An environment that cannot run the recipe is told as such."""
    bare = tmp_path / "bare.py"
    bare.write_text(SOUND)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S -I "$@"\n')
    python.chmod(0o755)
    _, results = examine_recipe(RecipeSpec(bare), slots, {}, 0.0, str(python))

    assert {result.detail for result in results if isinstance(result, Unanswered)} == {
        "The Python that runs the recipe has no torch."
    }


def test_next_best_python_is_that_of_the_environment(tmp_path: Path, monkeypatch: Any) -> None:
    """Ours if it has torch, else $VIRTUAL_ENV's."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").symlink_to(PYTHON)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))

    assert find_python(None) == str(tmp_path / "bin/python")


def test_wrong_names_are_told_before_anything_runs(tmp_path: Path, slots: Slots) -> None:
    """A missing file, a function that is not named, an interpreter that is none."""
    with pytest.raises(UnreadableError, match="is no file"):
        examine_recipe(RecipeSpec(tmp_path / "no_such.py"), slots, {}, 0.0, PYTHON)
    with pytest.raises(UsageError, match="does not name a function"):
        RecipeSpec(model="model.py").parts()
    with pytest.raises(UsageError, match="--python"):
        find_python(str(tmp_path / "python"))
