"""`explain`: pages by id or by name, and the list of them."""

from __future__ import annotations

import pytest
from fixture_base import Runner


@pytest.mark.parametrize(
    "id", ["lr_too_high", "lower_rate_helps", "loss_is_nan", "lower_lr", "not_a_number", "healthy"]
)
def test_every_kind_of_entry_has_a_page(id: str, run: Runner) -> None:
    """Cause, check, symptom, remedy, checklist, and what is no cause."""
    result = run("explain", id)

    assert result.exit_code == 0
    assert f"({id})" in result.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        ("LR", "learning rate, lr"),
        ("学习率", "learning rate, lr"),
        ("learning rate too high", "The learning rate is too high (lr_too_high)"),
        ("The learning rate is too high", "The learning rate is too high (lr_too_high)"),
        ("学习率过高", "The learning rate is too high (lr_too_high)"),
        ("lr_to_high", "The learning rate is too high (lr_too_high)"),
    ],
)
def test_a_name_will_do(words: str, heading: str, run: Runner) -> None:
    """A term by any of its names, an entry by its title, in either language, nearly."""
    result = run("explain", words)

    assert result.exit_code == 0
    assert result.stdout.startswith(heading)


def test_several_words_need_no_quotes(run: Runner) -> None:
    """They are one name."""
    assert run("explain", "learning", "rate").stdout == run("explain", "learning rate").stdout


def test_a_word_that_is_a_family_too_gets_both_pages(run: Runner) -> None:
    """The word first."""
    page = run("explain", "data").stdout

    assert page.startswith("data (数据)")
    assert page.index("What it learns from.") < page.index("Data (data)\nA family of causes")


def test_without_a_name_everything_is_listed(run: Runner) -> None:
    """Symptoms first, by kind."""
    listed = run("explain").stdout

    places = [listed.index(id) for id in ("loss_is_nan", "not_a_number", "lr_too_high", "lower_rate_helps", "lower_lr")]
    assert places == sorted(places)


def test_a_name_like_another_gets_the_nearest(run: Runner) -> None:
    """Exit code 2."""
    result = run("explain", "lr_hih")

    assert result.exit_code == 2
    assert "Did you mean 'lr_too_high'?" in result.stderr


def test_a_name_like_no_other_gets_the_way_to_the_list(run: Runner) -> None:
    """Exit code 2."""
    result = run("explain", "zzz")

    assert result.exit_code == 2
    assert "there is no page about 'zzz'. Without a name it lists all there are." in result.stderr
