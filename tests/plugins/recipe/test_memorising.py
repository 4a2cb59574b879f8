"""Learning one batch by heart: sound recipes do, broken ones do not."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional


def judged(look: Any, recipe: Any) -> str:
    """The outcome of overfit_one_batch, or why there is none."""
    found = look("overfit_one_batch", recipe)
    return str(getattr(found, "outcome", None) or found.reason)


def sgd(rate: float, momentum: float = 0.0) -> Any:
    """An optimizer of the recipe's own."""
    return lambda model: torch.optim.SGD(model.parameters(), lr=rate, momentum=momentum)


def test_sound_recipe_memorises(look: Any, make: Any) -> None:
    """The loss falls below a tenth, long before all steps are done."""
    found = look("overfit_one_batch", make.sound())

    assert found.outcome == "memorised"
    assert found.measured["last"] < 0.1 * found.measured["first"]
    assert found.measured["samples"] == 32


def test_regularised_and_slow_recipes_memorise(look: Any, make: Any) -> None:
    """Dropout is off for the test, smoothing leaves a floor, plain SGD takes longer, small targets are small."""
    dropout = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Dropout(0.7), nn.Linear(64, 4))
    recipes = [
        make.sound(model=lambda: dropout),
        make.sound(loss=lambda: nn.CrossEntropyLoss(label_smoothing=0.1)),
        make.sound(optimizer=sgd(0.01, 0.9)),
        make.sound(optimizer=None),
        make.sound(model=lambda: nn.Sequential(nn.Linear(12, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 4))),
        make.regression(),
        make.regression(0.01 * make.numbers(400, 1)),
    ]

    assert [judged(look, recipe) for recipe in recipes] == ["memorised"] * len(recipes)


def test_bottleneck_need_not_learn_every_pixel(look: Any, make: Any) -> None:
    """Hundreds of targets a sample: halving the loss of their average is enough."""
    pictures = torch.rand(64, 100, generator=torch.Generator().manual_seed(0)).cumsum(1) / 50
    coder = nn.Sequential(nn.Linear(100, 16), nn.ReLU(), nn.Linear(16, 100))

    assert judged(look, make.regression(train=make.loader(pictures, pictures), model=lambda: coder)) == "memorised"


def test_loss_without_known_floor_is_not_accused(look: Any, make: Any) -> None:
    """A loss of the user's own may end anywhere."""
    recipe = make.sound(
        loss=lambda: lambda output, target: 5 + torch.logsumexp(output, 1).mean().tanh() + 0 * target.sum()
    )

    assert judged(look, recipe) == "inapplicable"


def test_known_loss_with_terms_beside_it_is_not_accused(look: Any, make: Any) -> None:
    """The penalty pulls all scores to zero, so the cross entropy cannot vanish; alone it could not be left standing."""

    def penalised(output: Tensor, target: Tensor) -> Tensor:
        return functional.cross_entropy(output, target) + 5 * (output**2).mean()

    assert judged(look, make.sound(loss=lambda: penalised)) == "inapplicable"


def test_rate_that_is_far_too_low_is_stuck_but_adam_is_not(look: Any, make: Any) -> None:
    """The recipe's own optimizer decides; Adam shows that model and data could."""
    found = look("overfit_one_batch", make.sound(optimizer=sgd(1e-6)))

    assert found.outcome == "stuck"
    assert found.measured["with_adam"] < 0.5 * found.measured["last"]


@pytest.mark.parametrize("fault", ["softmax", "detached", "broadcast"])
def test_broken_wiring_is_stuck(look: Any, make: Any, fault: str) -> None:
    """The loss ends at the floor that the fault builds."""

    def detached(output: Tensor, target: Tensor) -> Tensor:
        return functional.cross_entropy(output, target).detach()

    recipe = {
        "softmax": lambda: make.sound(
            train=make.loader(make.numbers(), torch.arange(400) % 10),
            model=lambda: nn.Sequential(*make.net(outputs=10), nn.Softmax(1)),
        ),
        "detached": lambda: make.sound(loss=lambda: detached),
        "broadcast": lambda: make.regression(make.numbers(seed=3)[:, 0]),
    }[fault]()

    assert judged(look, recipe) == "stuck"


def test_one_output_that_cannot_vary_is_partly(look: Any, make: Any) -> None:
    """Half of the targets follow the inputs, half do not."""
    inputs = make.numbers(32)
    targets = torch.cat([inputs[:, :1], 0.9 * make.numbers(32, 1, seed=4)], 1)
    model = nn.Linear(12, 2)
    recipe = make.regression(
        train=make.loader(inputs[:, :12], targets),
        model=lambda: model,
        optimizer=lambda m: torch.optim.Adam(m.parameters(), 0.05),
    )

    assert judged(look, recipe) == "partly"


def test_rate_that_is_far_too_high_is_nonfinite(look: Any, make: Any) -> None:
    """The loss leaves the finite numbers within the run."""
    found = look("overfit_one_batch", make.regression(optimizer=sgd(50.0)))

    assert found.outcome == "nonfinite"
    assert found.measured["last"] in ("NaN", "inf")


def test_model_too_costly_for_the_declared_time_is_skipped(look: Any, make: Any, monkeypatch: Any) -> None:
    """Fewer steps than needed would be no reason to accuse."""
    monkeypatch.setattr("wizard.plugins.recipe.memorising.AFFORDED", 1e6)

    assert judged(look, make.sound(optimizer=sgd(1e-6))) == "skipped"
