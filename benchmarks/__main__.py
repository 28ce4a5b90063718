"""`python -m benchmarks [--rows N]`: import and audit beside Fairlearn's MetricFrame, as ratios.

Each step runs in a process of its own, so that its memory is its own. Times are wall-clock seconds; memory is the
largest resident set of the process.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.data import write_decisions

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Step:
    """Seconds and gigabytes of one process, and what it printed."""

    seconds: float
    gigabytes: float
    output: str


def run(*command: object) -> Step:
    """Runs a command to its end; a failure stops the benchmark with what the command said."""
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        pid = os.posix_spawn(
            str(command[0]),
            [str(part) for part in command],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, output.fileno(), 1)],
        )
        _, status, usage = os.wait4(pid, 0)
        seconds = time.perf_counter() - started
        output.seek(0)
        text = output.read()
    if status:
        sys.exit(f"{' '.join(map(str, command))} failed: {text}")
    return Step(seconds, usage.ru_maxrss / 1e6, text)


def main() -> None:
    """Runs all steps and prints one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, default=Path("bench-data"))
    options = parser.parse_args()
    data = write_decisions(options.folder, rows=options.rows)
    home = options.folder / "workspace"
    shutil.rmtree(home, ignore_errors=True)
    boussole = Path(sys.executable).parent / "boussole"
    run(boussole, "init", home)
    run(boussole, "--workspace", home, "systems", "add", HERE / "bench.yaml")
    imported = run(boussole, "--workspace", home, "import", data, "--system", "bench")
    audit = run(sys.executable, "-m", "benchmarks.audit", home)
    peer = run(sys.executable, "-m", "benchmarks.fairlearn_peer", data)
    _print(options.rows, imported, audit, peer)


def _print(rows: int, imported: Step, audit: Step, peer: Step) -> None:
    audit_seconds = float(audit.output.split()[-1])
    peer_seconds = float(peer.output.split()[-1])
    print(f"{rows:,} decisions, {os.cpu_count()} cores")
    print(f"{'step':<44}{'seconds':>10}{'GB':>8}")
    for name, seconds, memory in (
        ("boussole import (whole command)", imported.seconds, imported.gigabytes),
        ("boussole audit (libraries loaded)", audit_seconds, audit.gigabytes),
        ("boussole audit (whole process)", audit.seconds, audit.gigabytes),
        ("Fairlearn MetricFrame (libraries, data loaded)", peer_seconds, peer.gigabytes),
        ("Fairlearn MetricFrame (whole process)", peer.seconds, peer.gigabytes),
    ):
        print(f"{name:<48}{seconds:>8.2f}{memory:>8.2f}")
    print(f"import: {rows / imported.seconds / 1e6:.2f} million rows a second")
    print(f"audit: {peer_seconds / audit_seconds:.0f} times as fast as MetricFrame on the same file")
    print(f"import and audit together: {peer.seconds / (imported.seconds + audit.seconds):.1f} times as fast")
    print(f"memory: MetricFrame takes {peer.gigabytes / max(imported.gigabytes, audit.gigabytes):.1f} times as much")


if __name__ == "__main__":
    main()
