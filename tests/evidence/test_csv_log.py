"""Delimited files as programs write them: dialects, encodings, spellings of numbers, broken and endless ones."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from csv_logs import RAGGED, curve, log_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wizard.errors import UnreadableError
from wizard.evidence.artifacts.log import read, recognises
from wizard.evidence.series import MOST_BUCKETS
from wizard.vocabulary import Fact

LOSSES = [2.3, 1.1, 0.7]


@pytest.mark.parametrize(
    "text",
    [
        "step,train_loss\n0,2.3\n1,1.1\n2,0.7\n",
        "step\ttrain_loss\n0\t2.3\n1\t1.1\n2\t0.7",
        "step;train_loss\n0;2,3\n1;1,1\n2;0,7\n",
        "      step,      train_loss\n         0,     2.3\n         1,     1.1\n         2,     0.7\n",
        "\ufeffstep,train_loss\r\n0,2.3\r\n1,1.1\r\n2,0.7\r\n",
        ",step,train_loss\n0,0,2.3\n1,1,1.1\n2,2,0.7\n",
        '"step","train_loss"\n"1",0,2.3\n"2",1,1.1\n"3",2,0.7\n',
        "# step,train_loss\n0,2.3\n1,1.1\n2,0.7\n",
        "# a comment\n\ntrain_loss\n2.3\n1.1\n\n0.7\n",
        "step,train_loss\n0,\"tensor(2.3, device='cuda:0')\"\n1,tensor(1.1000)\n2,+7e-1\n",
    ],
)
def test_every_dialect_gives_the_same_curve(tmp_path: Path, text: str) -> None:
    """Separators, padding, marks, index columns with and without a name, quotes, comments, printed tensors."""
    log = log_of(tmp_path, text)

    assert curve(log, "train_loss") == list(enumerate(LOSSES))


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE), ("gb18030", b"")]
)
def test_files_of_windows_are_read(tmp_path: Path, encoding: str, mark: bytes) -> None:
    """PowerShell writes UTF-16, a Chinese Excel GB 18030."""
    log = log_of(tmp_path, mark + "步数,训练损失\n0,2.3\n1,1.1\n2,0.7\n".encode(encoding))

    assert curve(log, "train_loss") == list(enumerate(LOSSES))


def test_ragged_rows_of_lightning_become_curves(tmp_path: Path) -> None:
    """Each row fills some cells; every curve has its own steps and lines."""
    log = log_of(tmp_path, RAGGED)

    assert curve(log, "train_loss") == [(4, 2.1), (9, 1.9), (14, 1.7), (19, 1.5)]
    assert curve(log, "val_loss") == [(9, 2.2), (19, 1.8)]
    assert curve(log, "learning_rate") == [(0, 0.001), (10, 0.0005)]
    assert log.locate("val_loss", 19).line == 10
    assert log.facts() == (Fact("learning_rate", 0.001, "log"), Fact("optimizer", "AdamW", "log"))


def test_every_spelling_of_no_number_is_no_number(tmp_path: Path) -> None:
    """NaN and infinity count as logged, empty cells and words as not logged."""
    cells = ["nan", "NaN", "-nan", "1.#QNAN", "-1.#IND00", "inf", "-Infinity", "1.#INF", "", "None", "n/a", "--", "0.5"]

    log = log_of(tmp_path, "step,loss\n" + "".join(f"{i},{cell}\n" for i, cell in enumerate(cells)))

    series = log.series("train_loss")
    assert series is not None
    assert (series.rows, int(series.nonfinite.sum())) == (9, 8)
    assert log.values("train_loss").tolist() == [0.5]


def test_an_accuracy_in_percent_is_read(tmp_path: Path) -> None:
    """With the sign behind it."""
    assert log_of(tmp_path, "epoch,acc\n0,12.5%\n1,50 %\n").values("train_accuracy").tolist() == [12.5, 50]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("epoch,loss\n1,2.3\n2,1.1\n3,0.7\n", [1, 2, 3]),
        ("loss\n2.3\n1.1\n0.7\n", [0, 1, 2]),
        ("epoch,batch,loss\n0,0,2.3\n0,1,1.1\n1,0,0.7\n", [0, 1, 2]),
        ("epoch,step,loss\n0,50,2.3\n0,100,1.1\n1,50,0.7\n", [50, 100, 151]),
    ],
)
def test_rows_lie_at_their_step_or_the_next_best(tmp_path: Path, text: str, steps: list[float]) -> None:
    """Epoch, number of the row, or a counter that restarts in every epoch and is then added up."""
    assert [step for step, _ in curve(log_of(tmp_path, text), "train_loss")] == steps


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"step,train_loss\n", b"a,b\n1,2\n", b"\x00\xff" * 90, b"loss,step\nhigh,low\n", b"{}"]
)
def test_a_file_without_a_curve_is_unreadable(tmp_path: Path, content: bytes) -> None:
    """Empty, a header alone, other columns, binary, words, JSON: told in three beats."""
    with pytest.raises(UnreadableError) as caught:
        log_of(tmp_path, content)

    assert caught.value.what
    assert caught.value.where.endswith("metrics.csv")
    assert caught.value.next


def test_a_folder_and_a_missing_file_are_unreadable(tmp_path: Path) -> None:
    """With --log a folder is a slip; otherwise the reason of the system is passed on."""
    with pytest.raises(UnreadableError, match="give the folder without --log"):
        read((tmp_path,))
    with pytest.raises(UnreadableError, match="No such file"):
        read((tmp_path / "none.csv",))


def test_a_row_that_is_being_written_is_left_out(tmp_path: Path) -> None:
    """The last line of a live run may stop in the middle."""
    assert curve(log_of(tmp_path, "step,loss,lr\n0,2.3,0.1\n1,1."), "train_loss") == [(0, 2.3)]


def test_an_endless_line_is_cut(tmp_path: Path) -> None:
    """What follows it keeps its line number."""
    log = log_of(tmp_path, "step,loss,note\n0,2.3," + "9" * 300_000 + "\n1,1.1,\n")

    assert curve(log, "train_loss") == [(0, 2.3), (1, 1.1)]
    assert log.locate("train_loss", 1).line == 3


def test_a_long_log_stays_small_and_finds_its_nan(tmp_path: Path) -> None:
    """200,000 rows in at most 20,000 buckets, with the very line of the first NaN."""
    rows = (f"{i},{'nan' if i == 123_456 else 1 + i % 3}\n" for i in range(200_000))

    log = log_of(tmp_path, "step,loss\n" + "".join(rows))

    series = log.series("train_loss")
    assert series is not None
    assert len(series) <= MOST_BUCKETS
    assert series.rows == 200_000
    assert log.locate("train_loss", 123_456).line == 123_458
    onset = series.first_nonfinite()
    assert onset is not None
    assert series.step[onset] == 123_456


@given(content=st.binary(max_size=400) | st.builds(lambda rows: b"step,loss\n" + rows, st.binary(max_size=400)))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_of_any_kind_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    """No other error than UnreadableError, whatever the file holds."""
    recognises(tmp_path, content)
    try:
        log = log_of(tmp_path, content)
    except UnreadableError:
        return

    assert log.curves
    assert log.events() is not None


CELL = st.sampled_from(["", "0", "1", "2.5", "-3", "1e999", "nan", "inf", "loss", '"', "1.#QNAN", "9" * 400, "²", "\0"])


@given(
    header=st.lists(st.sampled_from(["step", "epoch", "loss", "val_loss", "lr", "acc", "time", "", "x"]), min_size=1),
    rows=st.lists(st.lists(CELL, max_size=12), max_size=30),
    separator=st.sampled_from(",;\t"),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_tables_of_any_kind_are_read_or_refused(
    tmp_path: Path, header: list[str], rows: list[list[str]], separator: str
) -> None:
    """Columns twice, rows too long and too short, quotes that never close, numbers without end."""
    text = "\n".join(separator.join(cells) for cells in [header, *rows])
    try:
        log = log_of(tmp_path, text)
    except UnreadableError:
        return

    assert all(len(series) for series in log.curves.values())
    assert log.rerun_minutes() is None or log.rerun_minutes() > 0  # type: ignore[operator]
    assert log.events() is not None
