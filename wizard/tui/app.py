"""The app: its modes, its keys, and how one leads to the other."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import SystemCommand
from textual.command import CommandPalette
from textual.screen import Screen

from wizard.report.wording import mark, safe
from wizard.resources import ASSETS, state_folder
from wizard.tui.screens.complaint import ComplaintScreen
from wizard.tui.screens.desk import Desk
from wizard.tui.screens.page import Page
from wizard.tui.widgets.key_bar import Key, bindings
from wizard.vocabulary import Language

if TYPE_CHECKING:
    from wizard.consultation.telling import Telling
    from wizard.evidence.run import Request
    from wizard.tui.screens.desk import Opening


def _consultation() -> Page[None]:
    from wizard.tui.screens.consultation import ConsultationScreen  # deferred: not part of the first frame

    return ConsultationScreen()


def _plan() -> Page[None]:
    from wizard.tui.screens.plan import PlanScreen  # deferred: not part of the first frame

    return PlanScreen()


class WizardApp(Desk):
    """From the complaint through the questions to the plan, and back."""

    TITLE = "Loss Wizard"
    CSS_PATH = ASSETS / "wizard.tcss"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "complaint": ComplaintScreen,
        "consultation": _consultation,
        "plan": _plan,
    }
    DEFAULT_MODE = "complaint"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 (no ClassVar in Textual either)
    KEYS = (
        Key("l", "app.switch_language", "中文/English"),
        Key("question_mark", "app.command_palette", mark("actions")),
        Key("q", "app.quit", mark("quit")),
    )
    BINDINGS = bindings(KEYS)

    def consult(self) -> None:
        """To the questions, or past them if none is worth asking."""
        self.switch_mode("consultation")
        self.move_on()

    def move_on(self) -> None:
        """To the plan when asking no longer pays, unless something is still being looked at or was just taken back."""
        from wizard.consultation.consultation import TookBack

        session = self.session
        if session is None or session.next_step or self.looking is not None or self.waiting:
            return
        if session.consultation.journal and isinstance(session.consultation.journal[-1], TookBack):
            return
        self.switch_mode("plan")

    def accept(self, telling: Telling) -> None:
        """Add what was understood to the journal, and say what that is."""
        from wizard.report.understood import MEND, understood

        self.enter(*telling.entries)
        mend = [self.wording.text(MEND)] if telling.stated else []
        self.tell("\n".join([understood(telling, self.wording), *mend]))

    def tell(self, message: str) -> None:
        """A short notice; MESSAGE is shown as it stands."""
        self.notify(message, markup=False)

    def action_switch_language(self) -> None:
        self.language = "en" if self.language == "zh" else "zh"

    def action_help_quit(self) -> None:
        """Ctrl+C: people expect it to quit, so it says what does."""
        self.tell(self.wording.text("Press q to quit; the consultation is kept."))

    def action_command_palette(self) -> None:
        """Textual's own, with a prompt in the language of the moment."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder=self.wording.text("type what you want to do")))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the keys of SCREEN do, by name."""
        wording = self.wording
        keys = screen.keys() if isinstance(screen, Page) else self.KEYS
        for key in (key for key in keys if key.action != "app.command_palette"):
            run = partial(self.run_action, key.action, default_namespace=screen)
            yield SystemCommand(wording.text(key.label), wording.text("key {key}", key=key.shown), run)
        yield SystemCommand(wording.text("colours"), wording.text("choose a theme"), self.action_change_theme)

    def copy(self, code: str) -> None:
        """Send CODE to the terminal's clipboard and keep it in a file: no terminal says whether it took it."""
        self.copy_to_clipboard(code)
        file = state_folder() / "snippet.py"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(code, encoding="utf-8")
        except OSError:
            self.tell(self.wording.text("Sent to the terminal's clipboard (OSC 52); some terminals ignore that."))
            return
        self.tell(
            self.wording.text(
                "Sent to the terminal's clipboard (OSC 52). If pasting brings something else, it is also in {file}.",
                file=safe(file),
            )
        )


def run_app(
    request: Request,
    knowledge_folder: Path | None,
    language: Language,
    opening: Opening,
    rerun_minutes: float | None,
) -> None:
    """Run the app until the person leaves, then keep the journal and print where.

    Raises KnowledgeError if the knowledge base has errors, and what OPENING raises.
    """
    app = WizardApp(request, knowledge_folder, language, opening, rerun_minutes)
    app.run()
    app.stop_looking()
    if app.failure is not None:
        raise app.failure
    if app.session is None or not app.session.consultation.journal:
        return
    from wizard.consultation.journal import save

    file = state_folder() / "journals" / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.jsonl"
    try:
        save(app.session.consultation, file)
    except OSError as error:
        message = mark("The consultation could not be kept in {file}: {reason}.")
        sys.stderr.write(app.wording.text(message, file=file, reason=error.strerror) + "\n")
        return
    sys.stdout.write(app.wording.text("The consultation is kept in {file}", file=file) + "\n")
