"""What the probe saw along the depth and of changed inputs, from the snippet that was run to the finding."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from probed import adam, loader_of, numbers, probe, results
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset, TensorDataset

INPUTS = numbers(320)
LABELS = INPUTS[:, :4].argmax(1)
SERIES = numbers(160 * 6).reshape(160, 6, 12)
SERIES_LABELS = SERIES.mean(1)[:, :4].argmax(1)
WORDS = torch.randint(0, 50, (160, 6), generator=torch.Generator().manual_seed(0))
IMAGES = numbers(160, 3 * 8 * 8).reshape(160, 3, 8, 8)
CHECKS = ("gradient_along_depth", "activations_along_depth", "samples_independent", "inputs_matter")
SOUND = ["similar", "spread", "independent", "much_worse_without"]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def judged(model: nn.Module, loader: Any, loss: Any = None) -> list[str]:
    """Outcome, or reason, of the four checks."""
    found = results(probe(model, loader, loss or nn.CrossEntropyLoss(), adam(model)))
    return [found[check] for check in CHECKS]


def plain(layers: int, curve: type[nn.Module] = nn.ReLU, outputs: int = 4) -> nn.Sequential:
    """LAYERS linear layers with nothing but CURVE between them, initialised as PyTorch does."""
    torch.manual_seed(0)
    parts: list[nn.Module] = []
    for layer in range(layers - 1):
        parts += [nn.Linear(64 if layer else 12, 64), curve()]
    return nn.Sequential(*parts, nn.Linear(64, outputs))


def weighted(layers: int, deviation: float, curve: type[nn.Module] = nn.ReLU) -> nn.Sequential:
    """The same with normal weights and no biases, as initialised by hand."""
    model = plain(layers, curve)
    for name, parameter in model.named_parameters():
        nn.init.normal_(parameter, std=deviation) if "weight" in name else nn.init.zeros_(parameter)
    return model


class Convolutions(nn.Module):
    """With BatchNorm."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        blocks = [
            part
            for width in (3, 16, 16, 16)
            for part in (nn.Conv2d(width, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        ]
        self.body = nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 4))

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x)  # type: ignore[no-any-return]


class Recurrent(nn.Module):
    """Reads (batch, time, features), or takes the batch for time."""

    def __init__(self, kind: type[nn.GRU] | type[nn.LSTM], batch_first: bool = True) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.body, self.head = kind(12, 32, batch_first=batch_first), nn.Linear(32, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.body(x)[0][:, -1])  # type: ignore[no-any-return]


class Transformer(nn.Module):
    """An embedding, learnt places and an encoder with dropout."""

    def __init__(self, norm_first: bool, deviation: float | None = None) -> None:
        super().__init__()
        torch.manual_seed(0)
        layer = nn.TransformerEncoderLayer(32, 4, 64, 0.1, batch_first=True, norm_first=norm_first)
        self.words, self.places = nn.Embedding(50, 32), nn.Parameter(torch.randn(1, 6, 32))
        self.body, self.head = nn.TransformerEncoder(layer, 4, enable_nested_tensor=False), nn.Linear(32, 4)
        for parameter in self.parameters():
            if deviation is not None and parameter.dim() > 1:
                nn.init.normal_(parameter, std=deviation)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.body(self.words(x) + self.places).mean(1))  # type: ignore[no-any-return]


class Residual(nn.Module):
    """Twenty blocks with nothing that normalises."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first, self.head = nn.Linear(12, 64), nn.Linear(64, 4)
        self.blocks = nn.ModuleList(nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64)) for _ in range(20))

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        for block in self.blocks:
            x = x + block(x)
        return self.head(x)  # type: ignore[no-any-return]


class Named(Dataset[dict[str, Tensor]]):
    """Batches that are dictionaries, with words and a mask that is boolean."""

    def __len__(self) -> int:
        return len(WORDS)

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        word = WORDS[index]
        return {"words": word, "mask": word > 9, "series": SERIES[index, 0], "labels": SERIES[index, 0, :4].argmax()}


class TakesNames(nn.Module):
    """Words and numbers by name."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.embedding, self.hidden, self.head = nn.Embedding(50, 16), nn.Linear(28, 64), nn.Linear(64, 4)

    def forward(self, words: Tensor, mask: Tensor, series: Tensor) -> Tensor:
        mean = (self.embedding(words) * mask[..., None]).mean(1)
        return self.head(self.hidden(torch.cat([mean, series], 1)).relu())  # type: ignore[no-any-return]


ON_SERIES, ON_WORDS = loader_of(SERIES, SERIES_LABELS), loader_of(WORDS, WORDS[:, 0] % 4)
ON_INPUTS, ON_IMAGES = loader_of(INPUTS, LABELS), loader_of(IMAGES, IMAGES.mean((2, 3)).argmax(1))


@pytest.mark.parametrize(
    ("model", "loader"),
    [
        (lambda: plain(4), ON_INPUTS),
        (lambda: plain(8), ON_INPUTS),
        (lambda: plain(6, nn.Tanh), ON_INPUTS),
        (Residual, ON_INPUTS),
        (Convolutions, ON_IMAGES),
        (lambda: Recurrent(nn.GRU), ON_SERIES),
        (lambda: Recurrent(nn.LSTM), ON_SERIES),
        (lambda: Transformer(norm_first=False), ON_WORDS),
        (lambda: Transformer(norm_first=True, deviation=0.02), ON_WORDS),
        (TakesNames, DataLoader(Named(), 32, shuffle=True)),
        (lambda: plain(4), [(INPUTS[:32], LABELS[:32]), (INPUTS[32:64], LABELS[32:64])]),
    ],
)
def test_sound_networks_have_nothing_unusual(model: Any, loader: Any) -> None:
    """Plain, residual, convolutional, recurrent, transformers, inputs by name, a loader that is a list."""
    assert judged(model(), loader) == SOUND


def trained(model: nn.Module, loss: nn.Module, targets: Tensor) -> nn.Module:
    """After 400 steps on all samples."""
    optimizer = adam(model, 0.01)
    for _ in range(400):
        optimizer.zero_grad()
        loss(model(INPUTS), targets).backward()
        optimizer.step()
    return model


def test_a_sound_regression_has_nothing_unusual() -> None:
    """Neither has one whose targets are far from zero, though swapped inputs change its outputs by little of that."""
    slopes = INPUTS[:, :1] + 0.5 * INPUTS[:, 1:2]
    model = trained(plain(3, outputs=1), nn.MSELoss(), 40 + slopes / 4)

    near = judged(plain(4, outputs=1), loader_of(INPUTS, slopes), nn.MSELoss())
    far = judged(model, loader_of(INPUTS, 40 + slopes / 4), nn.MSELoss())

    assert (near, far) == (SOUND, SOUND)


def test_a_trained_network_has_nothing_unusual() -> None:
    """Its activations are sparser and larger than before."""
    model = trained(plain(4), nn.CrossEntropyLoss(), LABELS)

    assert judged(model, ON_INPUTS) == SOUND


def test_twenty_plain_layers_keep_their_spread() -> None:
    """Their gradient shrinks, but that does not keep them from learning: nothing is said of it."""
    assert judged(plain(20), ON_INPUTS) == ["inapplicable", *SOUND[1:]]


def test_batches_of_one_say_nothing_of_other_samples() -> None:
    """But as much as ever of the depth."""
    found = judged(plain(4), loader_of(INPUTS, LABELS, batch=1))

    assert found == [*SOUND[:2], "inapplicable", "inapplicable"]


def test_two_matrices_are_no_depth() -> None:
    """Nor is a gradient of zero, as a last layer that starts at zero gives."""
    silent = plain(4)
    nn.init.zeros_(silent[-1].weight)  # type: ignore[arg-type]

    assert judged(plain(2), ON_INPUTS) == ["inapplicable", *SOUND[1:]]
    assert judged(silent, ON_INPUTS) == ["absent", *SOUND[1:]]


def test_a_gradient_that_vanishes_is_seen() -> None:
    """Twelve layers with sigmoids, which learn nothing; of the inputs nothing can be said then."""
    assert judged(plain(12, nn.Sigmoid), ON_INPUTS) == ["first_layers_tiny", "spread", "independent", "inapplicable"]


@pytest.mark.parametrize("layers", [3, 6])
@pytest.mark.parametrize(
    ("deviation", "curve", "outcome"),
    [
        (3.0, nn.ReLU, "grow"),
        (0.001, nn.ReLU, "shrink"),
        (2.0, nn.Tanh, "saturated"),
        (3.0, nn.Sigmoid, "saturated"),
    ],
)
def test_weights_of_another_size_are_seen(layers: int, deviation: float, curve: type[nn.Module], outcome: str) -> None:
    """Too large, too small, too large for a curve with limits."""
    assert judged(weighted(layers, deviation, curve), ON_INPUTS)[1] == outcome


def test_units_that_are_zero_throughout_are_seen() -> None:
    """And nothing gets through them."""
    model = plain(4)
    for layer in (0, 2, 4):
        nn.init.constant_(model[layer].bias, -100.0)  # type: ignore[arg-type]

    assert judged(model, ON_INPUTS) == ["absent", "mostly_zero", "independent", "no_difference"]


def test_channels_that_are_zero_only_in_the_background_are_not_dead() -> None:
    """Most places of an image may show nothing at all."""
    torch.manual_seed(0)
    small = torch.zeros(160, 3, 24, 24)
    small[:, :, 8:16, 8:16] = IMAGES
    model = nn.Sequential(
        nn.Conv2d(3, 16, 3), nn.ReLU(), nn.Conv2d(16, 16, 3), nn.ReLU(), nn.Flatten(), nn.Linear(6400, 4)
    )

    assert judged(model, loader_of(small, IMAGES.mean((2, 3)).argmax(1))) == SOUND


class Reads(nn.Module):
    """A network whose inputs are read in some WAY first."""

    def __init__(self, way: Any, features: int = 12) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.way, self.body = way, nn.Sequential(nn.Linear(features, 32), nn.ReLU(), nn.Linear(32, 4))

    def forward(self, x: Tensor) -> Tensor:
        return self.body(self.way(x))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("model", "loader"),
    [
        (lambda: Reads(lambda x: x.transpose(0, 1).reshape(len(x), -1), 72), ON_SERIES),
        (lambda: Recurrent(nn.LSTM, batch_first=False), ON_SERIES),
        (lambda: Recurrent(nn.GRU, batch_first=False), ON_SERIES),
        (lambda: Reads(lambda x: functional.normalize(x, dim=0)), ON_INPUTS),
        (lambda: Reads(nn.BatchNorm1d(12, track_running_stats=False)), ON_INPUTS),
    ],
)
def test_samples_that_mix_are_seen(model: Any, loader: Any) -> None:
    """By a view, by batch_first left out, by a norm over the wrong dimension or one that keeps no statistics."""
    assert judged(model(), loader)[2:] == ["samples_mix", "much_worse_without"]


@pytest.mark.parametrize("way", [torch.zeros_like, torch.ones_like, lambda x: x * 0])
def test_inputs_that_do_not_matter_are_seen(way: Any) -> None:
    """Whatever stands in for them."""
    assert judged(Reads(way), ON_INPUTS)[1:] == ["spread", "independent", "no_difference"]


def test_inputs_that_are_all_the_same_are_not_said_to_be_ignored() -> None:
    """Swapping them changes nothing."""
    assert judged(plain(4), loader_of(torch.ones(320, 12), LABELS))[3] == "inapplicable"


def test_a_network_that_draws_is_not_said_to_mix() -> None:
    """Dropout that is never switched off changes the outputs from run to run."""
    found = judged(Reads(lambda x: functional.dropout(x, 0.5)), ON_INPUTS)

    assert found[2:] == ["inapplicable", "inapplicable"]


class TimeFirst(nn.Module):
    """Reads (time, batch) and looks at all times; one label a word or, with ENDS, one a sample."""

    def __init__(self, ends: bool) -> None:
        super().__init__()
        torch.manual_seed(0)
        layer = nn.TransformerEncoderLayer(32, 4, 64, 0.1)
        self.ends, self.words, self.head = ends, nn.Embedding(50, 32), nn.Linear(32, 50)
        self.body = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)

    def forward(self, x: Tensor) -> Tensor:
        seen = self.body(self.words(x))
        return self.head(seen.mean(0)) if self.ends else self.head(seen).transpose(1, 2)  # type: ignore[no-any-return]


@pytest.mark.parametrize("ends", [True, False])
def test_time_is_not_taken_for_samples(ends: bool) -> None:
    """What looks at all times is sound, and one whose order of times does not matter does look at them."""
    batches = [WORDS[at : at + 32].T.contiguous() for at in range(0, 160, 32)]

    found = judged(TimeFirst(ends), [(batch, batch[0] if ends else batch) for batch in batches])

    assert found == [*SOUND[:2], "inapplicable", "inapplicable" if ends else "much_worse_without"]


def test_what_cannot_be_run_is_left_open() -> None:
    """A model that does not fit its data."""
    found = judged(nn.Linear(3, 3), DataLoader(TensorDataset(INPUTS, LABELS), 32))

    assert found == ["absent"] * 4
