"""A workspace with the system whose files are written in many ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from tests.audits.dirty_files import SYSTEM


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "w")
    (made.home / "systems" / "jobs.yaml").write_text(SYSTEM, encoding="utf-8")
    return made


@pytest.fixture
def jobs(workspace: Workspace) -> System:
    return workspace.system("jobs")
