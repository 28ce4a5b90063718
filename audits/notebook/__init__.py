"""An audit in three lines, of a workspace, a file or a frame: the figures of the command line, without its verdicts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypedDict, TypeGuard

from pydantic import InstanceOf, SkipValidation

from boussole.audits.arguments import check_types, day
from boussole.audits.decisions import IngestReport
from boussole.audits.decisions.frames import open_frame
from boussole.audits.ephemeral import LogFile, bring_in, ephemeral, incoming_of, whole_log
from boussole.audits.measures import Measure
from boussole.audits.metrics.measure import EVERY_COMPARISON
from boussole.audits.notebook.comparing import GroupComparison, Results, compare
from boussole.audits.runs import Run, measure_window
from boussole.audits.systems import System, load_system
from boussole.audits.workspace import Workspace

__all__ = ["Audit", "GroupComparison", "audit", "compare"]

Day = Annotated[dt.date | str, SkipValidation]
"""A date, or text such as 2026-09-30; `day` reads it."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Audit(Results):
    """What was measured (`run`), and what importing the data said (`reports`: bad rows are set aside, not counted)."""

    run: Run
    reports: tuple[IngestReport, ...] = ()

    @property
    def measures(self) -> list[Measure]:  # type: ignore[override]
        """All measures of the run."""
        return self.run.measures

    def __repr__(self) -> str:
        return f"<{self._heading()}: frame(), plot(), measure(id)>"

    def _repr_html_(self) -> str:
        aside = sum(report.quarantined for report in self.reports)
        notes = [f"{aside:,} rows were set aside: see reports."] if aside else []
        left = self.run.left_out
        if left is not None and (left.set_aside or left.other_periods):
            told = f"{left.counted:,} of {left.rows:,} decisions counted; {left.set_aside:,} set aside"
            notes.append(f"{told}; {left.other_periods:,} in other periods.")
        judged = [comparison.metric for comparison in EVERY_COMPARISON]
        return self._page(self._heading(), notes, ["selection_rate", *judged])

    def _heading(self) -> str:
        run = self.run
        return (
            f"{run.system.id}, {run.window.start} to {run.window.end}: {len(self.measures)} measures of "
            f"{run.decisions:,} decisions, by {', '.join(run.system.groups) or 'no group'}"
        )


@check_types
def audit(
    system: InstanceOf[System] | InstanceOf[Path] | str,
    data: Workspace | Path | str | Any,
    *,
    start: Day | None = None,
    end: Day | None = None,
    as_of: Day | None = None,
    exact: bool = False,
) -> Audit:
    """Measure decisions as `boussole audit` does; `--dry-run` of a file gives the same figures.

    `system`: a system, the path of its file, or its id in the workspace. `data`: a workspace (or its path), of which
    the window from `start` to `end` is measured; or a data file or frame, measured as a whole and not kept.
    Raises SystemFileError for a faulty system file, SourceError for data that cannot be read or used.
    """
    days = _days(start, end, as_of)
    with _opened(system, data) as (workspace, chosen, reports):
        run = measure_window(workspace, chosen, exact=exact, **days)
    return Audit(run=run, reports=reports)


@contextmanager
def _opened(
    system: System | Path | str, data: Workspace | Path | str | Any
) -> Iterator[tuple[Workspace, System, tuple[IngestReport, ...]]]:
    """The workspace of the data (a passing one for a file or frame), its system, and what importing the data said."""
    if isinstance(data, str | Path) and Path(data).is_dir():
        data = Workspace(Path(data))
    if isinstance(data, Workspace):
        yield data, data.system(system) if _an_id(system) else _system(system), ()
        return
    chosen = whole_log(_system(system))
    with ephemeral(chosen) as workspace:
        file = Path(data) if isinstance(data, str | Path) else _written(data, incoming_of(workspace))
        reports = bring_in(workspace, chosen, [LogFile(path=file)])
        yield workspace, chosen, tuple(reports)


class _Days(TypedDict):
    start: dt.date | None
    end: dt.date | None
    as_of: dt.date | None


def _days(start: Day | None, end: Day | None, as_of: Day | None) -> _Days:
    return {"start": day(start, "start"), "end": day(end, "end"), "as_of": day(as_of, "as_of")}


def _an_id(system: System | Path | str) -> TypeGuard[str]:
    return isinstance(system, str) and Path(system).suffix not in (".yaml", ".yml")


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
