"""Errors a person can act on: what was being done, what is wrong, what to do next."""

from __future__ import annotations


class WizardError(Exception):
    """Told to the user as three sentences and an exit code, never as a traceback."""

    exit_code = 2

    def __init__(self, what: str, where: str = "", next: str = "") -> None:
        self.what, self.where, self.next = what, where, next
        super().__init__(" ".join(part for part in (where and f"{where}:", what, next) if part))


class UsageError(WizardError):
    """The command line asks for something that does not exist."""


class KnowledgeError(WizardError):
    """The knowledge base has errors; `lines` are `file:line:column message` each."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines), next="Mend these lines, then run `loss-wizard kb lint`.")


class UnreadableError(WizardError):
    """A file that was named, or all that was found, cannot be read."""

    exit_code = 4


class NothingAnsweredError(WizardError):
    """No check could be answered: silence is not health."""

    exit_code = 5
