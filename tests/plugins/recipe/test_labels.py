"""Class labels: their range, their balance, their order in the batches."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

from wizard.evidence import Fact


def judged(look: Any, check: str, recipe: Any, *facts: Fact) -> str:
    """The outcome, or why there is none."""
    found = look(check, recipe, *facts)
    return str(getattr(found, "outcome", None) or found.reason)


def shares(*counts: int) -> Tensor:
    """Labels with COUNTS of each class, mixed."""
    labels = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    return labels[torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))]


def test_labels_within_the_outputs_are_in_range(look: Any, make: Any) -> None:
    """Class numbers below the number of scores; the label that the loss ignores does not count."""
    inputs = make.numbers()
    labels = make.classes(inputs)
    labels[::7] = -100

    assert judged(look, "labels_in_range", make.sound()) == "in_range"
    assert judged(look, "labels_in_range", make.sound(train=make.loader(inputs, labels))) == "in_range"


def test_labels_that_start_at_one_are_out_of_range(look: Any, make: Any) -> None:
    """The highest class number equals the number of scores: the loss itself fails, the check still answers."""
    inputs = make.numbers()
    found = look("labels_in_range", make.sound(train=make.loader(inputs, make.classes(inputs) + 1)))

    assert found.outcome == "out_of_range"
    assert (found.measured["label"], found.measured["highest"]) == (4, 3)


def test_targets_of_a_logistic_loss_lie_in_zero_to_one(look: Any, make: Any) -> None:
    """-1 and 1 instead of 0 and 1 go unnoticed by BCEWithLogitsLoss."""
    inputs = make.numbers()
    sides = (inputs[:, :1] > 0).float()
    parts = {"model": lambda: make.net(outputs=1), "loss": nn.BCEWithLogitsLoss}

    assert judged(look, "labels_in_range", make.sound(train=make.loader(inputs, sides), **parts)) == "in_range"
    wrong = make.sound(train=make.loader(inputs, 2 * sides - 1), **parts)
    assert judged(look, "labels_in_range", wrong) == "out_of_range"


def test_without_a_model_the_number_of_classes_may_be_a_fact(look: Any, make: Any) -> None:
    """The data alone do not tell how many classes there are; somebody may have."""
    inputs = make.numbers()
    recipe = make.recipe(make.loader(inputs, make.classes(inputs)))

    assert judged(look, "labels_in_range", recipe) == "absent"
    assert judged(look, "labels_in_range", recipe, Fact("num_classes", 3)) == "out_of_range"


def balance(look: Any, make: Any, labels: Tensor, **parts: Any) -> str:
    """Outcome of class_balance for LABELS."""
    train = parts.pop("train", None) or make.loader(make.numbers(len(labels)), labels)
    model = parts.pop("model", lambda: make.net(outputs=max(2, int(labels.max()) + 1)))
    return judged(look, "class_balance", make.sound(train=train, model=model, **parts))


def test_classes_of_similar_size_are_balanced(look: Any, make: Any) -> None:
    """Even shares, one to five, and a hundred classes of ten samples each."""
    assert balance(look, make, shares(200, 200, 200)) == "balanced"
    assert balance(look, make, shares(100, 500)) == "balanced"
    assert balance(look, make, torch.randint(0, 100, (1000,), generator=torch.Generator().manual_seed(1))) == "balanced"


def test_skew_that_the_training_makes_up_for_is_no_skew(look: Any, make: Any) -> None:
    """Class weights in the loss, or a sampler that draws rare classes more often."""
    labels = shares(950, 50)
    drawn = WeightedRandomSampler(torch.where(labels == 0, 0.05, 0.95).tolist(), 1000)
    loader = DataLoader(TensorDataset(make.numbers(1000), labels), 32, sampler=drawn)

    weighted = balance(look, make, labels, loss=lambda: nn.CrossEntropyLoss(weight=torch.tensor([1.0, 19.0])))

    assert weighted == "inapplicable"
    assert balance(look, make, labels, train=loader) == "balanced"


def test_sorted_data_set_is_judged_as_a_whole(look: Any, make: Any) -> None:
    """The first batches of a sorted set hold one class; that is no imbalance."""
    labels = shares(900, 900, 900).sort().values
    train = make.loader(make.numbers(len(labels)), labels, shuffle=False)

    assert balance(look, make, labels, train=train) == "balanced"


def test_rare_classes_are_skewed_or_extreme(look: Any, make: Any) -> None:
    """One in twenty-five is skewed; less than one in a hundred, or none at all, is extreme."""
    assert balance(look, make, shares(960, 40)) == "skewed"
    assert balance(look, make, shares(1996, 4)) == "extreme"
    assert balance(look, make, shares(1000)) == "extreme"


def test_targets_that_are_not_one_class_a_sample_have_no_balance(look: Any, make: Any) -> None:
    """Real targets, several labels a sample, a label a pixel."""
    inputs = make.numbers()
    many = (inputs[:, :4] > 0).float()
    multilabel = make.sound(train=make.loader(inputs, many), loss=nn.BCEWithLogitsLoss)
    pixels = make.sound(
        train=make.loader(inputs.reshape(-1, 1, 3, 4), (inputs > 0).long().reshape(-1, 3, 4)),
        model=lambda: nn.Conv2d(1, 2, 1),
    )

    for recipe in (make.regression(), multilabel, pixels):
        assert judged(look, "class_balance", recipe) == "inapplicable"


def order(look: Any, make: Any, labels: Tensor, batch: int = 32, **options: Any) -> str:
    """Outcome of batch_label_order for LABELS in the order given."""
    train = make.loader(make.numbers(len(labels)), labels, batch=batch, shuffle=False, **options)
    return judged(look, "batch_label_order", make.sound(train=train, model=lambda: make.net(outputs=20)))


def test_mixed_labels_are_mixed(look: Any, make: Any) -> None:
    """Many classes, two classes, tiny batches, a short last batch, a hundred classes."""
    assert order(look, make, shares(*[60] * 10)) == "mixed"
    assert order(look, make, shares(300, 100)) == "mixed"
    assert order(look, make, shares(*[60] * 10), batch=2) == "mixed"
    assert order(look, make, shares(50, 50, 33), batch=32) == "mixed"
    assert order(look, make, shares(*[20] * 20), drop_last=True) == "mixed"


def test_shuffled_loader_of_a_sorted_set_is_mixed(look: Any, make: Any) -> None:
    """What counts is the order of the loader, not that on the disk."""
    labels = shares(*[60] * 10).sort().values
    train = make.loader(make.numbers(600), labels, shuffle=True)

    assert judged(look, "batch_label_order", make.sound(train=train, model=lambda: make.net(outputs=10))) == "mixed"


def test_labels_in_runs_are_sorted(look: Any, make: Any) -> None:
    """Ten classes, two classes, tiny batches, and a first class that fills the whole sample."""
    assert order(look, make, shares(*[60] * 10).sort().values) == "sorted"
    assert order(look, make, shares(300, 300).sort().values) == "sorted"
    assert order(look, make, shares(*[60] * 10).sort().values, batch=4) == "sorted"
    assert order(look, make, shares(2000, 2000, 2000).sort().values) == "sorted"


def test_batches_composed_on_purpose_are_left_alone(look: Any, make: Any) -> None:
    """A batch sampler that puts few classes into a batch does so for a reason (metric learning)."""
    labels = torch.arange(600) % 10
    groups = [[row for row in range(600) if row % 10 in (k, (k + 1) % 10)][:32] for k in range(10)]
    loader = DataLoader(TensorDataset(make.numbers(600), labels), batch_sampler=groups)
    recipe = make.sound(train=loader, model=lambda: make.net(outputs=10))

    assert judged(look, "batch_label_order", recipe) == "inapplicable"


def test_windows_of_a_time_series_have_no_label_order(look: Any, make: Any) -> None:
    """Real targets in order of time are no sorted classes."""
    windows = torch.sin(torch.arange(500) / 10).unfold(0, 12, 1)
    recipe = make.regression(train=make.loader(windows[:-1], windows[1:, -1:], shuffle=False))

    assert judged(look, "batch_label_order", recipe) == "inapplicable"


def test_one_hot_targets_count_as_labels(look: Any, make: Any) -> None:
    """Rows with a single one are classes too."""
    labels = functional.one_hot(shares(*[100] * 4).sort().values, 4).float()
    recipe = make.sound(train=make.loader(make.numbers(400), labels, shuffle=False))

    assert judged(look, "batch_label_order", recipe) == "sorted"
