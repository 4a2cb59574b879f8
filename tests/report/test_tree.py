"""The decision tree from a complaint."""

from __future__ import annotations

import json

import pytest

from wizard.consultation.consultation import Named
from wizard.consultation.session import Session
from wizard.report.tree import Node, as_json, as_mermaid, as_text, grow
from wizard.report.wording import Wording


@pytest.fixture
def root(session: Session) -> Node:
    return grow(session.after(Named("loss_is_nan")))


def test_each_answer_leads_somewhere_else(root: Node) -> None:
    """The question is the one that the session would ask; its branches end in different causes."""
    ends = {outcome: below.first for outcome, below in root.branches}

    assert root.check == "lower_rate_helps"
    assert ends == {"no_difference": "nan_inf_in_data", "falls_now": "lr_too_high"}


def test_chances_of_the_branches_add_up(root: Node) -> None:
    """What can be answered is all there is."""
    assert sum(below.chance for _, below in root.branches) == pytest.approx(1)


def test_the_tree_can_be_read_drawn_and_parsed(root: Node, english: Wording) -> None:
    """As lines, as Mermaid, as JSON with ids."""
    assert as_text(root, english)[0] == "A lower rate helps?"
    assert as_mermaid(root, english).startswith("flowchart TD\n")
    assert json.loads(as_json(root))["answers"]["falls_now"]["cause"] == "lr_too_high"
