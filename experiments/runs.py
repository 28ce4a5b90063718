"""The files of one MLflow run, fetched for an audit of that run alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from boussole.audits.ephemeral import LogFile
from boussole.audits.errors import SourceError
from boussole.audits.systems import System
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.workspace import Workspace
from boussole.experiments.run_version import version_column
from boussole.experiments.store import FOLDER, TAG, client, quiet_mlflow, shown_uri, store_missing

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run


def system_of_run(workspace: Workspace, run_id: str, *, expected: str | None = None) -> System:
    """The system whose decisions a run holds, from its tag.

    Raises SourceError for an unknown or deleted run, one without the tag, and one of another system than `expected`.
    """
    _, run = _open(workspace, run_id)
    tagged = run.data.tags.get(TAG)
    if tagged is None:
        raise SourceError(
            f"the run has no tag `{TAG}`, so nobody can say whose decisions it holds.",
            where=f"mlflow:{run_id}",
            next_step="Log decisions with `experiments.log_decisions`, or set the tag.",
        )
    if expected not in (None, tagged):
        raise SourceError(
            f"the run holds decisions of the system '{tagged}', not of '{expected}'.",
            where=f"mlflow:{run_id}",
            next_step=f"Give --system {tagged}, or another run.",
        )
    return workspace.system(tagged)


def fetch_run(workspace: Workspace, run_id: str, system: System, *, into: Path) -> list[LogFile]:
    """Downloads the decisions of a run, and what came later about them, into an empty folder.

    Raises SourceError for an unknown or deleted run, a run without decisions, and a file that cannot be fetched.
    """
    store, run = _open(workspace, run_id)
    logs = [log for log in system.logs if LOG_TYPES[log].counted]
    try:
        found = [(log, path) for log in logs for path in _files(store, run_id, f"{FOLDER}/{log}")]
        if not any(log == "decisions" for log, _ in found):
            raise SourceError(
                "the run holds no decisions.",
                where=f"mlflow:{run_id}",
                next_step=f"Log them below `{FOLDER}/decisions/`, for instance with `experiments.log_decisions`.",
            )
        fetched = [(log, path, _fetch(store, run_id, path, into / str(i))) for i, (log, path) in enumerate(found)]
        return [
            LogFile(
                path=file,
                log=log,
                origin=f"mlflow:{run_id}/{path}",
                added=version_column(system, log, file, lambda: run.data.tags),
            )
            for log, path, file in fetched
        ]
    except (quiet_mlflow().MlflowException, OSError) as error:
        raise _unreadable(run_id, error) from error


def _open(workspace: Workspace, run_id: str) -> tuple[MlflowClient, Run]:
    unknown = SourceError(
        "there is no such run.", where=f"mlflow:{run_id}", next_step=f"Look for it in {shown_uri(workspace)}."
    )
    if not re.fullmatch(r"[A-Za-z0-9][\w-]{0,255}", run_id) or store_missing(workspace):
        raise unknown
    store = client(workspace)
    failure = quiet_mlflow().MlflowException
    try:
        run = store.get_run(run_id)
    except failure as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            raise unknown from error
        raise _unreadable(run_id, error) from error
    if run.info.lifecycle_stage != "active":
        raise SourceError(
            "the run is deleted.", where=f"mlflow:{run_id}", next_step="Restore it in MLflow, or give another run."
        )
    return store, run


def _files(store: MlflowClient, run_id: str, folder: str) -> Iterator[str]:
    """Artifact paths below a folder; what writers of data sets leave beside them (`_SUCCESS`, `.crc`) is no data."""
    for item in store.list_artifacts(run_id, folder):
        if PurePosixPath(item.path).name.startswith(("_", ".")):
            continue
        if item.is_dir:
            yield from _files(store, run_id, item.path)
        else:
            yield item.path


def _fetch(store: MlflowClient, run_id: str, path: str, folder: Path) -> Path:
    folder.mkdir(parents=True)
    return Path(store.download_artifacts(run_id, path, str(folder)))


def _unreadable(run_id: str, error: Exception) -> SourceError:
    reason = str(error).split("\n")[0].rstrip(".")
    return SourceError(
        f"the run could not be read: {reason}.", where=f"mlflow:{run_id}", next_step="Check the server, and try again."
    )
