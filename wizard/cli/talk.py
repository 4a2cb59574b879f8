"""A consultation in talk: the session so far, its journal on disk, and the words understood at every prompt."""

from __future__ import annotations

from pathlib import Path

from wizard.cli.hand_over import hand_over
from wizard.cli.options import Options
from wizard.cli.prompt import Prompt
from wizard.consultation.consultation import Entry, TookBack
from wizard.consultation.journal import save
from wizard.consultation.session import Session
from wizard.report import text
from wizard.report.phrases import mark
from wizard.vocabulary import HEALTHY

COMMANDS = (
    mark("a number: that answer"),
    mark("?: why this question, and what each answer would do"),
    mark("d: I don't know"),
    mark("b: take back my last answer"),
    mark("f PATH: look at this file or folder"),
    mark("p: the plan now (again: back to the questions)"),
    mark("s: where we stand"),
    mark("h: these words again"),
    mark("q: stop, with the report so far"),
)

NUMBERS = mark("I did not understand. Type one of the numbers, or h for the other words.")
TRIED = mark("I did not understand. Type w if it worked, n if it did not, or h for the other words.")
STANDS_OUT = 0.25  # a cause below it is one of many


class Quit(Exception):
    """The person wants to stop."""


class Talk:
    """SESSION grows by what is said at PROMPT; its journal is kept in FILE."""

    def __init__(self, session: Session, prompt: Prompt, options: Options, file: Path) -> None:
        self.session, self.prompt, self.options, self.file = session, prompt, options, file
        self.words = prompt.wording
        self.planning = False
        self._not_kept = ""
        self._commands = {"b": self.take_back, "p": self.toggle_plan, "s": self.status, "h": self.help}

    def take(self, *entries: Entry) -> None:
        """Add to the journal, and keep it on disk."""
        self.session = self.session.after(*entries)
        try:
            save(self.session.consultation, self.file)
        except OSError as error:  # the talk is worth more than its record
            self._not_kept = str(error.strerror)

    def farewell(self) -> str:
        """Where the journal is; empty if nothing was said."""
        if self._not_kept:
            return self.words.text("The journal could not be kept: {reason}.", reason=self._not_kept)
        return self.words.text("Journal: {file}", file=self.file) if self.file.exists() else ""

    def common(self, heard: str) -> bool:
        """Whether HEARD is understood at every prompt; if so it is done. Raises Quit."""
        word, _, rest = heard.partition(" ")
        if heard.lower() in ("q", "quit", "exit"):
            raise Quit
        if word.lower() == "f" and rest.strip():
            entries = hand_over(rest, self.session, self.options, self.prompt)
            if entries:
                self.take(*entries)
            return True
        if heard.lower() not in self._commands:
            return False
        self._commands[heard.lower()]()
        return True

    def help(self) -> None:
        """Which words there are."""
        for command in COMMANDS:
            self.prompt.say(self.words.text(command), "  ")

    def toggle_plan(self) -> None:
        """From the questions to the remedies and back."""
        if not self.session.diagnosis.plan:
            self.prompt.say(self.words.text("There is nothing to plan."))
        elif self.planning and self.session.next_step is None:
            self.prompt.say(self.words.text("No further question pays."))
        else:
            self.planning = not self.planning

    def status(self) -> None:
        """The ranking and the verdict."""
        self.prompt.show(text.causes(self.session, self.words))
        self.prompt.say(self.words.verdict(self.session.diagnosis))

    def take_back(self) -> None:
        """As if the last answer or complaint had not been given."""
        said = self.session.consultation.said
        spoken = [
            getattr(entry, "check", getattr(entry, "symptom", None)) for entry in self.session.consultation.journal
        ]
        last = next((check for check in reversed(spoken) if check in said), None)
        if last is None:
            self.prompt.say(self.words.text("There is nothing to take back."))
            return
        self.prompt.say(self.words.text("Taken back: {check}.", check=self.words.check(last)))
        self.take(TookBack(last))

    def not_understood(self, expected: str = NUMBERS) -> None:
        """Ask for another word, one of those EXPECTED."""
        self.prompt.say(self.words.text(expected))

    def likeliest(self) -> None:
        """The head of the ranking in one line."""
        ranking = self.session.diagnosis.differential
        first = ranking[0]
        message = mark("Likeliest now: {cause}.")
        if first.probability < STANDS_OUT:  # `healthy` may lead a crowded field, and would sound like an all-clear
            first = next((ranked for ranked in ranking if ranked.cause != HEALTHY), first)
            message = mark("Nothing stands out yet. Likeliest cause so far: {cause}.")
        estimate = self.words.estimate(first.cause, first.probability)
        self.prompt.say(self.words.text(message, cause=estimate))
