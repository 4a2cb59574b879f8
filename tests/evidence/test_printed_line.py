"""One printed line: which numbers have a name, whose they are, what counts and what merely stands beside."""

from __future__ import annotations

import math

import pytest

from wizard.evidence.artifacts.log_columns import understand
from wizard.evidence.artifacts.printed_line import parsed

Meant = tuple[str, float]


def meant(text: str) -> list[Meant]:
    """The curves of a line as (split and quantity, value)."""
    found = []
    for name, _, value in parsed(text).curves:
        column = understand(name)
        assert column is not None
        found.append((" ".join(filter(None, (column.split, column.component, column.quantity))), value))
    return found


@pytest.mark.parametrize(
    ("text", "curves"),
    [
        ("loss: 0.5", [("loss", 0.5)]),
        ("train/loss=0.5 val/loss=0.6", [("train loss", 0.5), ("val loss", 0.6)]),
        ("Validation: loss 0.5, acc 0.8", [("val loss", 0.5), ("val accuracy", 0.8)]),
        ("| valid | epoch 001 | valid on 'valid' subset | loss 5.1 | ppl 34.8", [("val loss", 5.1)]),
        ("Test set: Average loss: 0.05, Accuracy: 9832/10000 (98%)", [("test loss", 0.05), ("test accuracy", 0.9832)]),
        (
            "val loss 0.7 | lr 1e-4 | grad_norm 1.2",
            [("val loss", 0.7), ("learning_rate", 1e-4), ("gradient_norm", 1.2)],
        ),
        ("Training loss (for one batch) at step 100: 0.53", [("train loss", 0.53)]),
        ("loss=tensor(0.69, device='cuda:0', grad_fn=<NllLossBackward0>)", [("loss", 0.69)]),
        ("loss: np.float32(0.69), acc: tensor([0.5])", [("loss", 0.69), ("accuracy", 0.5)]),
        ("Epoch 5, D loss: 0.3, G loss: 1.2", [("d loss", 0.3), ("g loss", 1.2)]),
        ("Loss 6.9012e+00 (7.0123e+00)\tAcc@1   0.00 (  0.10)\tAcc@5 1.0", [("loss", 6.9012), ("accuracy", 0.0)]),
        ("loss: 0,693", [("loss", 0.693)]),
        ("INFO:root:loss: 0.5", [("loss", 0.5)]),
        ("训练集上的loss为0.69，验证集准确率：50%", [("train loss", 0.69), ("val accuracy", 50)]),
        ("loss -0.25", [("loss", -0.25)]),
        ("\x1b[32mloss\x1b[0m: 0.5", [("loss", 0.5)]),
        ("loss: 0.5 (best: 0.4)", [("loss", 0.5)]),
    ],
)
def test_a_number_belongs_to_the_name_before_it(text: str, curves: list[Meant]) -> None:
    """Whatever stands between them; a heading holds for the rest of the line."""
    assert meant(text) == [(name, pytest.approx(value)) for name, value in curves]  # type: ignore[comparison-overlap]


@pytest.mark.parametrize(
    "word", ["nan", "NaN", "-nan", "inf", "Infinity", "-nan(ind)", "1.#QNAN", "-1.#IND00", "1.#INF"]
)
def test_every_spelling_of_no_number_is_no_number(word: str) -> None:
    """Those of Windows too."""
    [(_, _, value)] = parsed(f"step 3 loss {word}").curves

    assert not math.isfinite(value)


@pytest.mark.parametrize(
    "text",
    [
        "my loss is 0.69",
        "val_loss improved from 0.70000 to 0.65000, saving model to weights.03-0.65.h5",
        "Saved checkpoint epoch=3-val_loss=0.65.ckpt",
        "Best val loss: 0.65 at epoch 3",
        "loss_scale 65536 lr_scale 0.1",
        "loss 0.5M",
        "Loss function: CrossEntropyLoss, 10 classes",
        "min loss 0.5",
        "loss",
        "",
    ],
)
def test_what_is_no_value_of_the_run_is_left_out(text: str) -> None:
    """Sentences, files, running bests, settings."""
    assert parsed(text).curves == []


@pytest.mark.parametrize(
    ("text", "counters"),
    [
        ("Epoch 3/10 loss 1", {"epoch": 3}),
        ("[100/5000] loss 1", {"batch": 100}),
        ("[3/10][100/600] loss 1", {"epoch": 3, "batch": 100}),
        ("Epoch [3/10], Step [100/600], Loss: 1", {"epoch": 3, "step": 100}),
        ("Epoch: [0][  10/5005]\tLoss 1", {"epoch": 0, "batch": 10}),
        ("Train Epoch: 1 [640/60000 (1%)]\tLoss: 1", {"epoch": 1, "batch": 640}),
        ("Epoch(train)   [1][100/1000]  lr: 0.1  loss: 1", {"epoch": 1, "batch": 100}),
        ("step 1,000 loss 1", {"step": 1000}),
        ("第 3 个epoch 第100步 loss 1", {"epoch": 3, "step": 100}),
        ("[01/02 12:00:00 d2.utils.events]: iter: 19 total_loss: 1", {"step": 19}),
        ("2026-01-02 12:00:00,123 - INFO - loss 1", {}),
    ],
)
def test_counters_are_known(text: str, counters: dict[str, float]) -> None:
    """By name, or as a share without one; a date is none."""
    line = parsed(text)

    assert line.counters == counters
    assert line.curves


@pytest.mark.parametrize(
    ("text", "running"),
    [
        (" 50%|█████     | 50/100 [00:05<00:05,  9.50it/s, loss=1]", True),
        ("100%|██████████| 100/100 [00:10<00:00,  9.50it/s, loss=1]", False),
        ("  12/1875 [..............................] - ETA: 6:00 - loss: 1", True),
        ("1875/1875 ━━━━━━━━━━━━━━━━━━━━ 3s 1ms/step - loss: 1", False),
        ("Epoch 0/9 ━━━━━━━━━━━━ 1875/1875 0:00:15 • 0:00:00 120.5it/s train_loss: 1", False),
        (" 10%|█    | 100/1000 [00:10<01:30,  9.9it/s]{'loss': 1}", False),
        ("[50/100] loss 1", False),
    ],
)
def test_a_bar_that_has_not_come_to_its_end_is_running(text: str, running: bool) -> None:
    """What is printed behind it in braces is whole, and a line without a bar too."""
    assert parsed(text).is_running is running


def test_the_clock_of_a_logger_is_a_moment() -> None:
    """In seconds; one that cannot be is none."""
    assert parsed("1970-01-01 00:01:00,5 loss 1").moment == 60
    assert parsed("2026-13-45 99:99:99 loss 1").moment is None
