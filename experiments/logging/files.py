"""Logging a file: it is checked against its system first, and only the declared columns are logged."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from boussole.audits.decisions import IngestReport, validate
from boussole.audits.decisions.contracts import columns_of
from boussole.audits.decisions.files.opened import OpenSource
from boussole.audits.decisions.frames import open_frame
from boussole.audits.decisions.sources import open_source
from boussole.audits.errors import SourceError
from boussole.audits.lake.engine import scratch
from boussole.audits.lake.tables import quote
from boussole.audits.log_names import LogName
from boussole.audits.reasons import Reason
from boussole.audits.systems import System
from boussole.audits.systems.model import Files
from boussole.audits.workspace import Workspace
from boussole.experiments.logging.packing import ParquetFile, pack
from boussole.experiments.logging.permission import declared
from boussole.experiments.logging.runs import mlflow_faults, write
from boussole.experiments.store import client, experiment_id


def log_file(
    path: str | Path,
    *,
    workspace: Workspace,
    system: System,
    log: LogName = "decisions",
    files: Files | None = None,
    tell: Callable[[IngestReport], None] = lambda _: None,
) -> str:
    """Validates a file (or `duckdb:PATH?table=T`) and logs it as a run of the system's experiment; returns its id.

    Only the columns that the system file declares for this log are logged, rows that break the contract included. The
    experiment is that of the system's first MLflow source, else the system's id. `tell` is given what was found.
    Raises SourceError when the file cannot be read or when no row is acceptable.
    """
    report = validate(workspace, system, path, log=log, files=files)
    tell(report)
    if report.accepted == 0:
        reasons = "; ".join(rejection.sentence() for rejection in report.rejections)
        raise SourceError(
            f"no row could be accepted: {reasons}.",
            where=report.origin,
            next_step="Correct these rows and log the file again.",
        )
    with mlflow_faults(), tempfile.TemporaryDirectory(prefix="boussole-") as folder:
        packed = _packed(path, Path(folder) / "rows.parquet", system=system, log=log, files=files)
        store = client(workspace)
        names = [source.mlflow.experiment for source in system.sources if source.mlflow]
        experiment = experiment_id(store, workspace, names[0] if names else system.id)
        run = store.create_run(experiment, run_name=Path(report.origin).stem)
        run_id = str(run.info.run_id)
        try:
            write(store, packed, run_id=run_id, system=system.id, log=log, source=report.origin)
        except BaseException:
            store.set_terminated(run_id, status="FAILED")
            raise
        store.set_terminated(run_id)
    return run_id


def _packed(path: str | Path, target: Path, *, system: System, log: LogName, files: Files | None) -> ParquetFile:
    """The declared columns of a source; the text of a CSV stays text, so that nothing is lost."""
    with scratch() as connection:
        opened = open_source(connection, path, columns_of(system, log), (files or Files()).over(system.files))
        _hold_lines(opened)
        columns = declared(system, opened.columns, log=log).keep
        listed = ", ".join(quote(column) for column in columns or ())
        relation = connection.sql(f"SELECT {listed} FROM {opened.relation} ORDER BY row")
        return pack(open_frame(relation), target)


def _hold_lines(opened: OpenSource) -> None:
    """Raises SourceError for lines that are no rows, except totals, since a run could not hold them."""
    lost = [line for line in opened.bad_lines if line.reason != Reason.TOTALS]
    if lost:
        raise SourceError(
            f"{len(lost):,} line(s) cannot be logged, as they are no rows; the first is row {lost[0].row:,}, column "
            f"'{lost[0].column}': {lost[0].reason}.",
            where=opened.name,
            next_step="Correct these lines and log the file again; or import the file, which sets them aside.",
        )
