"""The log of a run: which columns its curves are, files stitched, what happened when, how long it took."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from csv_logs import RAGGED, curve, log_of

from wizard.evidence.artifacts.log import read, recognises
from wizard.vocabulary import Event, Fact


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("epoch,accuracy,loss,val_accuracy,val_loss", "- train_accuracy train_loss val_accuracy val_loss"),
        ("epoch,train_loss,valid_loss,accuracy,time", "- train_loss val_loss val_accuracy time"),
        ("epoch,train_loss,eval_loss,eval_top1,eval_top5,lr", "- train_loss val_loss val_accuracy - learning_rate"),
        ("epoch,time,train/loss,metrics/accuracy_top1,val/loss", "- time train_loss val_accuracy val_loss"),
        ("step,train/loss,train/grad_norm,train/learning_rate", "- train_loss gradient_norm learning_rate"),
        ("global_step,Loss/train,Loss/val,Accuracy/val", "- train_loss val_loss val_accuracy"),
        ("iteration,trainLoss,valAcc,gradient_norm", "- train_loss val_accuracy gradient_norm"),
        ("轮次,训练损失,验证损失,训练准确率,学习率", "- train_loss val_loss train_accuracy learning_rate"),
        ("epoch,train/box_loss,train/cls_loss,val/box_loss,val/cls_loss", "- train_loss - val_loss -"),
        ("epoch,train_loss,test_loss", "- train_loss val_loss"),
        ("epoch,train_loss,val_loss,test_loss", "- train_loss val_loss -"),
        ("step,loss,best_loss,loss_scale,batch_size", "- train_loss - - -"),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_many_names(tmp_path: Path, header: str, roles: str) -> None:
    """Keras, fastai, timm, ultralytics, transformers, TensorBoard, camel case, Chinese; what is no curve is none."""
    names = header.split(",")

    log = log_of(tmp_path, header + "\n" + ",".join("1" for _ in names) + "\n")

    expected = {role: name for role, name in zip(roles.split(), names, strict=True) if role != "-"}
    assert dict(log.columns) == expected


def test_losses_of_steps_and_of_epochs_are_never_mixed(tmp_path: Path) -> None:
    """Steps are preferred; where only a handful of them was logged, the epochs are taken."""
    header = "step,train_loss_epoch,train_loss_step"
    rows = [f"{i},{2 - i / 10},{9 if i < 3 else ''}" for i in range(12)]

    log = log_of(tmp_path, "\n".join([header, *rows, ""]))

    assert log.columns["train_loss"] == "train_loss_epoch"
    assert len(curve(log, "train_loss")) == 12


def test_a_run_resumed_into_the_same_file_is_stitched(tmp_path: Path) -> None:
    """The header may come again, with a new column; repeated steps count once, the later ones."""
    log = log_of(tmp_path, "step,loss\n0,3\n10,2\n20,1.5\nstep,loss,lr\n10,2.1,0.1\n20,1.4,0.1\n30,1,0.1\n")

    assert curve(log, "train_loss") == [(0, 3), (10, 2.1), (20, 1.4), (30, 1)]
    assert curve(log, "learning_rate") == [(10, 0.1), (20, 0.1), (30, 0.1)]
    assert Event("resume", 10, 2.1) in log.events()


def test_files_of_one_run_are_stitched_by_step(tmp_path: Path) -> None:
    """Whatever their order; a place names the file that the step lies in."""
    early, late = tmp_path / "a.csv", tmp_path / "b.csv"
    early.write_text("step,loss\n0,3\n10,2\n20,1\n")
    late.write_text("step,loss\n20,1.2\n30,0.9\n")

    log = read((late, early))

    assert curve(log, "train_loss") == [(0, 3), (10, 2), (20, 1.2), (30, 0.9)]
    assert log.locate("train_loss", 30).file == str(late)
    assert log.locate("train_loss", 10).file == str(early)
    assert Event("resume", 20, 1.2) in log.events()


def test_one_broken_file_leaves_the_others_readable(tmp_path: Path) -> None:
    """The broken one is named."""
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("step,loss\n0,1\n")
    bad.write_bytes(b"")

    log = read((bad, good))

    assert log.files == (good,)
    assert len(log.unreadable) == 1
    assert "bad.csv" in log.unreadable[0].where


@pytest.mark.parametrize(
    ("times", "minutes"),
    [
        ([60, 120, 180, 240, 300], 5),
        ([50, 60, 70, 50, 70], 5),
        (["00:30", "00:30", "00:30", "00:30"], 2),
        ([1_700_000_000 + 60 * i for i in range(5)], 4),
        ([1_700_000_000_000 + 60_000 * i for i in range(5)], 4),
        (["2026-01-01 10:00:00", "2026-01-01T10:01:00", "2026-01-01T10:03:00"], 3),
        ([10, 200, 300, 30, 300], 10),
        ([1], None),
        (["", "soon"], None),
    ],
)
def test_minutes_of_a_run_come_from_its_time_column(tmp_path: Path, times: list[object], minutes: float | None) -> None:
    """Elapsed seconds, durations of epochs, clock times, moments, and an elapsed time that starts again."""
    log = log_of(tmp_path, "epoch,loss,time\n" + "".join(f"{i},1,{time}\n" for i, time in enumerate(times)))

    assert log.rerun_minutes() == pytest.approx(minutes)


def test_a_pause_before_a_resume_does_not_count(tmp_path: Path) -> None:
    """The night between is no training, in two files as in one."""
    first = "0,3,1700000000\n1,2,1700000060\n2,1,1700000120\n3,1,1700000180\n"
    second = "2,1,1700090000\n3,1,1700090060\n"
    (tmp_path / "a.csv").write_text("step,loss,timestamp\n" + first)
    (tmp_path / "b.csv").write_text("step,loss,timestamp\n" + second)

    apart = read((tmp_path / "a.csv", tmp_path / "b.csv"))
    together = log_of(tmp_path, "step,loss,timestamp\n" + first + second)

    assert apart.rerun_minutes() == pytest.approx(2)
    assert together.rerun_minutes() == pytest.approx(2)


def test_events_tell_what_happened_when(tmp_path: Path) -> None:
    """The best validation loss, a spike, a warm restart and the first NaN, in order of step."""
    loss = (0.3 + 2 * np.exp(-np.arange(100) / 10)).tolist()
    loss[50], loss[51], loss[99] = 2.5, 2.0, math.nan
    rate = [0.1 * (1 - i % 60 / 60) for i in range(100)]
    rows = [f"{i},{loss[i]},{abs(i - 70) + 1},{rate[i]}\n" for i in range(100)]

    events = log_of(tmp_path, "step,loss,val_loss,lr\n" + "".join(rows)).events()

    assert [(event.kind, event.step) for event in events] == [
        ("spike", 50),
        ("schedule_change", 60),
        ("best", 70),
        ("first_nonfinite", 99),
    ]


def test_an_accuracy_tells_the_task(tmp_path: Path) -> None:
    """And the peak of the logged learning rate is a fact; a column called lr names no optimizer."""
    log = log_of(tmp_path, "epoch,loss,val_acc,lr\n0,1,0.1,0.01\n1,0.5,0.2,0.1\n2,0.5,0.2,0.05\n")

    assert log.facts() == (Fact("learning_rate", 0.1, "log"), Fact("task", "classification", "log"))


@pytest.mark.parametrize(
    "head",
    [
        b"step,train_loss\n0,2.3\n1,2.2\n",
        b"\xef\xbb\xbfloss\n0.5\n",
        b"epoch;val_loss\n0;1,5\n1;1,4\n",
        RAGGED.encode(),
        "步数,损失\n0,1\n".encode("utf-16"),
        b"# written by a script\nepoch,acc\n",
        b"step,lr\n0,0.1\n",
    ],
)
def test_a_log_is_recognised_by_its_header(head: bytes) -> None:
    """The name of the file does not matter."""
    assert recognises(Path("anything.bin"), head)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b'{"loss": 0.5, "step": 1}\n',
        b"loss: 0.5\nlr: 0.001\n",
        b"lr: 0.001\n",
        b"Epoch 1, train loss 0.52, val loss 0.6\n",
        b"import torch\nloss = 1\n",
        b"loss\nis what we minimise\nand more\n",
        b"id,name,price\n1,a,2\n",
        b"PK\x03\x04loss,step\x00\n",
        b"torch==2.1\nnumpy\n",
        b"step,seconds\n1,2\n",
    ],
)
def test_what_is_no_log_is_not_recognised(head: bytes) -> None:
    """JSON, YAML, prose, source, tables of other things, archives."""
    assert not recognises(Path("metrics.csv"), head)
