"""What was not checked, grouped by what to hand over or by why not."""

from __future__ import annotations

from wizard.consultation.session import Session
from wizard.report.layout import wrapped
from wizard.report.wording import Wording
from wizard.vocabulary import Unanswered

MOST_TITLES = 4


def not_checked(session: Session, wording: Wording) -> list[str]:
    """One entry a reason: what is lacking, and which checks wait for it."""
    groups: dict[str, list[str]] = {}
    for check, unanswered in session.unanswered.items():
        groups.setdefault(_reason(session, wording, unanswered), []).append(wording.check(check))
    if not groups:
        return []
    lines = [wording.text("Not checked")]
    for reason, titles in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        lines += wrapped(f"{reason} ({len(titles)})", "  ? ")
        lines += wrapped(_some(titles, wording), "    ")
    return lines


def _reason(session: Session, wording: Wording, unanswered: Unanswered) -> str:
    kind = session.knowledge.base.checks[unanswered.check].artifact
    handed_over = {file.kind for file in session.consultation.artifacts}
    if unanswered.reason == "absent" and kind == "told":
        return wording.text("Only you can tell (--answer CHECK=OUTCOME, or loss-wizard ask)")
    if unanswered.reason == "absent" and kind not in handed_over:
        return wording.text("Hand over {what}", what=wording.hand_over(kind))
    return wording.missing(unanswered)


def _some(titles: list[str], wording: Wording) -> str:
    shown = titles[:MOST_TITLES]
    more = len(titles) - len(shown)
    return wording.listed([*shown, wording.text("{n} more", n=more)] if more else shown)
