"""Something told in own words, a number, or pasted lines: what is understood of it becomes part of the consultation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static, TextArea

from wizard.errors import UsageError
from wizard.report.wording import LONGEST_NOTICE, mark, safe
from wizard.resources import probe_snippet
from wizard.tui.screens.look_up import look_up
from wizard.tui.screens.sheet import CLOSE, Sheet
from wizard.tui.widgets.key_bar import Key, bindings
from wizard.vocabulary import Check

if TYPE_CHECKING:
    from wizard.consultation.listening import Heard, Kind
    from wizard.consultation.telling import Telling

LONGEST = 1 << 20  # characters
PROBE = "probe"
# What a word to the wizard does on the page below.
ACTIONS: dict[Kind, str] = {
    "dont_know": "dont_know",
    "why": "why",
    "back": "take_back",
    "plan": "app.switch_mode('plan')",
    "checklist": "checklist",
    "help": "app.command_palette",
    "quit": "app.quit",
}


class TellSheet(Sheet["Telling | str | None"]):
    """Gives back what was understood, or the action that a word stands for; stays open when nothing is understood.

    CHECK is the question that stands below, OPENING what the person was asked to paste.
    """

    DEFAULT_CSS = """
    TellSheet #sheet { height: 90%; }
    TellSheet #scroll { max-height: 40%; }
    TellSheet TextArea, TellSheet TextArea:focus { height: 1fr; min-height: 3; border: round $primary; }
    TellSheet #refused { height: auto; padding: 0 1; color: $text-error; }
    TellSheet #buttons { height: 1; padding: 0 1; }
    TellSheet #buttons Button { margin: 0 2 0 0; }
    """
    SEND = Key("ctrl+s", "send", mark("send"))
    KEYS = (SEND, CLOSE)
    BINDINGS = bindings((SEND,))
    AUTO_FOCUS = "TextArea"

    def __init__(self, check: Check | None, opening: str = "") -> None:
        super().__init__()
        self.check, self.opening = check, opening

    def body(self) -> Iterable[Widget]:
        yield TextArea(highlight_cursor_line=False)
        yield Static(id="refused", markup=False)
        with Horizontal(id="buttons"):
            yield Button(id="send", compact=True)
            if self.opening == PROBE:
                yield Button(id="copy", compact=True)

    def title_text(self) -> str:
        if self.opening:
            return self.wording.base.openings[self.opening].title.to(self.wording.language)
        return self.wording.text("Tell me more, or ask")

    def text(self) -> Content:
        if not self.opening:
            lead = self.wording.text(
                "In your own words; or paste lines as they stand: a log, an error, a probe's block. "
                "Or ask: what is BN; why not CAUSE."
            )
            return Content(self.wrapped(lead))
        how = self.wrapped(self.wording.base.openings[self.opening].how.to(self.wording.language))
        return Content(f"{how}\n\n{probe_snippet().rstrip()}" if self.opening == PROBE else how)

    def show(self) -> None:
        super().show()
        labels = {"send": self.wording.text("Send"), "copy": self.wording.text("Copy the lines above")}
        for button in self.query(Button):
            button.label = Content(labels[button.id or ""])

    @on(Button.Pressed)
    def press(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "copy":
            self.wizard.copy(probe_snippet())
        else:
            self.action_send()

    def action_send(self) -> None:
        from wizard.consultation.listening import Heard, listen

        area = self.query_one(TextArea)
        said = area.text[:LONGEST].strip()
        if not said:
            return
        heard = Heard("told", said) if "\n" in said else listen(said, self.check)
        refused = look_up(self, heard)
        if refused is None:
            refused = self._take(heard)
        self.query_one("#refused", Static).update(Content(f"✗ {refused}" if refused else ""))
        if not refused:
            area.clear()

    def _take(self, heard: Heard) -> str:
        """Close with what was HEARD, or say why it was not understood."""
        from wizard.report.understood import not_understood

        if heard.kind in ACTIONS:
            self.dismiss(ACTIONS[heard.kind])
            return ""
        if heard.kind == "status":  # it stands below
            self.dismiss(None)
            return ""
        try:
            telling = self._understood(heard)
        except UsageError as error:
            return safe(error.told(self.wording.language), LONGEST_NOTICE)
        if not telling.understood:
            return not_understood(telling, self.wording)
        self.dismiss(telling)
        return ""

    def _understood(self, heard: Heard) -> Telling:
        from wizard.consultation.telling import Telling, taken

        session = self.wizard.session
        return taken(heard, self.check, session) if session is not None else Telling()
