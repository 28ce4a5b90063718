"""Runs a command in a process of its own, so that its memory is its own."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BOUSSOLE = Path(sys.executable).parent / "boussole"


@dataclass(frozen=True)
class Step:
    """Wall-clock seconds of one process, the gigabytes of its largest resident set, and what it printed."""

    seconds: float
    gigabytes: float
    output: str

    @property
    def told(self) -> dict[str, Any]:
        """The JSON that it printed on its last line."""
        found: dict[str, Any] = json.loads(self.output.splitlines()[-1])
        return found


def run(*command: object) -> Step:
    """Runs a command to its end; a failure stops the benchmark with what the command said."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        started = time.perf_counter()
        pid = os.posix_spawn(
            str(command[0]),
            [str(part) for part in command],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, file.fileno(), number) for number, file in ((1, output), (2, errors))],
        )
        _, status, usage = os.wait4(pid, 0)
        seconds = time.perf_counter() - started
        output.seek(0)
        errors.seek(0)
        text, said = output.read(), errors.read()
    if status:
        sys.exit(f"{' '.join(map(str, command))} failed: {text}{said}")
    return Step(seconds, usage.ru_maxrss / 1e6, text)


def module(name: str, *arguments: object) -> Step:
    """Runs a module of the benchmarks with the Python of the development environment."""
    return run(sys.executable, "-m", f"benchmarks.{name}", *arguments)


def show(name: str, seconds: float, gigabytes: float) -> None:
    """One line of what is printed."""
    print(f"{name:<60}{seconds:>8.2f}{gigabytes:>8.2f}", flush=True)
