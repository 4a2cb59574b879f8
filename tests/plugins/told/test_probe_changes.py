"""What the probe saw of outputs under changed inputs; the many sound and faulty kinds stand in test_probe_layers."""

from __future__ import annotations

import pytest
from probed import adam, loader_of, net, numbers, probe, results
from torch import Tensor, nn

INPUTS = numbers()
LABELS = INPUTS[:, :4].argmax(1)


class Deaf(nn.Module):
    """Multiplies its inputs by 0."""

    def __init__(self) -> None:
        super().__init__()
        self.body = net()

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.body(x * 0)
        return out


class Mixing(nn.Module):
    """Adds to each sample the mean of the others."""

    def __init__(self) -> None:
        super().__init__()
        self.body = net()

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.body(x + x.roll(1, 0))
        return out


@pytest.mark.parametrize(
    ("model", "inputs", "samples"),
    [(net(), "much_worse_without", "independent"), (Mixing(), "much_worse_without", "samples_mix")],
    ids=["sound", "mixing"],
)
def test_what_other_samples_do_is_told(model: nn.Module, inputs: str, samples: str) -> None:
    """A sound network first."""
    found = results(probe(model, loader_of(INPUTS, LABELS), nn.CrossEntropyLoss(), adam(model)))

    assert (found["inputs_matter"], found["samples_independent"]) == (inputs, samples)


def test_inputs_that_get_nowhere_are_seen() -> None:
    """The outputs stay the same whatever goes in."""
    model = Deaf()

    found = results(probe(model, loader_of(INPUTS, LABELS), nn.CrossEntropyLoss(), adam(model)))

    assert found["inputs_matter"] == "no_difference"
