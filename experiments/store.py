"""MLflow, imported late and kept quiet: no telemetry, no progress bars, no log lines below a warning."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError, SourceError

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Experiment

    from boussole.audits.workspace import Workspace

TAG = "boussole.system"
VERSION_TAG = "boussole.model_version"
FOLDER = "boussole"
DECISIONS = f"{FOLDER}/decisions"
SQLITE = "sqlite:///"

_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "GIT_PYTHON_REFRESH": "quiet",
    # MLflow's own patience (seven tries, each twice as late) keeps a sync waiting for minutes on a server that is down.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
}


def quiet_mlflow() -> ModuleType:
    """The module `mlflow`; it reads these variables while it is imported, and a value set by its user stays."""
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    import mlflow  # takes seconds

    return mlflow


def client(workspace: Workspace) -> MlflowClient:
    """A client of the workspace's tracking store, whose file is made where it is missing, for its owner only."""
    if store_missing(workspace):
        path = Path(workspace.tracking_uri.removeprefix(SQLITE))
        private_files.make_folder(path.parent)
        private_files.make_file(path)
    found: MlflowClient = quiet_mlflow().MlflowClient(tracking_uri=workspace.tracking_uri)
    return found


def store_missing(workspace: Workspace) -> bool:
    """True where the tracking store is a SQLite file that does not exist: opening it would create it."""
    uri = workspace.tracking_uri
    return uri.startswith(SQLITE) and not Path(uri.removeprefix(SQLITE)).exists()


def shown_uri(workspace: Workspace) -> str:
    """The address of the tracking store as it may be shown: without user name and password.

    >>> from types import SimpleNamespace
    >>> shown_uri(SimpleNamespace(tracking_uri="https://me:secret@mlflow.example.org/team"))
    'https://mlflow.example.org/team'
    """
    parts = urlsplit(workspace.tracking_uri)
    return (
        parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        if "@" in parts.netloc
        else (workspace.tracking_uri)
    )


def open_experiment(workspace: Workspace, name: str) -> tuple[MlflowClient, Experiment]:
    """A client of the tracking store and one of its experiments; raises SourceError where one is missing or deleted."""
    found = None
    if not store_missing(workspace):
        store = client(workspace)
        found = store.get_experiment_by_name(name)
    if found is None:
        raise SourceError(
            f"there is no MLflow experiment '{name}'.",
            where=shown_uri(workspace),
            next_step="Log decisions to it, or correct `sources` of the system file or `mlflow_tracking_uri`.",
        )
    _refuse_deleted(workspace, found)
    return store, found


def experiment_id(store: MlflowClient, workspace: Workspace, name: str) -> str:
    """The id of an experiment, made if missing; next to a local store its artifacts stay in the workspace."""
    found = store.get_experiment_by_name(name)
    if found is None:
        local = workspace.tracking_uri.startswith(SQLITE)
        place = private_files.make_folder(workspace.home / "mlartifacts").as_uri() if local else None
        made: str = store.create_experiment(name, artifact_location=place)
        return made
    _refuse_deleted(workspace, found)
    return str(found.experiment_id)


def systems_of(
    workspace: Workspace, tags: Iterable[Mapping[str, str]], experiments: Collection[str | None]
) -> list[str]:
    """The systems that a model belongs to, by the tags (`TAG`) and by the experiments of its run."""
    named = {found.get(TAG) for found in tags}
    return [
        system.id
        for system in workspace.systems.values()
        if system.id in named or any(each.mlflow and each.mlflow.experiment in experiments for each in system.sources)
    ]


def _refuse_deleted(workspace: Workspace, experiment: Experiment) -> None:
    if experiment.lifecycle_stage != "active":
        raise BoussoleError(
            f"the MLflow experiment '{experiment.name}' is deleted.",
            where=shown_uri(workspace),
            next_step="Restore it in MLflow, or name another one under `sources` of the system file.",
        )
