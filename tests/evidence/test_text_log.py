"""Printed lines as a log: what real programs print is read, what merely speaks of a loss is not."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import yaml
from csv_logs import curve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from printed_logs import FORMATS, WITH_VALIDATION, Format, csv, keras_2, logger, mnist, plain, run_of, stuck

from wizard.errors import UnreadableError
from wizard.evidence import Fact, Finding, Unanswered
from wizard.evidence.artifacts.log import Log, read, read_text, recognises
from wizard.evidence.artifacts.text_log import EVERY_LINE
from wizard.evidence.inspection import answer, find_inspectors, slots_of
from wizard.resources import KNOWLEDGE_BASE

RUN = run_of()


def no_log(text: str) -> bool:
    """Whether TEXT is refused."""
    with pytest.raises(UnreadableError) as caught:
        read_text(text, "-")
    return bool(caught.value.what and caught.value.next)


@pytest.mark.parametrize("print_it", FORMATS)
def test_every_format_gives_the_training_loss(print_it: Format) -> None:
    """As many values as were printed, in order, to the digits that were printed."""
    loss = read_text(print_it(RUN), "-").values("train_loss")

    repeats = len(loss) // len(RUN.train_loss)
    assert len(loss) == repeats * len(RUN.train_loss)
    assert loss.tolist() == pytest.approx(np.repeat(RUN.train_loss, repeats), abs=6e-4)


@pytest.mark.parametrize("print_it", WITH_VALIDATION)
def test_every_format_gives_the_validation_loss(print_it: Format) -> None:
    """Each value once, after the training losses of its epoch and not after those of the next."""
    log = read_text(print_it(RUN), "-")

    steps = [step for step, _ in curve(log, "val_loss")]
    assert log.values("val_loss").tolist() == pytest.approx(RUN.val_loss, abs=6e-4)
    assert steps == sorted(set(steps))
    assert steps[-1] - max(step for step, _ in curve(log, "train_loss")) in (0, 1)


@pytest.mark.parametrize("print_it", FORMATS)
def test_a_healthy_log_is_left_alone_in_every_format(print_it: Format) -> None:
    """The normal outcome, the first in the check's YAML, or no answer."""
    for check, outcomes, result in looks(print_it(RUN)):
        assert not isinstance(result, Finding) or result.outcome == outcomes[0], check


def test_a_stuck_loss_is_found_in_printed_lines() -> None:
    """The inspectors of logs judge what was printed as they judge a table."""
    found = {check: result.outcome for check, _, result in looks(stuck(math.log(10))) if isinstance(result, Finding)}

    assert found["training_loss_trend"] == "flat"
    assert found["loss_at_known_floor"] == "chance"


def test_the_line_of_the_first_nan_is_known() -> None:
    """A place is a line of the text that was pasted."""
    text = "starting\n" + "".join(f"step {i} loss {'nan' if i > 30 else 1 / (i + 1)}\n" for i in range(40))

    results = {check: result for check, _, result in looks(text)}

    found = results["loss_becomes_nonfinite"]
    assert isinstance(found, Finding)
    assert (found.outcome, found.where and found.where.line) == ("later", 33)


def looks(text: str) -> list[tuple[str, list[str], Finding | Unanswered]]:
    """Every inspector's check, its outcomes and its result for TEXT."""
    log, results = read_text(text, "-"), []
    for inspector in find_inspectors("log"):
        entry = yaml.safe_load((KNOWLEDGE_BASE / f"checks/log/{inspector.check}.yaml").read_text("utf-8"))
        slots = {name: slots_of(*outcome["says"].values()) for name, outcome in entry["outcomes"].items()}
        facts = {"num_classes": Fact("num_classes", 10)}
        result = answer(inspector, log, facts, {inspector.check: slots})
        assert not (isinstance(result, Unanswered) and result.reason == "crashed"), result.detail
        results.append((inspector.check, list(entry["outcomes"]), result))
    return results


@pytest.mark.parametrize(
    "text",
    [
        "",
        "My loss does not go down. It is 0.69 and I do not know why.\nI use lr 0.001.\nThe accuracy is 50%.\n",
        "the loss is 0.69 after 3 epochs\nthe loss is 0.70 after 5 epochs\nthe loss is 0.69 after 9 epochs\n",
        "With lr 0.1 I get loss 0.69.\nWith lr 0.01 I get loss 0.70.\nWith lr 0.001 I get loss 0.71.\n",
        "train loss: 0.69\nval loss: 0.71\n",
        "epochs: 10\nbatch_size: 32\nlr: 0.001\nloss: cross_entropy\nweight_decay: 0.01\n",
        "loss = criterion(out, y)\nloss.backward()\nfor epoch in range(10):\n    print(epoch, loss.item())\n",
        "Epoch 1/3\nEpoch 2/3\nEpoch 3/3\n",
        "".join(
            f"Epoch {i}: val_loss improved from {2 / i} to {1 / i}, saving model to w.{i}.h5\n" for i in range(1, 9)
        ),
        "".join(f"[{i}/50] downloading shard, 12.5 MB/s\n" for i in range(50)),
        "".join(f"Best val loss: {1 / i} at epoch {i}\n" for i in range(1, 9)),
    ],
)
def test_what_merely_speaks_of_a_loss_is_no_log(text: str) -> None:
    """Prose, two lines, settings, source code, headings, checkpoints that were saved, downloads, running bests."""
    assert no_log(text)


def test_a_story_around_the_lines_does_not_hurt() -> None:
    """People paste what they have."""
    story = f"Hi, my model with lr 0.1 and loss 5 does not train:\n\n$ python train.py\n{plain(RUN)}\nWhat now?"

    assert read_text(story, "-").values("train_loss").tolist() == pytest.approx(RUN.train_loss, abs=6e-4)


def test_a_table_with_lines_around_it_is_read() -> None:
    """The command that showed the file, then the file."""
    assert curve(read_text("$ cat metrics.csv\n" + csv(RUN), "-"), "val_loss")[0] == (1, RUN.val_loss[0])


def test_a_bar_that_still_runs_gives_its_training_loss_only() -> None:
    """Of a single long epoch the bar is all there is; its validation loss is an old one."""
    running = "".join(
        f"\rEpoch 0: {at:3d}%|{'█' * (at // 10):<10}| {at}/100 [00:05<00:05,  9.50it/s, "
        f"train_loss={2 / at:.3f}, val_loss=9.9]"
        for at in range(1, 20)
    )

    log = read_text(running, "-")

    assert [step for step, _ in curve(log, "train_loss")] == list(range(1, 20))
    assert log.series("val_loss") is None


def test_updates_of_a_bar_do_not_count_where_whole_epochs_do() -> None:
    """Keras shows a running mean that starts anew in every epoch."""
    assert len(read_text(keras_2(RUN), "-").values("train_loss")) == len(RUN.train_loss)


def test_steps_go_on_where_batches_start_again() -> None:
    """The third batch of the second epoch comes after all of the first."""
    steps = [step for step, _ in curve(read_text(mnist(RUN), "-"), "train_loss")]

    assert steps[:5] == [0, 20000, 40000, 40001, 60001]


def test_the_clock_of_a_logger_tells_how_long_the_run_took() -> None:
    """Twenty lines, a minute apart."""
    assert read_text(logger(RUN), "-").rerun_minutes() == pytest.approx(19)


def test_a_file_of_printed_lines_is_read(tmp_path: Path) -> None:
    """train.log, or what nohup keeps; the line that is being written is left out."""
    path = tmp_path / "nohup.out"
    path.write_text(plain(RUN) + "Epoch 21/20 | train loss: 0", encoding="utf-8")

    log = read((path,))

    assert len(log.values("train_loss")) == len(RUN.train_loss)
    assert log.locate("train_loss", 3).file == str(path)


def test_a_table_is_preferred_to_printed_lines(tmp_path: Path) -> None:
    """Both tell one run by different steps; what is left aside is told."""
    (tmp_path / "train.log").write_text(plain(RUN))
    (tmp_path / "metrics.csv").write_text(csv(RUN))

    log = read((tmp_path / "train.log", tmp_path / "metrics.csv"))

    assert log.files == (tmp_path / "metrics.csv",)
    assert [error.where for error in log.unreadable] == [str(tmp_path / "train.log")]


@pytest.mark.parametrize("print_it", [plain, mnist, keras_2, logger])
def test_plain_lines_are_recognised(print_it: Format) -> None:
    """By the first 4096 bytes, whatever the file is called."""
    assert recognises(Path("anything"), print_it(RUN).encode()[:4096])


@pytest.mark.parametrize(
    "text",
    [
        "# My project\n\nIt trains:\n\n" + plain(run_of(5)) + "Then run `eval.py`.\n" * 8,
        "torch==2.1\nnumpy==1.26\nlr-finder==0.2\n",
        "loss 0.69\nloss 0.70\nloss 0.69\nloss 0.68\nloss 0.69\nloss 0.7\n",
        "import torch\n" + "print('epoch', 1, 'loss', 0.5)\n" * 5 + "x = 1\n" * 9,
        plain(run_of(3)),
    ],
)
def test_other_texts_are_not_taken_for_a_log(text: str) -> None:
    """A README with a few lines of a log, requirements, lines without a counter, source, too few lines."""
    assert not recognises(Path("notes.txt"), text.encode())


def test_a_log_of_millions_of_lines_keeps_every_nan(tmp_path: Path) -> None:
    """Beyond a hundred thousand lines most are passed over, none that holds NaN."""
    path, count = tmp_path / "train.log", EVERY_LINE + 40_000
    with path.open("w") as file:
        file.writelines(f"step {i} loss {'nan' if i == count - 5 else 1 + i % 3}\n" for i in range(count))

    log = read((path,))

    series = log.series("train_loss")
    assert series is not None
    assert series.rows < EVERY_LINE + 10_000
    assert (onset := series.first_nonfinite()) is not None
    assert series.step[onset] == count - 5


def test_endless_and_hostile_lines_are_bounded() -> None:
    """A line of megabytes, escapes, digits without end; what follows is read."""
    hostile = "loss " + "9" * 300_000 + "\n" + "loss: " * 100_000 + "\n" + "\x1b[31m" * 50_000 + "\n" + "1/" * 90_000

    log = read_text(hostile + "\n" + plain(RUN), "-")

    assert len(log.values("train_loss")) >= len(RUN.train_loss)


PIECES = st.sampled_from(
    ["loss", "val_loss", "epoch", "step", "[3/10]", " ", ":", "=", "0.5", "nan", "1e999", "-", "|", "\t", "\r", "\n",
     "第3轮", "训练", "{'loss': ", "}", "%|█", "it/s", "\x00", "\x1b[0m", ",", "tensor(", "²", "９", "9" * 400, "0,5",
     "best", "12:00:01", "2026-13-45 99:99:99", "1.#QNAN", "lr", "acc", "\ud800"]
)  # fmt: skip


@given(text=st.text(max_size=300) | st.lists(PIECES, max_size=200).map("".join))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_text_of_any_kind_is_read_or_refused(text: str) -> None:
    """No other error than UnreadableError, and what is read has curves."""
    recognises(Path("-"), text.encode("utf-8", "replace"))
    try:
        log: Log = read_text(text, "-")
    except UnreadableError:
        return

    assert log.curves
    assert log.events() is not None
