"""What tests share: the real data, workspaces, and the command line as a user runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from audits.workspace import Workspace

HERE = Path(__file__).parent
SYSTEMS = HERE / "systems"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data, which is never copied into the project."""
    folder = Path(os.environ.get("BOUSSOLE_TEST_DATA", HERE.parent.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the real data are not at {folder}; set BOUSSOLE_TEST_DATA")
    return folder


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty MLflow store: making its tables takes seconds, so they are made once and copied."""
    from experiments.store import quiet_mlflow  # takes seconds

    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    quiet_mlflow().MlflowClient(tracking_uri=f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture
def make_workspace(tmp_path: Path) -> Callable[..., Workspace]:
    """Makes a workspace that holds the named systems of tests/systems."""

    def make(*names: str) -> Workspace:
        workspace = Workspace.create(tmp_path / "workspace")
        for name in names:
            shutil.copy(SYSTEMS / f"{name}.yaml", workspace.home / "systems")
        return workspace

    return make


@pytest.fixture(scope="session")
def boussole() -> Run:
    """Runs the command line in a process of its own, as a user does."""

    def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).parent / "boussole"), *map(str, arguments)]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=300, **options)

    return run


@pytest.fixture(scope="session")
def audited(boussole: Run, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """The audit document of a real data set, through the command line only: init, add, import, audit.

    Each is made once for all the processes that run tests.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def audit(system: str, data: str) -> Any:
        kept = shared / f"audited-{system}.json"
        with FileLock(f"{kept}.lock"):
            if not kept.exists():
                kept.write_text(made(system, data), encoding="utf-8")
        return json.loads(kept.read_text(encoding="utf-8"))

    def made(system: str, data: str) -> str:
        home = tmp_path_factory.mktemp(system) / "workspace"
        for arguments in (
            ("init", home),
            ("--workspace", home, "systems", "add", SYSTEMS / f"{system}.yaml"),
            ("--workspace", home, "import", real_data / data, "--system", system),
        ):
            done = boussole(*arguments)
            assert done.returncode == 0, done.stderr
        done = boussole("--workspace", home, "audit", "--system", system, "--json", "-")
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    return audit
