"""Whole consultations under a pilot: by keys and by mouse, with second thoughts, in both languages."""

from __future__ import annotations

from pathlib import Path

from visit import visit

from wizard.consultation.consultation import Answered, DontKnow, Entry, Named, TookBack, Tried
from wizard.tui.widgets.question_panel import QuestionPanel


async def test_keys_lead_from_the_first_screen_to_the_plan(base: Path) -> None:
    """Tick a symptom, answer what is asked, and the plan comes by itself, saying why."""
    async with visit(base) as person:
        await person.press("1", "s")
        assert person.mode == "consultation"
        await person.press("2", "1", "1")

        assert person.mode == "plan"
        assert person.journal[0] == Named("loss_is_nan")
        assert Answered("lower_rate_helps", "falls_now") in person.journal
        assert "Diagnosed: The learning rate is too high" in person.screen
        assert "No further question saves more minutes than it costs." in person.screen
        assert "1 Lower the learning rate" in person.screen


async def test_the_mouse_leads_from_the_first_screen_to_the_plan(base: Path) -> None:
    """The same walk by clicks alone: box, button, answers, key bar."""
    async with visit(base) as person:
        await person.click("The loss is NaN")
        await person.click("Start")
        await person.click("It falls now")
        await person.click("w why")
        await person.click("esc close")
        await person.click("p plan")

        assert person.mode == "plan"
        assert person.journal == (Named("loss_is_nan"), Answered("lower_rate_helps", "falls_now"))


async def test_there_is_a_way_back_from_the_plan(base: Path) -> None:
    """Escape leads back to the questions, which say that none is left, and stays there."""
    async with visit(base) as person:
        await person.press("1", "s", "2", "1", "1", "escape")

        assert person.mode == "consultation"
        assert "No further question saves more minutes than it costs." in person.screen


async def test_arrows_space_and_enter_are_enough(base: Path) -> None:
    """Space ticks and takes a tick away; enter ticks the first one, then starts."""
    async with visit(base) as person:
        await person.press("right", "space", "space", "left", "enter", "enter")

        assert person.journal == (Named("loss_is_nan"),)
        assert person.mode == "consultation"


async def test_nothing_ticked_and_nothing_handed_over_is_no_start(base: Path) -> None:
    """Without a complaint and without a run there is nothing to go on."""
    async with visit(base) as person:
        await person.press("s")

        assert person.mode == "complaint"
        assert person.journal == ()


async def test_what_was_said_on_the_command_line_is_ticked_and_answered(base: Path) -> None:
    """--symptom and --answer stand in the journal before the first key, and can be unticked."""
    said: tuple[Entry, ...] = (Named("loss_is_nan"), Answered("lower_rate_helps", "falls_now", overrule=True))

    async with visit(base, said=said) as person:
        assert "1 [x]" in person.screen
        assert person.journal == said
        await person.press("1", "2", "s")

        assert person.journal == (*said, TookBack("loss_is_nan"), Named("training_loss_flat"))


async def test_enter_starts_with_what_is_ticked(base: Path) -> None:
    """A number and enter are what a hurried person presses; the tick stays."""
    async with visit(base) as person:
        await person.press("2", "enter")

        assert person.journal == (Named("training_loss_flat"),)
        assert person.mode == "consultation"


async def test_a_symptom_can_be_unticked_later(base: Path) -> None:
    """Back on the first screen, taking a tick away takes the complaint back."""
    async with visit(base) as person:
        await person.press("1", "s", "escape", "1", "2", "s")

        assert person.journal == (Named("loss_is_nan"), TookBack("loss_is_nan"), Named("training_loss_flat"))


async def test_an_answer_taken_back_is_asked_again(base: Path) -> None:
    """`b` restores what was believed before the answer, and the question returns."""
    async with visit(base) as person:
        await person.press("1", "s")
        question, before = person.session.next_step, person.session.diagnosis.differential
        await person.press("1")
        moved = person.session.diagnosis.differential
        await person.press("b")

        assert moved != before
        assert person.session.diagnosis.differential == before
        assert person.session.next_step == question
        assert person.mode == "consultation"
        assert "Taken back: A lower rate helps" in person.screen


async def test_nothing_to_take_back_changes_nothing(base: Path) -> None:
    """`b` before any answer leaves the complaint alone."""
    async with visit(base) as person:
        await person.press("1", "s", "b")

        assert person.journal == (Named("loss_is_nan"),)


async def test_a_bouncing_key_answers_once(base: Path) -> None:
    """Two presses before the next question stands there are one answer."""
    async with visit(base) as person:
        await person.press("1", "s")
        panel = person.app.screen.query_one(QuestionPanel)
        panel.pick(1)
        panel.pick(1)
        await person.pilot.pause()

        assert person.journal == (Named("loss_is_nan"), Answered("lower_rate_helps", "falls_now"))


async def test_dont_know_asks_something_else(base: Path) -> None:
    """`d` is an answer too: the next question is another one."""
    async with visit(base) as person:
        await person.press("1", "s")
        asked = person.session.next_step
        await person.press("d")

        assert asked is not None
        assert person.journal[-1] == DontKnow(asked.check)
        assert person.session.next_step is not None
        assert person.session.next_step.check != asked.check


async def test_why_tells_what_each_answer_would_do(base: Path) -> None:
    """`w` names every outcome, the causes it would make likely, and the minutes at stake."""
    async with visit(base) as person:
        await person.press("1", "s", "w")

        for words in (
            "Why this question",
            "It takes about 1 min",
            "No difference",
            "It falls now",
            "The data holds NaN",
        ):
            assert words in person.screen


async def test_how_shows_and_copies_the_code(base: Path, state: Path) -> None:
    """`h` tells how to find out; `y` there sends the code to the clipboard and keeps a copy, and says so."""
    async with visit(base) as person:
        await person.press("1", "s", "h")
        assert "Run two hundred steps with it." in person.screen
        await person.press("y")

        assert person.app.clipboard == 'for group in optimizer.param_groups:\n    group["lr"] /= 10\n'
        assert (state / "snippet.py").read_text() == person.app.clipboard


async def test_a_remedy_that_failed_changes_the_plan(base: Path) -> None:
    """`n` takes the remedy out of the plan and its cause down; `b` undoes that."""
    async with visit(base) as person:
        await person.press("1", "s", "2", "1", "1")
        before = person.session.diagnosis
        await person.press("n")
        after = person.session.diagnosis

        assert person.journal[-1] == Tried("lower_lr", False)
        assert before.plan[0].remedy == "lower_lr"
        assert "lower_lr" not in [step.remedy for step in after.plan]
        assert after.differential[0].probability < before.differential[0].probability
        assert "✗ Lower the learning rate" in person.screen
        await person.press("b")
        assert person.session.diagnosis == before


async def test_a_remedy_that_worked_ends_the_consultation(base: Path) -> None:
    """Enter on a remedy says that it worked: no plan and no question is left."""
    async with visit(base) as person:
        await person.press("1", "s", "p", "enter")

        assert isinstance(person.journal[-1], Tried)
        assert person.journal[-1].worked
        assert person.session.diagnosis.plan == ()
        assert "Solved by:" in person.screen


async def test_a_click_on_a_remedy_only_shows_it(base: Path) -> None:
    """Looking at the second remedy does not end the consultation; the key bar does what it says."""
    async with visit(base) as person:
        await person.press("1", "s", "1")
        remedies = [step.remedy for step in person.session.diagnosis.plan]
        before = person.journal
        await person.click(f"2 {person.app.wording.remedy(remedies[1])}")
        assert person.journal == before
        await person.click("n it did not help")

        assert person.journal[-1] == Tried(remedies[1], False)


async def test_the_language_changes_in_the_middle(base: Path) -> None:
    """`l` turns what is on the screen to Chinese and back; the consultation stays."""
    async with visit(base) as person:
        await person.press("1", "s")
        journal, english = person.journal, person.screen
        await person.press("l")
        chinese = person.screen
        await person.press("l")

        assert "到目前为止" in chinese
        assert "loss 是 NaN" in chinese
        assert "The loss is NaN" not in chinese
        assert person.screen == english
        assert person.journal == journal
