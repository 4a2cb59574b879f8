"""stored_weight_decay: as strong as people use it, and far beyond."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from wizard.plugins.checkpoint.weight_decay import stored_weight_decay


def state(optimizer: str, **settings: Any) -> dict[str, Any]:
    optimizer_class = getattr(torch.optim, optimizer)
    return {"optimizer": optimizer_class(torch.nn.Linear(2, 2).parameters(), **settings).state_dict()}


@pytest.mark.parametrize(
    ("optimizer", "rate", "decay"),
    [
        ("AdamW", 1e-3, 0.0),
        ("AdamW", 3e-4, 0.1),
        ("AdamW", 3e-3, 0.3),
        ("Adam", 1e-3, 1e-2),
        ("SGD", 0.1, 5e-4),
        ("SGD", 0.02, 1e-2),
        ("RMSprop", 1e-2, 1e-4),
        ("AdamW", 0.3, 1e-2),
    ],
)
def test_decays_that_people_use_are_usual(optimizer: str, rate: float, decay: float, judge: Any, save: Any) -> None:
    """Decoupled decay is a hundred times larger than decay inside the gradient."""
    result = judge(stored_weight_decay, save("a.pt", state(optimizer, lr=rate, weight_decay=decay)))

    assert (result.outcome, result.measured["decay"]) == ("usual", decay)


@pytest.mark.parametrize(
    ("optimizer", "rate", "decay"),
    [("AdamW", 1e-3, 5.0), ("AdamW", 1e-2, 0.4), ("Adam", 1e-3, 0.1), ("SGD", 0.1, 0.1), ("SGD", 0.5, 5e-3)],
)
def test_decays_that_pull_everything_to_zero_are_found(
    optimizer: str, rate: float, decay: float, judge: Any, save: Any
) -> None:
    """By themselves, or by what they take off in each step."""
    result = judge(stored_weight_decay, save("a.pt", state(optimizer, lr=rate, weight_decay=decay)))

    assert result.outcome == "very_high"
    assert result.measured["per_step"] == pytest.approx(rate * decay)


def test_an_older_file_that_does_not_say_how_it_decays_is_given_the_benefit(judge: Any, save: Any) -> None:
    """Adam and AdamW of older versions have the same keys."""
    content = state("AdamW", lr=1e-3, weight_decay=0.1)
    del content["optimizer"]["param_groups"][0]["decoupled_weight_decay"]

    assert judge(stored_weight_decay, save("a.pt", content)).outcome == "usual"


def test_a_bare_state_dict_does_not_tell(judge: Any, save: Any) -> None:
    """No optimizer, no decay."""
    assert judge(stored_weight_decay, save("a.pt", torch.nn.Linear(2, 2).state_dict())).reason == "absent"
