"""Values that the network is fed: finite, and of a bearable scale."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from wizard.evidence.artifacts.recipe import Recipe


def test_finite_data_are_finite(look: Any, make: Any) -> None:
    """Ordinary numbers give the normal outcome, with the samples that were looked at."""
    found = look("data_finite", make.sound())

    assert (found.outcome, found.measured) == ("finite", {"samples": 800})


def test_attention_mask_of_minus_infinity_is_no_fault(look: Any, make: Any) -> None:
    """A second input of zeros and minus infinities is a mask."""
    inputs = make.numbers(64)
    mask = torch.where(inputs > 0, 0.0, -torch.inf)
    train = make.loader(inputs, mask, make.classes(inputs))

    assert look("data_finite", make.recipe(train)).outcome == "finite"


def test_missing_targets_that_the_loss_leaves_out_are_no_fault(look: Any, make: Any) -> None:
    """NaN targets with a masked loss: the loss stays finite, so the question makes no sense."""
    targets = make.numbers(400, 2)
    targets[::3, 0] = torch.nan

    def masked(output: Tensor, target: Tensor) -> Tensor:
        known = ~target.isnan()
        return functional.mse_loss(output[known], target[known])

    recipe = make.regression(targets, model=lambda: make.net(outputs=2), loss=lambda: masked)

    assert look("data_finite", recipe).reason == "inapplicable"


def test_nan_in_an_input_is_nonfinite(look: Any, make: Any) -> None:
    """One NaN in the data is found, with its batch."""
    inputs = make.numbers()
    inputs[70, 3] = torch.nan
    train = make.loader(inputs, make.classes(make.numbers()), shuffle=False)
    found = look("data_finite", make.sound(train=train))

    assert found.outcome == "nonfinite"
    assert found.measured == {"count": 1, "part": "inputs", "split": "training", "batch": 3}


def test_infinite_target_of_the_validation_data_is_nonfinite(look: Any, make: Any) -> None:
    """Validation data and targets are looked at too."""
    inputs, targets = make.numbers(64), make.numbers(64, 1)
    spoilt = torch.where(targets > 2, torch.inf, targets)
    recipe = make.recipe(make.loader(inputs, targets), make.loader(inputs, spoilt))
    found = look("data_finite", recipe)

    assert (found.measured["part"], found.measured["split"]) == ("targets", "validation")


def scale_of(look: Any, make: Any, inputs: Tensor, model: Any = None) -> str:
    """Outcome of input_scale for INPUTS, with MODEL or with the data alone."""
    train = make.loader(inputs, torch.zeros(len(inputs), dtype=torch.long))
    loss = nn.CrossEntropyLoss if model else None
    found = look("input_scale", make.recipe(train, model=model, loss=loss))
    return str(getattr(found, "outcome", None) or found.reason)


def test_usual_inputs_are_standard(look: Any, make: Any) -> None:
    """Standardised features, images in 0..1, one-hot rows, sparse shares, a constant column beside others."""
    normal = make.numbers(256)
    images = torch.rand(128, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    one_hot = functional.one_hot(torch.arange(256) % 200, 200).float()
    sparse = functional.normalize(torch.where(normal > 1.5, normal, 0.0) + 1e-9)
    constant_column = torch.cat([normal, torch.full((256, 1), 3.0)], 1)
    everything = [normal, images, one_hot, sparse, constant_column]

    assert [scale_of(look, make, one) for one in everything] == ["standard"] * 5
    assert scale_of(look, make, normal, make.net) == "standard"


def test_token_ids_have_no_scale(look: Any, make: Any) -> None:
    """Ids of an embedding are names, not quantities."""
    ids = torch.randint(0, 5000, (128, 9), generator=torch.Generator().manual_seed(0))

    def embedding() -> nn.Module:
        return nn.Sequential(nn.EmbeddingBag(5000, 8), nn.Linear(8, 2))

    assert scale_of(look, make, ids) == "inapplicable"
    assert scale_of(look, make, ids, embedding) == "inapplicable"


def test_model_that_scales_its_inputs_itself_is_left_alone(look: Any, make: Any) -> None:
    """Raw bytes are fine before a division in forward() or a BatchNorm."""
    raw = torch.randint(0, 256, (128, 12), generator=torch.Generator().manual_seed(0))

    class Divides(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = make.net()

        def forward(self, values: Tensor) -> Tensor:
            result: Tensor = self.net(values.float() / 255)
            return result

    assert scale_of(look, make, raw.to(torch.uint8), Divides) == "standard"
    assert scale_of(look, make, raw.float(), lambda: nn.Sequential(nn.BatchNorm1d(12), *make.net())) == "standard"


def test_inputs_far_from_standard_are_large(look: Any, make: Any) -> None:
    """Raw pixels, a mean far off, features in different units, and pixels divided by 255 twice."""
    normal = make.numbers(256)
    pixels = torch.randint(0, 256, (128, 3, 8, 8), generator=torch.Generator().manual_seed(0)).float()
    units = normal * torch.tensor([1e-3, 8.0] * 6)
    everything = [pixels, normal + 6, units, pixels / 255 / 255]

    assert [scale_of(look, make, one) for one in everything] == ["large"] * 4
    assert scale_of(look, make, 255 * normal.abs(), make.net) == "large"


def test_inputs_that_never_vary_are_constant(look: Any, make: Any) -> None:
    """All zeros, and the same image again and again."""
    image = make.numbers(1).expand(64, -1)

    assert scale_of(look, make, torch.zeros(64, 12)) == "constant"
    assert scale_of(look, make, image, make.net) == "constant"


def target_outcome(look: Any, recipe: Recipe) -> str:
    """Outcome of target_scale, or why there is none."""
    found = look("target_scale", recipe)
    return str(getattr(found, "outcome", None) or found.reason)


def test_targets_around_one_or_small_are_standard(look: Any, make: Any) -> None:
    """Small targets train well, so only large ones count."""
    targets = make.numbers(400, 1)

    assert target_outcome(look, make.regression(targets)) == "standard"
    assert target_outcome(look, make.regression(targets * 0.01)) == "standard"


def test_targets_of_classes_have_no_scale(look: Any, make: Any) -> None:
    """Class numbers are not judged."""
    assert target_outcome(look, make.sound()) == "inapplicable"


def test_model_that_scales_its_outputs_itself_is_left_alone(look: Any, make: Any) -> None:
    """A last layer that knows mean and deviation of the targets makes them bearable."""

    class Rescales(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = make.net(outputs=1)

        def forward(self, values: Tensor) -> Tensor:
            result: Tensor = 500 + 100 * self.net(values)
            return result

    assert target_outcome(look, make.regression(500 + 100 * make.numbers(400, 1), model=Rescales)) == "standard"


def test_large_targets_are_unscaled(look: Any, make: Any) -> None:
    """Prices in euros; one unscaled column among others is enough."""
    prices = 200_000 + 50_000 * make.numbers(400, 1)
    both = torch.cat([make.numbers(400, 1), prices], 1)

    assert target_outcome(look, make.regression(prices)) == "unscaled"
    assert target_outcome(look, make.regression(both, model=lambda: make.net(outputs=2))) == "unscaled"
