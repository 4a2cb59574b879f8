"""A child process in a group of its own: JSON messages come over a pipe of their own, its output is kept apart."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

TICK = 0.2  # seconds between looks at whether the process still lives
KEPT_OUTPUT = 64 * 1024  # bytes, the last ones
LAST_LINES, LAST_CHARACTERS = 3, 300
LONGEST_MESSAGE = 1 << 20  # bytes; more is none of ours
CHUNK = 1 << 16


class Confined:
    """Starts COMMAND with REQUEST as JSON on stdin; `channel` in it is the descriptor for messages."""

    def __init__(self, command: Sequence[str], request: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        self.late = False
        self._output = b""
        self._messages, channel = os.pipe()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(channel,),
            env=environment,
            start_new_session=True,  # also its own process group, so that all it starts can be killed with it
        )
        os.close(channel)
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError), self._process.stdin as stdin:  # died at once: last words say why
            stdin.write(json.dumps({**request, "channel": channel}).encode())

    def messages(self, deadline: float) -> Iterator[dict[str, Any]]:
        """Messages as they come, until `done`, the end of the process, or DEADLINE (monotonic), which sets `late`."""
        assert self._process.stdout is not None
        received = b""
        with selectors.DefaultSelector() as ready:
            ready.register(self._messages, selectors.EVENT_READ)
            ready.register(self._process.stdout, selectors.EVENT_READ)
            while True:
                # A grandchild may hold the pipes open, so their end is not the only sign.
                ended = self._process.poll() is not None
                events = ready.select(0 if ended else TICK)
                if ended and not events:
                    return
                for key, _ in events:
                    chunk = os.read(key.fd, CHUNK)
                    if not chunk:
                        ready.unregister(key.fileobj)
                    elif key.fd == self._messages:
                        *lines, received = (received + chunk).split(b"\n")
                        received = received[-LONGEST_MESSAGE:]
                        for message in filter(None, map(_parsed, lines)):
                            if "done" in message:
                                return
                            yield message
                    else:
                        self._output = (self._output + chunk)[-KEPT_OUTPUT:]
                if time.monotonic() > deadline:
                    self.late = True
                    return

    def last_words(self) -> str:
        """The last lines that it printed, empty if none."""
        lines = [line.strip() for line in self._output.decode("utf-8", "replace").splitlines() if line.strip()]
        return " ".join(" / ".join(lines[-LAST_LINES:]).split())[-LAST_CHARACTERS:]

    def end(self) -> None:
        """Kill it and all that it started in its group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: the latter for a group of zombies
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._messages)
        if self._process.stdout is not None:
            self._process.stdout.close()


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None
