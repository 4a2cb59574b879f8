"""What the consultation asks at the moment, and what stands below the question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.report.wording import Wording
from wizard.tui.widgets.question import Question, about_check, about_openings
from wizard.vocabulary import Step

if TYPE_CHECKING:
    from wizard.consultation.session import Session


def step_of_the_moment(session: Session, before: Step | None, wanted: str | None) -> Step | None:
    """The check that the person WANTED to be asked, else the best step.

    After a look that is the one that stood there BEFORE, if it still pays: no question flips under a finger.
    """
    from wizard.consultation.consultation import Looked

    steps = session.diagnosis.next_steps
    if wanted is not None and wanted in session.askable:
        ask = session.knowledge.base.checks[wanted].ask
        known = (step for step in steps if step.check == wanted)
        return next(known, Step(wanted, ask.minutes if ask else 0.0, 0.0))
    journal = session.consultation.journal
    if before is not None and journal and isinstance(journal[-1], Looked):
        kept = session.openings if before.opening else [step for step in steps if step.check == before.check]
        steps = (*kept, *steps)
    return next(iter(steps), None)


def question_about(step: Step | None, session: Session, wording: Wording) -> Question | None:
    """Everything that pays to be handed over is offered at once."""
    if step is None:
        return None
    if step.opening:
        return about_openings(session.openings, wording)
    return about_check(session.knowledge.base.checks[step.check], wording)


def aside(step: Step | None, session: Session, wording: Wording) -> str:
    """What stands below the answers."""
    if step is None:
        return wording.text("p shows the plan; handing something over (g) may open further questions.")
    kind, now = step.hand_over, session.consultation
    if kind is None or kind in now.said or any(file.kind == kind for file in now.artifacts):
        return ""
    return wording.text(
        "g: or hand over the {what}; it answers {n} checks at once.",
        what=wording.artifact(kind),
        n=len(session.not_checked[kind]),
    )
