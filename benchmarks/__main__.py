"""`python -m benchmarks [--rows N]`: import and audit beside peers on the same file in the same run, as ratios.

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
BOUSSOLE = Path(sys.executable).parent / "boussole"


@dataclass(frozen=True)
class Step:
    """Seconds and gigabytes of one process, and what it printed."""

    seconds: float
    gigabytes: float
    output: str


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


def main() -> None:
    """Runs all steps and prints what they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, default=Path("bench-data"))
    options = parser.parse_args()
    folder, rows = options.folder, options.rows
    print(f"{rows:,} decisions, {os.cpu_count()} cores")
    print(f"{'step':<60}{'seconds':>8}{'GB':>8}")
    data = write_decisions(folder, rows=rows)
    imported = _imports(folder, data, rows)
    _audits(folder, data, imported)
    _memory(folder, rows)
    _small_files(folder)


def _show(name: str, seconds: float, gigabytes: float) -> None:
    print(f"{name:<60}{seconds:>8.2f}{gigabytes:>8.2f}", flush=True)


def _home(folder: Path, *, keyed: bool = False) -> Path:
    """A new workspace with the system `bench`; `keyed`, its id becomes a keyed pseudonym."""
    home = folder / ("workspace-keyed" if keyed else "workspace")
    shutil.rmtree(home, ignore_errors=True)
    run(BOUSSOLE, "init", home)
    system = folder / "bench.yaml"
    privacy = "privacy: {pseudonymise: [decision_id]}\n" if keyed else ""
    system.write_text((HERE / "bench.yaml").read_text(encoding="utf-8") + privacy, encoding="utf-8")
    run(BOUSSOLE, "--workspace", home, "systems", "add", system)
    return home


def _import(home: Path, data: Path) -> Step:
    return run(BOUSSOLE, "--workspace", home, "import", data, "--system", "bench")


def _imports(folder: Path, data: Path, rows: int) -> Step:
    """An import checks every row, encrypts, and counts into the cubes; its peers do a part of that."""
    imported = _import(_home(folder), data)
    home = _home(folder, keyed=True)
    keyed = _import(home, data)
    more = _import(home, write_decisions(folder, rows=rows, part=1))
    copied = run(sys.executable, "-m", "benchmarks.copy_peer", data, folder / "copy.parquet")
    hashed = run(sys.executable, "-m", "benchmarks.hmac_peer", data, folder / "copy.parquet")
    _show("boussole import (whole command)", imported.seconds, imported.gigabytes)
    _show("  DuckDB COPY, nothing checked, encrypted or counted", copied.seconds, copied.gigabytes)
    _show("boussole import, ids as keyed pseudonyms (whole command)", keyed.seconds, keyed.gigabytes)
    _show("  as many more into the same log", more.seconds, more.gigabytes)
    _show("  Python's hmac over the ids, nothing else", hashed.seconds, hashed.gigabytes)
    floors = (("import", imported, 1.0), ("import with pseudonyms", keyed, 0.5), ("more with pseudonyms", more, 0.5))
    for name, step, floor in floors:
        print(f"{name}: {rows / step.seconds / 1e6:.2f} million rows a second (wanted: {floor})")
    print(f"import: {imported.seconds / copied.seconds:.1f} times as long as the bare copy")
    print(
        f"import with pseudonyms: {hashed.seconds / keyed.seconds:.1f} times as fast as the pseudonyms alone in Python"
    )
    return imported


def _audits(folder: Path, data: Path, imported: Step) -> None:
    """An audit beside the same group rates by Fairlearn's MetricFrame, which makes no intervals."""
    audit = run(sys.executable, "-m", "benchmarks.audit", folder / "workspace")
    peer = run(sys.executable, "-m", "benchmarks.fairlearn_peer", data)
    audit_seconds, peer_seconds = (float(step.output.split()[-1]) for step in (audit, peer))
    _show("boussole audit (libraries loaded)", audit_seconds, audit.gigabytes)
    _show("boussole audit (whole process)", audit.seconds, audit.gigabytes)
    _show("  Fairlearn MetricFrame (libraries, data loaded)", peer_seconds, peer.gigabytes)
    _show("  Fairlearn MetricFrame (whole process)", peer.seconds, peer.gigabytes)
    print(f"audit: {peer_seconds / audit_seconds:.0f} times as fast as MetricFrame on the same file")
    print(f"import and audit together: {peer.seconds / (imported.seconds + audit.seconds):.1f} times as fast")
    print(f"memory: MetricFrame takes {peer.gigabytes / max(imported.gigabytes, audit.gigabytes):.1f} times as much")


def _memory(folder: Path, rows: int) -> None:
    """The memory of an import does not grow with the file."""
    for size in (rows // 5, rows, rows * 2):
        step = _import(_home(folder), write_decisions(folder, rows=size))
        _show(f"boussole import of {size:,} rows", step.seconds, step.gigabytes)


def _small_files(folder: Path) -> None:
    """Many small files cost little each, and leave audits as fast as they were."""
    step = run(sys.executable, "-m", "benchmarks.small_files", _home(folder), folder / "parts")
    each, one, many, tidied = map(float, step.output.split())
    _show("boussole: a file of 100 rows, of 200 in one process", each, step.gigabytes)
    print(f"audit after 1, 200, 200 tidied files: {one:.2f}, {many:.2f}, {tidied:.2f} seconds")


if __name__ == "__main__":
    main()
