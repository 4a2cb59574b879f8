"""Checkpoints of one run: their order, pairs, files that belong together, and one that cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from saved_runs import NAMES, Run, save, save_safetensors

from wizard.errors import UnreadableError
from wizard.evidence.artifacts.checkpoint import Checkpoints, read


def order_of(checkpoints: Checkpoints) -> list[str]:
    return [checkpoint.path.name for checkpoint in checkpoints.ordered]


def test_the_order_is_that_inside_the_files(tmp_path: Path) -> None:
    """Steps in the files count more than names."""
    files = [
        save(tmp_path / name, {"model": {"w": torch.ones(2)}, "step": step})
        for name, step in (("z.pt", 1), ("a.pt", 20), ("m.pt", 3))
    ]
    checkpoints = read(tuple(files))

    assert order_of(checkpoints) == ["z.pt", "m.pt", "a.pt"]
    assert (checkpoints.first.step, checkpoints.last.step, checkpoints.ordered_by) == (1, 20, "step")


@pytest.mark.parametrize(
    "names",
    [
        ["epoch_2.pt", "epoch_10.pt", "epoch_11.pt"],
        ["init.pt", "epoch=3-val_loss=0.25.pt", "epoch=12-val_loss=0.19.pt", "last.pt"],
        ["resnet18-step100.pt", "resnet18-step2000.pt", "final.pt"],
        ["checkpoint-9/model.pt", "checkpoint-10/model.pt"],
    ],
)
def test_else_the_order_is_that_of_the_names(names: list[str], tmp_path: Path) -> None:
    """Numbers count as numbers, decimals are scores, `init` comes first and `last` last."""
    files = [save(tmp_path / name, {"w": torch.ones(2)}) for name in names]
    checkpoints = read(tuple(reversed(files)))

    assert [checkpoint.path for checkpoint in checkpoints.ordered] == files
    assert checkpoints.ordered_by == "name"


def test_else_the_order_is_that_of_time(tmp_path: Path) -> None:
    """Names without a number leave the time of writing."""
    files = [save(tmp_path / name, {"w": torch.ones(2)}) for name in ("new.pt", "old.pt")]
    os.utime(files[1], (1, 1))
    checkpoints = read(tuple(files))

    assert order_of(checkpoints) == ["old.pt", "new.pt"]
    assert checkpoints.ordered_by == "time"


def test_the_best_one_is_neither_first_nor_last(tmp_path: Path) -> None:
    """It may be of any epoch; alone it is taken."""
    files = [save(tmp_path / name, {"w": torch.ones(2)}) for name in ("best.pt", "epoch_1.pt", "epoch_2.pt")]
    checkpoints = read(tuple(files))

    assert order_of(checkpoints) == ["epoch_1.pt", "epoch_2.pt"]
    assert [checkpoint.path.name for checkpoint in checkpoints.best] == ["best.pt"]
    assert read((files[0],)).last.path.name == "best.pt"


def test_a_pair_is_of_one_model_at_two_moments(tmp_path: Path) -> None:
    """Another model's file and a copy of the last moment make no pair."""
    other = save(tmp_path / "e1.pt", {"model": {"w": torch.ones(9)}, "epoch": 1})
    first = save(tmp_path / "e2.pt", {"model": {"w": torch.ones(2)}, "epoch": 2})
    last = save(tmp_path / "e3.pt", {"model": {"w": torch.ones(2)}, "epoch": 3})
    copy = save(tmp_path / "last.pt", {"model": {"w": torch.ones(2)}, "epoch": 3})
    pair = read((other, first, last)).pair()

    assert pair is not None
    assert (pair.first.epoch, pair.last.epoch, pair.is_certain) == (2, 3, True)
    assert read((last, copy)).pair() is None
    assert read((other, last)).pair() is None


def test_a_last_file_without_a_step_may_be_a_copy(tmp_path: Path) -> None:
    """epoch_9.pt and last.pt, both bare: a pair, but not certain to be of two moments."""
    files = [save(tmp_path / name, {"w": torch.ones(2)}) for name in ("init.pt", "epoch_9.pt", "last.pt")]
    uncertain = read(tuple(files[1:])).pair()
    certain = read((files[0], files[2])).pair()

    assert uncertain is not None
    assert not uncertain.is_certain
    assert certain is not None
    assert certain.is_certain


def test_a_folder_of_transformers_is_one_checkpoint(tmp_path: Path) -> None:
    """Weights, optimizer and scheduler lie in three files; the random states beside them are no fault."""
    run = Run().train(2)
    folder = tmp_path / "checkpoint-500"
    files = (
        save_safetensors(folder / "model.safetensors", run.model.state_dict()),
        save(folder / "optimizer.pt", run.optimizer.state_dict()),
        save(folder / "scheduler.pt", run.scheduler.state_dict()),
        save(folder / "rng_state.pth", {"numpy": np.random.get_state(), "cpu": torch.get_rng_state()}),
    )
    checkpoints = read(files)

    assert len(checkpoints.ordered) == 1
    assert set(checkpoints.last.weights) == set(NAMES)
    assert checkpoints.last.optimizer is not None
    assert checkpoints.last.schedule is not None
    assert set(checkpoints.files) == set(files)
    assert checkpoints.unreadable == ()


def test_shards_are_one_checkpoint_and_a_missing_one_is_told(tmp_path: Path) -> None:
    """model-00001-of-00002 alone is not the model."""
    files = [
        save_safetensors(tmp_path / f"model-0000{part}-of-00002.safetensors", {f"layer{part}.weight": torch.ones(2, 2)})
        for part in (1, 2)
    ]

    assert set(read(tuple(files)).last.weights) == {"layer1.weight", "layer2.weight"}
    with pytest.raises(UnreadableError, match="1 of its 2 shards"):
        read((files[0],))


def test_one_bad_file_leaves_the_others_readable(tmp_path: Path) -> None:
    """It is told beside them."""
    good, empty = save(tmp_path / "good.pt", {"w": torch.ones(2)}), tmp_path / "empty.pt"
    empty.touch()
    checkpoints = read((empty, good))

    assert checkpoints.last.path == good
    assert len(checkpoints.unreadable) == 1
    assert (checkpoints.unreadable[0].what, checkpoints.unreadable[0].where) == ("It is empty.", str(empty))
