"""Audits the benchmark's workspace; prints the seconds of an audit once its libraries are loaded."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from audits.workspace import Workspace
from charter.audit import run_audit


def main() -> None:
    """One audit loads the libraries, the second is timed."""
    workspace = Workspace(Path(sys.argv[1]))
    system = workspace.system("bench")
    run_audit(workspace, system, dry_run=True)
    started = time.perf_counter()
    document = run_audit(workspace, system, dry_run=True)
    seconds = time.perf_counter() - started
    assert document["decisions"] > 0
    print(seconds)


if __name__ == "__main__":
    main()
