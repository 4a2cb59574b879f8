"""What do you see? Symptoms to tick, and something to look at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from wizard.report.wording import mark
from wizard.tui.screens.page import Page
from wizard.tui.widgets.key_bar import Key, bindings
from wizard.tui.widgets.looking_line import LookingLine
from wizard.tui.widgets.symptom_picker import KEYS as SYMPTOM_KEYS
from wizard.tui.widgets.symptom_picker import SymptomPicker
from wizard.vocabulary import ABSENT, PRESENT

if TYPE_CHECKING:
    from textual.widgets import Button

    from wizard.consultation.consultation import Entry
    from wizard.consultation.session import Session
    from wizard.consultation.telling import Telling
    from wizard.tui.widgets.own_words import OwnWords


class ComplaintScreen(Page[None]):
    """Drawn before the knowledge base is read: it then says so in place of the symptoms."""

    DEFAULT_CSS = """
    ComplaintScreen #lead { height: auto; padding: 0 1; }
    ComplaintScreen #words { height: auto; }
    ComplaintScreen #doors { height: 1; padding: 0 1; }
    ComplaintScreen #doors Button { margin: 0 2 0 0; }
    """
    MODE = "complaint"
    TICK = Key("space", "tick_focused", mark("tick (or its number)"))
    KEYS = (
        Key("t", "tell", mark("in your own words")),
        Key("s", "start", mark("start (or enter)")),
        Key("g", "give", mark("give files")),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(KEYS),
        Binding("down,right", "app.focus_next", show=False),
        Binding("up,left", "app.focus_previous", show=False),
        Binding("enter", "go_on", show=False),
        Binding("escape", "to_symptoms", show=False),
        *(Binding(key, f"tick('{key}')", show=False) for key in SYMPTOM_KEYS),
    ]
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self.heard: Telling | str = ""  # what the last words came to, or why to nothing

    def body(self) -> Iterable[Widget]:
        yield Static(id="lead", markup=False)
        yield SymptomPicker()
        yield Container(id="words")
        yield LookingLine()
        yield Horizontal(id="doors")

    def keys(self) -> tuple[Key, ...]:
        return (self.TICK, *super().keys())

    def show(self) -> None:
        super().show()
        wording, session = self.wording, self.wizard.session
        lead = self.query_one("#lead", Static)
        if session is None:
            lead.update(Content(wording.text("Reading the knowledge base …")))
        else:
            lead.update(
                Content(wording.text("Tick what you see, one or several, then start. Nothing fits? Give me the run."))
            )
            self.query_one(SymptomPicker).show(session.symptoms, seen_by_the_person(session), wording)
        artifacts = session.consultation.artifacts if session else ()
        self.query_one(LookingLine).show(self.wizard.looking, artifacts, self.wizard.trouble, wording)
        if session is not None:
            self._show_words()
            self._show_doors()

    def action_tick(self, key: str) -> None:
        self.query_one(SymptomPicker).toggle(key)

    def action_tick_focused(self) -> None:
        self.query_one(SymptomPicker).toggle_focused()

    def action_go_on(self) -> None:
        """Enter: tick what has the focus if nothing is ticked yet, else start."""
        if self.query_one(SymptomPicker).ticked or self.wizard.has_something:
            self.action_start()
        else:
            self.action_tick_focused()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "start":
            self.action_start()
        else:
            self.action_give()

    def _show_words(self) -> None:
        from wizard.report.understood import understood
        from wizard.tui.widgets.own_words import OwnWords  # deferred like the buttons

        if not self.query(OwnWords):
            self.query_one("#words").mount(OwnWords())
        answer = self.heard if isinstance(self.heard, str) else understood(self.heard, self.wording)
        self.query_one(OwnWords).show(answer, self.wording)

    def action_tell(self) -> None:
        if self.wizard.session is not None:
            from wizard.tui.widgets.own_words import OwnWords

            self.query_one(OwnWords).begin()

    def action_to_symptoms(self) -> None:
        self.query_one(SymptomPicker).to_first()

    def on_own_words_said(self, event: OwnWords.Said) -> None:
        """Enter alone is enter; what is understood leaves the line, and enter then starts."""
        from wizard.consultation.listening import listen
        from wizard.tui.screens.look_up import look_up
        from wizard.tui.widgets.own_words import OwnWords

        if not event.said:
            self.action_go_on()
            return
        refused = look_up(self, listen(event.said))
        if refused is None:
            refused = self._understand(event.said)
        if refused:
            self.heard = f"✗ {refused}"
        else:
            self.query_one(OwnWords).forget()
        self._show_words()

    def _understand(self, said: str) -> str:
        """Tick the symptoms in SAID, take the rest at once; why not, if nothing is understood."""
        from wizard.consultation.consultation import Answered, Named
        from wizard.consultation.telling import told
        from wizard.report.understood import not_understood

        session = self.wizard.session
        if session is None:
            return ""
        telling = told(said, session)
        if not telling.understood:
            return not_understood(telling, self.wording)
        self.heard = telling
        picker = self.query_one(SymptomPicker)
        picker.to_first()
        picker.tick([e.check for e in telling.stated if isinstance(e, Answered) and e.outcome == ABSENT], False)
        picker.tick([e.symptom for e in telling.stated if isinstance(e, Named)])
        self.wizard.enter(*(entry for entry in telling.entries if not isinstance(entry, Named)))
        return ""

    def _show_doors(self) -> None:
        from textual.widgets import Button  # deferred: its styles are a tenth of the first frame

        doors = self.query_one("#doors")
        labels = {"start": self.wording.text("Start"), "give": self.wording.text("Give me something to look at")}
        if not doors.children:
            doors.mount_all(Button(Content(label), id=id, compact=True) for id, label in labels.items())
        for button in doors.query(Button):
            button.label = Content(labels[button.id or ""])

    def action_start(self) -> None:
        session = self.wizard.session
        if session is None:
            self.wizard.tell(self.wording.text("One moment: the knowledge base is still being read."))
            return
        ticked = self.query_one(SymptomPicker).ticked
        if not ticked and not self.wizard.has_something:
            self.wizard.tell(
                self.wording.text("Tick at least one symptom (space), or give me something to look at (g).")
            )
            return
        entries = complaint_entries(session, ticked)
        if entries:  # no turn to be taken back: ticks are taken away here
            self.wizard.continue_with(session.after(*entries))
        self.wizard.consult()


def seen_by_the_person(session: Session) -> tuple[str, ...]:
    """The symptoms that the person named, or answered to be present, whatever inspectors say."""
    told = session.consultation.told
    return tuple(check for check in session.symptoms if check in told and told[check].outcome == PRESENT)


def complaint_entries(session: Session, ticked: tuple[str, ...]) -> list[Entry]:
    """What the journal lacks so that exactly TICKED are complained of."""
    from wizard.consultation.consultation import Named, TookBack

    named = seen_by_the_person(session)
    return [
        *(TookBack(check) for check in named if check not in ticked),
        *(Named(check) for check in ticked if check not in named),
    ]
