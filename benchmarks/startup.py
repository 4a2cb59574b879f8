"""Start-up as CPU ratios to `python -c pass`, measured in one run: `--help`, `--version`, and the app's first frame."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

ROUNDS = 7
PROGRAMS = {
    "python -c pass": ["-c", "pass"],
    "--help": ["-m", "wizard", "--help"],
    "import textual.app": ["-c", "import textual.app"],
    "import wizard.tui.app": ["-c", "import wizard.tui.app"],
}


def cpu_seconds(arguments: list[str]) -> float:
    """User and system time of one fresh interpreter."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    """Print the median of each program over that of the bare interpreter, rounds interleaved."""
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(ROUNDS):
        for name, arguments in PROGRAMS.items():
            times[name].append(cpu_seconds(arguments))
    bare = statistics.median(times["python -c pass"])
    for name, seconds in times.items():
        print(f"{name:24} {statistics.median(seconds) / bare:5.1f} x python -c pass")


if __name__ == "__main__":
    main()
