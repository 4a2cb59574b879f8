"""Training against validation data: real shifts are seen, augmentation and order are not taken for one."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import Dataset, SubsetRandomSampler, WeightedRandomSampler


def judged(look: Any, recipe: Any) -> str:
    """The outcome of train_validation_shift, or why there is none."""
    found = look("train_validation_shift", recipe)
    return str(getattr(found, "outcome", None) or found.reason)


def images(seed: int, samples: int = 300) -> tuple[Tensor, Tensor]:
    """Dark pictures with a bright blob whose quarter is the label, mostly black like digits."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(0, 4, (samples,), generator=generator)
    pictures = torch.zeros(samples, 1, 12, 12)
    for picture, label in zip(pictures, labels.tolist(), strict=True):
        row, column = 6 * (label // 2), 6 * (label % 2)
        picture[0, row + 1 : row + 5, column + 1 : column + 5] = torch.rand(4, 4, generator=generator)
    return pictures, labels


class Augmented(Dataset[tuple[Tensor, Tensor]]):
    """Flips, shifts with black borders, and noise of a fifth of the range."""

    def __init__(self, pictures: Tensor, labels: Tensor) -> None:
        self.pictures, self.labels = pictures, labels

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        picture = self.pictures[index]
        picture = picture.flip(-1) if torch.rand(()) < 0.5 else picture
        row, column = torch.randint(0, 5, (2,)).tolist()
        cut = nn.functional.pad(picture, (2, 2, 2, 2))[:, row : row + 12, column : column + 12]
        return (cut + 0.2 * torch.randn(cut.shape)).clamp(0, 1), self.labels[index]


def picture_net() -> nn.Module:
    """A model for these pictures."""
    return nn.Sequential(nn.Flatten(), nn.Linear(144, 4))


def test_two_halves_of_one_set_are_similar(look: Any, make: Any) -> None:
    """Tables and pictures drawn alike; validation may be stored in order of its classes."""
    pictures, labels = images(1)
    order = labels.argsort()
    sorted_validation = make.loader(pictures[order], labels[order], shuffle=False)
    recipe = make.sound(train=make.loader(*images(0)), validation=sorted_validation, model=picture_net)

    assert judged(look, make.sound()) == "similar"
    assert judged(look, recipe) == "similar"


def test_large_sorted_validation_set_is_similar(look: Any, make: Any) -> None:
    """The first batches of a sorted validation set are of one class; that is no shift."""
    held_out = make.numbers(3000, seed=5)
    order = make.classes(held_out).argsort()
    validation = make.loader(held_out[order], make.classes(held_out)[order], shuffle=False)

    assert judged(look, make.sound(validation=validation)) == "similar"


def test_random_augmentation_is_similar(look: Any, make: Any) -> None:
    """Flips, shifted crops and noise in training only."""
    train = torch.utils.data.DataLoader(Augmented(*images(0)), 32, shuffle=True)

    assert judged(look, make.sound(train=train, validation=make.loader(*images(1)), model=picture_net)) == "similar"


def test_rare_columns_and_outliers_are_similar(look: Any, make: Any) -> None:
    """A column that is rarely set and one with a heavy tail say nothing by chance."""

    def table(seed: int, samples: int) -> Tensor:
        generator = torch.Generator().manual_seed(seed)
        rare = (torch.rand(samples, 12, generator=generator) < 0.02).float()
        heavy = torch.randn(samples, 12, generator=generator).mul(2).exp()
        return torch.cat([rare, heavy], 1)

    pairs = [(table(seed, samples), torch.arange(samples) % 4) for seed, samples in ((0, 900), (1, 70))]
    recipe = make.sound(
        train=make.loader(*pairs[0]), validation=make.loader(*pairs[1]), model=lambda: make.net(features=24)
    )

    assert judged(look, recipe) == "similar"


def test_resampled_training_classes_are_no_shift(look: Any, make: Any) -> None:
    """A weighted sampler changes the shares on purpose."""
    inputs, held_out = make.numbers(), make.numbers(seed=1)
    labels = (make.classes(inputs) == 0).long()
    sampler = WeightedRandomSampler(torch.where(labels == 1, 8.0, 1.0).tolist(), 400)
    train = make.loader(inputs, labels, shuffle=None, sampler=sampler)
    validation = make.loader(held_out, (make.classes(held_out) == 0).long())

    assert judged(look, make.sound(train=train, validation=validation)) == "similar"


def test_two_loaders_that_share_a_data_set_are_kept_apart(look: Any, make: Any) -> None:
    """Each has a sampler for its part: the other part is none of its business."""
    inputs = make.numbers(800)
    labels = make.classes(inputs)
    order = labels.argsort(stable=True).tolist()
    train, validation = (
        make.loader(inputs, labels, shuffle=None, sampler=SubsetRandomSampler(part))
        for part in (order[:400], order[400:])
    )

    assert judged(look, make.sound(train=train, validation=validation)) == "labels_differ"


def test_small_validation_set_is_not_judged(look: Any, make: Any) -> None:
    """Below fifty samples nothing can be said; without any, neither."""
    held_out = make.numbers(20, seed=1)

    assert judged(look, make.sound(validation=make.loader(held_out, make.classes(held_out)))) == "absent"
    assert judged(look, make.sound(validation=None)) == "absent"


def test_missing_normalisation_of_one_side_differs(look: Any, make: Any) -> None:
    """Pictures of 0..1 against normalised ones; raw features against standardised ones."""
    pictures, labels = images(0)
    normalised = (pictures - pictures.mean()) / pictures.std()
    held_out = make.numbers(seed=1)
    bytes_ = make.loader(255 * images(1)[0], images(1)[1])

    one_side = make.sound(train=make.loader(normalised, labels), validation=bytes_, model=picture_net)
    stretched = make.sound(validation=make.loader(3 * held_out, make.classes(held_out)))

    assert judged(look, one_side) == "inputs_differ"
    assert judged(look, stretched) == "inputs_differ"


def test_shifted_real_targets_are_labels_that_differ(look: Any, make: Any) -> None:
    """For regression the targets stand for the labels."""
    held_out = make.numbers(seed=1)
    validation = make.loader(held_out, held_out[:, :1] + 4)

    assert judged(look, make.regression(validation=validation)) == "labels_differ"


def test_split_by_class_has_labels_that_differ(look: Any, make: Any) -> None:
    """The last classes only occur in validation."""
    inputs = make.numbers(800)
    labels = make.classes(inputs)
    early, late = inputs[labels < 2], inputs[labels > 1]
    recipe = make.sound(train=make.loader(early, make.classes(early)), validation=make.loader(late, make.classes(late)))
    found = look("train_validation_shift", recipe)

    assert (found.outcome, found.measured["divergence"]) == ("labels_differ", 1)
