"""normalisation_layers: context, told by running statistics."""

from __future__ import annotations

from typing import Any

import pytest
from torch import nn

from wizard.plugins.checkpoint.normalisation import normalisation_layers


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (nn.Linear(4, 4), "other_or_none"),
        (nn.LayerNorm(4), "other_or_none"),
        (nn.GroupNorm(2, 4), "other_or_none"),
        (nn.BatchNorm1d(4, track_running_stats=False), "other_or_none"),
        (nn.BatchNorm1d(4), "batch_norm"),
        (nn.BatchNorm2d(4, affine=False), "batch_norm"),
    ],
)
def test_only_running_statistics_make_a_batch_norm(layer: nn.Module, expected: str, judge: Any, save: Any) -> None:
    """Other normalisations keep none."""
    model = nn.Sequential(nn.Linear(4, 4), layer)

    assert judge(normalisation_layers, save("a.pt", model.state_dict())).outcome == expected
