"""`explain`: pages by id."""

from __future__ import annotations

import pytest
from fixture_base import Runner


@pytest.mark.parametrize("id", ["lr_too_high", "lower_rate_helps", "loss_is_nan", "lower_lr"])
def test_every_kind_of_entry_has_a_page(id: str, run: Runner) -> None:
    """Cause, check, symptom, remedy."""
    result = run("explain", id)

    assert result.exit_code == 0
    assert f"({id})" in result.stdout.splitlines()[0]


def test_an_unknown_id_gets_the_nearest(run: Runner) -> None:
    """Exit code 2."""
    result = run("explain", "lr_to_high")

    assert result.exit_code == 2
    assert "Did you mean 'lr_too_high'?" in result.stderr


def test_an_id_like_no_other_gets_what_there_is(run: Runner) -> None:
    """Names to choose from."""
    result = run("explain", "zzz")

    assert result.exit_code == 2
    assert "nan_inf_in_data" in result.stderr
