"""What was not checked: by what to hand over, then by why not."""

from __future__ import annotations

from collections import Counter

from wizard.consultation.session import Session
from wizard.report.layout import wrapped
from wizard.report.wording import Wording
from wizard.vocabulary import Artifact

MOST_TITLES = 4


def not_checked(session: Session, wording: Wording) -> list[str]:
    """What would answer many checks first, then each reason with its checks, then what does not apply here."""
    waiting, reasons, senseless = _grouped(session, wording)
    lines = [wording.text("Not checked")]
    for what, titles in sorted(waiting.items(), key=lambda item: (-len(item[1]), item[0])):
        lines += wrapped(wording.text("{n} waiting for {what}", n=len(titles), what=what), "  ? ")
        lines += wrapped(_some(titles, wording), "    ")
    lines += _with_reasons(reasons, wording)
    if senseless:
        lines += wrapped(wording.text("Does not apply here: {checks}", checks=_some(senseless, wording)), "  - ")
    return lines if len(lines) > 1 else []


def failures(session: Session, wording: Wording) -> dict[Artifact, str]:
    """Each artifact that was handed over and answered nothing, with the commonest reason."""
    silent = {file.kind for file in session.consultation.artifacts}
    silent -= {finding.origin for finding in session.consultation.seen.values() if finding.origin != "person"}
    reasons: dict[Artifact, Counter[str]] = {}
    for check, unanswered in session.unanswered.items():
        kind = wording.base.checks[check].artifact
        if kind in silent and unanswered.reason != "inapplicable":
            reasons.setdefault(kind, Counter())[wording.missing(unanswered)] += 1
    return {kind: counted.most_common(1)[0][0] for kind, counted in sorted(reasons.items())}


def _grouped(session: Session, wording: Wording) -> tuple[dict[str, list[str]], dict[str, list[str]], list[str]]:
    """Titles of checks by what to hand over, titles by reason, and titles of what does not apply."""
    handed_over = {file.kind for file in session.consultation.artifacts}
    waiting: dict[str, list[str]] = {}
    reasons: dict[str, list[str]] = {}
    senseless: list[str] = []
    for check, unanswered in session.unanswered.items():
        kind, title = wording.base.checks[check].artifact, wording.check(check)
        if unanswered.reason == "inapplicable":
            senseless.append(title)
        elif unanswered.reason == "absent" and kind not in handed_over:
            waiting.setdefault(wording.hand_over(kind), []).append(title)
        else:
            reasons.setdefault(wording.missing(unanswered), []).append(title)
    return waiting, reasons, senseless


def _with_reasons(reasons: dict[str, list[str]], wording: Wording) -> list[str]:
    """One check stands before its reason, several below it."""
    lines: list[str] = []
    for reason, titles in reasons.items():
        if len(titles) == 1:
            lines += wrapped(wording.paired(titles[0], reason), "  ? ")
        else:
            lines += [*wrapped(reason, "  ? "), *wrapped(_some(titles, wording), "    ")]
    return lines


def _some(titles: list[str], wording: Wording) -> str:
    shown = titles[:MOST_TITLES]
    more = len(titles) - len(shown)
    return wording.listed([*shown, wording.text("{n} more", n=more)] if more else shown)
