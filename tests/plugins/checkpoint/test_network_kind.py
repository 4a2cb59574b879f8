"""network_kind: told by names and shapes where one kind rules, left open where not."""

from __future__ import annotations

from typing import Any

import pytest
from torch import nn

from wizard.plugins.checkpoint.network_kind import network_kind
from wizard.vocabulary import Finding, Unanswered


class TwoInputs(nn.Module):
    """Two branches that meet: no chain of matrices."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right, self.head = nn.Linear(3, 8), nn.Linear(5, 8), nn.Linear(16, 2)


class UNetWithAttention(nn.Module):
    """Mostly convolutions, and an attention in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.down, self.up = nn.Conv2d(3, 32, 3), nn.Conv2d(32, 3, 3)
        self.attn = nn.MultiheadAttention(32, 2)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.BatchNorm1d(8), nn.Linear(8, 2)), "fully_connected"),
        (nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(4, 2)), "convolutional"),
        (nn.Sequential(nn.Conv1d(1, 4, 3), nn.Flatten(), nn.Linear(4, 2)), "convolutional"),
        (nn.LSTM(4, 8), "recurrent"),
        (nn.ModuleList([nn.Conv2d(1, 4, 3), nn.GRUCell(4, 8)]), "recurrent"),
        (nn.TransformerEncoderLayer(16, 2, 32), "transformer"),
        (nn.ModuleDict({"patch": nn.Conv2d(1, 16, 2), "block": nn.TransformerEncoderLayer(16, 2, 32)}), "transformer"),
        (nn.ModuleDict({"q_proj": nn.Linear(8, 8), "k_proj": nn.Linear(8, 8), "mlp": nn.Linear(8, 32)}), "transformer"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_kind_is_told_where_one_rules(model: nn.Module, expected: str, judge: Any, save: Any) -> None:
    """Real layers of PyTorch, saved by it."""
    found = judge(network_kind, save("a.pt", model.state_dict()))

    assert isinstance(found, Finding)
    assert found.outcome == expected


@pytest.mark.parametrize("model", [TwoInputs(), UNetWithAttention(), nn.Embedding(9, 4), nn.LayerNorm(4)])
def test_anything_else_is_left_open(model: nn.Module, judge: Any, save: Any) -> None:
    """A context that a file answers rules causes out for good, so it must be sure."""
    found = judge(network_kind, save("a.pt", model.state_dict()))

    assert isinstance(found, Unanswered)


def test_compiled_and_wrapped_names_are_seen_through(judge: Any, save: Any) -> None:
    """torch.compile and DDP put prefixes before every name."""
    state = {f"module._orig_mod.{name}": value for name, value in nn.LSTM(2, 3).state_dict().items()}

    found = judge(network_kind, save("a.pt", state))

    assert isinstance(found, Finding)
    assert found.outcome == "recurrent"
