"""What the opening `probe` promises is what its block answers."""

from __future__ import annotations

import torch
from probed import adam, inspected, loader_of, net, numbers, probe
from torch import nn

from wizard.evidence.inspection import find_inspectors
from wizard.evidence.inspector import Inspector
from wizard.knowledge.cache import load_knowledge


def inspectors_of(topic: str) -> list[Inspector]:
    """Those in the files whose name begins with TOPIC."""
    return [one for one in find_inspectors("told") if one.judge.__module__.split(".")[-1].startswith(topic)]


def test_the_opening_lists_what_the_block_answers() -> None:
    """Its own inspectors, and those of numbers that the block states."""
    torch.set_num_threads(1)
    inputs, model = numbers(), net()
    block = probe(model, loader_of(inputs, inputs[:, :4].argmax(1)), nn.CrossEntropyLoss(), adam(model))
    by_numbers = {one.check for one in inspectors_of("numbers")}
    stated = {one.check for one in inspected(block).findings} & by_numbers

    opens = load_knowledge().base.opened_by("probe")

    assert set(opens) == {one.check for one in inspectors_of("probe")} | stated
    assert len(opens) == len(set(opens))
