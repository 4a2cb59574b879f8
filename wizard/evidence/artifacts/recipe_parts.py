"""The user's functions: loaded from their files, called within a time limit, their errors told. Knows no torch."""

from __future__ import annotations

import importlib.util
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar

from wizard.evidence.inspector import Facts, Inspector
from wizard.evidence.patience import TookTooLong, patience
from wizard.resources import PACKAGE
from wizard.vocabulary import Finding, Place, Reason, Unanswered

MISSING = {
    "model": "The recipe has no make_model().",
    "data": "The recipe has no make_loaders().",
    "loss": "The recipe has no make_loss().",
    "optimizer": "The recipe has no make_optimizer(model).",
}
TOO_LONG = "The recipe took too long here."
TOO_LARGE = "The recipe needs more memory than it is given here."
CALLS_EXIT = "The recipe ends the process here."
# What torch's allocator says; its own text holds addresses and sizes that differ from run to run.
_OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "out of memory")


Built = TypeVar("Built")


class Missing(Exception):
    """The recipe lacks what a check takes, or it failed: becomes the Unanswered of every check that asks for it."""

    def __init__(self, detail: str, reason: Reason = "absent") -> None:
        super().__init__(detail)
        self.unanswered = Unanswered(reason, detail)


class remembered(Generic[Built]):
    """A property that is built once; a failure is remembered too, so that a hang is waited for only once."""

    def __init__(self, build: Callable[[Any], Built]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    def __get__(self, owner: Any, _type: type | None = None) -> Built:
        memory: dict[str, Any] = vars(owner).setdefault("_memory", {})
        name = self._build.__name__
        if name not in memory:
            try:
                memory[name] = self._build(owner)
            except Missing as missing:
                memory[name] = missing
        if isinstance(memory[name], Missing):
            raise memory[name]
        built: Built = memory[name]
        return built


@dataclass(frozen=True, slots=True)
class Part:
    """A function NAME of a user's file: `file` is where it lies, `shown` how the user wrote that."""

    file: str
    name: str
    shown: str = ""

    def load(self, seconds: float) -> Any:
        """The object of that name, None if the file has none. Runs the file once, for at most SECONDS; raises Missing
        if that fails."""
        if self.file not in _modules:
            try:
                _modules[self.file] = attempt(lambda: _run_file(self.file), seconds)
            except Missing as missing:
                _modules[self.file] = missing
        module = _modules[self.file]
        if isinstance(module, Missing):
            raise module
        return getattr(module, self.name, None)

    def place(self, value: Any) -> Place:
        """Where VALUE, the loaded object, was defined."""
        code = getattr(value, "__code__", None)
        return Place(self.shown or self.file, line=code.co_firstlineno if code else None)


_modules: dict[str, ModuleType | Missing] = {}  # by file; a process has one copy of each, as in any program


def _run_file(file: str) -> ModuleType:
    # The file's own name, so that worker processes of a loader can import the classes it defines.
    stem = Path(file).stem
    name = stem if stem not in sys.modules else f"recipe_{stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{Path(file).name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def attempt(action: Callable[[], Any], seconds: float | None = None) -> Any:
    """The result of the user's code; whatever it raises becomes Missing, as does a hang of more than SECONDS.

    Without SECONDS an outer clock may ring through.
    """
    try:
        if seconds is None:
            return action()
        with patience(seconds):
            return action()
    except TookTooLong:
        if seconds is None:
            raise
        raise Missing(TOO_LONG, "crashed") from None
    except SystemExit:
        raise Missing(CALLS_EXIT, "crashed") from None
    except Missing:
        raise
    except Exception as error:  # the user's code may fail in any way
        raise Missing(told(error), "crashed") from error


def told(error: Exception) -> str:
    """One line about ERROR with the innermost place in the user's own files."""
    text = " ".join(str(error).split())
    if isinstance(error, MemoryError) or any(words in text for words in _OUT_OF_MEMORY):
        return TOO_LARGE
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if is_users(frame.filename)]
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {text[:220]}{where}"


def is_users(filename: str) -> bool:
    """Whether code of FILENAME is the user's own: neither ours, nor Python's, nor a library's."""
    others = (str(PACKAGE), os.path.dirname(os.__file__), "<")
    return not filename.startswith(others) and not any(part in filename for part in ("site-packages", "dist-packages"))


def guarded(inspector: Inspector, seconds: float, prepare: Callable[[], None]) -> Inspector:
    """INSPECTOR whose Missing, hang of more than SECONDS and exit are an Unanswered; PREPARE runs just before it."""

    def judge(artifact: Any, facts: Facts) -> Finding | Unanswered:
        prepare()
        try:
            result: Finding | Unanswered = attempt(lambda: inspector(artifact, facts), seconds)
        except Missing as missing:
            return missing.unanswered
        return result

    return replace(inspector, judge=judge, wants_facts=True)
