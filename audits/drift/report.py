"""The drift of a system as a page: exact figures from the cubes beside Evidently's report over a sample of rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from audits.drift.evidently_report import write_report
from audits.errors import BoussoleError
from audits.lake import quote, reading
from audits.lake.tables import table
from audits.measures import Measure
from audits.runs import measure_window
from audits.systems.model import System
from audits.windows import Window
from audits.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

SAMPLE = 5_000
"""Rows of each window that Evidently sees: its page grows with them."""


@dataclass(frozen=True, kw_only=True)
class DriftReport:
    """The exact drift measures and the page that was written."""

    measures: list[Measure]
    path: Path


def drift_report(workspace: Workspace, system: System, *, path: Path | None = None) -> DriftReport:
    """Measures drift between the reference and the audited window and writes Evidently's HTML page.

    The page shows a sample, the rows of each window whose hashed id comes first: the same rows every time. The
    measures are exact, over all decisions.

    Raises BoussoleError when the system declares no reference window, or no feature and no score.
    """
    run = measure_window(workspace, system)
    if run.reference is None:
        raise BoussoleError(
            f"the system '{system.id}' has no reference window other than the audited one.",
            next_step="Declare `windows.reference: START/END` and `features` in its system file.",
        )
    target = path or workspace.reports / "drift" / f"{system.id}.html"
    with reading(workspace) as connection:
        samples = [sample(connection, system, window) for window in (run.reference, run.window)]
    write_report(samples[0], samples[1], path=target, title=f"{system.id} {run.window.start}/{run.window.end}")
    drift = [measure for measure in run.measures if measure.by == ("feature",)]
    return DriftReport(measures=drift, path=target)


def sample(
    connection: duckdb.DuckDBPyConnection, system: System, window: Window, *, rows: int = SAMPLE
) -> pd.DataFrame:
    """Features, score and decision of the rows whose hashed id comes first.

    Neither identifiers nor groups: the page is not suppressed, so it must not say who is in a small group.
    """
    names = [f"{quote('f_' + feature)} AS {quote(feature)}" for feature in system.watched]
    names += ["score"] if system.log.score else []
    names += ["CAST(decision AS VARCHAR) AS decision"]
    return connection.execute(
        f"SELECT {', '.join(names)} FROM {table(system, 'decisions')} "
        f"WHERE day BETWEEN ? AND ? ORDER BY md5(id), id LIMIT {rows}",
        [window.start, window.end],
    ).df()
