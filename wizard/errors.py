"""Errors a person can act on: what was being done, what is wrong, what to do next."""

from __future__ import annotations

from wizard.resources import fill
from wizard.vocabulary import Language


class WizardError(Exception):
    """Told to the user as sentences and an exit code, never as a traceback.

    `what` and `next` are message ids with {slots} that VALUES fill; `where` is a file, place or option.
    """

    exit_code = 2

    def __init__(self, what: str, where: str = "", next: str = "", **values: object) -> None:
        self.what, self.where, self.next, self.values = what, where, next, values
        super().__init__(self.told("en"))

    def told(self, language: Language) -> str:
        """The whole message in LANGUAGE."""
        sentences = [fill(part, self.values, language) for part in (self.what, self.next) if part]
        colon, space = ("：", "") if language == "zh" else (": ", " ")
        return (self.where + colon if self.where else "") + space.join(sentences)


class UsageError(WizardError):
    """The command line asks for something that does not exist."""


class KnowledgeError(WizardError):
    """The knowledge base has errors; `lines` are `file:line:column message` each."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("{errors}", errors="\n".join(lines))


class UnreadableError(WizardError):
    """A file that was named, or all that was found, cannot be read."""

    exit_code = 4


class NothingAnsweredError(WizardError):
    """No check could be answered: silence is not health."""

    exit_code = 5
