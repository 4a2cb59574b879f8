"""Find the inspectors of an artifact and let each answer its check; a crash is an Unanswered, never an abort."""

from __future__ import annotations

import importlib
import math
import pkgutil
import string
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from wizard.evidence.inspector import Facts, Inspector
from wizard.vocabulary import Artifact, Finding, Unanswered

# check -> outcome -> the slots that its sentences need in the measurement
Slots = Mapping[str, Mapping[str, frozenset[str]]]


def slots_of(*sentences: str) -> frozenset[str]:
    """Names in braces: `slots_of("step {step}") == {"step"}`."""
    return frozenset(name for text in sentences for _, name, _, _ in string.Formatter().parse(text) if name)


def find_inspectors(artifact: Artifact) -> list[Inspector]:
    """Every inspector in the plugin folder of ARTIFACT, by check id. Imports that folder and no other."""
    try:
        folder = importlib.import_module(f"wizard.plugins.{artifact}")
    except ModuleNotFoundError:
        return []
    found = []
    for module in sorted(pkgutil.iter_modules(folder.__path__), key=lambda module: module.name):
        topic = importlib.import_module(f"{folder.__name__}.{module.name}")
        found += [value for value in vars(topic).values() if isinstance(value, Inspector)]
    return sorted(found, key=lambda inspector: inspector.check)


def answer(inspector: Inspector, artifact: Any, facts: Facts, slots: Slots) -> Finding | Unanswered:
    """Let one inspector look; its result is stamped with the check and held against the check's outcomes."""
    check = inspector.check
    try:
        result = inspector(artifact, facts)
    except Exception as error:  # a plugin may fail in any way; the others must still look
        return Unanswered("crashed", f"{type(error).__name__}: {error}"[:300], check)
    if isinstance(result, Finding) and check in slots:
        if result.outcome not in slots[check]:
            return Unanswered("crashed", f"its inspector gave the unlisted outcome '{result.outcome}'", check)
        lacking = slots[check][result.outcome] - set(result.measured)
        if lacking:
            return Unanswered("crashed", f"its inspector did not measure {', '.join(sorted(lacking))}", check)
    if isinstance(result, Finding):
        measured = {name: plain(value) for name, value in result.measured.items()}
        return replace(result, check=check, measured=measured)
    return replace(result, check=check)


def inspect(
    artifact: Artifact, opened: Any, facts: Facts, slots: Slots, again: bool = False
) -> Iterator[Finding | Unanswered]:
    """What every inspector of ARTIFACT whose check is known (`slots`) says about the OPENED artifact.

    AGAIN asks only those that take facts: for when another artifact has told more.
    """
    for inspector in find_inspectors(artifact):
        if inspector.check in slots and (inspector.wants_facts or not again):
            result = answer(inspector, opened, facts, slots)
            if isinstance(result, Finding):
                result = replace(result, origin=artifact, where=result.where or opened.as_a_whole())
            yield result


def plain(value: Any) -> int | float | str:
    """A measured value as JSON can carry it: six significant digits, NaN and infinities as words."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int)) or float(value).is_integer():
        return int(value)
    number = float(value)
    return float(f"{number:.6g}") if math.isfinite(number) else {"nan": "NaN", "inf": "inf"}.get(str(number), "-inf")
