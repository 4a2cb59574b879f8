"""A consultation in talk: the session so far, its journal on disk, and the words understood at every prompt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from wizard.cli.hand_over import hand_over
from wizard.cli.options import Options
from wizard.cli.prompt import Prompt
from wizard.consultation.consultation import DontKnow, Entry, Looked, Told, TookBack, Tried
from wizard.consultation.journal import save
from wizard.consultation.listening import Heard, Kind, listen
from wizard.consultation.session import Session
from wizard.consultation.telling import key_of
from wizard.report import text
from wizard.report.phrases import mark
from wizard.vocabulary import HEALTHY, Check

COMMANDS = (
    mark("a number: that answer; or say it in your own words"),
    mark("?: why this question, and what each answer would do"),
    mark("d: I don't know"),
    mark("b: take back what I said last"),
    mark("f PATH: look at this file or folder"),
    mark("v: paste several lines (a log, an error, a probe's block), ended by a line with a single dot"),
    mark("what is BN: explain a word, a cause, a check; why not CAUSE: what speaks against it"),
    mark("c: the checklist for this complaint, step by step"),
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
    """SESSION grows by what is said at PROMPT; its journal is kept in FILE.

    `turns` are the entries that the person stated, one tuple a turn; `walking` is the checklist that is walked.
    """

    def __init__(self, session: Session, prompt: Prompt, options: Options, file: Path) -> None:
        self.session, self.prompt, self.options, self.file = session, prompt, options, file
        self.words = prompt.wording
        self.planning = False
        self.walking: str | None = None
        self.turns: list[tuple[Entry, ...]] = []
        self._not_kept = ""
        self._commands: dict[Kind, Callable[[], None]] = {
            "back": self.take_back,
            "plan": self.toggle_plan,
            "status": self.status,
            "help": self.help,
            "checklist": self.toggle_checklist,
        }

    def take(self, *entries: Entry) -> None:
        """Add to the journal, and keep it on disk."""
        self.session = self.session.after(*entries)
        stated = tuple(entry for entry in entries if not isinstance(entry, Looked | TookBack))
        if stated:
            self.turns.append(stated)
        try:
            save(self.session.consultation, self.file)
        except OSError as error:  # the talk is worth more than its record
            self._not_kept = str(error.strerror)

    def farewell(self) -> str:
        """Where the journal is; empty if nothing was said."""
        if self._not_kept:
            return self.words.text("The journal could not be kept: {reason}.", reason=self._not_kept)
        return self.words.text("Journal: {file}", file=self.file) if self.file.exists() else ""

    def listen(self, check: Check | None = None) -> Heard:
        """What is said next: an answer to CHECK, or `told`; what is understood at every prompt is done already.

        `done` tells that this may have changed what should be asked. Raises Quit and EOFError.
        """
        while True:
            line = self.prompt.hear()
            heard = Heard("told", line) if "\n" in line else listen(line, check)
            if not self._common(heard):
                return heard
            if heard.kind in ("file", "paste", "back", "plan", "checklist"):
                return Heard("done")

    def _common(self, heard: Heard) -> bool:
        """Whether HEARD is understood at every prompt; if so it is done."""
        from wizard.cli.telling import explain, explain_why_not, tell

        match heard.kind:
            case "quit":
                raise Quit
            case "file":
                entries = hand_over(heard.what, self.session, self.options, self.prompt)
                if entries:
                    self.take(*entries)
            case "paste":
                tell(self, self.prompt.pasted())
            case "what_is":
                explain(self, heard.what)
            case "why_not":
                explain_why_not(self, heard.what)
            case kind if kind in self._commands:
                self._commands[kind]()
            case _:
                return False
        return True

    def help(self) -> None:
        """Which words there are."""
        for command in COMMANDS:
            self.prompt.say(self.words.text(command), "  ")

    def toggle_plan(self) -> None:
        """From the questions to the remedies and back."""
        if not self.session.diagnosis.plan:
            self.prompt.say(self.words.text("There is nothing to plan."))
        elif self.planning and not self.session.diagnosis.next_steps:
            self.prompt.say(self.words.text("No further question pays."))
        else:
            self.planning, self.walking = not self.planning, None

    def toggle_checklist(self) -> None:
        """Walk the checklist that fits what the person sees, or leave it."""
        from wizard.report.checklist import fitting, ticked

        lists = fitting(self.session)
        if self.walking is not None or not lists:
            self.walking = None
            self.prompt.say(self.words.text("Back to the questions that pay."))
            return
        self.walking, self.planning = lists[0].id, False
        self.prompt.show(ticked(lists[0], self.session, self.words))

    def status(self) -> None:
        """The ranking, what would change it, and the verdict."""
        from wizard.report.changes import what_would_change

        self.prompt.show(text.causes(self.session, self.words))
        self.prompt.show(what_would_change(self.session, self.words))
        self.prompt.say(self.words.verdict(self.session.diagnosis))

    def take_back(self) -> None:
        """As if the last thing that was stated had not been said."""
        from wizard.cli.telling import judge_facts

        if not self.turns:
            self.prompt.say(self.words.text("There is nothing to take back."))
            return
        last = self.turns.pop()
        for entry in last:
            self.prompt.say(self.words.text("Taken back: {check}.", check=self._titled(entry)))
        self.take(*(TookBack(key_of(entry)) for entry in last))
        if any(isinstance(entry, Told) for entry in last):
            judge_facts(self)

    def _titled(self, entry: Entry) -> str:
        match entry:
            case Told(fact):
                return fact.name
            case Tried(remedy):
                return self.words.remedy(remedy)
            case DontKnow(check) if check in self.words.base.openings:
                return self.words.opening(check)
        return self.words.check(key_of(entry))

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
