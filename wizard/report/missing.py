"""What was not checked: by what to hand over, then by why not."""

from __future__ import annotations

from wizard.consultation.session import Session
from wizard.report.layout import wrapped
from wizard.report.wording import Wording
from wizard.vocabulary import Unanswered

MOST_TITLES = 4


def not_checked(session: Session, wording: Wording) -> list[str]:
    """What would answer many checks first, then single checks with their reason, then what does not apply here."""
    handed_over = {file.kind for file in session.consultation.artifacts}
    waiting: dict[str, list[str]] = {}
    single: list[str] = []
    senseless: list[str] = []
    for check, unanswered in session.unanswered.items():
        kind, title = wording.base.checks[check].artifact, wording.check(check)
        if unanswered.reason == "inapplicable":
            senseless.append(title)
        elif unanswered.reason == "absent" and kind not in handed_over:
            waiting.setdefault(wording.hand_over(kind), []).append(title)
        else:
            single += wrapped(_with_reason(unanswered, title, wording), "  ? ")
    lines = [wording.text("Not checked")]
    for what, titles in sorted(waiting.items(), key=lambda item: (-len(item[1]), item[0])):
        lines += wrapped(wording.text("{n} wait for {what}", n=len(titles), what=what), "  ? ")
        lines += wrapped(_some(titles, wording), "    ")
    lines += single
    if senseless:
        lines += wrapped(wording.text("Makes no sense here: {checks}", checks=_some(senseless, wording)), "  - ")
    return lines if len(lines) > 1 else []


def _with_reason(unanswered: Unanswered, title: str, wording: Wording) -> str:
    return wording.paired(title, wording.missing(unanswered))


def _some(titles: list[str], wording: Wording) -> str:
    shown = titles[:MOST_TITLES]
    more = len(titles) - len(shown)
    return wording.listed([*shown, wording.text("{n} more", n=more)] if more else shown)
