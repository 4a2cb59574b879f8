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

KEYS = "123456789"  # of the first nine; arrows and space reach all
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
        self._named: frozenset[str] = frozenset()

    @property
    def boxes(self) -> list[SymptomBox]:
        """In the order in which they are drawn."""
        return list(self.query(SymptomBox))

    @property
    def ticked(self) -> tuple[str, ...]:
        """Ids of the ticked symptoms."""
        return tuple(box.symptom for box in self.boxes if box.ticked)

    def show(self, symptoms: Sequence[str], named: Collection[str], wording: Wording) -> None:
        """Make the boxes once, in the order of SYMPTOMS, those NAMED ticked; then change their words.

        What was named, or taken back, since then is ticked or unticked; ticks that nobody has been told yet stay.
        """
        if not self.boxes:
            curves = {id: symptom.curve for id in symptoms if (symptom := wording.base.checks[id].symptom)}
            keys = KEYS[: len(curves)]
            pairs = zip_longest(curves, keys, fillvalue=" ")
            made = [SymptomBox(id, key, curves[id], id in named) for id, key in pairs]
            self.mount_all(made)
            self.call_after_refresh(self._focus_first)
        for box in self.boxes:
            box.title = wording.check(box.symptom)
            if (box.symptom in named) != (box.symptom in self._named):
                box.ticked = box.symptom in named
        self._named = frozenset(named)

    def tick(self, symptoms: Collection[str], ticked: bool = True) -> None:
        """Tick SYMPTOMS, or take their ticks away, and go to the first of them."""
        boxes = [box for box in self.boxes if box.symptom in symptoms]
        for box in boxes:
            box.ticked = ticked
        if boxes:
            boxes[0].focus()

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

    def to_first(self) -> None:
        """The cursor to the first symptom."""
        if self.boxes:
            self.boxes[0].focus()

    def _focus_first(self) -> None:
        if self.screen.focused is None:
            self.to_first()
