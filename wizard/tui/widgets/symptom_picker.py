"""All symptoms in as many columns as fit, with arrow keys between them and a key for each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import zip_longest
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from wizard.report.wording import Wording
from wizard.tui.widgets.symptom_box import SymptomBox

# Without the letters that the page itself listens to.
KEYS = "123456789abcefimnoptuvwxz"
NARROWEST, MOST_COLUMNS = 38, 3


class SymptomPicker(VerticalScroll, can_focus=False):
    """Boxes row by row; scrolls when the terminal is too low for all."""

    DEFAULT_CSS = """
    SymptomPicker { height: 1fr; layout: grid; grid-rows: auto; grid-gutter: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1, True)", show=False),
        Binding("up,k", "move(-1, True)", show=False),
        Binding("right", "move(1)", show=False),
        Binding("left", "move(-1)", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.columns = 1

    @property
    def boxes(self) -> list[SymptomBox]:
        """In the order in which they are drawn."""
        return list(self.query(SymptomBox))

    @property
    def ticked(self) -> tuple[str, ...]:
        """Ids of the ticked symptoms."""
        return tuple(box.symptom for box in self.boxes if box.ticked)

    def show(self, symptoms: Sequence[str], named: Collection[str], wording: Wording) -> None:
        """Make the boxes once, in the order of SYMPTOMS, those NAMED ticked; then only change their words."""
        if not self.boxes:
            curves = {id: symptom.curve for id in symptoms if (symptom := wording.base.checks[id].symptom)}
            keys = KEYS[: len(curves)]
            pairs = zip_longest(curves, keys, fillvalue=" ")
            made = [SymptomBox(id, key, curves[id], id in named) for id, key in pairs]
            self.mount_all(made)
            self.call_after_refresh(self._focus_first)
        for box in self.boxes:
            box.title = wording.check(box.symptom)

    def toggle(self, key: str) -> bool:
        """Tick the symptom that KEY stands for; whether there is one."""
        for box in self.boxes:
            if box.key == key:
                box.focus()
                box.action_tick()
                return True
        return False

    def toggle_focused(self) -> None:
        """Tick the symptom that has the focus."""
        for box in self.boxes:
            if box.has_focus:
                box.action_tick()

    def action_move(self, by: int, row: bool = False) -> None:
        """To a neighbour; past the last row, to what follows the picker."""
        boxes = self.boxes
        focused = next((place for place, box in enumerate(boxes) if box.has_focus), 0)
        target = focused + by * (self.columns if row else 1)
        if 0 <= target < len(boxes):
            boxes[target].focus()
        elif target >= len(boxes):
            self.screen.set_focus(boxes[-1])
            self.screen.focus_next()

    def on_resize(self, event: events.Resize) -> None:
        self.columns = max(1, min(MOST_COLUMNS, event.size.width // NARROWEST))
        self.styles.grid_size_columns = self.columns

    def _focus_first(self) -> None:
        if self.boxes and self.screen.focused is None:
            self.boxes[0].focus()
