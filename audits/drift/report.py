"""A pair of windows in detail: every distance exactly, and Evidently's page over samples of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from boussole.audits.cubes.update import sealed_months
from boussole.audits.drift.compared import DECISION
from boussole.audits.drift.evidently_columns import ColumnFinding
from boussole.audits.drift.evidently_report import EvidentlyPage, evidently_page
from boussole.audits.drift.pairs import WindowPair
from boussole.audits.drift.samples import SAMPLE, Sample, SampleDesign, draw
from boussole.audits.errors import ReportError
from boussole.audits.lake import reading
from boussole.audits.lake.tables import days_sql, table
from boussole.audits.measures import Measure
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Detail:
    """The exact distances of a pair, Evidently's page, and all that has to be known to read it.

    `designs`: how the samples of the window and of the other were drawn; `told`: what was found in columns."""

    pair: WindowPair
    designs: tuple[SampleDesign, SampleDesign]
    page: EvidentlyPage
    told: Sequence[ColumnFinding]


def detail(workspace: Workspace, pair: WindowPair, *, size: int = SAMPLE) -> Detail:
    """Evidently's page on samples of at most `size` decisions of both windows.

    The columns that moved most come first: Evidently is shown 20 of them at the most.

    Raises ReportError where rows were purged, or where no column can be compared.
    """
    system = pair.system
    with reading(workspace) as connection:
        for window in (pair.window, pair.against):
            _rows_are_there(connection, system, window)
        current, reference = (draw(connection, system, window, size=size) for window in (pair.window, pair.against))
        changes = _changes(connection, system, pair)
    order = _most_moved_first(pair.measures, [current, reference])
    frames = [sample.frame[[name for name in order if name in sample.frame]] for sample in (reference, current)]
    page = evidently_page(*frames, fewest=system.privacy.suppress_below)
    return Detail(pair=pair, designs=(current.design, reference.design), page=page, told=[*changes, *page.columns.told])


def _rows_are_there(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> None:
    gone = sealed_months(connection, system, within=window)
    if gone:
        raise ReportError(
            f"the rows of {', '.join(f'{month:%Y-%m}' for month in gone)} were purged: there is nothing left to draw "
            f"a sample of {window.start}/{window.end} from.",
            where=f"system '{system.id}'",
            next_step="The exact distances stay, since they rest on counts: give --no-report, or see the drift page.",
        )


def _most_moved_first(measures: Sequence[Measure], samples: Sequence[Sample]) -> list[str]:
    """What was decided and the score, then the features by their distance; those that have none come last."""
    moved = {(m.group or ("",))[0]: m.value for m in measures if m.metric == "psi" and m.value is not None}
    names = dict.fromkeys(str(name) for sample in samples for name in sample.frame.columns)

    def place(name: str) -> tuple[bool, float]:
        return name not in (DECISION, "score"), -moved.get(name, -1.0)

    return sorted(names, key=place)


def _changes(connection: duckdb.DuckDBPyConnection, system: System, pair: WindowPair) -> list[ColumnFinding]:
    """What changed of the columns shown, in the files that brought decisions of one of the windows. Nothing of groups:
    the name of a new value could be that of few."""
    log = system.log
    watched = [*system.watched, *(each.column for each in (log.score, log.decision) if each)]
    days = " OR ".join(days_sql(each) for each in (pair.window, pair.against))
    rows = connection.execute(
        'SELECT DISTINCT "column", kind, detail FROM lake.main.schema_changes '
        "WHERE system = ? AND log = 'decisions' AND kind IN ('changed_type', 'lost_column', 'absent_column') "
        'AND list_contains(?, "column") '
        f"AND batch IN (SELECT batch FROM {table(system, 'decisions')} WHERE {days}) "
        'ORDER BY "column", kind, detail',
        [system.id, watched],
    ).fetchall()
    return [ColumnFinding(column=column, kind=kind, detail=found) for column, kind, found in rows]
