"""Pasted text and stated facts: what is in them is found, and nothing that is no part of them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printed_logs import FORMATS, Format, run_of, stuck
from probed import adam, inspected, loader_of, net, numbers, probe, results
from torch import nn

from wizard.evidence.artifacts.told import LINES, block_in
from wizard.vocabulary import PASTED, Fact, Inspected

INPUTS = numbers(256)


@pytest.fixture(scope="module")
def block() -> str:
    """What the probe prints for a sound classifier."""
    model = net()
    return probe(model, loader_of(INPUTS, INPUTS[:, :4].argmax(1)), nn.CrossEntropyLoss(), adam(model))


def outcomes(seen: Inspected) -> dict[str, str]:
    return {finding.check: finding.outcome for finding in seen.findings}


def test_a_sentence_holds_nothing_to_inspect() -> None:
    """No artifact, no finding, and nothing that reads as if something had been pasted."""
    seen = inspected("my loss is 0.69 and does not move")

    assert (seen.artifacts, seen.findings, seen.facts, seen.unreadable) == ((), (), (), ())


@pytest.mark.parametrize("print_it", FORMATS)
def test_pasted_lines_are_judged_as_a_log(print_it: Format) -> None:
    """Of origin `told`, with the line of the text as their place."""
    seen = inspected(print_it(run_of()))

    trend = next(finding for finding in seen.findings if finding.check == "training_loss_trend")
    assert (trend.outcome, trend.origin) == ("falls", "told")
    assert trend.where is not None
    assert trend.where.file == PASTED.format("log")
    assert [(file.kind, file.path) for file in seen.artifacts] == [("told", PASTED.format("log"))]


def test_told_facts_help_to_judge_pasted_lines() -> None:
    """ln 7 is chance only if there are seven classes."""
    text = stuck(math.log(7))

    assert "loss_at_known_floor" not in outcomes(inspected(text))
    assert outcomes(inspected(text, Fact("num_classes", 7)))["loss_at_known_floor"] == "chance"


def test_a_block_between_other_things_is_found(block: str) -> None:
    """The prompt before it, a warning in its midst, and the log that was pasted after it."""
    lines = block.splitlines()
    torn_by_warning = [
        *lines[:9],
        "/site-packages/loss.py:630: UserWarning: sizes differ",
        "  return F.loss(x)",
        *lines[9:],
    ]
    text = "In [3]: run()\n" + "\n".join(torn_by_warning) + "\n" + stuck(2.3026)

    found = results(text)

    assert (found["task"], found["overfit_one_batch"]) == ("classification", "memorised")
    assert found["training_loss_trend"] == "flat"


def test_a_row_of_labels_that_the_terminal_broke_is_joined(block: str) -> None:
    """At any place."""
    broken = "\n".join(
        line[:90] + "\n" + line[90:] if line.startswith("labels") else line for line in block.split("\n")
    )

    assert broken != block
    assert block_in(broken)[0]["labels"] == block_in(block)[0]["labels"]


def test_a_quoted_block_is_read(block: str) -> None:
    """As a comment, as mail or Markdown quotes it."""
    for sign in ("# ", "> ", "    "):
        assert results("\n".join(sign + line for line in block.splitlines()))["data_finite"] == "finite"


def test_a_line_that_failed_leaves_its_checks_unanswered(block: str) -> None:
    """And why the model could not be run is told."""
    text = "\n".join(
        "steps ? RuntimeError mat1 and mat2 shapes" if line[:5] == "steps" else line for line in block.split("\n")
    )

    seen = inspected(text)

    assert results(text)["initial_loss"] == results(text)["optimizer_moves_parameters"] == "absent"
    assert seen.unreadable[0].values == {"reason": "RuntimeError mat1 and mat2 shapes"}


def test_an_empty_block_and_one_of_another_version_are_told(block: str) -> None:
    """With what to do."""
    empty = inspected("loss-wizard probe 1\n").unreadable
    newer = inspected(block.replace("probe 1", "probe 2")).unreadable

    assert [notice.message for notice in empty] == ["The block of the probe is empty."]
    assert newer[0].values == {"version": 2}
    assert all(notice.next for notice in (*empty, *newer))


def test_facts_alone_tell_what_can_no_longer_be_told() -> None:
    """A fact that was taken back takes its finding with it: there is an answer why there is none."""
    assert results("", Fact("batch_size", 4))["batch_size_setting"] == "tiny"
    assert results("")["batch_size_setting"] == "absent"


def test_the_same_text_gives_the_same_result(block: str) -> None:
    """To the last byte of the record."""
    assert inspected(block) == inspected(block)


WORDS = st.sampled_from(
    ["?", "nan", "inf", "-1", "0", "(32,)", "(,)", "(9" * 30, "('111111',4)", "('x',", "1:0:3", "1,2,3", "²"]
)
ANY_LINE = st.builds(lambda name, rest: " ".join([name, *rest]), st.sampled_from(LINES), st.lists(WORDS, max_size=9))


@given(lines=st.lists(ANY_LINE | st.text(max_size=40), max_size=25))
@settings(max_examples=200, deadline=None)
def test_a_block_of_any_kind_never_raises(lines: list[str]) -> None:
    """Neither the reading nor an inspector."""
    inspected("\n".join(["loss-wizard probe 1", *lines]))


@given(block_lines=st.permutations(range(15)), cut=st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_a_real_block_in_pieces_never_raises(block: str, block_lines: list[int], cut: int) -> None:
    """Lines in any order, each cut anywhere."""
    lines = block.splitlines()[1:]

    inspected("\n".join(["loss-wizard probe 1", *(lines[at % len(lines)][: cut + at] for at in block_lines)]))
