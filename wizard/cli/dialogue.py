"""The turns of a talk: symptoms, questions while they pay, remedies one by one."""

from __future__ import annotations

from wizard.cli.hand_over import run_as_named
from wizard.cli.talk import TRIED, Quit, Talk
from wizard.consultation.consultation import Answered, DontKnow, Named, Tried
from wizard.report.advice import priced, remedy
from wizard.vocabulary import KnowledgeBase, Prescription, Step

NEAR, MOST_NEAR = 80.0, 3  # per cent of the words in common; below it a suggestion misleads


def hold(talk: Talk) -> None:
    """Talk until nothing is left to ask or try, or the person stops."""
    talk.prompt.say(talk.words.text("Loss Wizard. I ask, you answer. At any time you may type:"))
    talk.help()
    try:
        talk.take(*run_as_named(talk.session, talk.options, talk.prompt))
        if not talk.options.symptom:
            symptoms(talk)
        while turn(talk):
            pass
    except (EOFError, Quit):
        return


def turn(talk: Talk) -> bool:
    """One question or one remedy; False when there is neither."""
    step, plan = talk.session.next_step, talk.session.diagnosis.plan
    if step is not None and not (talk.planning and plan):
        question(talk, step)
    elif plan:
        try_out(talk, plan[0])
    else:
        return False
    return True


def symptoms(talk: Talk) -> None:
    """What the person sees; nothing is an answer too."""
    known = list(talk.session.symptoms)
    talk.prompt.say()
    talk.prompt.say(talk.words.text("What do you see? Numbers with blanks between them; Enter if nothing fits."))
    talk.prompt.choices(talk.words.check(symptom) for symptom in known)
    while True:
        heard = talk.prompt.hear()
        if heard and talk.common(heard):
            continue
        chosen = [pick(word, known) for word in heard.replace(",", " ").replace("，", " ").split()]
        if heard.lower() == "d" or None not in chosen:
            talk.take(*(Named(symptom) for symptom in chosen if symptom is not None))
            return
        near = nearest_symptoms(heard, talk.words.base)
        if near:
            talk.prompt.say(talk.words.text("Is it one of these? Type its number."))
            for symptom in near:
                talk.prompt.say(talk.words.check(symptom), f"  {known.index(symptom) + 1}. ")
        else:
            talk.not_understood()


def nearest_symptoms(heard: str, base: KnowledgeBase) -> list[str]:
    """The symptoms that people put in words like those HEARD, nearest first; empty if none is near."""
    from rapidfuzz import fuzz

    near = {}
    for name, check in base.symptoms.items():
        words = [*check.symptom.words.en, *check.symptom.words.zh] if check.symptom else []
        near[name] = max(
            fuzz.token_set_ratio(heard.lower(), word.lower()) for word in (*words, check.title.en, check.title.zh)
        )
    best = sorted(near, key=lambda name: (-near[name], name))[:MOST_NEAR]
    return [name for name in best if near[name] >= NEAR]


def question(talk: Talk, step: Step) -> None:
    """One check, until something is known that was not."""
    check, language = talk.words.base.checks[step.check], talk.words.language
    talk.prompt.say()
    talk.prompt.say(priced(step, talk.words))
    if check.ask:
        talk.prompt.say(check.ask.how.to(language), "  ")
        talk.prompt.show(f"      {line}".rstrip() for line in (check.ask.code or "").rstrip().splitlines())
    talk.prompt.choices(talk.words.outcome(step.check, outcome) for outcome in check.outcomes)
    if step.hand_over:
        what = talk.words.artifact(step.hand_over)
        talk.prompt.say(talk.words.text("or f PATH, and I look for myself ({what})", what=what), "  ")
    before, planning = talk.session, talk.planning
    while talk.session is before and talk.planning == planning:
        heard = talk.prompt.hear()
        outcome = pick(heard, list(check.outcomes))
        if outcome is not None:
            talk.take(Answered(step.check, outcome))
        elif heard.lower() == "d":
            talk.take(DontKnow(step.check))
        elif heard.lower() in ("?", "？", "why"):
            why(talk, step)
        elif not talk.common(heard):
            talk.not_understood()
    if talk.session is not before:
        talk.likeliest()


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
    before, planning = talk.session, talk.planning
    while talk.session is before and talk.planning == planning:
        heard = talk.prompt.hear().lower()
        if heard in ("w", "worked", talk.words.text("worked")):
            talk.take(Tried(step.remedy, worked=True))
        elif heard in ("n", "no", "did not", talk.words.text("did not")):
            talk.take(Tried(step.remedy, worked=False))
            talk.planning = False
        elif not talk.common(heard):
            talk.not_understood(TRIED)
    if talk.session is not before:
        talk.likeliest()


def pick(word: str, ids: list[str]) -> str | None:
    """The id that WORD names, by its number from one or by itself."""
    if word.isascii() and word.isdigit() and 1 <= int(word[:9]) <= len(ids):
        return ids[int(word[:9]) - 1]
    return word if word in ids else None
