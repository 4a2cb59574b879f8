"""identical_rows: layers whose units never came apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from wizard.plugins.checkpoint.symmetry import identical_rows


def trained(start: Callable[[torch.Tensor], Any] | None = None) -> torch.nn.Sequential:
    """A small network after real steps; START fills its weights first."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(6, 16), torch.nn.Tanh(), torch.nn.Linear(16, 4))
    for parameter in model.parameters():
        if start is not None:
            start(parameter.data)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    inputs, labels = torch.randn(64, 6), torch.randint(0, 4, (64,))
    for _ in range(20):
        optimizer.zero_grad()
        torch.autograd.backward(torch.nn.functional.cross_entropy(model(inputs), labels))
        optimizer.step()
    return model


def test_a_usual_start_leaves_distinct_rows(judge: Any, save: Any) -> None:
    """Random weights, trained."""
    result = judge(identical_rows, save("a.pt", trained().state_dict()))

    assert (result.outcome, result.measured) == ("distinct", {"matrices": 2})


@pytest.mark.parametrize(
    "weights",
    [
        {"lora_B.weight": torch.zeros(16, 4)},
        {"blur.weight": torch.ones(8, 1, 3, 3)},
        {"running_mean": torch.ones(8, 8)},
        {"filt": torch.ones(8, 3, 3, 3)},
        {"norm.weight": torch.ones(16)},
        {"head.weight": torch.ones(3, 20)},
        {"scale.weight": torch.ones(16, 1)},
    ],
    ids=str,
)
def test_what_is_alike_by_design_is_left_alone(weights: dict[str, torch.Tensor], judge: Any, save: Any) -> None:
    """LoRA B, depthwise kernels, buffers, scales, a head of three classes."""
    result = judge(identical_rows, save("a.pt", {"model": trained().state_dict() | weights, "step": 100}))

    assert result.outcome == "distinct"


def test_rows_that_differ_in_the_second_decimal_are_distinct(judge: Any, save: Any) -> None:
    """A narrow random start around one is still random."""
    assert judge(identical_rows, save("a.pt", {"weight": 1 + 0.01 * torch.randn(64, 64)})).outcome == "distinct"


@pytest.mark.parametrize("start", [lambda data: data.fill_(0.1), lambda data: data.zero_()], ids=["constant", "zero"])
def test_a_constant_start_is_found_after_training(start: Callable[[torch.Tensor], Any], judge: Any, save: Any) -> None:
    """All hidden units get the same gradient and stay the same for ever."""
    result = judge(identical_rows, save("a.pt", {"model": trained(start).state_dict(), "step": 20}))

    assert result.outcome == "identical"
    assert (result.measured["name"], result.measured["rows"]) == ("0.weight", 16)


def test_zeros_before_the_first_step_are_normal(judge: Any, save: Any) -> None:
    """A head that starts at zero has not moved yet; after a step it should have."""
    content = {"model": {"0.weight": torch.randn(8, 8), "head.weight": torch.zeros(8, 8)}}

    assert judge(identical_rows, save("a.pt", content | {"step": 0})).outcome == "distinct"
    assert judge(identical_rows, save("b.pt", content | {"step": 9})).outcome == "identical"


def test_a_model_without_matrices_is_not_judged(judge: Any, save: Any) -> None:
    """Biases alone say nothing."""
    assert judge(identical_rows, save("a.pt", {"bias": torch.ones(8)})).reason == "absent"
