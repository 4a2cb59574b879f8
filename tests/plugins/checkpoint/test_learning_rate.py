"""stored_learning_rate: real optimizers and schedulers, at the start, in the middle and at the end."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, LRScheduler, OneCycleLR, ReduceLROnPlateau

from wizard.plugins.checkpoint.learning_rate import stored_learning_rate


def content(
    optimizer: Callable[..., torch.optim.Optimizer] = torch.optim.AdamW,
    schedule: Callable[[torch.optim.Optimizer], LRScheduler] | None = None,
    steps: int = 10,
    **settings: Any,
) -> dict[str, Any]:
    """A checkpoint after real steps."""
    model = torch.nn.Linear(4, 3)
    stepper = optimizer(model.parameters(), **settings)
    scheduler = schedule(stepper) if schedule else None
    for _ in range(steps):
        model(torch.randn(8, 4)).square().mean().backward()
        stepper.step()
        if isinstance(scheduler, ReduceLROnPlateau):
            scheduler.step(1.0)
        elif scheduler:
            scheduler.step()
    saved = {"model": model.state_dict(), "optimizer": stepper.state_dict(), "step": steps}
    return saved | ({"scheduler": scheduler.state_dict()} if scheduler else {})


@pytest.mark.parametrize(
    ("optimizer", "rate"),
    [
        (torch.optim.AdamW, 3e-4),
        (torch.optim.AdamW, 1e-2),
        (torch.optim.Adam, 2e-5),
        (torch.optim.SGD, 0.1),
        (torch.optim.SGD, 1.0),
        (torch.optim.RMSprop, 1e-2),
        (torch.optim.Adadelta, 1.0),
    ],
)
def test_rates_that_people_use_are_usual(optimizer: Any, rate: float, judge: Any, save: Any) -> None:
    """Adam at 0.01 and SGD at 1.0 are the edge, and still inside."""
    result = judge(stored_learning_rate, save("a.pt", content(optimizer, lr=rate)))

    assert (result.outcome, result.measured["rate"]) == ("usual", rate)


@pytest.mark.parametrize(
    "schedule",
    [
        lambda optimizer: CosineAnnealingLR(optimizer, T_max=10),
        lambda optimizer: LambdaLR(optimizer, lambda step: 1 - step / 10),
        lambda optimizer: OneCycleLR(optimizer, max_lr=1e-3, total_steps=11),
    ],
    ids=["cosine", "linear", "one cycle"],
)
def test_a_rate_of_zero_at_the_end_of_a_schedule_is_usual(schedule: Any, judge: Any, save: Any) -> None:
    """Every cosine and linear schedule ends there; the file keeps the rate it began with."""
    result = judge(stored_learning_rate, save("a.pt", content(schedule=schedule, lr=1e-3)))

    assert result.outcome == "usual"
    assert result.measured["rate"] == pytest.approx(1e-3)
    assert result.measured["now"] < 1e-7


def test_a_rate_of_zero_at_the_start_of_a_warm_up_is_usual(judge: Any, save: Any) -> None:
    """Step 0 of a linear warm-up."""
    schedule = lambda optimizer: LambdaLR(optimizer, lambda step: step / 100)  # noqa: E731

    assert judge(stored_learning_rate, save("a.pt", content(schedule=schedule, steps=0, lr=1e-3))).outcome == "usual"


def test_a_rate_that_a_plateau_schedule_lowered_is_not_blamed(judge: Any, save: Any) -> None:
    """The file does not keep the rate it began with."""
    schedule = lambda optimizer: ReduceLROnPlateau(optimizer, patience=0, factor=0.1, eps=0)  # noqa: E731

    assert judge(stored_learning_rate, save("a.pt", content(schedule=schedule, lr=1e-3))).reason == "absent"


@pytest.mark.parametrize("lowered", [1e-9, 0.0])
def test_a_rate_that_a_loop_lowered_by_hand_is_not_blamed(lowered: float, judge: Any, save: Any) -> None:
    """The last file does not keep the rate it began with, the first one does."""
    end = content(lr=1e-3, steps=40)
    end["optimizer"]["param_groups"][0]["lr"] = lowered

    result = judge(stored_learning_rate, save("first.pt", content(lr=1e-3, steps=5)), save("last.pt", end))

    assert (result.outcome, result.measured["now"]) == ("usual", lowered)


def test_the_largest_group_counts(judge: Any, save: Any) -> None:
    """Rates that fall by layer have tiny ones, and a frozen group has zero."""
    groups = content(lr=1e-4)
    groups["optimizer"]["param_groups"].append(groups["optimizer"]["param_groups"][0] | {"lr": 0.0, "params": []})

    assert judge(stored_learning_rate, save("a.pt", groups)).outcome == "usual"


@pytest.mark.parametrize(
    ("optimizer", "rate", "outcome"),
    [
        (torch.optim.AdamW, 0.0, "zero"),
        (torch.optim.SGD, 0.0, "zero"),
        (torch.optim.AdamW, 1e-8, "very_low"),
        (torch.optim.SGD, 1e-6, "very_low"),
        (torch.optim.AdamW, 0.1, "very_high"),
        (torch.optim.SGD, 10.0, "very_high"),
    ],
)
def test_rates_far_from_the_usual_are_found(optimizer: Any, rate: float, outcome: str, judge: Any, save: Any) -> None:
    """The band depends on the kind of optimizer: 0.1 is usual for SGD alone."""
    assert judge(stored_learning_rate, save("a.pt", content(optimizer, lr=rate))).outcome == outcome


def test_a_schedule_that_is_zero_throughout_is_found(judge: Any, save: Any) -> None:
    """Zero at step 10 and at step 40 is no end of a schedule."""
    schedule = lambda optimizer: LambdaLR(optimizer, lambda _: 0.0)  # noqa: E731
    files = [save(f"{steps}.pt", content(schedule=schedule, steps=steps, lr=1e-3)) for steps in (10, 40)]

    assert judge(stored_learning_rate, *files).outcome == "zero"


def test_a_schedule_that_ended_long_before_its_time_is_found(judge: Any, save: Any) -> None:
    """Zero at step 10 of 100 that the schedule itself was told."""
    saved = content(schedule=lambda optimizer: CosineAnnealingLR(optimizer, T_max=100), lr=1e-3)
    saved["optimizer"]["param_groups"][0]["lr"] = 0.0

    assert judge(stored_learning_rate, save("a.pt", saved)).outcome == "zero"


def test_weights_alone_do_not_tell_a_rate(judge: Any, save: Any) -> None:
    """A bare state dict."""
    assert judge(stored_learning_rate, save("a.pt", torch.nn.Linear(2, 2).state_dict())).reason == "absent"


def test_a_rate_in_a_tensor_is_read(judge: Any, save: Any) -> None:
    """Capturable and compiled optimizers keep it in one."""
    result = judge(stored_learning_rate, save("a.pt", content(lr=torch.tensor(1e-3))))

    assert result.outcome == "usual"
    assert math.isclose(result.measured["rate"], 1e-3, rel_tol=1e-6)
