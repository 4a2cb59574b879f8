"""What is found in one checkpoint, however it is called: weights, optimizer, schedule, progress, settings."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from saved_runs import NAMES, Run, read_one, save

from wizard.evidence.artifacts.checkpoint import read
from wizard.evidence.artifacts.tensors import blocks

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


def test_a_file_that_holds_itself_is_walked_once(tmp_path: Path) -> None:
    """A list that holds itself twice a hundred deep, and one that holds itself, beside weights."""
    bomb: list[Any] = []
    for _ in range(100):
        bomb = [bomb, bomb]
    cycle: dict[str, Any] = {"w": torch.ones(2)}
    cycle["self"] = cycle
    found = read_one(tmp_path, {"bomb": bomb, "model": cycle})

    assert set(found.weights) == {"w"}
