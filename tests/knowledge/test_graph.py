"""The graph joins symptoms, causes, checks, inspectors and remedies, and is drawn the same each time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import networkx as nx

from wizard.knowledge.graph import build_graph, to_json, to_mermaid
from wizard.knowledge.load import load


def test_all_that_may_follow_from_a_symptom_is_below_it(small_base: Path) -> None:
    """From the symptom edges lead to its causes, their checks, who answers these, and the remedies."""
    graph = build_graph(load(small_base))

    assert nx.descendants(graph, "loss_is_nan") == {
        "lr_too_high", "nan_in_data", "loss_becomes_nonfinite", "lower_rate_helps", "log inspector", "a person",
        "lower_lr", "drop_nan_rows",
    }  # fmt: skip


def test_nodes_and_edges_have_kinds(small_base: Path) -> None:
    """Each node is one of the five kinds; an edge holds what the author wrote."""
    graph = build_graph(load(small_base))

    assert {node: data["kind"] for node, data in graph.nodes.items()} == {
        "loss_is_nan": "symptom",
        "lr_too_high": "cause",
        "nan_in_data": "cause",
        "loss_becomes_nonfinite": "check",
        "lower_rate_helps": "check",
        "a person": "inspector",
        "log inspector": "inspector",
        "drop_nan_rows": "remedy",
        "lower_lr": "remedy",
    }
    assert graph.edges["lr_too_high", "lower_rate_helps"] == {"kind": "moves", "row": {"falls_now": "always"}}
    assert graph.edges["lr_too_high", "lower_lr"] == {"kind": "mended_by", "chance": "usually"}


def test_a_cause_leads_to_its_effect(small_base: Path, edit: Callable[[str, str, str], None]) -> None:
    """`leads_to` is an edge from the root to the effect."""
    edit("causes/data/nan_in_data.yaml", "leads_to: {}", "leads_to: {lr_too_high: often}")
    graph = build_graph(load(small_base))

    assert graph.edges["nan_in_data", "lr_too_high"] == {"kind": "leads_to", "chance": "often"}


def test_mermaid_shows_every_node_and_edge(small_base: Path) -> None:
    """One line a node and one an edge below the heading."""
    graph = build_graph(load(small_base))
    drawn = to_mermaid(graph)

    lines = drawn.splitlines()
    assert lines[0] == "flowchart LR"
    assert len(lines) == 1 + graph.number_of_nodes() + graph.number_of_edges()
    assert '    n7["lr_too_high"]' in lines
    assert "    n7 -->|mended_by| n5" in lines
    assert '    n5("lower_lr")' in lines


def test_json_holds_titles_in_both_languages(small_base: Path) -> None:
    """The export can be read without the knowledge base."""
    exported = json.loads(to_json(build_graph(load(small_base))))

    assert {"id": "lower_lr", "kind": "remedy", "title": {"en": "Lower the learning rate", "zh": "降低学习率"}} in (
        exported["nodes"]
    )
    assert {"from": "lr_too_high", "to": "lower_lr", "kind": "mended_by", "chance": "usually"} in exported["edges"]
