"""Many small files in one process, each in a transaction of its own; then audits: prints the seconds of each."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.data import write_parts
from boussole.audits.decisions import ingest
from boussole.audits.lake.connection import tidy
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit

FILES = 200
ROWS = 100


def main() -> None:
    """The first file and the first audit load the libraries and are not timed."""
    workspace = Workspace(Path(sys.argv[1]))
    system = workspace.system("bench")
    first, *others = write_parts(Path(sys.argv[2]), files=FILES, rows=ROWS)

    def audit() -> None:
        document = run_audit(workspace, system, dry_run=True)
        assert document.decisions > 0

    def bring_in() -> None:
        for path in others:
            ingest(workspace, system, path)

    ingest(workspace, system, first)
    audit()
    one = seconds(audit)
    each = seconds(bring_in) / len(others)
    many = seconds(audit)
    tidy(workspace)
    print(each, one, many, seconds(audit))


def seconds(work: Callable[[], None]) -> float:
    """How long some work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
