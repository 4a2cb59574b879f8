"""Why a cause stands where it stands: how it comes about, what speaks against and for it, what would change that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from wizard.report.layout import lines_of, wrapped
from wizard.tui.screens.sheet import Sheet
from wizard.vocabulary import HEALTHY, OTHER

if TYPE_CHECKING:
    from wizard.consultation.session import Session


class CauseSheet(Sheet[None]):
    """CAUSE is any hypothesis of the differential."""

    def __init__(self, cause: str) -> None:
        super().__init__()
        self.cause = cause

    def title_text(self) -> str:
        return self.wording.cause(self.cause)

    def text(self) -> Content:
        from wizard.report.changes import what_would_change, why_not

        session, wording = self.wizard.session, self.wording
        if session is None:
            return Content("")
        with lines_of(self.columns):
            known = wording.base.causes.get(self.cause)
            parts = [
                wrapped(known.because.to(wording.language)) if known else [],
                why_not(session, self.cause, wording),
                what_would_change(session, wording) if self._leads(session) else [],
            ]
        return Content("\n\n".join("\n".join(lines) for lines in parts if lines))

    def _leads(self, session: Session) -> bool:
        """Whether it is this conclusion that something would change."""
        ranking = (ranked.cause for ranked in session.diagnosis.differential)
        return self.cause == next((cause for cause in ranking if cause not in (HEALTHY, OTHER)), None)
