"""A recipe: what its batches are made of, that its parts are built once and afresh, and what happens when they fail."""

from __future__ import annotations

import sys
import threading
import time
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

from wizard.evidence.artifacts.recipe import Recipe
from wizard.evidence.artifacts.recipe_batch import Batch, Wants, split, wants_of
from wizard.evidence.artifacts.recipe_parts import CALLS_EXIT, TOO_LONG, Missing, Part, attempt, told
from wizard.evidence.artifacts.recipe_sample import ENOUGH_SAMPLES, MAX_BATCHES, take
from wizard.evidence.patience import TookTooLong, patience

X, Y = torch.arange(24.0).reshape(6, 4), torch.arange(6) % 3
Pair = namedtuple("Pair", ["image", "label"])


@dataclass
class Row:
    """A batch as some collate functions make it."""

    tokens: Tensor
    targets: Tensor


def net() -> nn.Module:
    """A sound model for X and Y."""
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))


def loader(samples: int = 6, batch: int = 2, **options: Any) -> DataLoader[Any]:
    """Batches of X and Y, repeated to the number of SAMPLES."""
    times = -(-samples // 6)
    return DataLoader(TensorDataset(X.repeat(times, 1)[:samples], Y.repeat(times)[:samples]), batch, **options)


def recipe(**parts: Any) -> Recipe:
    """A sound recipe; PARTS take the place of its own, None removes one."""
    own = {"model": net, "data": lambda: (loader(), loader()), "loss": nn.CrossEntropyLoss}
    return Recipe({name: part for name, part in {**own, **parts}.items() if part is not None})


# What a batch is made of


def test_a_pair_is_input_and_target() -> None:
    """The usual (x, y), as tuple or list."""
    for raw in ((X, Y), [X, Y]):
        batch = split(raw, Wants())

        assert (batch.positional, batch.targets is Y, batch.size) == ((X,), True, 6)


def test_forward_tells_how_many_inputs_come_first() -> None:
    """(x1, x2, y) for a model of two inputs; what follows the target is left out for a model of one."""

    class Two(nn.Module):
        def forward(self, first: Tensor, second: Tensor, scale: float = 1.0) -> Tensor:
            return (first + second) * scale

    two = split((X, X + 1, Y), wants_of(Two()))
    one = split((X, Y, torch.ones(6)), wants_of(nn.Linear(4, 3)))

    assert (len(two.positional), two.targets is Y) == (2, True)
    assert (len(one.positional), one.targets is Y) == (1, True)


def test_fields_with_the_names_of_labels_are_targets() -> None:
    """A mapping, a named tuple and a dataclass; inputs go by name if forward() knows it."""

    class ByName(nn.Module):
        def forward(self, image: Tensor) -> Tensor:
            return image

    for raw in ({"image": X, "label": Y}, Pair(X, Y)):
        batch = split(raw, wants_of(ByName()))
        assert (set(batch.named), batch.targets is Y) == ({"image"}, True)
    row = split(Row(X, Y), Wants())
    assert (row.positional, row.targets is Y) == ((X,), True)


def test_lone_tensor_has_no_target() -> None:
    """Neither alone nor as a tuple of one."""
    assert split(X, Wants()).targets is None
    assert split([X], Wants()).targets is None


def test_first_samples_are_a_copy() -> None:
    """Nested inputs are cut alike; a batch whose first dimension is not the samples stays whole."""
    batch = split({"ids": X, "more": {"mask": X > 3}, "labels": Y}, Wants(any_names=True)).first(2)
    by_time = Batch((torch.zeros(9, 6, 4),), {}, Y).first(2)

    assert [tensor.shape[0] for tensor in batch.inputs.values()] == [2, 2]
    assert batch.targets.tolist() == [0, 1]
    assert by_time.positional[0].shape == (9, 6, 4)


# Building and running


def test_fresh_models_are_equal_and_apart() -> None:
    """What one inspector does to its model, no other sees."""
    made = recipe()
    first, second = made.fresh_model(), made.fresh_model()
    with torch.no_grad():
        first.get_parameter("0.weight").zero_()

    assert not first.get_parameter("0.weight").any()
    assert torch.equal(second.get_parameter("0.weight"), made.fresh_model().get_parameter("0.weight"))
    assert second.training


def test_model_that_cannot_be_copied_is_built_again() -> None:
    """From the same seed, so it has the same weights."""

    def locked() -> nn.Module:
        model = net()
        model.lock = threading.Lock()  # type: ignore[assignment]
        return model

    made = recipe(model=locked)

    assert torch.equal(made.fresh_model().get_parameter("0.bias"), made.fresh_model().get_parameter("0.bias"))


def test_model_that_changes_its_inputs_leaves_the_batches_alone() -> None:
    """Every pass gets a copy."""

    class InPlace(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net()

        def forward(self, values: Tensor) -> Tensor:
            result: Tensor = self.net(values.mul_(0))
            return result

    made = recipe(model=InPlace)
    made.step(made.fresh_model(), made.train_batches[0])

    assert made.train_batches[0].positional[0].any()


def test_loss_inside_the_model_is_used_if_the_recipe_has_none() -> None:
    """As models of transformers do: they take the labels and return the loss in a mapping."""

    class WithLoss(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net()

        def forward(self, image: Tensor, label: Tensor | None = None) -> dict[str, Tensor]:
            scores = self.net(image)
            return {"logits": scores} if label is None else {"loss": nn.functional.cross_entropy(scores, label)}

    batches = [{"image": X, "label": Y}]
    inside = recipe(model=WithLoss, loss=None, data=lambda: (batches, None))
    outside = recipe(model=WithLoss, data=lambda: (batches, None))

    assert (inside.task, inside.num_classes) == ("classification", 3)
    assert (outside.task, outside.num_classes) == ("classification", 3)


def test_function_of_two_arguments_is_itself_the_loss() -> None:
    """`--loss FILE:NAME` may name the loss as well as what makes it."""

    def mine(output: Tensor, target: Tensor) -> Tensor:
        return nn.functional.cross_entropy(output, target)

    assert recipe(loss=mine).loss is mine
    assert isinstance(recipe().loss, nn.CrossEntropyLoss)


def test_warm_up_from_zero_is_given_its_full_rate() -> None:
    """The first step of a schedule says nothing about the rate."""

    def warmed_up(model: nn.Module) -> Any:
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: step / 10)

    made = recipe(optimizer=warmed_up)

    assert made.fresh_optimizer(made.fresh_model()).param_groups[0]["lr"] == 0.1


def test_facts_tell_what_the_parts_show() -> None:
    """From loss, scores, loader, optimizer and model."""
    made = recipe(optimizer=lambda model: torch.optim.AdamW(model.parameters(), lr=0.003))
    facts = {fact.name: fact.value for fact in made.facts()}

    assert facts.pop("loss_scale") == pytest.approx(1)
    assert facts == {
        "task": "classification",
        "num_classes": 3,
        "batch_size": 2,
        "num_train_samples": 6,
        "loss_name": "cross_entropy",
        "optimizer": "AdamW",
        "learning_rate": 0.003,
        "majority_share": 0.333333,
        "num_parameters": 67,
    }


# Sampling


class Endless(IterableDataset[Any]):
    """Samples without end."""

    def __iter__(self) -> Iterator[Any]:
        while True:
            yield X[0], Y[0]


def test_sample_is_bounded_by_counts() -> None:
    """The most batches of an endless loader, more of tiny ones, fewer of large ones, all of a short one."""
    endless = take(DataLoader(Endless(), 16), 20.0)
    tiny = take(DataLoader(Endless(), 2), 20.0)
    large = take(loader(9000, batch=500), 20.0)
    short = take(loader(), 20.0)

    assert (len(endless.raw), endless.whole) == (MAX_BATCHES, False)
    assert (len(tiny.raw), tiny.whole) == (ENOUGH_SAMPLES // 2, False)
    assert len(large.raw) == 5
    assert (len(short.raw), short.whole) == (3, True)


def test_slow_loader_gives_a_power_of_two() -> None:
    """The clock ends the wait; its jitter does not show in the count."""

    def slow() -> Iterator[Any]:
        for number in range(32):
            if number >= 5:
                time.sleep(5)
            yield X, Y

    assert len(take(slow(), 0.5).raw) == 4


def test_loader_that_hangs_or_is_empty_is_missing() -> None:
    """Without a first batch there is nothing to look at."""

    def hanging() -> Iterator[Any]:
        time.sleep(5)
        yield X, Y

    with pytest.raises(Missing, match="too long"):
        take(hanging(), 0.2)
    with pytest.raises(Missing, match="no batches"):
        take([], 0.2)


def test_loader_in_stored_order_is_redrawn() -> None:
    """What comes first on the disk does not stand for the whole."""
    values = torch.arange(3000.0)[:, None]
    stored = DataLoader(TensorDataset(values, torch.zeros(3000)), 32)
    made = recipe(model=None, loss=None, data=lambda: stored)

    assert float(torch.cat([batch.positional[0] for batch in made.train_batches]).max()) < 1100
    assert float(torch.cat([batch.positional[0] for batch in made.mixed_batches]).max()) > 2900
    assert made.train_is_random


# Failing


def test_lacking_part_is_absent_with_its_sentence() -> None:
    """What can be told without it still is."""
    made = recipe(data=None, optimizer=None)

    with pytest.raises(Missing, match="no make_loaders") as raised:
        _ = made.train_batches
    assert raised.value.unanswered.reason == "absent"
    assert {fact.name for fact in made.facts()} == {"loss_name", "num_parameters"}


def test_failing_part_is_told_once_and_the_others_go_on() -> None:
    """A hang is waited for only once, however many ask."""
    calls: list[int] = []

    def hanging() -> None:
        calls.append(1)
        time.sleep(5)

    made = Recipe({"model": net, "data": hanging}, patience=0.2)
    for _ in range(3):
        with pytest.raises(Missing) as raised:
            _ = made.train_batches
    assert (raised.value.unanswered.reason, raised.value.unanswered.detail) == ("crashed", TOO_LONG)
    assert len(calls) == 1
    assert made.fresh_model()


def test_exit_in_the_users_code_is_no_exit_of_ours() -> None:
    """sys.exit() in make_model() costs the model."""
    with pytest.raises(Missing) as raised:
        recipe(model=lambda: sys.exit(0)).fresh_model()

    assert raised.value.unanswered.detail == CALLS_EXIT


def test_error_is_told_with_the_users_own_line(tmp_path: Path) -> None:
    """Type, message, file and line; the file is run once."""
    file = tmp_path / "broken_recipe.py"
    file.write_text("import torch\n\ndef make_model():\n    return torch.nn.Linear(2, 'many')\n")
    made = Recipe({"model": Part(str(file), "make_model", "broken_recipe.py")})

    with pytest.raises(Missing, match=r"^TypeError: .* \(broken_recipe.py:4\)$"):
        made.fresh_model()
    place = made.place("model")
    assert place is not None
    assert (place.file, place.line) == ("broken_recipe.py", 3)


def test_hunger_is_told_in_a_fixed_sentence() -> None:
    """The allocator's own words hold sizes and addresses."""
    allocator = RuntimeError("[enforce fail at alloc_cpu.cpp:1] DefaultCPUAllocator: can't allocate memory: 0x7f")

    assert told(allocator) == told(MemoryError())


def test_outer_clock_rings_through_the_users_code() -> None:
    """A hang inside a check is that of the check; the clock of a part does not stop it for good."""

    def check() -> None:
        attempt(lambda: time.sleep(0.1), seconds=5)
        attempt(lambda: time.sleep(5))

    with patience(0.3), pytest.raises(TookTooLong):
        check()
