"""The decision tree that the policy would follow from a session: question, answers, and where they lead."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from wizard.consultation.consultation import Answered
from wizard.consultation.session import Session
from wizard.report.layout import wrapped
from wizard.report.wording import Wording

DEEPEST = 4
LEAST_CHANCE = 0.05  # of reaching a branch; rarer ones are left out


@dataclass(frozen=True, slots=True)
class Node:
    """The question asked here with a branch for each answer, or, without a question, the likeliest hypothesis."""

    chance: float
    first: str
    probability: float
    check: str | None = None
    branches: tuple[tuple[str, Node], ...] = ()


def grow(session: Session, chance: float = 1.0, depth: int = DEEPEST) -> Node:
    """The tree below SESSION, which is reached with CHANCE."""
    first, step = session.diagnosis.differential[0], next(iter(session.questions), None)
    if step is None or not depth:
        return Node(chance, first.cause, first.probability)
    branches = tuple(
        (outcome, grow(session.after(Answered(step.check, outcome)), chance * share, depth - 1))
        for outcome, (share, _) in session.why(step.check).items()
        if chance * share >= LEAST_CHANCE
    )
    return Node(chance, first.cause, first.probability, step.check, branches)


def as_text(node: Node, wording: Wording, indent: str = "") -> list[str]:
    """Indented lines."""
    if node.check is None:
        return wrapped(wording.estimate(node.first, node.probability), f"{indent}= ")
    lines = wrapped(f"{wording.check(node.check)}?", indent)
    for outcome, below in node.branches:
        answer = f"{wording.outcome(node.check, outcome)} ({wording.percent(below.chance)})"
        lines += [*wrapped(answer, f"{indent}- "), *as_text(below, wording, indent + "    ")]
    return lines


def as_mermaid(node: Node, wording: Wording) -> str:
    """A Mermaid flowchart."""
    lines = ["flowchart TD"]
    _draw(node, wording, "n", lines)
    return "\n".join(lines) + "\n"


def _draw(node: Node, wording: Wording, name: str, lines: list[str]) -> None:
    if node.check is None:
        lines.append(f'    {name}["{_quoted(wording.estimate(node.first, node.probability))}"]')
        return
    lines.append(f'    {name}{{"{_quoted(wording.check(node.check))}"}}')
    for position, (outcome, below) in enumerate(node.branches):
        _draw(below, wording, f"{name}_{position}", lines)
        lines.append(f'    {name} -->|"{_quoted(wording.outcome(node.check, outcome))}"| {name}_{position}')


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;")


def as_json(node: Node) -> str:
    """Nested objects with ids."""
    return json.dumps(_plain(node), ensure_ascii=False, indent=2) + "\n"


def _plain(node: Node) -> dict[str, Any]:
    here: dict[str, Any] = {"chance": float(f"{node.chance:.6g}")}
    if node.check is None:
        return here | {"cause": node.first, "probability": float(f"{node.probability:.6g}")}
    return here | {"check": node.check, "answers": {outcome: _plain(below) for outcome, below in node.branches}}
