"""What to do next, as lines: the remedies in order and the questions worth asking."""

from __future__ import annotations

from wizard.consultation.session import Session
from wizard.report.layout import wrapped
from wizard.report.wording import Wording
from wizard.vocabulary import Prescription, Remedy, Step

MOST_QUESTIONS, MOST_IN_FULL = 3, 3


def plan(session: Session, wording: Wording) -> list[str]:
    """The remedies in order, the first few in full."""
    steps = session.diagnosis.plan
    if not steps:
        return []
    lines = [wording.text("Plan")]
    for position, step in enumerate(steps[:MOST_IN_FULL], start=1):
        lines += [*([""] if position > 1 else []), *remedy(step, wording, f"  {position}. ")]
    rest = [wording.noted(wording.remedy(step.remedy), step.remedy) for step in steps[MOST_IN_FULL:]]
    if rest:
        later = wording.text(
            "If none of these helps: {remedies} (loss-wizard explain ID)", remedies=wording.listed(rest)
        )
        lines += ["", *wrapped(later, "  ")]
    return lines


def remedy(step: Prescription, wording: Wording, opening: str) -> list[str]:
    """One remedy: what to do, the code, how to see that it worked, how to take it back, what it costs."""
    entry = wording.base.remedies[step.remedy]
    lines = [*wrapped(wording.remedy(step.remedy), opening), *described(entry, wording, "     ")]
    cost = wording.text(
        "{minutes} min and a run; risk: {risk}; chance that it helps: {chance}",
        minutes=f"{step.minutes:g}",
        risk=wording.risk(entry.risk),
        chance=wording.percent(step.works),
    )
    return lines + wrapped(cost, "     ")


def described(entry: Remedy, wording: Wording, indent: str) -> list[str]:
    """What to do, the code as it stands, how to see that it worked, how to take it back."""
    language = wording.language
    lines = wrapped(entry.do.to(language), indent)
    if entry.code:
        lines += ["", *(f"{indent}  {line}".rstrip() for line in entry.code.rstrip().splitlines()), ""]
    lines += wrapped(wording.text("It worked if: {verify}", verify=entry.verify.to(language)), indent)
    return lines + wrapped(wording.text("To undo: {undo}", undo=entry.undo.to(language)), indent)


def questions(session: Session, wording: Wording) -> list[str]:
    """The questions that save more minutes than they cost, and how to answer them on the command line."""
    steps = session.diagnosis.next_steps
    if not steps:
        return []
    lines = [wording.text("Questions worth your time")]
    for position, step in enumerate(steps[:MOST_QUESTIONS], start=1):
        lines += _question(step, wording, f"  {position}. ")
    if len(steps) > MOST_QUESTIONS:
        more = wording.text("loss-wizard ask asks these and {n} more, one at a time.", n=len(steps) - MOST_QUESTIONS)
        lines += wrapped(more, "  ")
    return lines


def _question(step: Step, wording: Wording, opening: str) -> list[str]:
    lines = wrapped(priced(step, wording), opening)
    if step.opening:
        return lines + wrapped(wording.base.openings[step.opening].how.to(wording.language), "     ")
    check = wording.base.checks[step.check]
    for outcome in check.outcomes:
        option = f"     --answer {step.check}={outcome}"
        lines += [option, *wrapped(wording.outcome(step.check, outcome), "         ")]
    if step.hand_over is not None:
        lines += wrapped(wording.text("or hand over: {what}", what=wording.briefly(step.hand_over)), "     ")
    return lines


def priced(step: Step, wording: Wording) -> str:
    """The question, or what to hand over, with what that costs and saves."""
    saved = max(1, round(step.minutes_saved))
    cost = wording.text("{minutes} min, saves {saved}", minutes=f"{step.minutes:g}", saved=saved)
    return wording.noted(wording.step(step), cost)
