"""Runs as real programs print them: the format strings are those of their sources, so that no program is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from curves import falling, noisy


@dataclass(frozen=True)
class Epochs:
    """What was logged at the end of each epoch."""

    train_loss: Sequence[float]
    val_loss: Sequence[float]
    val_accuracy: Sequence[float]

    def __iter__(self) -> Iterator[tuple[int, float, float, float]]:
        rows = zip(self.train_loss, self.val_loss, self.val_accuracy, strict=True)
        return ((number, *row) for number, row in enumerate(rows, 1))


def run_of(epochs: int = 20) -> Epochs:
    """A run that trains."""
    loss = noisy(falling(epochs, 2.3, 0.3), 0.01)
    return Epochs(loss.tolist(), (loss * 1.08).tolist(), (1 - 0.9 * falling(epochs, 1, 0.08)).tolist())


def plain(run: Epochs) -> str:
    return "".join(
        f"Epoch {n}/{len(run.train_loss)} | train loss: {train:.4f} | val_loss={val:.4f} acc {100 * acc:.1f}%\n"
        for n, train, val, acc in run
    )


def chinese(run: Epochs) -> str:
    return "".join(
        f"epoch {n}, 训练loss {train:.4f}, 验证loss {val:.4f}, 准确率 {acc:.4f}\n" for n, train, val, acc in run
    )


def chinese_words(run: Epochs) -> str:
    return "".join(
        f"第{n}轮：训练损失为{train:.4f}，验证损失为{val:.4f}，验证集准确率：{100 * acc:.2f}%\n"
        for n, train, val, acc in run
    )


def keras_2(run: Epochs, batches: int = 1875) -> str:
    """Progbar of keras/utils/generic_utils.py, verbose=1, to a terminal: every update begins with \\b and \\r."""
    text = ""
    for n, train, val, acc in run:
        text += f"Epoch {n}/{len(run.train_loss)}\n"
        for at in (1, batches // 3, batches // 2):
            bar = "=" * int(30 * at / batches) + ">"
            text += f"{at:>4}/{batches} [{bar:.<30}] - ETA: {at}s - loss: {train * 1.3:.4f} - accuracy: {acc:.4f}"
            text += "\b" * 80 + "\r"
        text += f"{batches}/{batches} [{'=' * 30}] - 3s 1ms/step - loss: {train:.4f} - accuracy: {acc - 0.01:.4f}"
        text += f" - val_loss: {val:.4f} - val_accuracy: {acc:.4f}\n"
    return text


def keras_2_quiet(run: Epochs) -> str:
    """verbose=2."""
    return "".join(
        f"Epoch {n}/{len(run.train_loss)}\n1875/1875 - 3s - loss: {train:.4f} - val_loss: {val:.4f}"
        f" - val_accuracy: {acc:.4f} - 3s/epoch - 2ms/step\n"
        for n, train, val, acc in run
    )


def keras_3(run: Epochs) -> str:
    """keras/src/utils/progbar.py, coloured, as a terminal gets it."""
    return "".join(
        f"Epoch {n}/{len(run.train_loss)}\n\x1b[1m1875/1875\x1b[0m \x1b[32m{'━' * 20}\x1b[0m\x1b[37m\x1b[0m "
        f"\x1b[1m3s\x1b[0m 2ms/step"
        f" - accuracy: {acc - 0.01:.4f} - loss: {train:.4f} - val_accuracy: {acc:.4f} - val_loss: {val:.4f}\n"
        for n, train, val, acc in run
    )


def lightning(run: Epochs, batches: int = 100) -> str:
    """TQDMProgressBar of lightning/pytorch: the bar keeps the validation loss of the epoch before while it runs."""
    text, before = "", 9.9
    for n, train, val, _ in run:
        for at in (1, batches // 2, batches):
            shown = val if at == batches else before
            share = 100 * at // batches
            text += f"\rEpoch {n - 1}: {share:3d}%|{'█' * (share // 10):<10}| {at}/{batches} [00:05<00:05,  9.50it/s, "
            text += f"v_num=0, train_loss={train:.3f}, val_loss={shown:.3f}]"
        before, text = val, text + "\n"
    return text


def transformers(run: Epochs) -> str:
    """PrinterCallback and ProgressCallback print the dictionary of the logs as it is."""
    text = ""
    for n, train, val, acc in run:
        for part in (0.5, 1.0):
            row = {"loss": round(train, 4), "grad_norm": 1.5, "learning_rate": 5e-05 / n, "epoch": n - 1 + part}
            text += f"{row}\n"
        row = {"eval_loss": val, "eval_accuracy": acc, "eval_runtime": 1.2, "eval_samples_per_second": 800.1}
        text += f"{row | {'eval_steps_per_second': 25.0, 'epoch': float(n)}}\n"
    return text + f"{ {'train_runtime': 100.2, 'train_samples_per_second': 99.0, 'train_loss': 0.7, 'epoch': 20.0} }\n"


def transformers_5(run: Epochs) -> str:
    """Since version 5 the numbers are strings."""
    return "".join(f"{ {'loss': f'{train:.4g}', 'grad_norm': '1.5', 'epoch': f'{n}'} }\n" for n, train, _, _ in run)


def notebook(run: Epochs) -> str:
    """The table of NotebookProgressCallback, copied from a browser."""
    rows = "".join(f"{500 * n}\t{train:.6f}\t{val:.6f}\t{acc:.6f}\n" for n, train, val, acc in run)
    return " [10000/10000 12:34, Epoch 20/20]\nStep\tTraining Loss\tValidation Loss\tAccuracy\n" + rows


def fastai(run: Epochs) -> str:
    """fastprogress writes columns as wide as their names."""
    rows = "".join(f"{n - 1:<10}{train:<12.6f}{val:<12.6f}{acc:<10.6f}00:12     \n" for n, train, val, acc in run)
    return "epoch     train_loss  valid_loss  accuracy  time    \n" + rows


def mnist(run: Epochs) -> str:
    """github.com/pytorch/examples, mnist/main.py."""
    text = ""
    for n, train, val, acc in run:
        for at in (0, 20000, 40000):
            text += f"Train Epoch: {n} [{at}/60000 ({100.0 * at / 60000:.0f}%)]\tLoss: {train:.6f}\n"
        text += f"\nTest set: Average loss: {val:.4f}, Accuracy: {int(1e4 * acc)}/10000 ({100 * acc:.0f}%)\n\n"
    return text


def imagenet(run: Epochs) -> str:
    """github.com/pytorch/examples, imagenet/main.py: values with the mean so far behind them."""
    return "".join(
        f"Epoch: [{n - 1}][{at:4d}/5005]\tTime  0.512 ( 0.602)\tData  0.001 ( 0.014)"
        f"\tLoss {train:.4e} ({train * 1.1:.4e})\tAcc@1 {100 * acc:6.2f} ({90 * acc:6.2f})"
        f"\tAcc@5 {100 * acc:6.2f} ({99 * acc:6.2f})\n"
        for n, train, _, acc in run
        for at in (0, 2500, 5000)
    )


def phases(run: Epochs) -> str:
    """The transfer learning tutorial of PyTorch."""
    return "".join(
        f"Epoch {n - 1}/24\n----------\ntrain Loss: {train:.4f} Acc: {acc:.4f}\nval Loss: {val:.4f} Acc: {acc:.4f}\n\n"
        for n, train, val, acc in run
    )


def nanogpt(run: Epochs) -> str:
    return "".join(
        f"step {250 * n}: train loss {train:.4f}, val loss {val:.4f}\nsaving checkpoint to out\n"
        f"iter {250 * n}: loss {train:.4f}, time 112.34ms, mfu 5.00%\n"
        for n, train, val, _ in run
    )


def logger(run: Epochs) -> str:
    """logging.Formatter('%(asctime)s - %(name)s - %(levelname)s - %(message)s')."""
    return "".join(
        f"2026-01-01 12:{n:02d}:00,123 - train - INFO - step {n * 100} loss {train:.4f} val_loss {val:.4f}\n"
        for n, train, val, _ in run
    )


def json_lines(run: Epochs) -> str:
    return "".join(f'{{"epoch": {n}, "train_loss": {train}, "val_loss": {val}}}\n' for n, train, val, _ in run)


def csv(run: Epochs) -> str:
    return "epoch,train_loss,val_loss\n" + "".join(f"{n},{train},{val}\n" for n, train, val, _ in run)


Format = Callable[[Epochs], str]
WITH_VALIDATION: list[Format] = [
    plain, chinese, chinese_words, keras_2, keras_2_quiet, keras_3, lightning, transformers, notebook, fastai, mnist,
    phases, nanogpt, logger, json_lines, csv,
]  # fmt: skip
FORMATS: list[Format] = [*WITH_VALIDATION, transformers_5, imagenet]


def stuck(level: float, steps: int = 60) -> str:
    """A loop whose loss never leaves LEVEL."""
    loss = level + 0.002 * np.random.default_rng(0).normal(size=steps)
    return "".join(f"[{100 * n}/{100 * steps}] loss {value:.4f} lr 1e-3\n" for n, value in enumerate(loss, 1))
