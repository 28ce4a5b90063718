"""An audit in three lines, of a workspace, a file or a frame: the figures of the command line, without its verdicts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audits.decisions import IngestReport
from audits.decisions.frames import open_frame
from audits.ephemeral import LogFile, bring_in, ephemeral, incoming_of, whole_log
from audits.errors import BoussoleError, nearest
from audits.measures import Measure
from audits.metrics.sweep import swept
from audits.runs import Run, measure_window, scored_window
from audits.systems import System, load_system
from audits.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What was measured (`run`), and what importing the data said (`reports`: bad rows are set aside, not counted)."""

    run: Run
    reports: tuple[IngestReport, ...] = ()

    def measure(self, measure_id: str) -> Measure:
        """One measure by its id, such as `selection_rate/gender=F`; raises BoussoleError that names the nearest."""
        found = {measure.id: measure for measure in self.run.measures}
        if measure_id not in found:
            raise BoussoleError(f"there is no measure '{measure_id}'.", next_step=nearest(measure_id, found))
        return found[measure_id]

    def frame(self) -> pd.DataFrame:
        """One row per measure: id, metric, value, interval and its method, n, clusters, status, reason, and
        how many groups a measure over several leaves out (those hidden could lie further apart)."""
        import pandas as pd

        rows = [
            {
                "id": measure.id,
                "metric": measure.metric,
                "value": measure.value,
                "low": measure.interval.low if measure.interval else None,
                "high": measure.interval.high if measure.interval else None,
                "method": measure.interval.method if measure.interval else None,
                "n": measure.n,
                "clusters": measure.clusters,
                "status": measure.status,
                "reason": measure.reason,
                "groups_left_out": measure.params.get("groups_left_out"),
            }
            for measure in self.run.measures
        ]
        return pd.DataFrame(rows).set_index("id").convert_dtypes()

    def _repr_html_(self) -> str:
        aside = sum(report.quarantined for report in self.reports)
        told = f"<p>{aside} rows were set aside: see <code>reports</code>.</p>" if aside else ""
        return f"{told}{self.frame().to_html()}"


def audit(
    system: System | Path | str,
    data: Workspace | Path | str | Any,
    *,
    start: dt.date | None = None,
    end: dt.date | None = None,
    as_of: dt.date | None = None,
    exact: bool = False,
) -> Audit:
    """Measures decisions as `boussole audit` does; `--dry-run` of a file gives the same figures.

    `system`: a system, the path of its file, or its id in the workspace. `data`: a workspace (or the path of its
    folder), of which the window is measured; or a data file or frame (pandas, polars, Arrow, DuckDB relation), which is
    measured as a whole and without drift, and of which nothing is kept.

    Raises SystemFileError for a system file with a fault, SourceError for data that cannot be read or of which no row
    is acceptable.
    """
    with _opened(system, data) as (workspace, chosen, reports):
        run = measure_window(workspace, chosen, start=start, end=end, as_of=as_of, exact=exact)
    return Audit(run=run, reports=reports)


def sweep(
    system: System | Path | str,
    data: Workspace | Path | str | Any,
    *,
    start: dt.date | None = None,
    end: dt.date | None = None,
    as_of: dt.date | None = None,
) -> pd.DataFrame:
    """Every selection and error rate of every group at every threshold that the score could have had.

    One row per group, rate and threshold (the edges of 100 equal bins of the declared range): by, group, metric,
    threshold, value, n, status, reason. All with that score or more count as selected, whatever was decided. `system`
    and `data`: as in `audit`. Small groups are hidden as in an audit; in the others, a rate at a high threshold can be
    about few people: it is for those who hold the rows.

    Raises BoussoleError where the system declares no score, and what `audit` raises.
    """
    import pandas as pd

    with _opened(system, data) as (workspace, chosen, _):
        tables = scored_window(workspace, chosen, start=start, end=end, as_of=as_of)
    return pd.DataFrame([row for table in tables for row in swept(table)]).convert_dtypes()


@contextmanager
def _opened(
    system: System | Path | str, data: Workspace | Path | str | Any
) -> Iterator[tuple[Workspace, System, tuple[IngestReport, ...]]]:
    """The workspace of the data (a passing one for a file or frame), its system, and what importing the data said."""
    if isinstance(data, str | Path) and Path(data).is_dir():
        data = Workspace(Path(data))
    if isinstance(data, Workspace):
        known = isinstance(system, str) and system in data.systems
        yield data, data.system(str(system)) if known else _system(system), ()
        return
    chosen = whole_log(_system(system))
    with ephemeral(chosen) as workspace:
        file = Path(data) if isinstance(data, str | Path) else _written(data, incoming_of(workspace))
        reports = bring_in(workspace, chosen, [LogFile(path=file)])
        yield workspace, chosen, tuple(reports)


def _system(system: System | Path | str) -> System:
    return system if isinstance(system, System) else load_system(Path(system))


def _written(frame: Any, folder: Path) -> Path:
    import pyarrow.parquet as pq

    path = folder / "frame.parquet"
    rows = open_frame(frame)
    with pq.ParquetWriter(path, rows.schema) as writer:
        for batch in rows:
            writer.write_batch(batch)
    return path
