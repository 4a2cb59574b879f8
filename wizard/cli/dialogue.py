"""The turns of a talk: the complaint, questions and hand-overs while they pay, remedies one by one."""

from __future__ import annotations

from wizard.cli.hand_over import run_as_named
from wizard.cli.talk import TRIED, Quit, Talk
from wizard.cli.telling import tell, tell_number
from wizard.consultation.consultation import Answered, DontKnow, Named, Tried
from wizard.consultation.listening import picked
from wizard.report.advice import priced, remedy
from wizard.report.checklist import OPEN, mark_of
from wizard.resources import probe_snippet
from wizard.vocabulary import Prescription, Step

WORKED = ("w", "worked", "it worked", "有用", "好了", "成功")
FAILED = ("n", "no", "did not", "it did not help", "没用", "没有用", "不行")


def hold(talk: Talk) -> None:
    """Talk until nothing is left to ask or try, or the person stops."""
    talk.prompt.say(talk.words.text("Loss Wizard. I ask, you answer. At any time you may type:"))
    talk.help()
    try:
        talk.take(*run_as_named(talk.session, talk.options, talk.prompt))
        if not talk.session.consultation.said:
            complaint(talk)
        while turn(talk):
            pass
    except (EOFError, Quit):
        return


def turn(talk: Talk) -> bool:
    """One question, hand-over or remedy; False when there is none."""
    step, plan = talk.session.next_step, talk.session.diagnosis.plan
    walked = _step_of_the_checklist(talk)
    if walked is not None:
        question(talk, walked)
    elif step is not None and not (talk.planning and plan):
        opening(talk) if step.opening else question(talk, step)
    elif plan:
        try_out(talk, plan[0])
    else:
        return False
    return True


def _step_of_the_checklist(talk: Talk) -> Step | None:
    """The next step of the checklist being walked that a person can answer; at its end the questions go on."""
    if talk.walking is None:
        return None
    base, now = talk.words.base, talk.session
    for step in base.checklists[talk.walking].steps:
        check = base.checks.get(step.check or "")
        if check is not None and check.ask and mark_of(step, now) == OPEN and check.id in now.askable:
            return Step(check.id, check.ask.minutes, 0.0)
    talk.walking = None
    return None


def complaint(talk: Talk) -> None:
    """What the person sees, in their own words or by number; not knowing is an answer too."""
    known = list(talk.session.symptoms)
    talk.prompt.say()
    talk.prompt.say(
        talk.words.text(
            "What do you see? Tell it in your own words, or by numbers with blanks between them; d if none."
        )
    )
    talk.prompt.choices(talk.words.check(symptom) for symptom in known)
    while not talk.session.consultation.said:
        heard = talk.listen()
        if heard.kind == "dont_know":
            return
        chosen = [picked(word, tuple(known)) for word in heard.what.replace(",", " ").replace("，", " ").split()]
        if chosen and None not in chosen:
            talk.take(*(Named(symptom) for symptom in chosen if symptom is not None))
        elif heard.kind == "done" and talk.session.consultation.artifacts:
            return
        elif heard.kind != "done" and not tell(talk, heard.what):
            talk.not_understood()


def question(talk: Talk, step: Step) -> None:
    """One check, until something is known that was not."""
    check, language = talk.words.base.checks[step.check], talk.words.language
    talk.prompt.say()
    talk.prompt.say(priced(step, talk.words) if step.minutes_saved else talk.words.step(step))
    if check.ask:
        talk.prompt.say(check.ask.how.to(language), "  ")
        talk.prompt.show(f"      {line}".rstrip() for line in (check.ask.code or "").rstrip().splitlines())
    talk.prompt.choices(talk.words.outcome(step.check, outcome) for outcome in check.outcomes)
    number = check.ask.number if check.ask else None
    if number:
        talk.prompt.say(talk.words.text("or the number itself, such as = 0.693"), "  ")
    before, mode = talk.session, (talk.planning, talk.walking)
    while talk.session is before and mode == (talk.planning, talk.walking):
        heard = talk.listen(check)
        match heard.kind:
            case "answer":
                talk.take(Answered(step.check, heard.what))
            case "number" if number:
                tell_number(talk, number, heard.what)
            case "dont_know":
                talk.take(DontKnow(step.check))
            case "why":
                why(talk, step)
            case "told" if not tell(talk, heard.what):
                talk.not_understood()
    if talk.session is not before:
        talk.likeliest()


def opening(talk: Talk) -> None:
    """What would answer many checks at once, until something is handed over or declined."""
    offered = [step.opening for step in talk.session.openings]
    talk.prompt.say()
    talk.prompt.say(talk.words.text("More than any question this would tell. Do you have one of these?"))
    talk.prompt.choices(
        [*(priced(step, talk.words) for step in talk.session.openings), talk.words.text("None of these")]
    )
    ids = (*offered, "none")
    before, mode = talk.session, (talk.planning, talk.walking)
    while talk.session is before and mode == (talk.planning, talk.walking):
        heard = talk.listen()
        chosen = picked(heard.what, ids) if heard.kind == "told" else None
        if chosen == "none" or heard.kind == "dont_know":
            talk.take(*(DontKnow(name) for name in offered))
        elif chosen is not None:
            how_to_hand_over(talk, chosen)
        elif heard.kind == "why":
            talk.prompt.say(talk.words.text("It answers many checks at once; each question answers one."))
        elif heard.kind == "told" and not tell(talk, heard.what):
            talk.not_understood()
    if talk.session is not before:
        talk.likeliest()


def how_to_hand_over(talk: Talk, name: str) -> None:
    """What to do for the opening NAME; the probe's lines themselves."""
    talk.prompt.say(talk.words.base.openings[name].how.to(talk.words.language), "  ")
    if name == "probe":
        talk.prompt.show(["", *probe_snippet().rstrip().splitlines(), ""])
        talk.prompt.say(
            talk.words.text("Then type v and paste what it printed, ended by a line with a single dot."), "  "
        )
    else:
        talk.prompt.say(
            talk.words.text("Type f PATH; or v, and paste its lines, ended by a line with a single dot."), "  "
        )


def why(talk: Talk, step: Step) -> None:
    """What each answer would change."""
    words = talk.words
    for outcome, (chance, after) in talk.session.why(step.check).items():
        then = words.listed(words.estimate(cause, probability) for cause, probability in after)
        answer = words.outcome(step.check, outcome)
        line = words.text(
            "{answer}: expected {chance}; then {then}", answer=answer, chance=words.percent(chance), then=then
        )
        talk.prompt.say(line, "  - ")


def try_out(talk: Talk, step: Prescription) -> None:
    """One remedy, until the person tells what it did."""
    talk.prompt.say()
    talk.prompt.show(remedy(step, talk.words, "  -  "))
    talk.prompt.say(talk.words.text("Try it and run again. Then type w if it worked, n if it did not."))
    before, mode = talk.session, (talk.planning, talk.walking)
    while talk.session is before and mode == (talk.planning, talk.walking):
        heard = talk.listen()
        said = heard.what.lower()
        if said in WORKED:
            talk.take(Tried(step.remedy, worked=True))
        elif said in FAILED:
            talk.take(Tried(step.remedy, worked=False))
            talk.planning = False
        elif heard.kind != "done" and not (heard.kind == "told" and tell(talk, heard.what)):
            talk.not_understood(TRIED)
    if talk.session is not before:
        talk.likeliest()
