"""The untrained model: its first loss and its ReLU units."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional


def judged(look: Any, check: str, recipe: Any) -> str:
    """The outcome, or why there is none."""
    found = look(check, recipe)
    return str(getattr(found, "outcome", None) or found.reason)


def scaled(net: nn.Sequential, factor: float) -> nn.Sequential:
    """NET with larger weights."""
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.mul_(factor)
    return net


def test_first_loss_of_classes_is_the_logarithm_of_their_number(look: Any, make: Any) -> None:
    """A default network favours nothing: about ln 4."""
    found = look("initial_loss", make.sound())

    assert found.outcome == "as_expected"
    assert found.measured["expected"] == pytest.approx(1.386, abs=0.001)
    assert found.measured["loss"] == pytest.approx(1.386, abs=0.2)


def test_other_first_losses_that_are_as_expected(look: Any, make: Any) -> None:
    """Sums, weights and smoothing do not count; a pretrained start is lower; rating stars are bearable."""
    inputs = make.numbers()
    exact = nn.Linear(12, 4)
    with torch.no_grad():
        exact.weight.copy_(10 * torch.eye(4, 12))
    many = (inputs[:, :4] > 1).float()

    recipes = [
        make.sound(loss=lambda: nn.CrossEntropyLoss(reduction="sum")),
        make.sound(loss=lambda: nn.CrossEntropyLoss(weight=torch.tensor([50.0, 1, 1, 1]), label_smoothing=0.2)),
        make.sound(model=lambda: exact),
        make.sound(train=make.loader(inputs, many), loss=nn.BCEWithLogitsLoss),
        make.regression(),
        make.regression(0.01 * make.numbers(400, 1)),
        make.regression(3.5 + make.numbers(400, 1)),
    ]

    assert [judged(look, "initial_loss", recipe) for recipe in recipes] == ["as_expected"] * len(recipes)


def test_loss_with_unknown_start_is_not_judged(look: Any, make: Any) -> None:
    """A loss of the user's own making has no expected first value."""
    recipe = make.sound(loss=lambda: lambda output, target: (output.sum(1) * target).exp().mean())

    assert judged(look, "initial_loss", recipe) == "inapplicable"


def test_too_large_weights_or_targets_make_the_first_loss_too_high(look: Any, make: Any) -> None:
    """Weights ten times too large; prices as targets."""
    assert judged(look, "initial_loss", make.sound(model=lambda: scaled(make.net(), 10))) == "too_high"
    assert judged(look, "initial_loss", make.regression(200_000 + 50_000 * make.numbers(400, 1))) == "too_high"


def test_first_loss_that_is_nan_is_nonfinite(look: Any, make: Any) -> None:
    """Told as a word, since JSON has no NaN."""
    found = look("initial_loss", make.sound(model=lambda: scaled(make.net(), float("inf"))))

    assert (found.outcome, found.measured) == ("nonfinite", {"loss": "NaN"})


def test_healthy_relu_layers_have_few_dead_units(look: Any, make: Any) -> None:
    """Default initialisation, with layers, functions and convolutions."""

    class Functional(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.seen, self.out = nn.Conv2d(1, 16, 2), nn.Linear(96, 4)

        def forward(self, values: Tensor) -> Tensor:
            result: Tensor = self.out(functional.relu(self.seen(values.reshape(-1, 1, 3, 4))).flatten(1))
            return result

    found = look("dead_relu_units", make.sound())

    assert (found.outcome, found.measured["layer"], found.measured["layers"]) == ("few", "1", 1)
    assert judged(look, "dead_relu_units", make.sound(model=Functional)) == "few"


def test_model_without_relu_is_not_judged(look: Any, make: Any) -> None:
    """Neither GELU nor a ReLU of four units counts."""
    gelu = nn.Sequential(nn.Linear(12, 32), nn.GELU(), nn.Linear(32, 4))

    assert judged(look, "dead_relu_units", make.sound(model=lambda: gelu)) == "inapplicable"
    assert judged(look, "dead_relu_units", make.sound(model=lambda: make.net(width=4))) == "inapplicable"


def test_biases_far_below_zero_kill_a_layer(look: Any, make: Any) -> None:
    """Every unit of the second ReLU is zero for every sample."""

    def model() -> nn.Sequential:
        net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 4))
        nn.init.constant_(net.get_parameter("2.bias"), -20.0)
        return net

    found = look("dead_relu_units", make.sound(model=model))

    assert (found.outcome, found.measured["layer"], found.measured["share"]) == ("many", "3", 1)
