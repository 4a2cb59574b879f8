"""The knowledge base as one directed graph: symptom - cause - check - inspector, cause - remedy, cause - effect."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

import networkx as nx

from wizard.vocabulary import Check, KnowledgeBase, Text

Graph: TypeAlias = "nx.DiGraph[str]"

PERSON = "a person"  # with a space, as every name that is no entry's id
SHAPES = {
    "symptom": '(["{}"])',
    "cause": '["{}"]',
    "check": '{{"{}"}}',
    "inspector": '[["{}"]]',
    "remedy": '("{}")',
}


def build_graph(kb: KnowledgeBase) -> Graph:
    """Nodes carry `kind` and, if they are entries, `title` (a Text); edges carry `kind` and what the author wrote.

    Edges run as a diagnosis does, so that the descendants of a symptom are all that may follow from it:
    symptom -> cause (`points_to`, row), cause -> check (`moves`, row), check -> inspector (`answered_by`),
    cause -> remedy (`mended_by`, chance), cause -> cause (`leads_to`, chance).
    """
    graph: Graph = nx.DiGraph()
    for check in kb.checks.values():
        graph.add_node(check.id, kind="symptom" if check.symptom else "check", title=check.title)
        for inspector in _inspectors(check):
            graph.add_node(inspector, kind="inspector")
            graph.add_edge(check.id, inspector, kind="answered_by")
    for remedy in kb.remedies.values():
        graph.add_node(remedy.id, kind="remedy", title=remedy.title)
    for cause in kb.causes.values():
        graph.add_node(cause.id, kind="cause", title=cause.title)
    for cause in kb.causes.values():
        for name, row in cause.evidence.items():
            if kb.checks[name].symptom:
                graph.add_edge(name, cause.id, kind="points_to", row=row)
            else:
                graph.add_edge(cause.id, name, kind="moves", row=row)
        for name, chance in cause.remedies.items():
            graph.add_edge(cause.id, name, kind="mended_by", chance=chance)
        for name, chance in cause.leads_to.items():
            graph.add_edge(cause.id, name, kind="leads_to", chance=chance)
    return graph


def _inspectors(check: Check) -> list[str]:
    """Who can answer: the inspectors of an artifact as one node, and a person."""
    by_file = [] if check.artifact == "told" else [f"{check.artifact} inspector"]
    return [*by_file, PERSON] if check.ask or check.symptom else by_file


def to_mermaid(graph: Graph) -> str:
    """A Mermaid flowchart; nodes are numbered, because their names may be words of Mermaid (`end`)."""
    number = {node: f"n{position}" for position, node in enumerate(sorted(graph))}
    lines = ["flowchart LR"]
    lines += [f"    {number[node]}{SHAPES[graph.nodes[node]['kind']].format(node)}" for node in sorted(graph)]
    edges: list[tuple[str, str, str]] = sorted(graph.edges(data="kind"))
    lines += [f"    {number[start]} -->|{kind}| {number[end]}" for start, end, kind in edges]
    return "\n".join(lines) + "\n"


def to_json(graph: Graph) -> str:
    """`{"nodes": [{id, kind, title?}], "edges": [{from, to, kind, row? | chance?}]}`, sorted."""
    nodes = [{"id": node, **_plain(graph.nodes[node])} for node in sorted(graph)]
    edges = [
        {"from": start, "to": end, **_plain(data)}
        for start, end, data in sorted(graph.edges(data=True), key=lambda edge: edge[:2])
    ]
    return json.dumps({"nodes": nodes, "edges": edges}, ensure_ascii=False, indent=2) + "\n"


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {key: {"en": value.en, "zh": value.zh} if isinstance(value, Text) else value for key, value in data.items()}
