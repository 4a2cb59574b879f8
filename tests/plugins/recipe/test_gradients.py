"""Gradients arrive at the parameters, and the optimizer moves them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


def judged(look: Any, check: str, recipe: Any) -> str:
    """The outcome, or why there is none."""
    found = look(check, recipe)
    return str(getattr(found, "outcome", None) or found.reason)


class Adapted(nn.Module):
    """A residual branch whose last layer starts at zero, as in LoRA and many residual networks."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last, self.out = nn.Linear(12, 8), nn.Linear(8, 12), nn.Linear(12, 4)
        nn.init.zeros_(self.last.weight)

    def forward(self, values: Tensor) -> Tensor:
        result: Tensor = self.out(values + self.last(self.first(values)))
        return result


class Unused(nn.Module):
    """A layer that forward() forgets."""

    def __init__(self) -> None:
        super().__init__()
        self.used, self.forgotten = nn.Linear(12, 4), nn.Linear(12, 4)

    def forward(self, values: Tensor) -> Tensor:
        result: Tensor = self.used(values)
        return result


def test_every_parameter_of_a_sound_model_is_reached(look: Any, make: Any) -> None:
    """Also those behind a layer that starts at zero, those before a BatchNorm, and around a frozen embedding."""
    normed = nn.Sequential(nn.Linear(12, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 4))

    def with_frozen_first() -> nn.Module:
        net: nn.Module = make.net()
        net.get_parameter("0.weight").requires_grad_(False)
        return net

    for model in (make.net, Adapted, lambda: normed, with_frozen_first):
        assert judged(look, "gradient_reaches_parameters", make.sound(model=model)) == "all"


def test_forgotten_and_frozen_layers_are_some(look: Any, make: Any) -> None:
    """An unused layer by name; a model of which more than half is frozen."""

    def mostly_frozen() -> nn.Module:
        net = nn.Sequential(*make.net(outputs=8), nn.Linear(8, 4))
        net[:3].requires_grad_(False)
        return net

    found = look("gradient_reaches_parameters", make.sound(model=Unused))

    assert (found.outcome, found.measured["names"]) == ("some", "forgotten.weight, forgotten.bias")
    assert judged(look, "gradient_reaches_parameters", make.sound(model=mostly_frozen)) == "some"


def test_cut_graph_reaches_none(look: Any, make: Any) -> None:
    """A loss without a graph, one wrapped anew, and a model that is frozen as a whole."""

    def detached(output: Tensor, target: Tensor) -> Tensor:
        return functional.cross_entropy(output.detach(), target)

    def wrapped(output: Tensor, target: Tensor) -> Tensor:
        return torch.tensor(functional.cross_entropy(output, target).item(), requires_grad=True)

    assert judged(look, "gradient_reaches_parameters", make.sound(loss=lambda: detached)) == "none"
    assert judged(look, "gradient_reaches_parameters", make.sound(loss=lambda: wrapped)) == "none"
    frozen = make.sound(model=lambda: make.net().requires_grad_(False))
    assert judged(look, "gradient_reaches_parameters", frozen) == "none"


def moved(look: Any, make: Any, optimizer: Any, **parts: Any) -> str:
    """Outcome of optimizer_moves_parameters with OPTIMIZER."""
    return judged(look, "optimizer_moves_parameters", make.sound(optimizer=optimizer, **parts))


def test_sound_optimizers_move_all(look: Any, make: Any) -> None:
    """Plain, second-order, warmed up from zero, and one whose updates of a BatchNorm vanish in its digits."""

    def warmed_up(model: nn.Module) -> Any:
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.001)
        return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, step / 100))

    class ZeroScaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner, self.outer, self.out = nn.BatchNorm1d(12), nn.BatchNorm1d(12), nn.Linear(12, 4)
            nn.init.zeros_(self.outer.weight)

        def forward(self, values: Tensor) -> Tensor:
            result: Tensor = self.out(values + self.outer(self.inner(values)))
            return result

    assert moved(look, make, lambda model: torch.optim.SGD(model.parameters(), lr=0.01)) == "all"
    assert moved(look, make, lambda model: torch.optim.LBFGS(model.parameters())) == "all"
    assert moved(look, make, warmed_up) == "all"
    assert moved(look, make, lambda model: torch.optim.SGD(model.parameters(), lr=1e-6), model=ZeroScaled) == "all"


def test_layers_without_gradient_are_not_the_optimizers_fault(look: Any, make: Any) -> None:
    """Frozen and forgotten layers stay where they are; that is another check's business."""
    adam = torch.optim.Adam

    assert moved(look, make, lambda model: adam(model.parameters()), model=Unused) == "all"


def test_parameters_that_the_optimizer_lacks_stay(look: Any, make: Any) -> None:
    """Only the head was handed over, or the first layer has the rate zero."""

    def rates(model: Any) -> Any:
        return torch.optim.Adam([{"params": model[0].parameters(), "lr": 0.0}, {"params": model[2].parameters()}])

    found = look(
        "optimizer_moves_parameters", make.sound(optimizer=lambda model: torch.optim.Adam(model[2].parameters()))
    )

    assert (found.outcome, found.measured["names"]) == ("some", "0.weight, 0.bias")
    assert moved(look, make, rates) == "some"


def test_nothing_moves_at_rate_zero_or_with_the_parameters_of_another_model(look: Any, make: Any) -> None:
    """The outcome that most surely explains a flat loss."""
    assert moved(look, make, lambda model: torch.optim.SGD(model.parameters(), lr=0.0)) == "none"
    assert moved(look, make, lambda _: torch.optim.Adam(make.net().parameters())) == "none"


def test_recipe_without_optimizer_is_not_judged(look: Any, make: Any) -> None:
    """Our default optimizer proves nothing about the user's."""
    assert moved(look, make, None) == "absent"
