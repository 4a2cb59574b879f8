"""update_to_weight_ratio: what Adam's state tells of the size of its steps."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from wizard.evidence.artifacts.checkpoint import read
from wizard.plugins.checkpoint.update_ratio import update_ratios, update_to_weight_ratio


class Run:
    """A small model after real steps of an optimizer."""

    def __init__(self, optimizer: str = "AdamW", steps: int = 60, **settings: Any) -> None:
        torch.manual_seed(0)
        self.model = torch.nn.Sequential(torch.nn.Linear(8, 32), torch.nn.ReLU(), torch.nn.Linear(32, 4))
        self.optimizer = getattr(torch.optim, optimizer)(self.model.parameters(), **settings)
        for _ in range(steps):
            self.step()

    def step(self) -> None:
        self.optimizer.zero_grad()
        torch.autograd.backward(
            torch.nn.functional.cross_entropy(self.model(torch.randn(32, 8)), torch.randint(0, 4, (32,)))
        )
        self.optimizer.step()

    def content(self) -> dict[str, Any]:
        return {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}


def test_a_healthy_training_takes_usual_steps(judge: Any, save: Any) -> None:
    """AdamW at 1e-3."""
    result = judge(update_to_weight_ratio, save("a.pt", Run(lr=1e-3).content()))

    assert (result.outcome, result.measured["matrices"]) == ("usual", 2)


def test_the_ratio_is_that_of_the_step_that_was_taken(save: Any) -> None:
    """From the moments in the file, against the weights before and after the step."""
    run = Run("Adam", lr=1e-3)
    before = run.model.state_dict()["0.weight"].clone()
    run.step()
    after = run.model.state_dict()["0.weight"]
    ratios = update_ratios(read((save("a.pt", run.content()),)))

    assert ratios[0] == pytest.approx(float((after - before).norm() / after.norm()), rel=1e-3)


def test_the_end_of_a_schedule_does_not_make_steps_tiny(judge: Any, save: Any) -> None:
    """The rate before the schedule counts."""
    run = Run(steps=1, lr=1e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(run.optimizer, T_max=50)
    for _ in range(50):
        run.step()
        schedule.step()

    assert judge(update_to_weight_ratio, save("a.pt", run.content())).outcome == "usual"


def test_a_rate_lowered_by_hand_does_not_make_steps_tiny(judge: Any, save: Any) -> None:
    """An earlier checkpoint knows the rate at which the steps were taken."""
    run = Run(lr=1e-3)
    first = save("first.pt", run.content())
    run.optimizer.param_groups[0]["lr"] = 1e-9
    run.step()

    assert judge(update_to_weight_ratio, first, save("last.pt", run.content())).outcome == "usual"


@pytest.mark.parametrize(("rate", "outcome"), [(1e-7, "tiny"), (0.1, "above_one_percent")])
def test_rates_out_of_proportion_are_found(rate: float, outcome: str, judge: Any, save: Any) -> None:
    """Two decades and more from the usual."""
    assert judge(update_to_weight_ratio, save("a.pt", Run(lr=rate).content())).outcome == outcome


def test_the_first_steps_are_not_judged(judge: Any, save: Any) -> None:
    """Adam's first steps are of full size whatever the gradient."""
    assert judge(update_to_weight_ratio, save("a.pt", Run(lr=1e-3, steps=5).content())).reason == "absent"


@pytest.mark.parametrize("optimizer", ["SGD", "RMSprop"])
def test_other_optimizers_do_not_tell(optimizer: str, judge: Any, save: Any) -> None:
    """Their state does not hold the size of a step."""
    assert judge(update_to_weight_ratio, save("a.pt", Run(optimizer, lr=0.01).content())).reason == "inapplicable"


def test_parameters_in_another_order_are_told_by_their_shapes(judge: Any, save: Any) -> None:
    """Two groups number the parameters otherwise than the model does."""
    run = Run(steps=0, lr=1e-3)
    parameters = list(run.model.parameters())
    run.optimizer = torch.optim.AdamW([{"params": parameters[2:]}, {"params": parameters[:2]}], lr=1e-3)
    for _ in range(60):
        run.step()

    result = judge(update_to_weight_ratio, save("a.pt", run.content()))

    assert (result.outcome, result.measured["matrices"]) == ("usual", 2)
