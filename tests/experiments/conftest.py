"""Workspaces with a real MLflow store (SQLite) for the tests of `experiments`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from boussole.audits.workspace import Workspace
from boussole.experiments.store import quiet_mlflow
from tests.written import system_text

LOG = """\
columns:
  id: decision_id
  decided_at: ts
  decision: {column: chosen, selected: [1], not_selected: [0]}
groups:
  sex: {column: sex, reference: M}
"""


@pytest.fixture
def make_workspace(tmp_path: Path, empty_store: Path) -> Callable[..., Workspace]:
    """A function that makes a workspace with systems given as id -> sources (YAML)."""

    def make(name: str = "espace de démo", **systems: str) -> Workspace:
        workspace = Workspace.create(tmp_path / name)
        shutil.copyfile(empty_store, workspace.home / "mlflow.db")
        for system_id, sources in systems.items():
            text = system_text(system_id, f"{LOG}sources: {sources}\n")
            (workspace.home / "systems" / f"{system_id}.yaml").write_text(text, encoding="utf-8")
        return workspace

    return make


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace]) -> Workspace:
    """One system `trial` that reads the MLflow experiment `trials`."""
    return make_workspace(trial="[{mlflow: {experiment: trials}}]")


@pytest.fixture
def mlflow(workspace: Workspace) -> Iterator[Any]:
    """MLflow as a data scientist uses it, pointed to the workspace's store and its experiment."""
    module = quiet_mlflow()
    before = module.get_tracking_uri()
    module.set_tracking_uri(workspace.tracking_uri)
    module.create_experiment("trials", artifact_location=(workspace.home / "mlartifacts").as_uri())
    module.set_experiment("trials")
    yield module
    module.set_tracking_uri(before)


@pytest.fixture
def decisions() -> Callable[..., pd.DataFrame]:
    """A function that makes rows of decisions whose ids start at a number."""

    def make(first: int = 0, rows: int = 4) -> pd.DataFrame:
        numbers = range(first, first + rows)
        return pd.DataFrame(
            {
                "decision_id": [f"{n:03d}" for n in numbers],
                "ts": [f"2026-07-{n % 28 + 1:02d} 10:00" for n in numbers],
                "chosen": [n % 2 for n in numbers],
                "sex": ["F" if n % 4 < 2 else "M" for n in numbers],
            }
        )

    return make
