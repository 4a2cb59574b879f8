"""`app`: only in a terminal."""

from __future__ import annotations

from fixture_base import Runner


def test_without_a_terminal_the_other_faces_are_named(run: Runner) -> None:
    """Exit code 2, and nothing of Textual is started."""
    result = run("app")

    assert result.exit_code == 2
    assert "loss-wizard auto" in result.stderr
    assert "loss-wizard ask" in result.stderr
