"""The operation in which a training step leaves the finite numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

HERE = Path(__file__).name


def hidden_zero_distance(output: Tensor, _: Tensor) -> Tensor:
    """Finite forward, but the root of zero has no slope."""
    return torch.sqrt(((output - output.detach()) ** 2).sum(1)).mean() + output.mean()


def root_of_negative(output: Tensor, _: Tensor) -> Tensor:
    return torch.sqrt(output - 100).mean()


def half_power(output: Tensor, _: Tensor) -> Tensor:
    return ((output * 0) ** 0.5).mean()


def log_of_clipped_softmax(output: Tensor, target: Tensor) -> Tensor:
    return -torch.log((output.softmax(1) - 0.9).clamp(min=0))[torch.arange(len(target)), target].mean()


def log_behind_where(output: Tensor, _: Tensor) -> Tensor:
    clipped = output * 0
    return torch.where(clipped > 0, torch.log(clipped), clipped).mean()


def division_by_zero(output: Tensor, _: Tensor) -> Tensor:
    return (output / (output - output)).mean()


def deviation_of_one(output: Tensor, target: Tensor) -> Tensor:
    return functional.cross_entropy(output, target) + output[:1].std(0).mean()


def all_ignored(output: Tensor, target: Tensor) -> Tensor:
    return functional.cross_entropy(output, torch.full_like(target, -100))


def exponent(output: Tensor, _: Tensor) -> Tensor:
    return torch.exp(1000 * (1 + output**2)).mean()


def arc_sine(output: Tensor, _: Tensor) -> Tensor:
    return torch.asin(output + 5).mean()


def outcome_of(look: Any, make: Any, loss: Any) -> Any:
    """What the check says of a loss that is otherwise in a sound recipe."""
    return look("nonfinite_origin", make.sound(loss=lambda: loss))


def test_sound_recipe_has_none(look: Any, make: Any) -> None:
    """Three steps stay finite."""
    found = look("nonfinite_origin", make.sound())

    assert (found.outcome, found.measured) == ("none", {"steps": 3})


def test_mask_of_minus_infinity_is_none(look: Any, make: Any) -> None:
    """Attention hides scores with minus infinity on purpose."""

    def masked(output: Tensor, target: Tensor) -> Tensor:
        hidden = torch.zeros_like(output, dtype=torch.bool)
        hidden[:, -1] = True
        return functional.cross_entropy(output.masked_fill(hidden, -torch.inf), target.clamp(max=2))

    assert outcome_of(look, make, masked).outcome == "none"


@pytest.mark.parametrize(
    ("loss", "outcome", "phase"),
    [
        (hidden_zero_distance, "sqrt", "backward"),
        (root_of_negative, "sqrt", "forward"),
        (half_power, "sqrt", "backward"),
        (log_of_clipped_softmax, "log", "forward"),
        (log_behind_where, "log", "backward"),
        (division_by_zero, "division", "forward"),
        (deviation_of_one, "division", "forward"),
        (all_ignored, "division", "forward"),
        (exponent, "overflow", "forward"),
        (arc_sine, "elsewhere", "forward"),
    ],
)
def test_first_operation_is_named_with_its_line(look: Any, make: Any, loss: Any, outcome: str, phase: str) -> None:
    """Kind, phase, and the user's own line."""
    found = outcome_of(look, make, loss)

    assert (found.outcome, found.measured["phase"]) == (outcome, phase)
    assert Path(found.where.file).name == HERE
    first = loss.__code__.co_firstlineno
    assert first < found.where.line <= first + 4


def test_far_too_high_rate_overflows(look: Any, make: Any) -> None:
    """Steps that throw the parameters out of the range of the numbers."""
    recipe = make.regression(optimizer=lambda model: torch.optim.SGD(model.parameters(), lr=1e30))

    assert look("nonfinite_origin", recipe).outcome == "overflow"


def test_parameter_that_is_nan_from_the_start_is_elsewhere(look: Any, make: Any) -> None:
    """No operation is to blame for memory that was never set."""

    def spoilt() -> nn.Module:
        net: nn.Module = make.net()
        nn.init.constant_(net.get_parameter("0.weight"), float("nan"))
        return net

    found = look("nonfinite_origin", make.sound(model=spoilt))

    assert (found.outcome, found.measured["operation"]) == ("elsewhere", "parameter")


def test_data_that_are_not_finite_are_not_judged_here(look: Any, make: Any) -> None:
    """Another check names them."""
    inputs = make.numbers()
    inputs[3] = torch.nan
    recipe = make.sound(train=make.loader(inputs, make.classes(inputs), shuffle=False))

    assert look("nonfinite_origin", recipe).reason == "inapplicable"
