"""What a typed line asks for other than an answer: a page about a word, what speaks against a cause, a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.report.wording import safe

if TYPE_CHECKING:
    from wizard.consultation.listening import Heard
    from wizard.tui.screens.page import Page

LONGEST_WORD = 60


def look_up(page: Page[Any], heard: Heard) -> str | None:
    """Show over PAGE what was asked for. What to say if nothing is known of it, and None if nothing was asked."""
    from wizard.consultation.listening import entry_meant
    from wizard.tui.screens.cause import CauseSheet
    from wizard.tui.screens.entry import EntrySheet

    base, word = page.wording.base, safe(heard.what, LONGEST_WORD)
    match heard.kind:
        case "what_is":
            found = entry_meant(heard.what, base)
            if found is None:
                return page.wording.text("I have no page about '{word}'.", word=word)
            page.app.push_screen(EntrySheet(found))
        case "why_not":
            cause = entry_meant(heard.what, base, base.causes)
            if cause is None:
                return page.wording.text("I know no cause '{word}'.", word=word)
            page.app.push_screen(CauseSheet(cause))
        case "file":
            page.give(typed=heard.what)
        case _:
            return None
    return ""
