"""WHY NOT a cause, and WHAT WOULD CHANGE IT: what the conclusion hangs on, and the answer that would turn it."""

from __future__ import annotations

from wizard.consultation.session import Session
from wizard.report.layout import wrapped
from wizard.report.wording import Wording
from wizard.vocabulary import HEALTHY, OTHER, Weight

MOST_LINES = 3
NOTABLE = 1.0  # decibans; less is not worth a line
UNSETTLED = 0.95  # a first cause above this is not asked what would change it unless it hangs on one finding


def why_not(session: Session, cause: str, wording: Wording) -> list[str]:
    """What speaks against CAUSE, what for it, and which answer would bring it back."""
    ranking = [ranked.cause for ranked in session.diagnosis.differential]
    chances = {ranked.cause: ranked.probability for ranked in session.diagnosis.differential}
    place = ranking.index(cause) + 1
    opening = wording.text(
        "{cause}: place {place} of {n}", cause=wording.estimate(cause, chances[cause]), place=place, n=len(ranking)
    )
    weights = session.weights(cause)
    against = [weight for weight in weights if weight.decibans <= -NOTABLE]
    for_it = [weight for weight in weights if weight.decibans >= NOTABLE]
    lines = wrapped(opening)
    lines += _weighed(wording.text("against it"), against, wording)
    lines += _weighed(wording.text("for it"), for_it, wording)
    if not against and not for_it:
        lines += wrapped(wording.text("Nothing that is known speaks for or against it; it is rare beforehand."), "  ")
    for turn in session.would_revive(cause)[:MOST_LINES]:
        lines += wrapped(
            wording.text(
                "it would be {probability} if: {observed}",
                probability=wording.percent(turn.probability),
                observed=wording.observed(turn.check, turn.outcome),
            ),
            "  ? ",
        )
    return lines


def what_would_change(session: Session, wording: Wording) -> list[str]:
    """One finding that the first cause hangs on, and the likeliest answers that would put another one first."""
    diagnosis = session.diagnosis
    first = next((r for r in diagnosis.differential if r.cause not in (HEALTHY, OTHER)), None)
    if first is None or not session.findings:
        return []
    lines = []
    for turn in session.hangs_on[:1]:
        lines += wrapped(
            wording.text(
                "It hangs on this: {observed}. Without it, {cause} would come first.",
                observed=wording.observed(turn.check, turn.outcome),
                cause=wording.estimate(turn.cause, turn.probability),
            ),
            "  - ",
        )
    if first.probability < UNSETTLED:
        for turn in session.would_change[:MOST_LINES]:
            lines += wrapped(
                wording.text(
                    "{observed} (expected {chance}): then {cause}",
                    observed=wording.observed(turn.check, turn.outcome),
                    chance=wording.percent(turn.chance),
                    cause=wording.estimate(turn.cause, turn.probability),
                ),
                "  - ",
            )
    return [wording.text("What would change this"), *lines] if lines else []


def _weighed(label: str, weights: list[Weight], wording: Wording) -> list[str]:
    lines = []
    for weight in sorted(weights, key=lambda weight: -abs(weight.decibans))[:MOST_LINES]:
        observed = wording.observed(weight.check, weight.outcome)
        lines += wrapped(wording.paired(label, wording.noted(observed, wording.strength(weight.decibans))), "  - ")
    return lines
