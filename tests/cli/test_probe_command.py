"""The probe: short, alone on stdout, and it leaves everything it was given as it was."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from fixture_base import Runner
from probed import adam, loader_of, numbers, probe
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from wizard.cli.main import cli
from wizard.cli.probe import snippet
from wizard.vocabulary import Language

INPUTS = numbers(256)
LABELS = INPUTS[:, :4].argmax(1)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def test_the_snippet_is_alone_on_stdout() -> None:
    """What to do with it stands on stderr, so that it can be piped into a file."""
    from click.testing import CliRunner

    result = CliRunner().invoke(cli, ["probe"])

    assert result.exit_code == 0
    assert result.stdout == snippet()
    assert result.stderr.count("\n") == 1
    assert "before training" in result.stderr


def test_it_is_short() -> None:
    """Thirty lines at most, and it speaks of nothing but its own names."""
    lines = snippet().splitlines()

    assert len(lines) <= 30
    assert lines[-1] == "loss_wizard_probe(model, loader, loss_fn, optimizer)"


def test_the_block_is_short() -> None:
    """At most 25 lines, the first one its title."""
    model = mixed()

    lines = probe(model, loader_of(INPUTS, LABELS), nn.CrossEntropyLoss(), adam(model)).splitlines()

    assert lines[0] == "loss-wizard probe 1"
    assert len(lines) <= 25
    assert not [line for line in lines if " ? " in line]


def mixed() -> nn.Module:
    """BatchNorm, dropout, a frozen half, and a softmax."""
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(12, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 4), nn.Softmax(1)
    )
    model[0].requires_grad_(False)
    model[3].eval()
    return model


class Two(nn.Module):
    """Takes two inputs by name."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = nn.Linear(12, 4), nn.Linear(12, 4)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        return self.left(left) + self.right(right)  # type: ignore[no-any-return]


class Named(Dataset[dict[str, Tensor]]):
    """Batches that are dictionaries."""

    def __len__(self) -> int:
        return len(INPUTS)

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        return {"left": INPUTS[index], "right": INPUTS[index] + random.random(), "labels": LABELS[index]}


def cases() -> Iterator[tuple[str, nn.Module, Any, Any]]:
    """Runs that are sound, odd, or cannot work at all."""
    nan = INPUTS.clone()
    nan[3, 3] = float("nan")
    generator = torch.Generator().manual_seed(7)
    own = DataLoader(TensorDataset(INPUTS, LABELS), batch_size=32, shuffle=True, generator=generator)
    yield "classification", mixed(), loader_of(INPUTS, LABELS), nn.CrossEntropyLoss()
    yield "own generator", mixed(), own, nn.CrossEntropyLoss()
    yield "regression", nn.Linear(12, 1), loader_of(INPUTS, INPUTS[:, :1]), nn.MSELoss()
    yield "dictionary", Two(), DataLoader(Named(), batch_size=32, shuffle=True), nn.CrossEntropyLoss()
    yield "three parts", Two(), DataLoader(TensorDataset(INPUTS, INPUTS, LABELS), 32), nn.CrossEntropyLoss()
    yield "nan", mixed(), loader_of(nan, LABELS), nn.CrossEntropyLoss()
    yield "sorted", mixed(), loader_of(INPUTS, LABELS.sort()[0], shuffle=False), nn.CrossEntropyLoss()
    yield "weighted", mixed(), loader_of(INPUTS, LABELS), nn.CrossEntropyLoss(weight=torch.rand(4))
    yield "wrong size", nn.Linear(3, 3), loader_of(INPUTS, LABELS), nn.CrossEntropyLoss()
    yield "no targets", mixed(), [INPUTS[:32], INPUTS[32:]], nn.CrossEntropyLoss()
    yield "text", mixed(), [["a", "b"]], nn.CrossEntropyLoss()
    yield "no batch", mixed(), [], nn.CrossEntropyLoss()


@pytest.mark.parametrize(("model", "loader", "loss"), [c[1:] for c in cases()], ids=[c[0] for c in cases()])
def test_nothing_is_changed(model: nn.Module, loader: Any, loss: Any) -> None:
    """Weights, buffers, gradients, modes, the optimizer's state and every generator of random numbers, bit by bit."""
    parameters = [one for one in model.parameters() if one.requires_grad]
    optimizer = torch.optim.Adam(parameters, lr=0.01)
    for parameter in parameters:
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    before = state(model, optimizer, loader)

    text = probe(model, loader, loss, optimizer)

    assert text.startswith("loss-wizard probe 1\n")
    assert len(text.splitlines()) > 10
    assert_same(state(model, optimizer, loader), before)


def state(model: nn.Module, optimizer: Any, loader: Any) -> list[Any]:
    """All that could change, copied."""
    parts = [
        model.state_dict(),
        [parameter.grad for parameter in model.parameters()],
        [module.training for module in model.modules()],
        [len(module._forward_pre_hooks) for module in model.modules()],
        optimizer.state_dict(),
        torch.get_rng_state(),
        random.getstate(),
        np.random.get_state(),
    ]
    generator = getattr(loader, "generator", None)
    return copy.deepcopy([*parts, *([generator.get_state()] if generator is not None else [])])


def assert_same(one: Any, other: Any) -> None:
    """Equal to the last bit, whatever they are."""
    if isinstance(one, (Tensor, np.ndarray)):
        assert np.array_equal(np.asarray(one), np.asarray(other), equal_nan=False)
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        for key, value in one.items():
            assert_same(value, other[key])
    elif isinstance(one, (list, tuple)):
        assert len(one) == len(other)
        for mine, its in zip(one, other, strict=True):
            assert_same(mine, its)
    else:
        assert one == other


@pytest.mark.parametrize("name", ["dictionary", "three parts"])
def test_batches_of_other_forms_are_run(name: str) -> None:
    """Inputs by name, or all parts but the last."""
    _, model, loader, loss = next(case for case in cases() if case[0] == name)

    text = probe(model, loader, loss, adam(model))

    assert not [line for line in text.splitlines() if " ? " in line]


def test_what_cannot_be_run_still_tells_of_the_data() -> None:
    """A model that does not fit its data: everything but its training is there."""
    _, model, loader, loss = next(case for case in cases() if case[0] == "wrong size")

    lines = dict(line.partition(" ")[::2] for line in probe(model, loader, loss, adam(model)).splitlines())

    assert lines["steps"].startswith("? RuntimeError")
    assert lines["target"].startswith("(256,)")
    assert lines["labels"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_and_advice_are_spoken(language: Language) -> None:
    """In the language that was asked for."""
    from click.testing import CliRunner

    result = CliRunner().invoke(cli, ["probe", "--lang", language])

    assert result.exit_code == 0
    assert result.stderr.strip()


def test_the_fixture_base_knows_the_command(run: Runner) -> None:
    """It needs no knowledge base."""
    assert "probe" in run("--help").stdout
