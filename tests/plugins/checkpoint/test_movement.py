"""weights_changed and weight_movement: what lies between two checkpoints of a real training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from wizard.plugins.checkpoint.movement import weight_movement, weights_changed


def network() -> torch.nn.Sequential:
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(4, 16),
        torch.nn.BatchNorm1d(16),
        torch.nn.ReLU(),
        torch.nn.Linear(16, 16),
        torch.nn.Linear(16, 3),
    )


def train(model: torch.nn.Module, steps: int = 30, lr: float = 0.01, **settings: Any) -> None:
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(parameters, lr=lr, **settings)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.autograd.backward(
            torch.nn.functional.cross_entropy(model(torch.randn(16, 4)), torch.randint(0, 3, (16,)))
        )
        optimizer.step()


def two(save: Any, change: Callable[[torch.nn.Sequential], None], steps: tuple[int, int] = (0, 1000)) -> list[Any]:
    """A model before and after CHANGE."""
    model = network()
    first = save("first.pt", {"model": model.state_dict(), "step": steps[0]})
    change(model)
    return [first, save("last.pt", {"model": model.state_dict(), "step": steps[1]})]


def test_a_healthy_training_changes_all_weights_by_a_usual_amount(judge: Any, save: Any) -> None:
    """Plain SGD, with biases before a BatchNorm that hardly move."""
    files = two(save, train)

    assert judge(weights_changed, *files).outcome == "all"
    result = judge(weight_movement, *files)
    assert result.outcome == "usual"
    assert 0.001 < result.measured["movement"] < 1
    assert 0.9 < result.measured["growth"] < 1.2


def test_a_bias_or_a_constant_that_stays_is_no_fault(judge: Any, save: Any) -> None:
    """A bias before a BatchNorm has no gradient but rounding; a position table is no weight."""
    before = network().state_dict() | {"position": torch.ones(5, 5), "8.bias": torch.ones(3)}
    model = network()
    train(model)
    after = model.state_dict() | {"position": torch.ones(5, 5), "8.bias": torch.ones(3)}

    files = save("epoch_1.pt", before), save("epoch_2.pt", after)

    assert judge(weights_changed, *files).outcome == "all"


def test_a_frozen_layer_is_named(judge: Any, save: Any) -> None:
    """On purpose or by mistake: that is not for the inspector to say."""

    def freeze_and_train(model: torch.nn.Sequential) -> None:
        model[0].requires_grad_(False)
        train(model)

    result = judge(weights_changed, *two(save, freeze_and_train))

    assert result.outcome == "some_unchanged"
    assert (result.measured["unchanged"], result.measured["weights"], result.measured["names"]) == (1, 3, "0.weight")
    assert result.where.parameter == "0.weight"


def test_a_training_that_changes_nothing_is_found(judge: Any, save: Any) -> None:
    """No optimizer step: every weight is the same to the last bit, whatever the running statistics did."""
    files = two(save, lambda model: train(model, lr=0.0))

    assert judge(weights_changed, *files).outcome == "none"
    assert judge(weight_movement, *files).outcome == "tiny"


def test_a_rate_that_is_far_too_low_moves_weights_by_next_to_nothing(judge: Any, save: Any) -> None:
    """Thirty steps at 1e-6."""
    files = two(save, lambda model: train(model, lr=1e-6))

    assert judge(weight_movement, *files).outcome == "tiny"
    assert judge(weights_changed, *files).outcome != "none"


def test_two_checkpoints_a_few_steps_apart_are_not_blamed_for_being_alike(judge: Any, save: Any) -> None:
    """Between step 10 and 20 little happens in any training."""
    files = two(save, lambda model: train(model, lr=1e-6), steps=(10, 20))

    assert judge(weight_movement, *files).reason == "absent"


def scale(factor: float) -> Callable[[torch.nn.Sequential], None]:
    def change(model: torch.nn.Sequential) -> None:
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(factor)

    return change


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (scale(9.0), "usual"),
        (scale(11.0), "grew"),
        (scale(0.2), "usual"),
        (lambda model: train(model, steps=60, lr=0.1, weight_decay=1.0), "shrank"),
    ],
)
def test_norms_that_run_away_are_found(
    change: Callable[[torch.nn.Sequential], None], outcome: str, judge: Any, save: Any
) -> None:
    """Tenfold either way; weight decay of 1.0 does it in sixty steps."""
    assert judge(weight_movement, *two(save, change)).outcome == outcome


@pytest.mark.parametrize("inspector", [weights_changed, weight_movement], ids=["changed", "movement"])
def test_one_checkpoint_or_a_copy_of_it_says_nothing(inspector: Any, judge: Any, save: Any) -> None:
    """The same file under two names is no training that stands still."""
    state = network().state_dict()
    one, copy, older = save("epoch_9.pt", state), save("last.pt", state), save("other.pt", {"z": torch.ones(2)})

    assert judge(inspector, one).reason == "absent"
    assert judge(inspector, one, copy).reason == "absent"
    assert judge(inspector, older, one).reason == "absent"


def test_weights_that_are_not_finite_have_no_distance(judge: Any, save: Any) -> None:
    """weights_finite says it."""
    assert judge(weight_movement, *two(save, scale(float("nan")))).reason == "inapplicable"
