"""Handing something over: what inspectors say arrives in the transcript, and nothing of it is trusted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from fixture_base import write_log
from visit import visit

from wizard.consultation.consultation import Answered, Looked, Named
from wizard.errors import UnreadableError
from wizard.evidence import run
from wizard.evidence.run import Request
from wizard.evidence.sandbox import RecipeSpec
from wizard.vocabulary import ArtifactFile, Check, Finding, Inspected, Notice, Place, Unanswered

Tell = Callable[[Finding | Unanswered], None]
HOSTILE = "[red]loss[@click=quit]\x1b[31m\u202e\n"
LATER = Finding("later", {"step": 340}, Place(f"runs/{HOSTILE}.csv", 12, 340), "loss_becomes_nonfinite", "log")
SEEN = Inspected(artifacts=(ArtifactFile("log", f"runs/{HOSTILE}.csv", 10, "0" * 64),), findings=(LATER,))


def always(outcome: Inspected | Exception) -> Callable[[Request, Mapping[str, Check], Tell], Inspected]:
    """Looking that tells what OUTCOME holds and gives it, or raises it."""

    def examine(request: Request, checks: Mapping[str, Check], tell: Tell) -> Inspected:  # noqa: ARG001
        if isinstance(outcome, Exception):
            raise outcome
        for finding in outcome.findings:
            tell(finding)
        return outcome

    return examine


async def test_a_run_named_at_the_start_is_looked_at(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings arrive while the person reads the first screen; none needs to be ticked then."""
    monkeypatch.setattr(run, "examine", always(SEEN))

    async with visit(base, Request(run=Path("runs"))) as person:
        await person.press("s")

        assert person.journal == (Looked(SEEN),)
        assert "The loss is NaN from step 340." in person.words
        assert "12, step 340" in person.words


async def test_hostile_names_are_text(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Markup, escapes and bidi marks in names from files are shown, not obeyed."""
    monkeypatch.setattr(run, "examine", always(SEEN))

    async with visit(base, Request(run=Path(f"runs/{HOSTILE}"))) as person:
        await person.press("s")

        assert "[red]loss[@click=quit]\\x1b[31m\\u202e" in person.words
        assert "\x1b" not in person.screen
        assert "\u202e" not in person.screen


async def test_a_real_log_is_looked_at(base: Path, tmp_path: Path) -> None:
    """The inspectors themselves find where a log on disk becomes NaN."""
    write_log(tmp_path / "metrics.csv", nan_from=200)

    async with visit(base, Request(run=tmp_path)) as person:
        found = person.session.findings["loss_becomes_nonfinite"]

        assert found.outcome == "later"
        assert found.where is not None
        assert found.where.step == 2000


async def test_a_path_is_handed_over_in_the_middle(base: Path, tmp_path: Path) -> None:
    """`g` takes a path; the question that the log answers is asked no more."""
    log = write_log(tmp_path / "metrics.csv")

    async with visit(base) as person:
        await person.press("1", "s", "g")
        await person.type(str(log))
        await person.press("enter")
        await person.settle()

        assert isinstance(person.journal[-1], Looked)
        assert person.session.findings["loss_becomes_nonfinite"].origin == "log"


async def test_a_path_that_is_nothing_is_refused_on_the_spot(base: Path, tmp_path: Path) -> None:
    """A path that does not exist is told about below the input, which stays open."""
    async with visit(base) as person:
        await person.press("g")
        await person.type(str(tmp_path / "none.csv"))
        await person.press("enter")

        assert "✗" in person.screen
        assert "Name an existing run directory." in person.words


async def test_a_look_that_fails_is_told_and_the_talk_goes_on(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error stands in the transcript; the question can be answered."""
    error = UnreadableError("is torn after {n} bytes.", "run/metrics.csv", "Copy it again.", n=7)
    monkeypatch.setattr(run, "examine", always(error))

    async with visit(base, Request(run=Path("run"))) as person:
        await person.press("1", "s")
        assert "✗ run/metrics.csv: is torn after 7 bytes. Copy it again." in person.screen
        await person.press("2")

        assert Answered("lower_rate_helps", "falls_now") in person.journal


async def test_a_look_that_crashes_is_told_too(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a bug in looking leaves the questions usable."""
    monkeypatch.setattr(run, "examine", always(ZeroDivisionError(HOSTILE)))

    async with visit(base, Request(run=Path("run"))) as person:
        await person.press("1", "s")

        assert "✗ Looking failed (ZeroDivisionError" in person.words
        assert person.journal == (Named("loss_is_nan"),)


async def test_questions_are_answered_while_files_are_looked_at(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long look blocks nothing; what it gives comes after the answer that was given meanwhile."""
    told, end = threading.Event(), threading.Event()

    def slow(request: Request, checks: Mapping[str, Check], tell: Tell) -> Inspected:  # noqa: ARG001
        tell(LATER)
        told.set()
        end.wait(10)
        return SEEN

    monkeypatch.setattr(run, "examine", slow)

    async with visit(base) as person:
        await person.press("1", "s")
        person.app.look(Request(run=Path("run")))
        told.wait(10)
        await person.pilot.pause()
        assert "Looking at run: 1 checks answered so far" in person.screen
        assert "The loss is NaN from step 340." in person.words
        await person.press("2")
        end.set()
        await person.settle()

        assert person.journal[1:] == (Answered("lower_rate_helps", "falls_now"), Looked(SEEN))


async def test_what_cannot_be_read_or_checked_is_told(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unreadable files, notes and crashed inspectors each have their line."""
    crashed = Unanswered("crashed", "ValueError: odd", "loss_becomes_nonfinite")
    notes = (Notice("{folder} could not be listed: {reason}.", {"folder": "x", "reason": "no"}),)
    seen = Inspected(SEEN.artifacts, (), (), (crashed,), unreadable=(Notice("torn"),), notes=notes)
    monkeypatch.setattr(run, "examine", always(seen))

    async with visit(base, Request(run=Path("run"))) as person:
        await person.press("1", "s")

        for words in ("✗ torn", "x could not be listed: no.", "✗ The loss becomes NaN", "ValueError: odd"):
            assert words in person.screen


async def test_a_finding_is_overruled(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`o` goes to a finding, `o` again asks what is true instead, and that counts."""
    monkeypatch.setattr(run, "examine", always(SEEN))

    async with visit(base, Request(run=Path("run"))) as person:
        await person.press("1", "s", "o", "o", "1")

        assert person.journal[-1] == Answered("loss_becomes_nonfinite", "never", overrule=True)
        assert person.session.findings["loss_becomes_nonfinite"].outcome == "never"
        assert "overruled by you" in person.screen


async def test_an_answer_of_ones_own_is_given_anew(base: Path) -> None:
    """Enter on an answer in the transcript asks again; it overrules nothing."""
    async with visit(base) as person:
        await person.press("1", "s", "2", "o", "enter", "1")

        assert person.journal[-1] == Answered("lower_rate_helps", "no_difference")


@pytest.mark.parametrize(("key", "asked"), [("y", True), ("n", False), ("escape", False)])
async def test_a_recipe_runs_only_after_a_yes(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, asked: bool
) -> None:
    """The file and its functions are shown; anything but yes leaves it alone."""
    recipe = tmp_path / "recipe.py"
    recipe.write_text("def make_model():\n\treturn '\x1b[2J[bold]'\n")
    requests: list[Request] = []

    def examine(request: Request, checks: Mapping[str, Check], tell: Tell) -> Inspected:  # noqa: ARG001
        requests.append(request)
        return Inspected()

    monkeypatch.setattr(run, "examine", examine)

    async with visit(base, size=(120, 30)) as person:
        await person.press("g")
        await person.type(str(recipe))
        await person.press("enter")
        assert "calls make_model()" in person.words
        assert "'\\x1b[2J[bold]'" in person.screen
        await person.press(key)
        await person.settle()

        assert [request.recipe for request in requests] == [RecipeSpec(file=recipe)] * asked


async def test_a_file_without_the_functions_is_no_recipe(base: Path, tmp_path: Path) -> None:
    """A script with nothing to call cannot be agreed to."""
    script = tmp_path / "train.py"
    script.write_text("def main(:\n")

    async with visit(base) as person:
        await person.press("g")
        await person.type(str(script))
        await person.press("enter", "y")

        assert "It defines none of make_model()" in person.words
        assert person.app.looking is None
        assert person.app.waiting == []
