"""What widgets compute before they draw."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixture_base import write_log
from textual.geometry import Size

from wizard.errors import UnreadableError
from wizard.evidence.run import Request
from wizard.tui.screens.hand_over import path_of, together
from wizard.tui.screens.recipe import functions_in
from wizard.tui.widgets.curve_sketch import BLANK, HEIGHT, SKETCHES, WIDTH, braille
from wizard.tui.widgets.differential_panel import bar, short_percent
from wizard.tui.widgets.key_bar import KeyBar
from wizard.tui.widgets.path_input import completed
from wizard.tui.widgets.question_panel import QuestionPanel


@pytest.mark.parametrize(
    ("probability", "drawn"), [(0.0, "▏···"), (0.001, "▏···"), (0.5, "██··"), (0.53, "██▏·"), (1.0, "████")]
)
def test_a_bar_is_never_empty_and_never_too_long(probability: float, drawn: str) -> None:
    """The least probability still has its eighth of a cell."""
    assert bar(probability, 4) == drawn


@pytest.mark.parametrize(("probability", "shown"), [(0.0, "<1%"), (0.104, "10%"), (0.99, "99%"), (1.0, ">99%")])
def test_percentages_never_claim_certainty(probability: float, shown: str) -> None:
    """Neither 0 nor 100 per cent is shown, and four cells are enough."""
    assert short_percent(probability) == shown


@pytest.mark.parametrize("kind", SKETCHES)
def test_sketches_keep_their_size(kind: str) -> None:
    """Each is a block of braille and blanks, whatever its points."""
    rows = braille(SKETCHES[kind])

    assert [len(row) for row in rows] == [WIDTH] * HEIGHT
    assert all(character == " " or BLANK < ord(character) <= BLANK + 0xFF for row in rows for character in row)


def test_a_rising_line_goes_from_below_to_above() -> None:
    """Time runs to the right and loss upwards."""
    top, bottom = braille([[(0, 0), (1, 1)]])

    assert bottom[0] != " "
    assert bottom[-1] == " "
    assert top[-1] != " "
    assert top[0] == " "


def test_labels_of_keys_stay_in_one_piece() -> None:
    """The bar breaks between entries only, and grows with what it holds."""
    keys = KeyBar()
    keys.show([("d", "don't know", ""), ("w", "why", ""), ("esc", "symptoms", "")])

    assert [line.plain for line in keys._lines(22)] == ["d don't know  w why", "esc symptoms"]
    assert keys.get_content_height(Size(0, 0), Size(0, 0), 80) == 1


def test_nothing_is_picked_where_nothing_is_asked() -> None:
    """A number key without a question does nothing."""
    panel = QuestionPanel()
    panel.pick(0)

    assert panel.answers == ()


def test_a_path_is_completed_from_its_folder(tmp_path: Path) -> None:
    """The first visible name that begins alike; a folder with its slash; nothing for a name that does not begin any."""
    (tmp_path / "runs").mkdir()
    (tmp_path / ".hidden").touch()
    (tmp_path / "ru\x1b[31m").touch()

    assert completed(f"{tmp_path}/r") == f"{tmp_path}/runs/"
    assert completed(f"{tmp_path}/.h") == f"{tmp_path}/.hidden"
    assert completed(f"{tmp_path}/x") is None
    assert completed(f"{tmp_path}/none/x") is None
    assert completed("") is None


@pytest.mark.parametrize("typed", ["{}", "  {} ", "'{}'", '"{}"'])
def test_paths_may_be_quoted(tmp_path: Path, typed: str) -> None:
    """Terminals quote what is dropped on them."""
    folder = tmp_path / "my run"
    folder.mkdir()

    assert path_of(typed.format(folder)) == folder


def test_what_is_no_path_is_none_or_itself() -> None:
    """Nothing typed is nothing; an open quote belongs to the name."""
    assert path_of("  ") is None
    assert path_of("it's") == Path("it's")


def test_a_directory_stands_alone(tmp_path: Path) -> None:
    """Another run replaces what was handed over before."""
    earlier = Request(run=Path("a"), files={"log": (Path("b.csv"),)}, budget=7.0)

    assert together(earlier, tmp_path) == Request(run=tmp_path, budget=7.0)


def test_a_log_joins_the_rest_and_replaces_a_log(tmp_path: Path) -> None:
    """One log at a time, beside the checkpoints that are there."""
    log = write_log(tmp_path / "metrics.csv")
    earlier = Request(files={"log": (Path("b.csv"),), "checkpoint": (Path("c.pt"),)})

    assert together(earlier, log).files == {"log": (log,), "checkpoint": (Path("c.pt"),)}


def test_what_is_nothing_to_look_at_is_refused(tmp_path: Path) -> None:
    """A file of another kind is told about before anything starts."""
    (tmp_path / "notes.txt").write_text("hello")

    with pytest.raises(UnreadableError):
        together(Request(), tmp_path / "notes.txt")


@pytest.mark.parametrize("source", ["def f(:", "\0", "(" * 10_000, ""])
def test_broken_sources_define_nothing(source: str) -> None:
    """Whatever a file holds, reading its functions does not fail."""
    assert functions_in(source) == ()


def test_functions_of_the_top_level_are_found() -> None:
    """Only what a recipe could call: not methods, not names bound otherwise."""
    source = "def make_model():\n  def inner(): ...\nclass A:\n  def method(self): ...\nmake_loss = print\n"

    assert functions_in(source) == ("make_model",)
