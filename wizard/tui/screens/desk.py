"""What lies on the desk while the screens change: the one consultation, and what is being looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import App
from textual.message import Message
from textual.reactive import reactive

from wizard.errors import WizardError
from wizard.report.wording import Wording, mark, safe
from wizard.tui.widgets.looking_line import Looking
from wizard.vocabulary import HEALTHY, Check, Finding, Inspected, KnowledgeBase, Language, Scales, Unanswered

if TYPE_CHECKING:
    from wizard.consultation.consultation import Consultation, Entry
    from wizard.consultation.session import Session
    from wizard.evidence.run import Request

    Opening = Callable[[KnowledgeBase], Iterable[Entry]]

PATIENCE = 3.0  # seconds for a look to end when the app does
NOTHING = KnowledgeBase({}, Scales({}, {}, 0.0), {}, {}, {}, {}, {})  # words before the knowledge base is read


class Desk(App[None]):
    """Holds the session; whoever changes it goes through `enter` or `take_back`, whoever shows it watches `session`.

    `before` are the probabilities before the last change; `troubles` errors of looking with their place in the journal;
    `turns` what the person stated, one tuple a turn.
    """

    @dataclass
    class Loaded(Message):
        """The knowledge base is read."""

        session: Session

    @dataclass
    class Failed(Message):
        """The knowledge base cannot be used."""

        error: WizardError

    @dataclass
    class Told(Message):
        """An inspector has answered."""

        result: Finding | Unanswered

    @dataclass
    class Examined(Message):
        """A look is over."""

        outcome: Inspected | WizardError

    session: reactive[Session | None] = reactive(None, init=False, always_update=True)
    language: reactive[Language] = reactive("en", init=False)
    looking: reactive[Looking | None] = reactive(None, init=False)

    def __init__(
        self,
        request: Request,
        knowledge_folder: Path | None,
        language: Language,
        opening: Opening = lambda _: (),
        rerun_minutes: float | None = None,
    ) -> None:
        """OPENING gives what was said on the command line, once the knowledge base is read."""
        super().__init__()
        self.opening, self.rerun_minutes = opening, rerun_minutes
        self.set_reactive(Desk.language, language)
        self.handed_over, self.knowledge_folder = request, knowledge_folder
        self.waiting: list[Request] = [request] if request.run or any(request.files.values()) or request.recipe else []
        self.troubles: list[tuple[int, WizardError]] = []
        self.before: dict[str, float] = {}
        self.turns: list[tuple[Entry, ...]] = []
        self.looker: Thread | None = None
        self.failure: WizardError | None = None

    @property
    def wording(self) -> Wording:
        """The words of the knowledge base, or of the program alone before it is read."""
        return Wording(self.session.knowledge.base if self.session else NOTHING, self.language)

    @property
    def trouble(self) -> str:
        """The latest error of looking, if nothing has come of looking since."""
        if not self.troubles or self.session is None:
            return ""
        after, error = self.troubles[-1]
        return error.told(self.language) if after >= len(self.session.consultation.journal) else ""

    @property
    def has_something(self) -> bool:
        """Whether anything was handed over, or told beyond symptoms."""
        now = self.session.consultation if self.session is not None else None
        known = now is not None and bool(now.artifacts or now.seen or now.all_facts)
        return known or bool(self.turns) or self.looking is not None or bool(self.waiting)

    def on_ready(self) -> None:
        """The first frame is drawn: only now is anything heavy imported."""
        self.load()

    @work(thread=True)
    def load(self) -> None:
        """Read the knowledge base and draw the first conclusions, so that no key waits for an import."""
        from wizard.consultation.consultation import replay
        from wizard.consultation.session import Session
        from wizard.knowledge.cache import load_knowledge

        try:
            knowledge = load_knowledge(self.knowledge_folder)
            consultation = replay(self.opening(knowledge.base))
        except WizardError as error:
            self.post_message(self.Failed(error))
            return
        session = Session(knowledge, consultation, self.rerun_minutes)
        assert session.diagnosis
        self.post_message(self.Loaded(session))

    @on(Failed)
    def give_up(self, event: Failed) -> None:
        self.failure = event.error
        self.exit()

    @on(Loaded)
    def begin(self, event: Loaded) -> None:
        from wizard.consultation.consultation import Answered

        self.session = event.session
        self.turns = [(entry,) for entry in event.session.consultation.journal if isinstance(entry, Answered)]
        self.look_at_next()

    def enter(self, *entries: Entry) -> None:
        """Add ENTRIES to the journal; what the person states in them is one turn."""
        from wizard.consultation.consultation import Looked, TookBack

        if self.session is not None and entries:
            stated = tuple(entry for entry in entries if not isinstance(entry, Looked | TookBack))
            self.turns += [stated] if stated else []
            self.continue_with(self.session.after(*entries))

    def continue_with(self, session: Session) -> None:
        """Make SESSION the session; what was believed until now is kept for comparison."""
        if self.session is not None:
            diagnosis = self.session.diagnosis
            self.before = {ranked.cause: ranked.probability for ranked in diagnosis.differential}
            self.before[HEALTHY] = 1 - diagnosis.fault
        self.session = session

    def take_back(self) -> bool:
        """As if the last turn had never been; whether there was one. Symptoms are unticked on their page."""
        from wizard.consultation.consultation import Tried, replay

        while self.session is not None and self.turns:
            now = self.session.consultation
            turn = tuple(entry for entry in self.turns.pop() if _counts(entry, now))
            if turn and isinstance(turn[0], Tried):
                journal = (entry for entry in now.journal if entry is not turn[0])
                self.continue_with(replace(self.session, consultation=replay(journal)))
            elif turn:
                self.continue_with(_without(turn, self.session))
            if turn:
                return True
        return False

    def look(self, request: Request | None) -> None:
        """Look at REQUEST once nothing else is being looked at."""
        if request is not None:
            self.waiting.append(request)
            self.look_at_next()

    def look_at_next(self) -> None:
        if self.session is None or self.looking is not None or not self.waiting:
            return
        request = replace(self.waiting.pop(0), facts=tuple(self.session.consultation.facts.values()))
        self.looking = Looking(request)
        # Not a Textual worker: quitting would wait for its end, up to minutes while a recipe trains.
        self.looker = Thread(target=self.examine, args=(request, self.session.knowledge.base.checks), daemon=True)
        self.looker.start()

    def examine(self, request: Request, checks: Mapping[str, Check]) -> None:
        """In a thread of its own: let the inspectors answer."""
        from wizard.evidence import run

        outcome: Inspected | WizardError
        try:
            outcome = run.examine(request, checks, self.hear)
        except WizardError as error:
            outcome = error
        except KeyboardInterrupt:  # from `stop_looking`
            return
        except Exception as error:  # looking may fail in any way; the questions must go on
            outcome = WizardError(
                mark("Looking failed ({error})."), next=mark("Answer the questions instead."), error=safe(repr(error))
            )
        self.post_message(self.Examined(outcome))

    def stop_looking(self) -> None:
        """End a look that is under way, so that a recipe's process is ended with the app and not left behind."""
        import ctypes

        if self.looker is not None and self.looker.is_alive():
            interrupt = ctypes.pythonapi.PyThreadState_SetAsyncExc  # as Ctrl-C does in the main thread
            interrupt(ctypes.c_ulong(self.looker.ident or 0), ctypes.py_object(KeyboardInterrupt))
            self.looker.join(PATIENCE)

    def hear(self, result: Finding | Unanswered) -> None:
        """From the thread of `examine`: pass on what an inspector has answered."""
        self.post_message(self.Told(result))

    @on(Told)
    def take(self, event: Told) -> None:
        if self.looking is not None:
            self.looking = replace(self.looking, results=(*self.looking.results, event.result))

    @on(Examined)
    def conclude(self, event: Examined) -> None:
        from wizard.consultation.consultation import Looked

        looking, self.looking = self.looking, None
        if isinstance(event.outcome, WizardError):
            journal = self.session.consultation.journal if self.session else ()
            self.troubles.append((len(journal), event.outcome))
            self.session = self.session
        else:
            self.handed_over = looking.request if looking else self.handed_over
            self.enter(Looked(event.outcome))
        self.look_at_next()


def _counts(entry: Entry, now: Consultation) -> bool:
    """Whether what ENTRY states is still so."""
    from wizard.consultation.consultation import Told, Tried
    from wizard.consultation.telling import key_of

    match entry:
        case Told(fact):
            return fact in now.all_facts
        case Tried(remedy, worked):
            return (remedy, worked) in now.tried
    return now.said.get(key_of(entry)) is entry


def _without(turn: tuple[Entry, ...], session: Session) -> Session:
    """SESSION as if TURN had not been; what inspectors made of a fact in it goes with it."""
    from wizard.consultation.consultation import Told, TookBack
    from wizard.consultation.telling import judged_anew, key_of

    taken_back = [TookBack(key_of(entry)) for entry in turn]
    judged = judged_anew(session.after(*taken_back)).entries if any(isinstance(e, Told) for e in turn) else ()
    return session.after(*judged, *taken_back)
