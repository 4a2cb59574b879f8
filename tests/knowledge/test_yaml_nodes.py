"""YAML is read with the place of every key, and what it would misread is refused there."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.errors import KnowledgeError
from wizard.knowledge.yaml_nodes import MAX_BYTES, MAX_DEPTH, parse

NOT_DECIMAL = "is not a plain decimal number. Write digits and a point, or put it in quotes."
REFUSED = {
    "a duplicate key": ("a: 1\nb:\n  c: 1\n  c: 2\n", "4:3 'c' is here twice, first in line 3. Delete one."),
    "a duplicate in quotes": ('a: 1\n"a": 2\n', "2:1 'a' is here twice, first in line 1. Delete one."),
    "1e-3": ("a: 1\nrate: 1e-3\n", "2:7 '1e-3' is read as text. Write 0.001, or put it in quotes if text is meant."),
    "1e3": ("rate: 1e3\n", "1:7 '1e3' is read as text. Write 1000, or put it in quotes if text is meant."),
    "no": ("a: [x, no]\n", "1:8 'no' is read as true or false. Put it in quotes, or write true or false."),
    "a key on": ("on: x\n", "1:1 'on' is read as true or false. Put it in quotes, or write true or false."),
    "3:30": ("time: 3:30\n", "1:7 '3:30' is read as a number to base 60. Put it in quotes."),
    "an octal": ("n: 014\n", "1:4 '014' " + NOT_DECIMAL),
    "NaN": ("n: .nan\n", "1:4 '.nan' " + NOT_DECIMAL),
    "infinity": ("n: -.inf\n", "1:4 '-.inf' " + NOT_DECIMAL),
    "overflow": ("n: 1.0e+999\n", "1:4 '1.0e+999' " + NOT_DECIMAL),
    "a date": ("d: 2026-11-23\n", "1:4 '2026-11-23' is read as a timestamp. Put it in quotes."),
    "a merge": ("<<: {a: 1}\n", "1:1 '<<' is read as a merge. Put it in quotes."),
    "nothing": ("a:\nb: 1\n", "1:3 nothing is written here. Write a value or delete the key."),
    "a number as key": ("1: x\n", "1:1 the key '1' is not text. Put it in quotes."),
    "a tag": ("a: !!str 1\n", "1:4 the tag 'tag:yaml.org,2002:str'. Delete it."),
    "a Python tag": ("a: !!python/name:os x\n", "1:4 the tag 'tag:yaml.org,2002:python/name:os'. Delete it."),
    "two documents": ("a: 1\n---\nb: 1\n", "2:1 a second document. Give it its own file."),
    "a tab": ("a:\n\tb: 1\n", "2:1 a tab. Write spaces."),
    "a control character": ("a: é\x01\n", "1:5 a control character. Delete it."),
    "a stray bracket": ("a: b]c: d\n", "1:7 mapping values are not allowed in this context. Mend the YAML here."),
    "an empty file": ("# nothing\n", "1:1 the file is empty. Write the entry or delete the file."),
}  # fmt: skip


def lines_of(path: Path) -> list[str]:
    """What reading the file complains of."""
    with pytest.raises(KnowledgeError) as caught:
        parse(path, "x.yaml")
    return caught.value.lines


def test_values_and_places_are_read(tmp_path: Path) -> None:
    """Numbers, words and lists come out plain; keys and items have line and column from 1."""
    file = tmp_path / "x.yaml"
    file.write_text("a: .5\nb:\n  - 中文\n  - c: -3\nd: true\n", encoding="utf-8")

    value, index = parse(file)

    assert value == {"a": 0.5, "b": ["中文", {"c": -3}], "d": True}
    assert index == {
        (): (1, 1), ("a",): (1, 1), ("b",): (2, 1), ("b", 0): (3, 5), ("b", 1): (4, 5), ("b", 1, "c"): (4, 5),
        ("d",): (5, 1),
    }  # fmt: skip


@pytest.mark.parametrize("text", ["1e-3", "no", "3:30", "014", ".nan", "2026-11-23", "", "*a", "!!str x"])
def test_what_is_refused_bare_is_text_in_quotes(tmp_path: Path, text: str) -> None:
    """Quotes are the way to say such a thing, and leave it as it is."""
    file = tmp_path / "x.yaml"
    file.write_text(f'a: "{text}"\n', encoding="utf-8")

    assert parse(file)[0] == {"a": text}


@pytest.mark.parametrize(("text", "line"), REFUSED.values(), ids=REFUSED.keys())
def test_it_is_refused_at_its_place(tmp_path: Path, text: str, line: str) -> None:
    """Each trap is named with line, column and the next step."""
    file = tmp_path / "x.yaml"
    file.write_text(text, encoding="utf-8")

    assert lines_of(file) == [f"x.yaml:{line}"]


def test_an_alias_and_its_anchor_are_refused(tmp_path: Path) -> None:
    """Both places are named, and a bomb of aliases is never unfolded."""
    file = tmp_path / "x.yaml"
    file.write_text("a: &x [1]\nb: *x\n", encoding="utf-8")

    assert lines_of(file) == [
        "x.yaml:1:4 the anchor '&x'. Delete it.",
        "x.yaml:2:4 the alias '*x'. Write the value out.",
    ]


def test_several_errors_of_a_file_come_together(tmp_path: Path) -> None:
    """One run shows all of them, in the order of the file."""
    file = tmp_path / "x.yaml"
    file.write_text("a: 1e-3\nb: no\na: 3\n", encoding="utf-8")

    assert [line.split()[0] for line in lines_of(file)] == ["x.yaml:1:4", "x.yaml:2:4", "x.yaml:3:1"]


def test_bytes_that_are_not_utf8_are_placed(tmp_path: Path) -> None:
    """A file saved in another encoding is refused at its first foreign byte."""
    file = tmp_path / "x.yaml"
    file.write_bytes(b"a: 1\nb: caf\xe9\n")

    assert lines_of(file) == ["x.yaml:2:7 these bytes are not UTF-8. Save the file as UTF-8."]


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    """Some editors write it."""
    file = tmp_path / "x.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")

    assert parse(file)[0] == {"a": 1}


def test_depth_is_bounded(tmp_path: Path) -> None:
    """The deepest that is allowed is read; 100,000 levels, where libyaml's composer would crash, are refused."""
    file = tmp_path / "x.yaml"
    file.write_text("[" * MAX_DEPTH + "]" * MAX_DEPTH, encoding="utf-8")
    parse(file)
    file.write_text("[" * 100_000, encoding="utf-8")

    assert lines_of(file) == [f"x.yaml:1:{MAX_DEPTH + 1} nested deeper than 30 levels. Flatten it."]


def test_size_is_bounded(tmp_path: Path) -> None:
    """A file over the limit is refused before it is parsed."""
    file = tmp_path / "x.yaml"
    file.write_text("#" * (MAX_BYTES + 1), encoding="utf-8")

    assert lines_of(file)[0].startswith("x.yaml:1:1 the file has 1000001 bytes")


@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(alphabet="ab:-[]{}&*!#|>'\"%?, \n\t0123.e\x85\u2028", max_size=60).map(str.encode),
    )
)
@settings(deadline=None, max_examples=300)
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """Whatever a file holds, it is read or a KnowledgeError with a place."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "x.yaml")
        file.write_bytes(raw)
        try:
            _, index = parse(file, "x.yaml")
        except KnowledgeError as error:
            lines = error.lines
        else:
            lines = [f"x.yaml:{line}:{column} " for line, column in index.values()]

    assert lines
    assert all(int(part) >= 1 for line in lines for part in line.split(" ")[0].split(":")[1:3])
