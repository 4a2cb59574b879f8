"""Checkpoints as people save them: what is found in them, their order, and the true reason when one cannot be read."""

from __future__ import annotations

import argparse
import json
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from wizard.errors import UnreadableError
from wizard.evidence.artifacts.checkpoint import Checkpoint, Checkpoints, read, recognises
from wizard.evidence.artifacts.tensors import blocks

NAMES = [
    "0.weight",
    "0.bias",
    "1.weight",
    "1.bias",
    "1.running_mean",
    "1.running_var",
    "1.num_batches_tracked",
    "3.weight",
    "3.bias",
]


class Run:
    """A few real steps of a small model."""

    def __init__(self, optimizer: str = "AdamW", **settings: Any) -> None:
        torch.manual_seed(0)
        self.model = torch.nn.Sequential(
            torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.ReLU(), torch.nn.Linear(8, 3)
        )
        self.optimizer = getattr(torch.optim, optimizer)(self.model.parameters(), **({"lr": 0.01} | settings))
        self.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, T_max=6)

    def train(self, steps: int) -> Run:
        for _ in range(steps):
            self.optimizer.zero_grad()
            self.model(torch.randn(16, 4)).square().mean().backward()
            self.optimizer.step()
            self.scheduler.step()
        return self

    def content(self, **more: Any) -> dict[str, Any]:
        return {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(), **more}


def save(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(content, path)
    return path


def read_one(folder: Path, content: Any) -> Checkpoint:
    return read((save(folder / "checkpoint.pt", content),)).last


def save_safetensors(path: Path, tensors: Mapping[str, torch.Tensor]) -> Path:
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    body = b""
    for name, tensor in sorted(tensors.items()):
        raw = tensor.reshape(-1).view(torch.uint8).numpy().tobytes()
        dtype = {torch.float32: "F32", torch.bfloat16: "BF16", torch.int64: "I64"}[tensor.dtype]
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [len(body), len(body) + len(raw)]}
        body += raw
    text = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)
    return path


# Weights.


@pytest.mark.parametrize(
    "key",
    [
        "model",
        "model_state_dict",
        "state_dict",
        "net",
        "network",
        "weights",
        "params",
        "ema",
        "state_dict_ema",
        "my_net",
    ],
)
def test_weights_are_found_under_any_usual_key(key: str, tmp_path: Path) -> None:
    """Names and numbers are those of the model, whatever the project calls it."""
    run = Run()
    found = read_one(tmp_path, {"epoch": 3, key: run.model.state_dict(), "optimizer": run.optimizer.state_dict()})

    assert list(found.weights) == NAMES
    assert next(blocks(found.weights["0.bias"])).tolist() == run.model.state_dict()["0.bias"].tolist()


def test_weights_are_found_at_the_top(tmp_path: Path) -> None:
    """A bare state dict is the commonest file."""
    assert list(read_one(tmp_path, Run().model.state_dict()).weights) == NAMES


def test_a_pickled_module_gives_its_weights_by_dotted_name(tmp_path: Path) -> None:
    """torch.save(model): parameters and buffers of all submodules, no class imported."""
    found = read_one(tmp_path, Run().model)

    assert list(found.weights) == NAMES
    assert "torch.nn.modules.linear.Linear" in found.imports


def test_averaged_weights_stand_back_behind_plain_ones(tmp_path: Path) -> None:
    """With both in the file the trained ones are judged, not their average."""
    found = read_one(tmp_path, {"state_dict_ema": {"a": torch.zeros(2)}, "state_dict": {"a": torch.ones(2)}})

    assert found.statistics("a").total == 2


def test_two_networks_keep_their_names_apart(tmp_path: Path) -> None:
    """A GAN's generator and discriminator share names of layers."""
    found = read_one(tmp_path, {"netG": {"w": torch.ones(2)}, "netD": {"w": torch.ones(3)}, "step": 7})

    assert set(found.weights) == {"netG.w", "netD.w"}
    assert found.step == 7


@pytest.mark.parametrize(
    "prefix",
    ["module.", "_orig_mod.", "model.", "net.", "module._orig_mod.", "_forward_module.model.", "base_model.model."],
)
def test_prefixes_of_wrappers_are_stripped(prefix: str, tmp_path: Path) -> None:
    """DDP, compile, Lightning and PEFT put one before every name."""
    wrapped = {prefix + name: tensor for name, tensor in Run().model.state_dict().items()}

    assert list(read_one(tmp_path, {"state_dict": wrapped}).weights) == NAMES


def test_a_prefix_that_only_some_names_bear_stays(tmp_path: Path) -> None:
    """`model.` before the trunk and not before the head belongs to the names."""
    found = read_one(tmp_path, {"model.layer.weight": torch.ones(2, 2), "lm_head.weight": torch.ones(2, 2)})

    assert set(found.weights) == {"model.layer.weight", "lm_head.weight"}


def test_buffers_and_tied_weights_are_not_trained_twice(tmp_path: Path) -> None:
    """Running statistics, masks and counters are no trained weights; a tied embedding counts once."""
    tied = torch.randn(8, 4)
    content = Run().model.state_dict() | {"emb.weight": tied, "head.weight": tied, "attn.mask": torch.zeros(4, 4)}
    found = read_one(tmp_path, content)

    assert set(found.trainable) == {"0.weight", "0.bias", "1.weight", "1.bias", "3.weight", "3.bias", "emb.weight"}
    assert set(found.matrices) == {"0.weight", "3.weight", "emb.weight"}


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_weights_of_any_precision_are_read(dtype: torch.dtype, tmp_path: Path) -> None:
    """Half of the files in the wild are not float32."""
    weight = torch.randn(5, 6).to(dtype)
    found = read_one(tmp_path, {"weight": weight})

    assert found.statistics("weight").total == pytest.approx(float(weight.double().sum()))


# Optimizer, schedule, progress, settings.


def test_the_state_of_adamw_is_read(tmp_path: Path) -> None:
    """Groups, ids, moments as descriptors, steps, and the rate before its schedule."""
    run = Run("AdamW", weight_decay=0.1).train(6)
    found = read_one(tmp_path, run.content(epoch=2, scheduler=run.scheduler.state_dict()))
    optimizer = found.optimizer

    assert optimizer is not None
    assert (optimizer.kind, optimizer.params, optimizer.steps) == ("adam_like", (0, 1, 2, 3, 4, 5), 6)
    assert optimizer.groups[0].number("lr") == pytest.approx(0.0, abs=1e-12)
    assert (optimizer.rate, optimizer.groups[0].number("weight_decay")) == (0.01, 0.1)
    assert optimizer.groups[0].betas == (0.9, 0.999)
    moment = optimizer.tensor(0, "exp_avg")
    assert moment is not None
    assert np.array_equal(next(blocks(moment)), run.optimizer.state[run.model[0].weight]["exp_avg"].flatten().numpy())
    assert (found.epoch, found.step) == (2, 6)
    assert found.schedule is not None
    assert (found.schedule.base_lrs, found.schedule.last_epoch, found.schedule.total) == ((0.01,), 6, 6)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_state_of_sgd_is_read(momentum: float, tmp_path: Path) -> None:
    """With momentum a buffer a parameter; without, nothing: what the gradients did is then unknown."""
    found = read_one(tmp_path, Run("SGD", momentum=momentum).train(3).content()).optimizer

    assert found is not None
    assert found.kind == "sgd_like"
    assert (found.tensor(0, "momentum_buffer") is not None) == (momentum > 0)


@pytest.mark.parametrize("name", ["RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam"])
def test_the_states_of_other_optimizers_are_read(name: str, tmp_path: Path) -> None:
    """Settings and ids are there whatever the kind."""
    found = read_one(tmp_path, Run(name).train(2).content()).optimizer

    assert found is not None
    assert (len(found.params), found.rate) == (6, 0.01)


@pytest.mark.parametrize("key", ["optimizer_state_dict", "optim", "opt"])
def test_an_optimizer_is_found_by_its_content(key: str, tmp_path: Path) -> None:
    """`opt` is settings in one project and an optimizer in the next."""
    run = Run().train(1)
    found = read_one(tmp_path, {"model": run.model.state_dict(), key: run.optimizer.state_dict()})

    assert found.optimizer is not None
    assert found.settings == {}


def test_several_optimizers_are_one_with_ids_apart(tmp_path: Path) -> None:
    """Both optimizers of a GAN number their parameters from zero."""
    run = Run().train(1)
    found = read_one(tmp_path, {"optimizers": [run.optimizer.state_dict(), run.optimizer.state_dict()]}).optimizer

    assert found is not None
    assert len(set(found.params)) == 12
    assert found.tensor("1:0", "exp_avg") is not None


def test_parameters_are_named_where_the_file_leaves_no_doubt(tmp_path: Path) -> None:
    """By param_names, or one group whose shapes follow those of the weights; two groups are left unnamed."""
    run = Run().train(1)
    ordered = read_one(tmp_path, run.content()).parameter_names
    biases = [parameter for parameter in run.model.parameters() if parameter.ndim == 1]
    matrices = [parameter for parameter in run.model.parameters() if parameter.ndim > 1]
    run.optimizer = torch.optim.AdamW([{"params": matrices}, {"params": biases}])
    grouped = read_one(tmp_path, run.train(1).content()).parameter_names
    run.optimizer = torch.optim.AdamW(list(reversed(list(run.model.named_parameters()))))
    named = read_one(tmp_path, run.train(1).content()).parameter_names

    assert (ordered[0], ordered[5]) == ("0.weight", "3.bias")
    assert grouped == {}
    assert (named[0], named[5]) == ("3.bias", "0.weight")


def test_settings_and_scores_of_any_class_are_read(tmp_path: Path) -> None:
    """A Namespace and numpy scalars need no import; what is honestly known becomes a fact."""
    run = Run("Adam").train(1)
    args = argparse.Namespace(batch_size=32, num_classes=3, path=Path("x"))
    checkpoints = read(
        (save(tmp_path / "a.pth", run.content(args=args, best_acc=np.float64(0.7), step=torch.tensor(9))),)
    )

    assert checkpoints.last.step == 9
    assert {fact.name: fact.value for fact in checkpoints.facts()} == {
        "num_parameters": 4 * 8 + 8 + 16 + 8 * 3 + 3,
        "learning_rate": 0.01,
        "optimizer": "Adam",
        "batch_size": 32,
        "num_classes": 3,
    }
    assert {fact.origin for fact in checkpoints.facts()} == {"checkpoint"}


def test_the_layout_of_lightning_is_read(tmp_path: Path) -> None:
    """optimizer_states and lr_schedulers are lists, hyper_parameters a dict."""
    run = Run().train(4)
    content = {
        "epoch": 1,
        "global_step": 4,
        "pytorch-lightning_version": "2.6.6",
        "state_dict": {f"model.{name}": tensor for name, tensor in run.model.state_dict().items()},
        "loops": {"fit_loop": {"state_dict": {}, "epoch_progress": {"total": {"ready": 2}}}},
        "callbacks": {"EarlyStopping{'monitor': 'val'}": {"wait_count": 0, "best_score": torch.tensor(0.5)}},
        "optimizer_states": [run.optimizer.state_dict()],
        "lr_schedulers": [run.scheduler.state_dict()],
        "hyper_parameters": {"batch_size": 16},
    }
    found = read_one(tmp_path, content)

    assert list(found.weights) == NAMES
    assert (found.epoch, found.step, found.settings) == (1, 4, {"batch_size": 16})
    assert found.optimizer is not None
    assert found.schedule is not None


# Several files.


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
    assert "empty" in checkpoints.unreadable[0]


# safetensors and other formats.


def test_safetensors_are_read(tmp_path: Path) -> None:
    """Header and numbers, bfloat16 and all."""
    weights = {"a.weight": torch.randn(3, 4), "b.weight": torch.randn(5).bfloat16(), "n": torch.tensor([3])}
    found = read((save_safetensors(tmp_path / "model.safetensors", weights),)).last

    assert {name: tensor.shape for name, tensor in found.weights.items()} == {
        "a.weight": (3, 4),
        "b.weight": (5,),
        "n": (1,),
    }
    assert found.statistics("b.weight").total == pytest.approx(float(weights["b.weight"].double().sum()))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"data_offsets": [0, 48]', b'"data_offsets": [4, 52]'),
        (b'"data_offsets": [0, 48]', b'"data_offsets": [0, 44]'),
        (b'"shape": [3, 4]', b'"shape": [4, 4]'),
        (b'"shape": [3, 4]', b'"shape": [-3, 4'),
        (b'"dtype": "F32"', b'"dtype": "F31"'),
        (b"{", b"["),
    ],
)
def test_a_header_of_safetensors_that_does_not_tile_the_file_is_refused(old: bytes, new: bytes, tmp_path: Path) -> None:
    """Holes, overlaps, wrong sizes, unknown types."""
    path = save_safetensors(tmp_path / "model.safetensors", {"w": torch.ones(3, 4)})
    content = path.read_bytes()
    path.write_bytes(content.replace(old, new.ljust(len(old)), 1))

    with pytest.raises(UnreadableError):
        read((path,))


@pytest.mark.parametrize("cut", [4, -4, 12])
def test_safetensors_that_were_cut_short_are_refused(cut: int, tmp_path: Path) -> None:
    """In the header or in the tensors."""
    path = save_safetensors(tmp_path / "model.safetensors", {"w": torch.ones(3, 4)})
    path.write_bytes(path.read_bytes()[:cut])

    with pytest.raises(UnreadableError):
        read((path,))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "git lfs pull"),
        (b"<!DOCTYPE html><html>Sign in</html>", "web page"),
        (b"\x89HDF\r\n\x1a\n" + bytes(50), "HDF5"),
        (b"\x80\x02}q\x00.", "plain pickle"),
        (b"cposix\nsystem\n.", "no checkpoint"),
        (b"PK\x03\x04" + bytes(60), "cut short"),
        (b"PK\x05\x06" + bytes(18), "not one of"),
        (b"hello", "no checkpoint"),
    ],
)
def test_what_is_no_checkpoint_is_told_by_its_true_reason(content: bytes, reason: str, tmp_path: Path) -> None:
    """A pointer, a login page, an empty file: each with what to do."""
    path = tmp_path / "model.pt"
    path.write_bytes(content)

    with pytest.raises(UnreadableError, match=reason):
        read((path,))


def test_directories_pipes_and_missing_files_are_told(tmp_path: Path) -> None:
    """None of them hangs or ends in a traceback."""
    os.mkfifo(tmp_path / "pipe.pt")

    for path, reason in (
        (tmp_path, "directory"),
        (tmp_path / "pipe.pt", "pipe"),
        (tmp_path / "none.pt", "No such file"),
    ):
        with pytest.raises(UnreadableError, match=reason):
            read((path,))


def test_the_legacy_format_is_named_with_the_lines_that_mend_it(tmp_path: Path) -> None:
    """Files of torch before 1.6 and of its old writer."""
    torch.save(Run().model.state_dict(), tmp_path / "old.pt", _use_new_zipfile_serialization=False)

    with pytest.raises(UnreadableError, match=r"before 1\.6") as caught:
        read((tmp_path / "old.pt",))
    assert "torch.save(checkpoint, 'new.pt')" in str(caught.value)


class Shell:
    """Pickles as a call of os.system."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (self.command,)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_that_calls_the_shell_is_named_with_what_it_asks_for(zipped: bool, tmp_path: Path) -> None:
    """In the new format and the legacy one, which known scanners let pass."""
    marker = tmp_path / "marker"
    torch.save(Shell(f"touch {marker}"), tmp_path / "evil.pt", _use_new_zipfile_serialization=zipped)

    with pytest.raises(UnreadableError, match=rf"{os.system.__module__}\.system"):
        read((tmp_path / "evil.pt",))
    assert not marker.exists()


def test_a_file_that_holds_itself_is_walked_once(tmp_path: Path) -> None:
    """A list that holds itself twice a hundred deep, and one that holds itself, beside weights."""
    bomb: list[Any] = []
    for _ in range(100):
        bomb = [bomb, bomb]
    cycle: dict[str, Any] = {"w": torch.ones(2)}
    cycle["self"] = cycle
    found = read_one(tmp_path, {"bomb": bomb, "model": cycle})

    assert set(found.weights) == {"w"}


# Recognition.


def head_of(path: Path) -> bytes:
    return path.read_bytes()[:4096]


def test_checkpoints_are_recognised_by_their_content(tmp_path: Path) -> None:
    """Whatever the extension."""
    zipped = save(tmp_path / "run.weird", {"w": torch.ones(2)})
    tensors = save_safetensors(tmp_path / "model.dat", {"w": torch.ones(2)})
    torch.save({"w": torch.ones(2)}, tmp_path / "old.tar", _use_new_zipfile_serialization=False)

    for path in (zipped, tensors, tmp_path / "old.tar"):
        assert recognises(path, head_of(path))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("metrics.csv", b"step,loss\n1,2\n"),
        ("data.npz", b"PK\x03\x04" + bytes(22) + b"\x05\x00\x00\x00a.npy"),
        ("empty.txt", b""),
        ("a.pt", b"loss 1"),
    ],
)
def test_other_files_are_left_to_others(name: str, content: bytes) -> None:
    """A log, an archive of arrays, an empty text."""
    assert not recognises(Path(name), content)


@pytest.mark.parametrize(
    "content", [b"", b"version https://git-lfs.github.com/spec/v1\n", b"<html>", b"\x80\x04K\x01."]
)
def test_what_pretends_to_be_a_checkpoint_is_taken_so_that_it_is_told_why_not(content: bytes) -> None:
    """An empty model.pt below a run must not be passed over in silence."""
    assert recognises(Path("model.pt"), content)
