"""What all screens share: they follow the session and the language, and tell their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from wizard.report.wording import Wording
from wizard.tui.widgets.heading import Heading
from wizard.tui.widgets.key_bar import Key, KeyBar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wizard.tui.app import WizardApp

Result = TypeVar("Result")


class Page(Screen[Result]):
    """A screen of the app; `show` draws everything anew from what the app holds."""

    KEYS: ClassVar[tuple[Key, ...]] = ()
    MODE: ClassVar[str] = ""

    @property
    def wizard(self) -> WizardApp:
        """The app, by its own type."""
        return cast("WizardApp", self.app)

    @property
    def wording(self) -> Wording:
        """The words of the moment."""
        return self.wizard.wording

    def body(self) -> Iterable[Widget]:
        """The widgets between heading and keys."""
        return ()

    def compose(self) -> ComposeResult:
        yield Heading()
        yield from self.body()
        yield KeyBar()

    def on_mount(self) -> None:
        self.watch(self.app, "session", self.on_session, init=False)
        self.watch(self.app, "language", self.show, init=False)
        self.watch(self.app, "looking", self.show, init=False)
        self.show()

    def on_session(self) -> None:
        """The session has changed."""
        self.show()

    def show(self) -> None:
        """Draw from the app's session, in its language."""
        self.query_one(Heading).show(self.MODE, self.wording)
        self.query_one(KeyBar).show(self.labelled_keys())

    def keys(self) -> tuple[Key, ...]:
        """What this screen and then the app listen to."""
        return (*self.KEYS, *self.wizard.KEYS)

    def labelled_keys(self) -> list[tuple[str, str, str]]:
        """(key, label, action) of the keys that the bar shows."""
        return [(key.shown, self.wording.text(key.label), self.action(key)) for key in self.keys() if not key.hidden]

    def action(self, key: Key) -> str:
        """The action of KEY, with the name of what runs it."""
        return key.action if "." in key.action else f"screen.{key.action}"

    def action_give(self) -> None:
        self.give()

    def give(self, opening: str = "", typed: str = "") -> None:
        """Ask for a path: for OPENING if one was chosen, beginning with what was TYPED already."""
        from wizard.tui.screens.hand_over import HandOverSheet

        self.app.push_screen(HandOverSheet(self.wizard.handed_over, opening, typed), self.wizard.look)

    def action_take_back(self) -> None:
        if not self.wizard.take_back():
            self.wizard.tell(self.wording.text("There is no answer to take back."))
