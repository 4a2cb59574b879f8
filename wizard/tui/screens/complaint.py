"""What do you see? Symptoms to tick, and something to look at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from wizard.report.wording import mark
from wizard.tui.screens.page import Page
from wizard.tui.widgets.key_bar import Key, bindings
from wizard.tui.widgets.looking_line import LookingLine
from wizard.tui.widgets.symptom_picker import KEYS as SYMPTOM_KEYS
from wizard.tui.widgets.symptom_picker import SymptomPicker

if TYPE_CHECKING:
    from textual.widgets import Button

    from wizard.consultation.consultation import Entry
    from wizard.consultation.session import Session


class ComplaintScreen(Page[None]):
    """Drawn before the knowledge base is read: it then says so in place of the symptoms."""

    DEFAULT_CSS = """
    ComplaintScreen #lead { height: auto; padding: 0 1; }
    ComplaintScreen #doors { height: 1; padding: 0 1; }
    ComplaintScreen #doors Button { margin: 0 2 0 0; }
    """
    MODE = "complaint"
    TICK = Key("space", "tick_focused", mark("tick (or its number)"))
    KEYS = (Key("s", "start", mark("start (or enter)")), Key("g", "give", mark("give files")))
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(KEYS),
        Binding("down,right", "app.focus_next", show=False),
        Binding("up,left", "app.focus_previous", show=False),
        Binding("enter", "go_on", show=False),
        *(Binding(key, f"tick('{key}')", show=False) for key in SYMPTOM_KEYS),
    ]
    AUTO_FOCUS = ""

    def body(self) -> Iterable[Widget]:
        yield Static(id="lead", markup=False)
        yield SymptomPicker()
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
            self.query_one(SymptomPicker).show(session.symptoms, session.consultation.complaints, wording)
        artifacts = session.consultation.artifacts if session else ()
        self.query_one(LookingLine).show(self.wizard.looking, artifacts, self.wizard.trouble, wording)
        if session is not None:
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
        self.wizard.enter(*complaint_entries(session, ticked))
        self.wizard.consult()


def complaint_entries(session: Session, ticked: tuple[str, ...]) -> list[Entry]:
    """What the journal lacks so that exactly TICKED are complained of."""
    from wizard.consultation.consultation import Named, TookBack

    named = [check for check, said in session.consultation.said.items() if isinstance(said, Named)]
    return [
        *(TookBack(check) for check in named if check not in ticked),
        *(Named(check) for check in ticked if check not in named),
    ]
