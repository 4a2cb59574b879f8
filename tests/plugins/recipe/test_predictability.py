"""Whether inputs say anything about targets: hard but learnable tasks are not called chance."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def judged(look: Any, recipe: Any) -> str:
    """The outcome of inputs_predict_labels, or why there is none."""
    found = look("inputs_predict_labels", recipe)
    return str(getattr(found, "outcome", None) or found.reason)


def random(seed: int = 0) -> torch.Generator:
    """Its own numbers for each data set."""
    return torch.Generator().manual_seed(seed)


def on(look: Any, make: Any, inputs: Tensor, targets: Tensor) -> str:
    """Outcome for data without a model."""
    return judged(look, make.recipe(make.loader(inputs, targets, batch=64)))


def test_ordinary_task_is_predictive(look: Any, make: Any) -> None:
    """Classes and real targets that depend on the inputs."""
    assert judged(look, make.sound()) == "predictive"
    assert judged(look, make.regression()) == "predictive"


def test_hard_tasks_are_predictive(look: Any, make: Any) -> None:
    """Parity of ten bits, the checkerboard, the pitch of a tone of any phase, noisy and rare classes."""
    bits = torch.randint(0, 2, (2000, 10), generator=random()).float()
    plane = torch.randn(600, 2, generator=random())
    pitch = torch.randint(0, 2, (600,), generator=random())
    phase = 6.28 * torch.rand(600, 1, generator=random(1))
    tones = torch.sin(torch.linspace(0, 6.28, 128) * (9 + 4 * pitch[:, None]) + phase)
    inputs = make.numbers(1000)
    noisy = (inputs[:, 0] + 1.5 * torch.randn(1000, generator=random(2)) > 0).long()
    rare = (inputs[:, 0] > 1.6).long()

    assert on(look, make, bits, bits.sum(1).long() % 2) == "predictive"
    assert on(look, make, plane, (plane.prod(1) > 0).long()) == "predictive"
    assert on(look, make, tones, pitch) == "predictive"
    assert on(look, make, inputs, noisy) == "predictive"
    assert on(look, make, inputs, rare) == "predictive"


def test_token_ids_and_their_places_are_predictive(look: Any, make: Any) -> None:
    """Which tokens occur, and which stands first, are both seen."""
    ids = torch.randint(0, 40, (800, 10), generator=random())

    assert on(look, make, ids, (ids == 7).any(1).long()) == "predictive"
    assert on(look, make, ids, (ids[:, 0] > 19).long()) == "predictive"


def test_permuted_labels_are_at_chance(look: Any, make: Any) -> None:
    """Inputs and labels that lost each other."""
    inputs = make.numbers(800)
    shuffled = torch.randperm(800, generator=random(3))

    assert on(look, make, inputs, make.classes(inputs)[shuffled]) == "at_chance"
    assert judged(look, make.regression(make.numbers(400, 1, seed=9))) == "at_chance"


def test_inputs_that_never_vary_are_at_chance(look: Any, make: Any) -> None:
    """Black pictures say nothing."""
    assert on(look, make, torch.zeros(400, 12), torch.arange(400) % 2) == "at_chance"


def test_small_sample_is_not_judged(look: Any, make: Any) -> None:
    """A hundred samples, or a thousand classes of which few repeat, prove nothing."""
    inputs = make.numbers(400)

    assert on(look, make, inputs[:100], make.classes(inputs[:100])) == "absent"
    assert on(look, make, inputs, torch.arange(400) // 2) == "absent"


def test_dense_targets_are_not_judged(look: Any, make: Any) -> None:
    """A label a pixel is no label a sample."""
    maps = make.numbers(100).reshape(100, 1, 3, 4)
    recipe = make.sound(train=make.loader(maps, (maps[:, 0] > 0).long()), model=lambda: nn.Conv2d(1, 2, 1))

    assert judged(look, recipe) == "inapplicable"
