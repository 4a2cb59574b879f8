"""What the probe saw of the data, from the snippet that was run to the finding."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from probed import adam, inspected, loader_of, net, numbers, probe, results
from torch import Tensor, nn

INPUTS = numbers()
LABELS = INPUTS[:, :4].argmax(1)
DATA_CHECKS = (
    "data_finite", "input_scale", "labels_in_range", "class_balance", "batch_label_order", "training_set_size",
    "batch_size_setting",
)  # fmt: skip


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def block(inputs: Tensor, targets: Tensor, loss: Any = None, outputs: int = 4, **how: Any) -> str:
    """What the probe prints for a sound model and these data."""
    model = net(inputs.shape[-1], outputs)
    return probe(model, loader_of(inputs, targets, **how), loss or nn.CrossEntropyLoss(), adam(model))


def finding(text: str, check: str) -> Any:
    """The finding of a check."""
    return next(one for one in inspected(text).findings if one.check == check)


def test_sound_data_have_nothing_unusual() -> None:
    """Every check is answered as it should be."""
    found = results(block(INPUTS, LABELS))

    answered = [found[check] for check in DATA_CHECKS]
    assert answered == ["finite", "standard", "in_range", "balanced", "mixed", "ample", "usual"]


def test_nan_is_found_with_its_batch() -> None:
    """In inputs and in targets."""
    bad = INPUTS.clone()
    bad[70, 2] = math.nan

    found = finding(block(bad, LABELS, shuffle=False), "data_finite")

    assert found.outcome == "nonfinite"
    assert (found.measured["part"], found.measured["batch"], found.measured["count"]) == ("inputs", "3", "1")


def test_missing_values_that_the_loss_leaves_out_are_left_alone() -> None:
    """The very first batch holds some, and its loss is finite."""
    targets = INPUTS[:, :1].clone()
    targets[::5] = math.nan

    def loss(outputs: Tensor, wanted: Tensor) -> Tensor:
        return ((outputs - wanted)[wanted.isfinite()] ** 2).mean()

    assert results(block(INPUTS, targets, loss, outputs=1))["data_finite"] == "inapplicable"


@pytest.mark.parametrize(
    ("inputs", "outcome"),
    [
        (127 + 60 * INPUTS, "large"),
        (1e-4 * INPUTS, "large"),
        (INPUTS * torch.logspace(-4, 2, 12), "large"),
        (torch.ones(640, 12), "constant"),
        (INPUTS.sigmoid(), "standard"),
        (255.0 * (INPUTS > 0), "standard"),
        (nn.functional.one_hot(LABELS, 12).float(), "standard"),
    ],
)
def test_the_scale_of_the_inputs(inputs: Tensor, outcome: str) -> None:
    """Raw grey values, tiny ones, features in very different units, all the same; shares, two values and one-hot."""
    assert results(block(inputs, LABELS))["input_scale"] == outcome


def test_inputs_that_the_model_normalises_are_left_alone() -> None:
    """By its first layer, or in forward() before that."""
    first = nn.Sequential(nn.BatchNorm1d(12), net())

    class Divides(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = net()

        def forward(self, x: Tensor) -> Tensor:
            return self.body((x - 127) / 60)  # type: ignore[no-any-return]

    raw = 127 + 60 * INPUTS
    found = [
        results(probe(model, loader_of(raw, LABELS), nn.CrossEntropyLoss(), adam(model)))["input_scale"]
        for model in (first, Divides())
    ]

    assert found == ["standard", "standard"]


def test_token_ids_have_no_scale() -> None:
    """Whatever their size."""
    ids = torch.randint(0, 5000, (640, 6), generator=torch.Generator().manual_seed(0))
    model = nn.Sequential(nn.Embedding(5000, 8), nn.Flatten(), nn.Linear(48, 4))

    found = results(probe(model, loader_of(ids, LABELS), nn.CrossEntropyLoss(), adam(model)))

    assert found["input_scale"] == "inapplicable"


def test_the_scale_of_regression_targets() -> None:
    """Prices are unscaled, standardised ones are not, nor are those that the model brings to their scale."""
    targets = INPUTS[:, :1]
    scaled = nn.Sequential(net(outputs=1), Times(4000.0))
    own = probe(scaled, loader_of(INPUTS, 1000 * targets), nn.MSELoss(), adam(scaled))

    found = [results(block(INPUTS, factor * targets, nn.MSELoss(), outputs=1))["target_scale"] for factor in (1, 4000)]

    assert found == ["standard", "unscaled"]
    assert results(own)["target_scale"] == "standard"


class Times(nn.Module):
    """Scales what it is given."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        return self.factor * x


def test_labels_that_start_at_one_are_out_of_range() -> None:
    """The loss itself fails; label and batch are told all the same. The label that is ignored does not count."""
    ignored = LABELS.clone()
    ignored[::7] = -100

    found = finding(block(INPUTS, LABELS + 1), "labels_in_range")

    assert found.outcome == "out_of_range"
    assert (found.measured["label"], found.measured["highest"], found.measured["batch"]) == (4, 3, 1)
    assert results(block(INPUTS, ignored))["labels_in_range"] == "in_range"


def test_targets_of_a_logistic_loss_lie_in_zero_to_one() -> None:
    """-1 and 1 go unnoticed by BCEWithLogitsLoss."""
    sides = (INPUTS[:, :1] > 0).float()
    texts = [block(INPUTS, one, nn.BCEWithLogitsLoss(), outputs=1) for one in (sides, 2 * sides - 1)]

    assert [results(text)["labels_in_range"] for text in texts] == ["in_range", "out_of_range"]


@pytest.mark.parametrize("classes", [2, 4, 10])
def test_sorted_labels_are_seen(classes: int) -> None:
    """By batches of few classes; of ten sorted classes the first batches show one alone."""
    labels = (torch.arange(2560) * classes // 2560) if classes == 10 else (torch.arange(2560) % 256 * classes // 256)
    inputs = numbers(2560)

    found = results(block(inputs, labels, outputs=classes, shuffle=False))

    assert found["batch_label_order"] == "sorted"
    assert found["class_balance"] == "inapplicable"
    assert results(block(inputs, labels, outputs=classes))["batch_label_order"] == "mixed"


def test_one_class_alone_in_a_shuffled_loader_is_no_order() -> None:
    """It may be all there is; a loss for two classes tells no more."""
    assert results(block(INPUTS, torch.zeros(640).long()))["batch_label_order"] == "absent"


def test_a_rare_class_is_seen() -> None:
    """One in forty; a loss that weighs it is left alone."""
    labels = (torch.arange(640) % 40 == 0).long()

    weighted = block(INPUTS, labels, nn.CrossEntropyLoss(weight=torch.tensor([1.0, 40.0])), outputs=2)

    assert results(block(INPUTS, labels, outputs=2))["class_balance"] in ("skewed", "extreme")
    assert results(weighted)["class_balance"] == "inapplicable"
