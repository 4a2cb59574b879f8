"""Run a recipe in a process of its own, with limits, and collect what its inspectors find. Never imports torch."""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wizard.errors import UnreadableError, UsageError
from wizard.evidence.confined import Confined
from wizard.evidence.inspection import Slots
from wizard.evidence.inspector import Facts
from wizard.resources import PACKAGE
from wizard.vocabulary import Fact, Finding, Place, Unanswered

FUNCTIONS = {"model": "make_model", "data": "make_loaders", "loss": "make_loss", "optimizer": "make_optimizer"}
ENDED = "The recipe's process ended before this check was answered."
STOPPED = "The recipe took too long and was stopped before this check."
INTERRUPTED = "You interrupted the recipe before this check."
# The package is importable only while the child imports its own modules: its folder may be a site-packages whose
# numpy or torch belongs to another Python than the user's.
BOOT = (
    "import sys; sys.path[:] = [sys.argv[1], *filter(None, sys.path)]; "
    "from wizard.evidence import child; del sys.path[0]; child.main()"
)
SURROUNDINGS = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "PYTHONDONTWRITEBYTECODE": "1",  # nothing is written beside the user's files
    "PYTHONHASHSEED": "0",  # sets of strings in the same order each time
    "PYTHONIOENCODING": "utf-8:replace",
    "TORCHDYNAMO_DISABLE": "1",  # torch.compile would take minutes and write its own cache
    "MPLBACKEND": "Agg",
}


@dataclass(frozen=True, slots=True)
class RecipeSpec:
    """FILE with any of make_model, make_loaders, make_loss, make_optimizer; a FILE:NAME takes the place of one."""

    file: Path | None = None
    model: str | None = None
    data: str | None = None
    loss: str | None = None
    optimizer: str | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file named, once."""
        return tuple(dict.fromkeys(Path(file) for file, _ in self.parts().values()))

    def parts(self) -> dict[str, tuple[str, str]]:
        """File and function name of each part as they were named. Raises UsageError."""
        found = {part: (str(self.file), name) for part, name in FUNCTIONS.items()} if self.file else {}
        for part in FUNCTIONS:
            named: str | None = getattr(self, part)
            if named is None:
                continue
            file, colon, name = named.rpartition(":")
            if not colon or not file or not name.isidentifier():
                raise UsageError("'{named}' does not name a function.", f"--{part}", "Write FILE.py:NAME.", named=named)
            found[part] = (file, name)
        return found


@dataclass(frozen=True, slots=True)
class Limits:
    """What the child may use. The clock only ends hangs: GRACE seconds over the budget, PATIENCE for one call of the
    user's code; MEMORY bytes over what torch itself needs."""

    grace: float = 90.0  # importing torch, four parts that may take PATIENCE each, and the cheap checks
    patience: float = 20.0
    memory: int = 4 << 30


def find_python(named: str | None) -> str:
    """The interpreter that runs recipes: NAMED, else ours if it has torch, else $VIRTUAL_ENV's, else python3."""
    if named is not None:
        found = shutil.which(named)
        if found is None:
            raise UsageError(
                "'{named}' is no program that can be run.", "--python", "Name a Python that has torch.", named=named
            )
        return os.path.abspath(found)  # not resolved: a virtual environment is known by its link
    if importlib.util.find_spec("torch") is not None:
        return sys.executable
    environment = os.environ.get("VIRTUAL_ENV")
    found = shutil.which(str(Path(environment, "bin", "python"))) if environment else None
    found = found or shutil.which("python3")
    if found is None:
        raise UsageError("No Python was found to run the recipe.", "--python", "Name a Python that has torch.")
    return found


def recipe_checks() -> tuple[str, ...]:
    """Ids of the checks that a recipe's inspectors answer, read from their source: importing them needs torch."""
    found = set()
    for file in (PACKAGE / "plugins" / "recipe").glob("*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and any(
                isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "inspector"
                for mark in node.decorator_list
            ):
                found.add(node.name)
    return tuple(sorted(found))


def examine_recipe(
    spec: RecipeSpec,
    slots: Slots,
    facts: Facts,
    budget: float,
    python: str,
    on_result: Callable[[Finding | Unanswered], None] = lambda _: None,
    limits: Limits = Limits(),
) -> tuple[list[Fact], list[Finding | Unanswered]]:
    """Facts and, for every recipe check that SLOTS knows, what its inspector says, each told as it comes.

    A crash, a hang, hunger or Ctrl-C costs only what is not answered yet: that becomes Unanswered. The child and all
    it started are killed at the end. Raises UsageError and UnreadableError for what was named wrongly.
    """
    parts = spec.parts()
    for file in spec.files:
        if not file.is_file():
            raise UnreadableError("is no file.", str(file), "Name a Python file with make_model() and the like.")
    expected = [check for check in recipe_checks() if check in slots]
    request = {
        "parts": {part: [os.path.abspath(file), name, file] for part, (file, name) in parts.items()},
        "slots": {check: {name: sorted(lacks) for name, lacks in slots[check].items()} for check in expected},
        "facts": [asdict(fact) for fact in facts.values()],
        "budget": budget,
        "memory": limits.memory,
        "cpu": int(budget + limits.grace) + 1,
        "patience": limits.patience,
    }
    root = os.path.abspath(PACKAGE.parent)
    child = Confined([python, "-c", BOOT, root], request, {**os.environ, **SURROUNDINGS})
    answered: dict[str, Finding | Unanswered] = {}
    known: list[Fact] = []
    running, why = "", ENDED
    try:
        for message in child.messages(time.monotonic() + budget + limits.grace):
            if "refused" in message:
                why = str(message["refused"])
            elif "begins" in message:
                running = str(message["begins"])
            elif "fact" in message:
                known.append(Fact(**message["fact"]))
            else:
                result = _result(message)
                if result is not None and result.check in expected and result.check not in answered:
                    answered[result.check] = result
                    on_result(result)
        if child.late:
            why = STOPPED
    except KeyboardInterrupt:
        why = INTERRUPTED
    finally:
        child.end()
    for result in _the_rest(expected, answered, running, why, child.last_words()):
        answered[result.check] = result
        on_result(result)
    return known, list(answered.values())


def _result(message: Mapping[str, Any]) -> Finding | Unanswered | None:
    """The record in MESSAGE; None if the user's code wrote something else to the pipe."""
    try:
        if "unanswered" in message:
            return Unanswered(**message["unanswered"])
        fields = dict(message["finding"])
        where = fields.pop("where")
        return Finding(**{**fields, "where": Place(**where) if where else None, "origin": "recipe"})
    except (TypeError, KeyError, ValueError):
        return None


def _the_rest(
    expected: list[str], answered: Mapping[str, object], running: str, why: str, last_words: str
) -> list[Unanswered]:
    """What became of the checks without an answer: the one that was RUNNING broke the process, or all if none was."""
    rest = []
    for check in expected:
        if check in answered:
            continue
        if why == ENDED and running in (check, ""):
            rest.append(Unanswered("crashed", f"its last words: {last_words}" if last_words else ENDED, check))
        else:
            rest.append(Unanswered("absent" if why not in (ENDED, STOPPED, INTERRUPTED) else "skipped", why, check))
    return rest
