"""Why this question: what it costs and saves, and what each answer would make likely."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from wizard.tui.screens.sheet import Sheet
from wizard.vocabulary import Step


class WhySheet(Sheet[None]):
    """Reads from the session: what the answers would do to the differential."""

    def __init__(self, step: Step) -> None:
        super().__init__()
        self.step = step

    def title_text(self) -> str:
        return self.wording.text("Why this question: {check}", check=self.wording.check(self.step.check))

    def text(self) -> Content:
        return Content("\n").join(self._parts())

    def _parts(self) -> Iterator[Content]:
        session, wording = self.wizard.session, self.wording
        if session is None:
            return
        if self.step.minutes_saved:  # none if the person chose it from a checklist
            yield Content(
                wording.text(
                    "It takes about {minutes} min and should save {saved} min more than that.",
                    minutes=f"{self.step.minutes:.3g}",
                    saved=f"{self.step.minutes_saved:.2g}",
                )
            )
        for outcome, (chance, likeliest) in session.why(self.step.check).items():
            yield Content("")
            answer = wording.outcome(self.step.check, outcome)
            yield Content.assemble(
                (answer, "bold"), "  ", (wording.text("expected with {chance}", chance=wording.percent(chance)), "dim")
            )
            for cause, probability in likeliest:
                yield Content(f"  {wording.percent(probability):>5}  {wording.cause(cause)}")
