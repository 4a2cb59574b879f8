"""What a session adds to its consultation: the cost of running again, and what could be handed over instead."""

from __future__ import annotations

from dataclasses import replace

import pytest
from random_bases import random_base
from small_models import base_of, cause, check

from wizard.consultation.consultation import Answered, Consultation, Looked, Told, TookBack, Tried
from wizard.consultation.session import Session
from wizard.knowledge.cache import Knowledge
from wizard.knowledge.rows import compile_model
from wizard.vocabulary import Fact, Inspected, KnowledgeBase, Row, Unanswered


def session_of(base: KnowledgeBase, rerun_minutes: float | None = None) -> Session:
    return Session(Knowledge(base, compile_model(base)), Consultation(), rerun_minutes)


@pytest.mark.parametrize(("said", "in_log", "counts"), [(None, None, 20), (None, 7, 7), (3, 7, 3), (0, 7, 0)])
def test_minutes_to_run_again(said: float | None, in_log: float | None, counts: float) -> None:
    """Those that a person states, else those of the log, else twenty, beside each remedy's own."""
    base = random_base(0)
    session = session_of(base, said).after(Looked(Inspected(rerun_minutes=in_log)))

    own = [base.remedies[name].minutes for name in sorted(base.remedies)]
    assert session.costs.remedies.tolist() == [minutes + counts for minutes in own]


def test_the_minutes_that_were_told_stay_with_the_journal() -> None:
    """They count before those of the log, as long as they are not taken back."""
    base = random_base(0)
    told = session_of(base).after(Told(Fact("rerun_minutes", 4.0)), Looked(Inspected(rerun_minutes=7)))

    own = [base.remedies[name].minutes for name in sorted(base.remedies)]
    assert told.costs.remedies.tolist() == [minutes + 4 for minutes in own]
    assert told.after(TookBack("rerun_minutes")).costs.remedies.tolist() == [minutes + 7 for minutes in own]


def test_a_question_says_what_to_hand_over_instead() -> None:
    """The artifact that its inspector reads, as long as that was not handed over; nothing for what only people know."""
    seen = replace(check("seen", odd=0.01), artifact="log")
    evidence: dict[str, Row] = {"seen": {"odd": 0.9}, "told": {"odd": 0.9}}
    session = session_of(base_of([seen, check("told", odd=0.01)], [cause("a", "x", 5, evidence)]))
    mute = session.after(Looked(Inspected(unanswered=(Unanswered("crashed", "boom", "seen"),))))

    assert session._hand_over("seen") == "log"
    assert session._hand_over("told") is None
    assert mute._hand_over("seen") is None
    assert session.not_checked == {"log": ("seen",), "told": ("told",)}


def test_after_a_remedy_worked_nothing_is_asked() -> None:
    """The consultation has ended."""
    session = session_of(random_base(3)).after(Answered("q0", "odd"))

    assert session.next_step is not None
    assert session.after(Tried("r0", True)).next_step is None
