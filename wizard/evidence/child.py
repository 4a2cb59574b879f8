"""The recipe's own process: runs the user's code, lets the inspectors look, writes JSON lines to a pipe.

Imports nothing but the standard library, until it knows its limits; then the user's torch and, through it, numpy.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import os
import resource
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from wizard.evidence.inspector import Facts, Inspector
from wizard.vocabulary import Fact, Finding, Unanswered

NO_TORCH = "The Python that runs the recipe has no torch."
OVER_BUDGET = "The budget for experiments does not cover this one."
SLACK = 3.0  # an experiment counts as hanging after this many times its declared seconds


def main() -> None:
    """Answer one request from stdin. Its `channel` is the descriptor that takes the lines."""
    request = json.load(sys.stdin)
    with os.fdopen(request["channel"], "w", encoding="utf-8") as channel:
        os.set_inheritable(channel.fileno(), False)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for line in answers(request):
            send(channel, line)


def send(channel: TextIO, line: Mapping[str, Any]) -> None:
    """Write one line at once: a later crash must not take it along."""
    channel.write(json.dumps(line) + "\n")
    channel.flush()


def answers(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Facts, then for every inspector a line that it begins and one with what it found; last, that all is done."""
    if importlib.util.find_spec("torch") is None:
        yield {"refused": NO_TORCH}
        return
    import torch

    torch.set_num_threads(1)
    limit(request["memory"], request["cpu"])
    from wizard.evidence.artifacts.recipe import Recipe
    from wizard.evidence.artifacts.recipe_build import seed
    from wizard.evidence.artifacts.recipe_parts import Part, guarded
    from wizard.evidence.inspection import answer, find_inspectors

    parts = {name: Part(*place) for name, place in request["parts"].items()}
    enter([part.file for part in parts.values()])
    seed()
    recipe = Recipe(parts, request["patience"])
    own = recipe.facts()
    for fact in own:
        yield {"fact": dataclasses.asdict(fact)}
    facts: Facts = {fact.name: fact for fact in (*(Fact(**given) for given in request["facts"]), *own)}
    slots = {
        check: {name: frozenset(lacks) for name, lacks in outcomes.items()}
        for check, outcomes in request["slots"].items()
    }
    for inspector, affordable in in_order(find_inspectors("recipe"), request["budget"]):
        if inspector.check not in slots:
            continue
        yield {"begins": inspector.check}
        if affordable:
            seconds = max(request["patience"], SLACK * inspector.seconds)
            result = answer(guarded(inspector, seconds, seed), recipe, facts, slots)
        else:
            result = Unanswered("skipped", OVER_BUDGET, inspector.check)
        name = "finding" if isinstance(result, Finding) else "unanswered"
        yield {name: dataclasses.asdict(result)}
    yield {"done": True}


def in_order(inspectors: list[Inspector], budget: float) -> Iterator[tuple[Inspector, bool]]:
    """The cheap ones, then experiments by declared cost, each with whether what is left of BUDGET covers it."""
    for inspector in sorted(inspectors, key=lambda one: (one.seconds, one.check)):
        affordable = inspector.seconds <= budget
        budget -= inspector.seconds if affordable else 0.0
        yield inspector, affordable


def limit(memory: int, cpu: int) -> None:
    """Hold this process and all it starts to MEMORY bytes over what it uses now, and to CPU seconds.

    The limit is on private writable memory (RLIMIT_DATA), not on address space: torch with CUDA maps tens of GiB that
    it never touches. macOS accepts the call and does not enforce it.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    used = 0
    statm = Path("/proc/self/statm")
    if statm.exists():
        used = int(statm.read_text().split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (used + memory, used + memory))


def enter(files: list[str]) -> None:
    """Stand where the user stands when running the recipe: in its folder, with its siblings importable."""
    folders = list(dict.fromkeys(str(Path(file).parent) for file in files))
    os.chdir(folders[0])
    sys.path[:0] = folders
