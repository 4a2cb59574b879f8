"""Whole consultations under a pilot: by keys and by mouse, with second thoughts, in both languages."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from tests.tui.conftest import Open, shown
