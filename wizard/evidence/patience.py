"""A clock that only ends hangs: it never decides how much is measured."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TookTooLong(BaseException):
    """Raised inside the code that hangs; no Exception, so that a user's `except Exception` does not swallow it."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Raise TookTooLong in the body after SECONDS of wall-clock time; an outer clock goes on afterwards.

    Does nothing outside the main thread, and cannot interrupt native code that never returns.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TookTooLong

    started = time.monotonic()
    outer = signal.signal(signal.SIGALRM, ring)
    left, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, outer)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - started), 0.001))
