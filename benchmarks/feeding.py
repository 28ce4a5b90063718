"""Logs decisions, syncs and audits them, over and over, at low priority, until it is ended: one line for each round."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import count
from pathlib import Path

from benchmarks.data import write_decisions
from benchmarks.process import BOUSSOLE
from boussole.audits.workspace import Workspace
from boussole.experiments.logging.files import log_file

ROWS = 100_000


def main() -> None:
    """`python -m benchmarks.feeding HOME FOLDER`."""
    os.nice(10)
    home, folder = Path(sys.argv[1]), Path(sys.argv[2])
    workspace = Workspace(home)
    system = workspace.system("bench")
    for number in count():
        path = write_decisions(folder, rows=ROWS, part=number + 1)
        log_file(path, workspace=workspace, system=system)
        for asked in (["sync", "--system", "bench", "--nice"], ["audit", "--system", "bench"]):
            command = [str(BOUSSOLE), "--workspace", str(home), *asked]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        path.unlink()
        print(number, flush=True)


if __name__ == "__main__":
    main()
