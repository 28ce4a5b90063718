"""`boussole sync --nice` beside a dashboard: low priority, and one thread."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from boussole.audits.workspace import Workspace
from tests.conftest import SYSTEMS

AS_A_USER = """
import json, os, sys
from pathlib import Path
from boussole.audits.lake.engine import connect
from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.main import app
app(["--workspace", sys.argv[1], "sync", *sys.argv[2:]], standalone_mode=False)
with connect(Workspace(Path(sys.argv[1]))) as engine:
    threads = engine.execute("SELECT current_setting('threads')").fetchone()[0]
print(json.dumps([os.nice(0), threads]))
"""


@pytest.mark.slow
def test_nice(tmp_path: Path) -> None:
    home = str(Workspace.create(tmp_path / "w").home)
    shutil.copy(SYSTEMS / "admissions.yaml", Path(home) / "systems")
    environment = {name: value for name, value in os.environ.items() if name != "BOUSSOLE_THREADS"}

    def priority_and_threads(*options: str) -> list[int]:
        command = [sys.executable, "-c", AS_A_USER, home, *options]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        told: list[int] = json.loads(done.stdout.splitlines()[-1])
        return told

    before, _ = priority_and_threads()
    assert priority_and_threads("--nice") == [min(before + 10, 19), 1]
