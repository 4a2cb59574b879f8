"""zero_gradient_units: layers of which half the units get no gradient, and what only looks like it."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from wizard.plugins.checkpoint.dead_units import zero_gradient_units


def kill(model: Any, units: int) -> None:
    """A bias so negative that these units are never above zero."""
    with torch.no_grad():
        model[0].bias[:units] = -100.0


def train(
    dead: int = 0,
    steps: int = 60,
    kind: str = "AdamW",
    model: torch.nn.Sequential | None = None,
    late: int = 0,
    **settings: Any,
) -> dict[str, Any]:
    """A ReLU network after real steps; DEAD units die at once or, if there are LATE steps, before these."""
    torch.manual_seed(0)
    model = model or torch.nn.Sequential(torch.nn.Linear(8, 20), torch.nn.ReLU(), torch.nn.Linear(20, 10))
    if dead and not late:
        kill(model, dead)
    optimizer = getattr(torch.optim, kind)(model.parameters(), **({"lr": 1e-3} | settings))
    for step in range(steps + late):
        if late and step == steps:
            kill(model, dead)
        optimizer.zero_grad()
        torch.autograd.backward(
            torch.nn.functional.cross_entropy(model(torch.randn(32, 8)), torch.randint(0, 10, (32,)))
        )
        optimizer.step()
    return {"model": model.state_dict(), "optimizer": optimizer.state_dict()}


def test_a_healthy_relu_network_has_few_silent_units(judge: Any, save: Any) -> None:
    """All layers judged."""
    result = judge(zero_gradient_units, save("a.pt", train()))

    assert (result.outcome, result.measured["layers"], result.measured["silent"]) == ("few", 2, 0)


def test_half_of_a_layer_is_not_yet_many(judge: Any, save: Any) -> None:
    """A moderate share of dead units is common and harmless."""
    result = judge(zero_gradient_units, save("a.pt", train(10)))

    assert (result.outcome, result.measured["silent"], result.measured["units"]) == ("few", 10, 20)


def test_a_layer_of_dead_units_is_found_and_named(judge: Any, save: Any) -> None:
    """Dead from the start: their gradients were never anything but zero."""
    result = judge(zero_gradient_units, save("a.pt", train(15)))

    assert result.outcome == "many"
    assert (result.measured["name"], result.measured["silent"], result.measured["units"]) == ("0.weight", 15, 20)


def test_units_that_died_on_the_way_are_found(judge: Any, save: Any) -> None:
    """Their second moment lingers for thousands of steps; the first is gone after some hundred."""
    assert judge(zero_gradient_units, save("a.pt", train(15, late=400))).outcome == "many"


def test_embeddings_are_left_alone(judge: Any, save: Any) -> None:
    """Rows of words that never came up get no gradient, which is normal."""

    class Words(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding, self.head = torch.nn.Embedding(100, 8), torch.nn.Linear(8, 10)

        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            out: torch.Tensor = self.head(self.embedding((inputs[:, 0] * 5).long().abs()))
            return out

    model: Any = Words()
    result = judge(zero_gradient_units, save("a.pt", train(model=model)))

    assert (result.outcome, result.measured["layers"], result.measured["name"]) == ("few", 1, "head.weight")


@pytest.mark.parametrize(
    ("kind", "settings", "reason"),
    [
        ("SGD", {"momentum": 0.9}, "inapplicable"),
        ("Adam", {"weight_decay": 0.01}, "absent"),
        ("AdamW", {"betas": (0.0, 0.99)}, "absent"),
    ],
    ids=["no second moment", "decay in the gradient", "no first moment"],
)
def test_states_that_do_not_tell_gradients_are_not_judged(
    kind: str, settings: dict[str, Any], reason: str, judge: Any, save: Any
) -> None:
    """Unknown is not bad."""
    assert judge(zero_gradient_units, save("a.pt", train(15, kind=kind, **settings))).reason == reason


def test_the_first_steps_are_not_judged(judge: Any, save: Any) -> None:
    """A unit may be silent for some batches."""
    assert judge(zero_gradient_units, save("a.pt", train(15, steps=20))).reason == "absent"


def test_moments_in_half_precision_are_not_judged(judge: Any, save: Any) -> None:
    """Small squares underflow to zero there."""
    content = train()
    for entry in content["optimizer"]["state"].values():
        entry.update({name: entry[name].half() for name in ("exp_avg", "exp_avg_sq")})

    assert judge(zero_gradient_units, save("a.pt", content)).reason == "absent"
