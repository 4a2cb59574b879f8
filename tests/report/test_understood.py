"""What was understood is told back in the person's language."""

from __future__ import annotations

from wizard.consultation.consultation import Answered, Looked, Named, Told
from wizard.consultation.telling import Telling
from wizard.report.understood import meanings, not_understood, understood
from wizard.report.wording import Wording
from wizard.vocabulary import ABSENT, Fact, Finding, Inspected, Notice

LATER = Finding("later", {"step": 340}, None, "loss_becomes_nonfinite", "told")


def test_each_entry_has_its_words(english: Wording) -> None:
    """A symptom, one that is not there, an answer, a fact."""
    stated = (
        Named("loss_is_nan"),
        Answered("loss_is_nan", ABSENT),
        Answered("lower_rate_helps", "falls_now"),
        Told(Fact("learning_rate", 0.1)),
    )

    assert meanings(stated, english) == [
        "you see: The loss is NaN",
        "not so: The loss is NaN",
        "A lower rate helps: It falls now",
        "learning_rate = 0.1",
    ]


def test_findings_are_part_of_what_was_understood(english: Wording) -> None:
    """In one line with what was stated."""
    telling = Telling((Named("loss_is_nan"),), Looked(Inspected(findings=(LATER,))), (LATER,))

    assert understood(telling, english) == ("Understood: you see: The loss is NaN; Finite until step 340, then NaN")


def test_what_is_known_already_is_called_so(english: Wording) -> None:
    """Rather than not understood."""
    assert understood(Telling(recognised=True), english) == "That is known already."


def test_what_inspectors_say_comes_before_a_shrug(english: Wording) -> None:
    """A torn block has its own words."""
    assert not_understood(Telling(notices=(Notice("torn"),)), english) == "torn"
    assert not_understood(Telling(), english).startswith("I did not understand that.")
