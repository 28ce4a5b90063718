"""What the lake holds of a system; and runs that were deleted where they were logged, whose rows are kept apart."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import duckdb

from boussole.audits.cubes.logs import COUNTERS, counted_logs, recount
from boussole.audits.cubes.update import rebuild_months
from boussole.audits.decisions import effective
from boussole.audits.decisions.held import hold_decisions
from boussole.audits.decisions.quarantine import Discard, SetAside, discards_in, waiting
from boussole.audits.decisions.shared import Sharing, sharing
from boussole.audits.decisions.written import WrittenTexts, written_texts
from boussole.audits.errors import NoLakeError
from boussole.audits.lake import quote, reading, writing
from boussole.audits.lake.tables import (
    add_missing,
    create_system,
    describe,
    exists,
    has_table,
    holds,
    literal,
    one,
    table,
)
from boussole.audits.log_names import LOGS, LogName
from boussole.audits.reasons import Reason
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """What was decided of a run, last or ever: whether its rows are out of the figures, why, how many, since when."""

    system: str
    origin: str
    excluded: bool
    reason: str
    decisions: int
    at: dt.datetime


def exclude(workspace: Workspace, system: System, origin: str, *, reason: str) -> Exclusion | None:
    """Take the rows of a run (`mlflow:RUN_ID`) out of the figures, with the cubes; None when they are out already."""
    return _decide(workspace, system, origin, excluded=True, reason=reason)


def include(workspace: Workspace, system: System, origin: str, *, reason: str) -> Exclusion | None:
    """Take the rows of a run back, but for ids that the log holds by then; None when they are not out."""
    return _decide(workspace, system, origin, excluded=False, reason=reason)


def settle(workspace: Workspace, system: System) -> None:
    """Brings rows in line with what is decided, after new runs brought files that excluded runs had brought before."""
    with writing(workspace) as connection:
        create_system(connection, system)
        _settle(connection, system, runs_out(connection, system))


def history(workspace: Workspace) -> list[Exclusion]:
    """Every exclusion and its reversal, oldest first."""
    try:
        with reading(workspace) as connection:
            return _history(connection)
    except NoLakeError:
        return []


def in_force(workspace: Workspace, system: System) -> dict[str, Exclusion]:
    """The runs of a system that are out of the figures, by origin."""
    return last_out(history(workspace), system)


def last_out(found: Iterable[Exclusion], system: System) -> dict[str, Exclusion]:
    """The same, from a history, oldest first."""
    last = {item.origin: item for item in found if item.system == system.id}
    return {origin: item for origin, item in last.items() if item.excluded}


def _history(connection: duckdb.DuckDBPyConnection) -> list[Exclusion]:
    names = ("system", "origin", "excluded", "reason", "decisions", "at")
    if not holds(connection, "lake.main.exclusions"):
        return []
    found = connection.execute("SELECT * EXCLUDE (turn) FROM lake.main.exclusions ORDER BY turn").fetchall()
    return [Exclusion(**dict(zip(names, row, strict=True))) for row in found]


def _decide(workspace: Workspace, system: System, origin: str, *, excluded: bool, reason: str) -> Exclusion | None:
    with writing(workspace) as connection:
        create_system(connection, system)
        out = runs_out(connection, system)
        if (origin in out) == excluded:
            return None
        made = Exclusion(
            system=system.id,
            origin=origin,
            excluded=excluded,
            reason=reason,
            decisions=_settle(connection, system, out ^ {origin}),
            at=dt.datetime.now(dt.UTC).replace(tzinfo=None),
        )
        connection.execute(
            "INSERT INTO lake.main.exclusions SELECT ?, ?, ?, ?, ?, ?, n FROM lake.main.turn", list(vars(made).values())
        )
        return made


def runs_out(connection: duckdb.DuckDBPyConnection, system: System) -> set[str]:
    """Origins of runs that are excluded by the last thing said of them."""
    return set(last_out(_history(connection), system))


def _settle(connection: duckdb.DuckDBPyConnection, system: System, out: set[str]) -> int:
    """Moves the rows of every batch to where they belong. Returns the number of decisions that moved."""
    connection.execute("CREATE OR REPLACE TEMP TABLE runs_out (origin VARCHAR)")
    if out:
        connection.executemany("INSERT INTO runs_out VALUES (?)", [[origin] for origin in sorted(out)])
    # A content is out when every run that holds it is out.
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE placed AS SELECT batch, log, bool_and(coalesce(gone, false)) OVER "
        "(PARTITION BY sha256, log) AS gone FROM (SELECT i.*, o.origin IS NOT NULL AS gone FROM lake.main.ingested i "
        "LEFT JOIN runs_out o ON starts_with(i.origin, o.origin || '/') WHERE i.system = ?)",
        [system.id],
    )
    touched: set[dt.date] = set()
    written: dict[LogName, set[dt.date]] = {}
    ids = []
    moved = 0
    for log in LOGS:
        for gone in (True, False):
            months, some = _move(connection, system, log, gone=gone)
            (touched if log == "decisions" else written.setdefault(log, set())).update(months)
            moved += some if log == "decisions" else 0
            if some and LOG_TYPES[log].counted:
                ids.append(f"SELECT id FROM moved_{log}_{gone}")
    if ids:
        touched |= set(effective.overlay(connection, system, " UNION ".join(ids)).months)
        rebuild_months(connection, system, sorted(touched))
    for log in counted_logs(connection, system):
        if days := written.get(log):
            recount(connection, system, log, since=min(days))
        elif ids and COUNTERS[log].source != log:
            recount(connection, system, log)
    return moved


def _move(
    connection: duckdb.DuckDBPyConnection, system: System, log: LogName, *, gone: bool
) -> tuple[set[dt.date], int]:
    """Move the rows of one log out of its table, or back. Returns the months counted by day, and how many rows."""
    held, twin = table(system, log), table(system, f"excluded_{log}")
    if not has_table(connection, system, log) or not (gone or has_table(connection, system, f"excluded_{log}")):
        return set(), 0
    source, target = (held, twin) if gone else (twin, held)
    batches = f"batch IN (SELECT batch FROM placed WHERE log = {literal(log)} AND gone = {gone})"
    if not holds(connection, f"{source} WHERE {batches}"):
        return set(), 0
    _widen(connection, held, twin)
    names = f"moved_{log}_{gone}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {names} AS SELECT * FROM {source} WHERE {batches}")
    if not gone and LOG_TYPES[log].once:
        _keep_known_out(connection, system, log, names)
    connection.execute(f"INSERT INTO {target} BY NAME SELECT * FROM {names}")
    connection.execute(f"DELETE FROM {source} WHERE (batch, row) IN (SELECT (batch, row) FROM {names})")
    months: set[dt.date] = set()
    if log == "decisions" or (log in COUNTERS and COUNTERS[log].source == log):
        found = connection.execute(f"SELECT DISTINCT CAST(date_trunc('month', day) AS DATE) FROM {names}").fetchall()
        months = {row[0] for row in found}
    return months, one(connection, f"SELECT count(*) FROM {names}")


def _keep_known_out(connection: duckdb.DuckDBPyConnection, system: System, log: LogName, moved: str) -> None:
    """Keep out rows whose id came in by another way; those that differ are noted once in the quarantine."""
    held, aside = table(system, log), table(system, "quarantine")
    days = "day, weight" if log == "decisions" else "NULL::DATE AS day, NULL::BIGINT AS weight"
    known = f"SELECT batch, row, {days} FROM {moved} WHERE id IN (SELECT id FROM {held})"
    if log == "decisions":  # by a number of their own: rows of several batches
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE numbered AS SELECT *, row_number() OVER () AS nth FROM {moved}"
        )
        hold_decisions(connection, system, "(SELECT * EXCLUDE (row, nth), nth AS row FROM numbered)")
        differing = "SELECT row FROM held_rows WHERE len(roles) > 0"
        known = f"SELECT batch, row, {days} FROM numbered WHERE nth IN ({differing})"
    connection.execute(
        f'INSERT INTO {aside} BY NAME SELECT {literal(log)} AS log, batch, row, {literal("id")} AS "column", '
        f"{literal(Reason.DUPLICATE_IN_LAKE)} AS reason, day, weight FROM ({known}) "
        f"WHERE (batch, row) NOT IN (SELECT (batch, row) FROM {aside} WHERE log = {literal(log)})"
    )
    connection.execute(f"DELETE FROM {moved} WHERE id IN (SELECT id FROM {held})")


def keep_spare(connection: duckdb.DuckDBPyConnection, system: System, log: LogName, batch: int) -> None:
    """Decisions of a new batch that the log holds from a run: they wait in the twin, and count if that run leaves."""
    from_runs = (
        "SELECT h.row FROM held_rows h JOIN lake.main.ingested i ON i.batch = h.batch "
        "WHERE len(h.roles) = 0 AND starts_with(i.origin, 'mlflow:')"
    )
    if log != "decisions" or not holds(connection, f"({from_runs})"):
        return
    held, twin = table(system, log), table(system, f"excluded_{log}")
    _widen(connection, held, twin)
    connection.execute(
        f"INSERT INTO {twin} BY NAME SELECT * FROM {held} WHERE batch = {batch} AND row IN ({from_runs})"
    )


def _widen(connection: duckdb.DuckDBPyConnection, held: str, twin: str) -> None:
    """Makes the twin, or gives it the columns that its table has got since."""
    connection.execute(f"CREATE TABLE IF NOT EXISTS {twin} AS SELECT * FROM {held} WHERE false")
    add_missing(connection, twin, describe(connection, held))


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
