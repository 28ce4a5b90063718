"""Logging a frame of any log of a system; those that nearly every system has, have a function of their own."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from boussole.audits.arguments import check_types
from boussole.audits.decisions.frames import open_frame
from boussole.audits.errors import SourceError
from boussole.audits.log_names import LogName
from boussole.experiments.logging.packing import pack
from boussole.experiments.logging.runs import check_owner, mlflow_faults, write
from boussole.experiments.store import quiet_mlflow

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

    from boussole.audits.workspace import Workspace


REGISTERED = "mlflow.modelVersions"  # MLflow's own tag on a logged model: the names and versions it is registered as


def model_version(store: MlflowClient, run: Run) -> str | None:
    """NAME/VERSION of the one model that a run logged or took as input, if registered, else its id, if any."""
    made: list[Any] = run.outputs.model_outputs if run.outputs else []
    taken: list[Any] = run.inputs.model_inputs if run.inputs else []
    models = {model.model_id for model in (*made, *taken)}
    if len(models) != 1:
        return None
    (model_id,) = models
    registered = json.loads(store.get_logged_model(model_id).tags.get(REGISTERED, "[]"))
    if not registered:
        return str(model_id)
    return f"{registered[-1]['name']}/{registered[-1]['version']}"


class Options(TypedDict, total=False):
    """What can be said beside the frame and its system."""

    run_id: str | None
    """The run to write to; default: the active run, else a new one in the current experiment."""
    name: str | None
    """The name of the file; default: `part-NUMBER-DIGEST.parquet`."""
    model_version: str | None
    """The version of the model; default: the model that the run logged or took as input, if it is one."""
    version_column: str | None
    """A column to add, with the model version in every row, where the frame lacks it; a workspace knows its name."""
    source: str | None
    """Where the rows came from, as the lineage shows it."""
    workspace: Workspace | Path | str | None
    """Check the frame against the system file of this workspace, and log the columns it declares and no other."""


def log_decisions(frame: Any, *, system: str, **options: Unpack[Options]) -> str:
    """Logs decisions, one per row, and returns the id of the run.

    `frame` is a pandas or polars frame, an Arrow table or reader, a DuckDB relation, or anything else with an Arrow
    C stream; a pandas index is not written.

    Raises SourceError for a frame that is no table or holds no row, a malformed `system` or `name`, a run that holds
    the logs of another system, a sensitive column, and whatever MLflow refuses.
    """
    return log_frame(frame, log="decisions", system=system, **options)


def log_outcomes(frame: Any, *, system: str, **options: Unpack[Options]) -> str:
    """Logs what happened after decisions: their id and outcome or stages; otherwise as `log_decisions`."""
    return log_frame(frame, log="outcomes", system=system, **options)


def log_human_actions(frame: Any, *, system: str, **options: Unpack[Options]) -> str:
    """Logs what a person made of decisions of the tool, by their id, with arguments and errors of `log_decisions`."""
    return log_frame(frame, log="human_actions", system=system, **options)


def log_contacts(frame: Any, *, system: str, **options: Unpack[Options]) -> str:
    """Logs messages sent to people: person, moment, kind, moment of the reply; otherwise as `log_decisions`."""
    return log_frame(frame, log="contacts", system=system, **options)


def log_generations(frame: Any, *, system: str, **options: Unpack[Options]) -> str:
    """Logs texts that a system wrote: id, moment, and what its file declares; otherwise as `log_decisions`."""
    return log_frame(frame, log="generations", system=system, **options)


@check_types
def log_frame(
    frame: Any,
    *,
    log: LogName,
    system: str,
    run_id: str | None = None,
    name: str | None = None,
    model_version: str | None = None,
    version_column: str | None = None,
    source: str | None = None,
    workspace: Any = None,
) -> str:
    """Checks a frame and logs it as one file of the log of this name; see `Options` and `log_decisions`."""
    from boussole.experiments.logging.permission import permission  # it knows system files, which take time to import

    if name is not None and not re.fullmatch(r"(?!_)[\w-][\w.-]*\.parquet", name):
        raise SourceError(f"'{name}' is not a file name such as part-0.parquet.", next_step="Give a name without path.")
    rows = open_frame(frame)
    allowed = permission(rows.schema.names, system=system, log=log, workspace=workspace)
    mlflow = quiet_mlflow()
    with mlflow_faults(), tempfile.TemporaryDirectory(prefix="boussole-") as folder:
        active = mlflow.active_run()
        target = run_id or (str(active.info.run_id) if active else None)
        version = model_version or _known_version(target, system=system)
        packed = pack(
            rows,
            Path(folder) / "rows.parquet",
            keep=allowed.keep,
            constant=_constant(
                rows.schema.names,
                version_column or allowed.version_column,
                version,
                needed=version_column is not None or allowed.version_needed,
            ),
        )
        with _run(target) as chosen:
            write(
                mlflow.MlflowClient(),
                packed,
                run_id=chosen,
                system=system,
                log=log,
                name=name,
                version=version,
                source=source,
            )
    return chosen


@contextmanager
def _run(run_id: str | None) -> Iterator[str]:
    """A run that is there, left as it is; or a new one in the current experiment, which fails if the block fails."""
    if run_id is not None:
        yield run_id
        return
    with quiet_mlflow().start_run() as run:
        yield str(run.info.run_id)


def _known_version(run_id: str | None, *, system: str) -> str | None:
    """The model version that a run knows; the run must not be another system's."""
    if run_id is None:
        return None
    store = quiet_mlflow().MlflowClient()
    run = store.get_run(run_id)
    check_owner(run, system)
    return model_version(store, run)


def _constant(columns: list[str], column: str | None, version: str | None, *, needed: bool) -> tuple[str, str] | None:
    if column is None or column in columns:
        return None
    if version is not None:
        return column, version
    if needed:
        raise SourceError(
            f"the frame has no column '{column}', and no model version is known.",
            next_step="Give model_version=, or add the column.",
        )
    return None
