"""What a person tells beyond answers: words of a complaint, numbers, pasted lines; and what they ask about words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.consultation.listening import entry_meant
from wizard.consultation.telling import Telling, judged_anew, told, told_number
from wizard.errors import UsageError
from wizard.report import page
from wizard.report.changes import why_not
from wizard.report.understood import KNOWN, MEND, meanings
from wizard.report.wording import LONGEST_NOTICE, safe

if TYPE_CHECKING:
    from wizard.cli.talk import Talk


def tell(talk: Talk, said: str) -> bool:
    """Take what is understood of SAID, and say what that is; False if nothing is."""
    telling = told(said, talk.session)
    for meant in meanings(telling.stated, talk.words):
        talk.prompt.say(talk.words.text("Understood: {meant}", meant=meant), "  ")
    _take(talk, telling)
    if telling.recognised and not telling.entries:
        talk.prompt.say(talk.words.text(KNOWN), "  ")
    if telling.stated:
        talk.prompt.say(talk.words.text(MEND), "  ")
    return telling.understood


def tell_number(talk: Talk, name: str, typed: str) -> bool:
    """Take a NUMBER typed for the fact NAME; a value that cannot be is told, and False."""
    try:
        telling = told_number(name, typed, talk.session)
    except UsageError as error:
        talk.prompt.say(safe(error.told(talk.words.language), LONGEST_NOTICE))
        return False
    _take(talk, telling)
    return True


def judge_facts(talk: Talk) -> None:
    """Let the inspectors of what is told look at the facts as they stand now."""
    _take(talk, judged_anew(talk.session))


def _take(talk: Talk, telling: Telling) -> None:
    """Add to the journal; what inspectors found that is new is said."""
    if telling.entries:
        talk.take(*telling.entries)
    for notice in telling.notices:
        talk.prompt.say(talk.words.notice(notice), "  ? ")
    for finding in telling.fresh:
        talk.prompt.say(talk.words.finding(finding), "  - ")


def explain(talk: Talk, words: str) -> None:
    """A word of the field, or an entry as a page."""
    found = entry_meant(words, talk.words.base)
    if found is None:
        talk.prompt.say(talk.words.text("I have no page about '{word}'.", word=safe(words, 60)))
    else:
        talk.prompt.show(page.render(found, talk.session.knowledge, talk.words).splitlines())


def explain_why_not(talk: Talk, words: str) -> None:
    """What speaks against a cause, and what would bring it back."""
    cause = entry_meant(words, talk.words.base, talk.words.base.causes)
    if cause is None:
        talk.prompt.say(talk.words.text("I know no cause '{word}'.", word=safe(words, 60)))
    else:
        talk.prompt.show(why_not(talk.session, cause, talk.words))
