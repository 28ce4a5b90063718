"""Reports on drift as artifacts of MLflow: a run for each, in an experiment of their own. None of it is a decision."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.exc import SQLAlchemyError

from boussole.audits.errors import SourceError
from boussole.audits.workspace import Workspace
from boussole.experiments.logging.runs import mlflow_faults
from boussole.experiments.store import FOLDER, client, experiment_id, shown_uri, store_missing

EXPERIMENT = "boussole.drift-reports"
SYSTEM, CONTENT = "boussole.drift.system", "boussole.drift.sha256"
"""Tags of a run: the system, and the hash of the JSON, which holds that of the page."""
WINDOW, AGAINST = "boussole.drift.window", "boussole.drift.against"
ARTIFACTS = f"{FOLDER}/drift"


def log_drift_report(
    workspace: Workspace, *, system: str, windows: tuple[str, str], files: Mapping[str, str], sha256: str
) -> str | None:
    """The run that holds a report, made anew unless one holds the same content; None where no store is configured.

    `windows`: the window and the one it is held to; `files`: texts by name. Raises SourceError where the store fails.
    """
    if store_missing(workspace):
        return None
    try:
        with mlflow_faults():
            return _logged(workspace, system=system, windows=windows, files=files, sha256=sha256)
    except (SQLAlchemyError, OSError) as error:
        reason = str(error).split("\n", maxsplit=1)[0].rstrip(".")
        raise SourceError(
            f"MLflow did not take the report: {reason}.",
            where=shown_uri(workspace),
            next_step="Check the tracking store, and make the report again.",
        ) from error


def _logged(
    workspace: Workspace, *, system: str, windows: tuple[str, str], files: Mapping[str, str], sha256: str
) -> str:
    store = client(workspace)
    experiment = experiment_id(store, workspace, EXPERIMENT)
    tagged = f"tags.`{CONTENT}` = '{sha256}' AND tags.`{SYSTEM}` = '{system}' AND attributes.status = 'FINISHED'"
    same = store.search_runs([experiment], filter_string=tagged, max_results=1)
    if same:
        return str(same[0].info.run_id)
    tags = {SYSTEM: system, CONTENT: sha256, WINDOW: windows[0], AGAINST: windows[1]}
    run = store.create_run(experiment, tags=tags, run_name=f"{system} {windows[0]} vs {windows[1]}")
    for name, text in files.items():
        store.log_text(run.info.run_id, text, f"{ARTIFACTS}/{name}")
    store.set_terminated(run.info.run_id)
    return str(run.info.run_id)
