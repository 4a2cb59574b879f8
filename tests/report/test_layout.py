"""Lines keep to their width in cells and lose nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from wizard.report.layout import lines_of, padded, wrapped

WRITING = st.text(alphabet="abcdef ,.()损失学习率过高，。「」", max_size=200)


def test_a_short_line_stays() -> None:
    """What fits is not touched."""
    assert wrapped("all is well", "  - ") == ["  - all is well"]


def test_words_are_not_cut() -> None:
    """English breaks at blanks, and later lines stand under the first word."""
    assert wrapped("the loss is flat", "1. ", width=12) == ["1. the loss", "   is flat"]


def test_chinese_breaks_between_characters_but_not_before_a_stop() -> None:
    """Each character counts two cells, and a full stop stays with its sentence."""
    assert wrapped("损失不下降。", width=10) == ["损失不下", "降。"]


@given(WRITING, st.integers(12, 40))
def test_every_line_fits_and_nothing_is_lost(text: str, width: int) -> None:
    """Whatever the text, no line is wider than asked and every character is there in order."""
    lines = wrapped(text, "  - ", width=width)

    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines)[3:].split()) == "".join(text.split())


def test_padding_counts_cells() -> None:
    """Two Chinese characters fill four cells."""
    assert padded("日志", 6) == "日志  "


def test_all_lines_within_take_another_width() -> None:
    """A panel is narrower than a report; outside nothing has changed."""
    with lines_of(12):
        assert wrapped("the loss is flat", "1. ") == ["1. the loss", "   is flat"]

    assert wrapped("the loss is flat", "1. ") == ["1. the loss is flat"]
