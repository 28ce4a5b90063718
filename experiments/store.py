"""MLflow, imported late and kept quiet: no telemetry, no progress bars, no log lines below a warning."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from audits.errors import BoussoleError
from audits.workspace import Workspace

if TYPE_CHECKING:
    from mlflow import MlflowClient

TAG = "boussole.system"
DECISIONS = "boussole/decisions"
SQLITE = "sqlite:///"

_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "GIT_PYTHON_REFRESH": "quiet",
}


def quiet_mlflow() -> ModuleType:
    """The module `mlflow`; it reads these variables while it is imported, and a value set by its user stays."""
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    import mlflow  # takes seconds

    return mlflow


def client(workspace: Workspace) -> MlflowClient:
    """A client of the workspace's tracking store; MLflow's process-wide settings stay as they are."""
    found: MlflowClient = quiet_mlflow().MlflowClient(tracking_uri=workspace.tracking_uri)
    return found


def store_missing(workspace: Workspace) -> bool:
    """True where the tracking store is a SQLite file that does not exist: opening it would create it."""
    uri = workspace.tracking_uri
    return uri.startswith(SQLITE) and not Path(uri.removeprefix(SQLITE)).exists()


def experiment_id(store: MlflowClient, workspace: Workspace, name: str) -> str:
    """The id of an experiment, made if missing; next to a local store its artifacts stay in the workspace."""
    found = store.get_experiment_by_name(name)
    if found is None:
        local = workspace.tracking_uri.startswith(SQLITE)
        place = (workspace.home / "mlartifacts").as_uri() if local else None
        made: str = store.create_experiment(name, artifact_location=place)
        return made
    if found.lifecycle_stage != "active":
        raise BoussoleError(
            f"the MLflow experiment '{name}' is deleted.",
            where=workspace.tracking_uri,
            next_step="Restore it in MLflow, or name another one under `sources` of the system file.",
        )
    return str(found.experiment_id)
