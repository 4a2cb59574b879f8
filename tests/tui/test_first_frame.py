"""The first frame comes before anything heavy is imported, and says what it waits for."""

from __future__ import annotations

import subprocess
import sys
from functools import partialmethod
from pathlib import Path

import pytest
from visit import NOTHING

from wizard.errors import KnowledgeError
from wizard.tui.app import WizardApp, run_app

HEAVY = [
    "torch",
    "scipy",
    "pandas",
    "yaml",
    "pydantic",
    "networkx",
    "numpy",
    "msgspec",
    "wizard.reasoning",
    "wizard.knowledge",
    "wizard.consultation",
]
FRAME = f"""
import asyncio, sys
from wizard.evidence.run import Request
from wizard.tui.app import WizardApp

class Held(WizardApp):
    def load(self):
        self.call_after_refresh(self.exit)

app = Held(Request(), None, "en")

async def main():
    async with app.run_test() as pilot:
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        print("Reading the knowledge base" in "".join(s.text for strip in strips for s in strip))
        print([name for name in {HEAVY!r} if name in sys.modules])

asyncio.run(main())
"""


def test_the_first_frame_imports_nothing_heavy() -> None:
    """In a process of its own, with the loading held back."""
    result = subprocess.run([sys.executable, "-c", FRAME], capture_output=True, text=True, check=True)

    assert result.stdout.splitlines() == ["True", "[]"]


async def test_keys_before_the_base_is_read_do_no_harm(base: Path) -> None:
    """Whoever types at once is told to wait."""

    class Held(WizardApp):
        def load(self) -> None:  # type: ignore[override]
            """Never."""

    app = Held(NOTHING, base, "en")
    async with app.run_test() as pilot:
        await pilot.press("1", "space", "s", "l", "b", "down")
        await pilot.pause()

        assert app.session is None
        assert app.current_mode == "complaint"


def test_a_broken_knowledge_base_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app leaves and hands the errors to the command line."""
    (tmp_path / "families.yaml").write_text("data: [\n")
    monkeypatch.setattr(WizardApp, "run", partialmethod(WizardApp.run, headless=True))

    with pytest.raises(KnowledgeError, match=r"families\.yaml"):
        run_app(NOTHING, tmp_path, "en", lambda _: (), None)
