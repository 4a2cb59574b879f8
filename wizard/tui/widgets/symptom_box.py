"""One symptom to tick: its key, its title in plain words, and what the curve looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from wizard.tui.widgets.curve_sketch import CurveSketch


class SymptomBox(Horizontal, can_focus=True):
    """Ticked by space or the mouse; the picker around it knows the number keys and the arrows."""

    DEFAULT_CSS = """
    SymptomBox { height: auto; min-height: 2; padding: 0 1; }
    SymptomBox .tick { width: 6; }
    SymptomBox .title { width: 1fr; height: auto; margin: 0 1 0 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "tick", show=False)]

    ticked: reactive[bool] = reactive(False)
    title: reactive[str] = reactive("")

    @dataclass
    class Changed(Message):
        """The box was ticked, or its tick taken away."""

        symptom: str
        ticked: bool

    def __init__(self, symptom: str, key: str, curve: str, ticked: bool = False) -> None:
        super().__init__(id=f"symptom-{symptom}")
        self.symptom, self.key, self.curve = symptom, key, curve
        self.set_reactive(SymptomBox.ticked, ticked)

    def compose(self) -> ComposeResult:
        yield Static(classes="tick", markup=False)
        yield Static(classes="title", markup=False)
        yield CurveSketch(self.curve)

    def action_tick(self) -> None:
        self.ticked = not self.ticked
        self.post_message(self.Changed(self.symptom, self.ticked))

    def on_click(self) -> None:
        self.action_tick()

    def on_mount(self) -> None:
        self._draw()

    def watch_ticked(self) -> None:
        self.set_class(self.ticked, "-ticked")
        self._draw()

    def watch_title(self) -> None:
        self._draw()

    def _draw(self) -> None:
        for tick in self.query(".tick").results(Static):
            tick.update(Content.assemble((f"{self.key} ", "dim"), ("[x]" if self.ticked else "[ ]", "bold")))
        for title in self.query(".title").results(Static):
            title.update(Content(self.title))
