"""The state of the logs, for the people who look after them: counts, dates and reasons, never a row or a value."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import duckdb

from boussole.audits.decisions.discards import Discard, discards_in
from boussole.audits.decisions.exclusion import Exclusion, history, last_out
from boussole.audits.decisions.quarantine import SetAside, waiting
from boussole.audits.decisions.shared import Sharing, sharing
from boussole.audits.decisions.written import WrittenTexts, written_texts
from boussole.audits.errors import NoLakeError
from boussole.audits.lake import quote, reading
from boussole.audits.lake.tables import exists, has_table, table
from boussole.audits.log_names import LogName
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace

WAY = f"regexp_extract({quote('origin')}, '^(mlflow|mlflow-traces|duckdb|quarantine):', 1)"
"""SQL: the way that something came, from its origin; empty for files brought in by hand."""
FILE = "file"


@dataclass(frozen=True, kw_only=True)
class LogContents:
    """What one log holds: its rows, and the moments of the newest by each way and of the oldest (local time)."""

    log: LogName
    rows: int
    by_way: Mapping[str, dt.datetime]
    oldest: dt.datetime | None = None

    @property
    def newest(self) -> dt.datetime | None:
        return max(self.by_way.values(), default=None)


@dataclass(frozen=True, kw_only=True)
class LogArrivals:
    """What came into one log by one way: `mlflow`, `mlflow-traces`, `duckdb`, `quarantine` or `file` (`last`: UTC)."""

    system: str
    log: LogName
    way: str
    files: int
    rows: int
    quarantined: int
    last: dt.datetime


@dataclass(frozen=True, kw_only=True)
class RowsAside:
    """Rows of one log set aside for one reason; `last` is when the newest of them came (UTC)."""

    log: LogName
    column: str
    reason: str
    rows: int
    last: dt.datetime


@dataclass(frozen=True, kw_only=True)
class SchemaChangeCount:
    """A change of the schema of a log: how often it was seen, and when last (UTC)."""

    log: LogName
    kind: str
    column: str
    detail: str
    times: int
    last: dt.datetime


@dataclass(frozen=True, kw_only=True)
class SealedMonth:
    """A month whose rows were purged: how many decisions its counts still stand for, and when (UTC)."""

    month: dt.date
    decisions: int
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class LogState:
    """The logs of one system."""

    held: tuple[LogContents, ...] = ()
    aside: tuple[RowsAside, ...] = ()
    changed: tuple[SchemaChangeCount, ...] = ()
    sealed: tuple[SealedMonth, ...] = ()
    excluded: tuple[Exclusion, ...] = ()
    discarded: tuple[Discard, ...] = ()
    written: WrittenTexts | None = None

    def of(self, log: LogName) -> LogContents | None:
        """The state of one log of the system; None where the lake has no such log."""
        return next((held for held in self.held if held.log == log), None)


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The whole lake, with systems that were removed since, systems of declared figures, and pairs that share rows."""

    arrived: tuple[LogArrivals, ...] = ()
    systems: Mapping[str, LogState] = field(default_factory=dict)
    declared_systems: frozenset[str] = frozenset()
    sharing: tuple[Sharing, ...] = ()


def overview(workspace: Workspace) -> Overview:
    """Return the state of all logs, empty where there is none. Raises LakeError when the lake cannot be read."""
    try:
        excluded = history(workspace)
        with reading(workspace) as connection:
            present = [system for system in workspace.systems.values() if exists(connection, system)]
            return Overview(
                arrived=_arrived(connection),
                systems={system.id: _state(connection, system, excluded) for system in present},
                declared_systems=_declared_systems(connection),
                sharing=tuple(sharing(connection)),
            )
    except NoLakeError:
        return Overview()


def together(rows: Iterable[SetAside]) -> tuple[RowsAside, ...]:
    """Rows set aside, by log, column and reason, the most first."""
    counts: Counter[tuple[LogName, str, str]] = Counter()
    last: dict[tuple[LogName, str, str], dt.datetime] = {}
    for row in rows:
        key = (row.log, row.column, row.reason)
        counts[key] += row.rows
        last[key] = max(row.at, last.get(key, row.at))
    return tuple(
        RowsAside(log=log, column=column, reason=reason, rows=n, last=last[log, column, reason])
        for (log, column, reason), n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def _arrived(connection: duckdb.DuckDBPyConnection) -> tuple[LogArrivals, ...]:
    sums = ", ".join(f"sum({quote(name)})::BIGINT" for name in ("accepted", "quarantined"))
    found = connection.execute(
        f"SELECT {_quoted('system', 'log')}, {WAY} AS way, count(*), {sums}, max({quote('at')}) "
        "FROM lake.main.ingested GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    names = ("system", "log", "way", "files", "rows", "quarantined", "last")
    return tuple(LogArrivals(**dict(zip(names, (*row[:2], row[2] or FILE, *row[3:]), strict=True))) for row in found)


def _declared_systems(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    query = f"SELECT DISTINCT {quote('system')} FROM lake.main.declared"
    return frozenset(row[0] for row in connection.execute(query).fetchall())


def _state(connection: duckdb.DuckDBPyConnection, system: System, excluded: Iterable[Exclusion]) -> LogState:
    return LogState(
        held=tuple(_held(connection, system, log) for log in system.logs if has_table(connection, system, log)),
        aside=together(waiting(connection, system)),
        changed=_changed(connection, system),
        sealed=_sealed(connection, system),
        excluded=tuple(last_out(excluded, system).values()),
        discarded=tuple(item for item in discards_in(connection) if item.system == system.id),
        written=written_texts(connection, system) if has_table(connection, system, "generations") else None,
    )


def _held(connection: duckdb.DuckDBPyConnection, system: System, log: LogName) -> LogContents:
    moment = quote(LOG_TYPES[log].moment)
    extremes = f"max({moment}) AS newest, min({moment}) AS oldest"
    batch = quote("batch")
    batches = f"SELECT {batch}, count(*) AS n, {extremes} FROM {table(system, log)} GROUP BY {batch}"
    found = connection.execute(
        f"SELECT {WAY} AS way, sum(n)::BIGINT, max(newest), min(oldest) FROM ({batches}) "
        f"JOIN lake.main.ingested USING ({batch}) GROUP BY way"
    ).fetchall()
    by_way = {way or FILE: newest for way, _, newest, _ in found if newest is not None}
    oldest = min((first for *_, first in found if first is not None), default=None)
    return LogContents(log=log, rows=sum(rows for _, rows, *_ in found), by_way=by_way, oldest=oldest)


def _changed(connection: duckdb.DuckDBPyConnection, system: System) -> tuple[SchemaChangeCount, ...]:
    found = connection.execute(
        f"SELECT {_quoted('log', 'kind', 'column', 'detail')}, count(*), max({quote('at')}) AS last "
        f"FROM lake.main.schema_changes WHERE {quote('system')} = ? "
        f"GROUP BY ALL ORDER BY last DESC, {_quoted('log', 'column')}",
        [system.id],
    ).fetchall()
    names = ("log", "kind", "column", "detail", "times", "last")
    return tuple(SchemaChangeCount(**dict(zip(names, row, strict=True))) for row in found)


def _sealed(connection: duckdb.DuckDBPyConnection, system: System) -> tuple[SealedMonth, ...]:
    found = connection.execute(
        f"SELECT {_quoted('month', 'decisions', 'at')} FROM {table(system, 'sealed')} ORDER BY {quote('month')}"
    ).fetchall()
    return tuple(SealedMonth(month=month, decisions=decisions, at=at) for month, decisions, at in found)


def _quoted(*columns: str) -> str:
    return ", ".join(map(quote, columns))
