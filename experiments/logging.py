"""Logging decisions to MLflow: a tag on the run, Parquet files below `boussole/decisions/`, and nothing else."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from audits.decisions import validate
from audits.decisions.contract import needed_columns
from audits.decisions.sources import open_source
from audits.errors import SourceError
from audits.lake.tables import quote
from audits.systems import System
from audits.workspace import Workspace
from experiments.store import DECISIONS, TAG, client, experiment_id, quiet_mlflow

if TYPE_CHECKING:
    import pyarrow as pa
    from mlflow import MlflowClient


def log_decisions(frame: Any, *, system: str, run_id: str | None = None, name: str | None = None) -> str:
    """Logs a frame of decisions to MLflow and returns the id of the run.

    `frame` is a pandas or polars frame, an Arrow table or reader, a DuckDB relation, or anything else with an Arrow
    C stream; a pandas index is not written. The run is `run_id`, else the active one, else a new one in the current
    experiment. `name` is the file's name (default: the next free `part-N.parquet` of the run).

    Raises SourceError for a frame that is no table or holds no row, a malformed `system` or `name`, and a run that
    already carries the decisions of another system.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,47}", system):
        raise SourceError(f"'{system}' is not a system id.", next_step="Give the `id` of its system file.")
    if name is not None and not re.fullmatch(r"[\w-][\w.-]*\.parquet", name):
        raise SourceError(f"'{name}' is not a file name such as part-0.parquet.", next_step="Give a name without path.")
    table = arrow_table(frame)
    mlflow = quiet_mlflow()
    store = mlflow.MlflowClient()
    active = mlflow.active_run()
    if run_id is not None or active is not None:
        chosen = run_id or active.info.run_id
        _write(store, table, run_id=chosen, system=system, name=name)
        return str(chosen)
    with mlflow.start_run() as run:
        _write(store, table, run_id=run.info.run_id, system=system, name=name)
    return str(run.info.run_id)


def arrow_table(frame: Any) -> pa.Table:
    """A frame of any supported library as an Arrow table."""
    import pandas as pd
    import pyarrow as pa

    if isinstance(frame, pd.DataFrame):
        table = pa.Table.from_pandas(frame, preserve_index=False)
    elif hasattr(frame, "__arrow_c_stream__"):
        table = pa.table(frame)
    else:
        raise SourceError(
            f"a {type(frame).__name__} is not a table of decisions.",
            next_step="Give a pandas or polars frame, an Arrow table or a DuckDB relation.",
        )
    if table.num_rows == 0:
        raise SourceError("the frame holds no row.", next_step="Log a frame with its decisions.")
    return table


def log_file(path: str | Path, *, workspace: Workspace, system: System) -> str:
    """Validates a file (or `duckdb:PATH?table=T`) and logs it as a run of the system's experiment; returns its id.

    Only the columns that the system file names are logged. Rows that break the contract are logged too: a sync
    quarantines them, and they stay visible there. The experiment is that of the system's first MLflow source, else
    the system's id.

    Raises SourceError when the file cannot be read or when no row is acceptable.
    """
    report = validate(workspace, system, path)
    if report.accepted == 0:
        reasons = "; ".join(rejection.sentence() for rejection in report.rejections)
        raise SourceError(
            f"no row could be accepted: {reasons}.",
            where=report.origin,
            next_step="Correct these rows and log the file again.",
        )
    store = client(workspace)
    names = [source.mlflow.experiment for source in system.sources if source.mlflow]
    experiment = experiment_id(store, workspace, names[0] if names else system.id)
    run = store.create_run(experiment, tags={TAG: system.id}, run_name=Path(report.origin).stem)
    try:
        _upload(store, _declared_columns(path, system), run_id=run.info.run_id, name="part-0.parquet")
    except BaseException:
        store.set_terminated(run.info.run_id, status="FAILED")
        raise
    store.set_terminated(run.info.run_id)
    return str(run.info.run_id)


def _declared_columns(path: str | Path, system: System) -> pa.Table:
    """The rows of a source, with the declared columns only; the text of a CSV stays text, so that nothing is lost."""
    columns = needed_columns(system)
    with duckdb.connect() as connection:
        opened = open_source(connection, path, columns)
        listed = ", ".join(quote(column) for column in columns)
        return connection.execute(f"SELECT {listed} FROM {opened.relation} ORDER BY row").to_arrow_table()


def _write(store: MlflowClient, table: pa.Table, *, run_id: str, system: str, name: str | None) -> None:
    """One Parquet file under the artifact path of a run, and the tag that says whose decisions they are."""
    tagged = store.get_run(run_id).data.tags.get(TAG)
    if tagged not in (None, system):
        raise SourceError(
            f"this run already holds decisions of the system '{tagged}'.",
            where=f"mlflow:{run_id}",
            next_step=f"Log those of '{system}' to a run of their own.",
        )
    _upload(store, table, run_id=run_id, name=name or _next_name(store, run_id))
    store.set_tag(run_id, TAG, system)


def _upload(store: MlflowClient, table: pa.Table, *, run_id: str, name: str) -> None:
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory(prefix="boussole-") as folder:
        file = Path(folder) / name
        pq.write_table(table, file, compression="zstd")
        store.log_artifact(run_id, str(file), artifact_path=DECISIONS)


def _next_name(store: MlflowClient, run_id: str) -> str:
    taken = {Path(item.path).name for item in store.list_artifacts(run_id, DECISIONS)}
    return next(name for n in range(len(taken) + 1) if (name := f"part-{n}.parquet") not in taken)
