"""Counts of other logs, and of what agents corrected in a window, by group before and after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

import duckdb
import pyarrow as pa

from boussole.audits.counts.read import CORRECTED, SHARES, counts_sql, months_sql
from boussole.audits.cubes.logs import COUNTERS, counted_logs, counted_otherwise
from boussole.audits.cubes.reviews import NEWEST, keep_reviewed, ready
from boussole.audits.lake import clocks
from boussole.audits.lake.connection import purged_before
from boussole.audits.lake.tables import KEYS, cube_of, days_sql, has_table, holds, keep, literal, place_of, quote, table
from boussole.audits.log_names import LogName
from boussole.audits.metrics.shares import PART_OF_MONTH
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.logs.calls import EARLIER
from boussole.audits.systems.logs.human_actions import (
    APART,
    FINAL_BY_PERSON,
    FINAL_BY_TEAM,
    FOLLOWED,
    MOVED,
    PUT_IN,
    RESULTS,
    SOMEBODY,
    TAKEN_OUT,
)
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, whole_months

SIDES = ("by", *(name for name in KEYS if name != "by"), "part", "window", "bucket")
"""What counts are told apart by, beside whether they are of cases."""


def read_logs(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    *,
    exact: bool = False,
    without: Collection[str] = (),
) -> dict[str, pa.Table]:
    """Read the rows of `SHARES` of a window by log, in a fixed order; a log of which nothing was counted is absent.

    Part of a month gives one row that says so (`PART_OF_MONTH`). Groups named in `without` are not read, nor is any
    intersection that holds one of them.
    """
    found = {}
    for log in counted_logs(connection, system):
        held = f"(FROM {table(system, cube_of(log))} WHERE {months_sql(window)})"
        if not whole_months(window):
            found[str(log)] = _part_of_month(connection, held)
        else:
            source = _source(connection, system, window, log, held, exact=exact)
            rows = _rows_log(connection, system, log, source, without)
            found[str(log)] = pa.concat_tables([rows, *_earlier(connection, system, window, log)])
    return {log: rows for log, rows in found.items() if rows.num_rows}


def _part_of_month(connection: duckdb.DuckDBPyConnection, held: str) -> pa.Table:
    """The row that says of some `held` counts that they are of more than the window; none where there are none."""
    if connection.execute(f"{held[1:-1]} LIMIT 1").fetchone() is None:
        return SHARES.empty_table()
    return pa.Table.from_pylist([{"part": PART_OF_MONTH, "bucket": 0, "decision": 0, "n": 1}], SHARES)


def _earlier(connection: duckdb.DuckDBPyConnection, system: System, window: Window, log: LogName) -> Iterator[pa.Table]:
    """What was counted in the twelve months before a window, of the parts that are read of them (`EARLIER`)."""
    parts = COUNTERS[log].earlier(system)
    if not parts:
        return
    first, listed = window.start.replace(year=window.start.year - 1), ", ".join(map(literal, parts))
    months = f"month >= DATE '{first}' AND month < DATE '{window.start}' AND part IN ({listed})"
    names = ", ".join(f'"{name}"' for name in LOG_TYPES[log].cube if name != "part")
    named = f"SELECT {literal(EARLIER)} || part AS part, {names} FROM {table(system, cube_of(log))} WHERE {months}"
    yield _rows_log(connection, system, log, f"({named})", ())


def _source(
    connection: duckdb.DuckDBPyConnection, system: System, window: Window, log: LogName, held: str, *, exact: bool
) -> str:
    """SQL of the counts of a log by month: those that are `held`, or of its rows."""
    counter, purged = COUNTERS[log], purged_before(connection, system.id)
    if purged is not None:
        short = purged > window.start - dt.timedelta(days=counter.before)
        if short or (counter.history(system) and not counted_otherwise(connection, system, held, counter)):
            return held
    if exact or counted_otherwise(connection, system, held, counter):
        return f"({counter.counting(connection, system, days_sql(window))})"
    return held


def _rows_log(
    connection: duckdb.DuckDBPyConnection, system: System, log: LogName, source: str, without: Collection[str]
) -> pa.Table:
    held = {name: f'"{name}"' for name in LOG_TYPES[log].cube} | {"window": "strftime(month, '%Y-%m')"}
    keys = ", ".join(f'{held.get(name, "CAST(NULL AS VARCHAR)")} AS "{name}"' for name in SIDES)
    sides = " UNION ALL ".join(
        f"SELECT {keys}, CAST({case} AS UTINYINT) AS decision, {n} AS n FROM {source}"
        for case, n in ((0, "n - cases"), (1, "cases"))
    )
    expired = " OR ".join(f"list_contains(string_split(\"by\", '*'), {literal(name)})" for name in sorted(without))
    kept = f"NOT coalesce({expired}, false)" if expired else "true"
    names = ", ".join(f'"{name}"' for name in SIDES)
    summed = f"SELECT {names}, decision, CAST(sum(n) AS BIGINT) AS n FROM ({sides}) WHERE {kept} GROUP BY ALL"
    parts = COUNTERS[log].parts(system)  # 0 of it: there is none, and not that nobody looked
    told = " OR ".join(["n > 0", *(f"part = {literal(part)}" for part in parts)])
    return connection.execute(f"FROM ({summed} ORDER BY ALL) WHERE {told}").to_arrow_table().cast(SHARES)


ROWS = "corrections_read"


def read_corrections(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    *,
    as_of: dt.date,
    without: Collection[str] = (),
) -> pa.Table:
    """Read the rows of `CORRECTED` of a window, in a fixed order, by group of each attribute not named in `without`.

    Teams of fewer than `TEAM` agents, or of an unknown number, are only counted. Empty unless the window is one whole
    month of which no rows were purged and the log of reviews says who reviewed.
    """
    purged = purged_before(connection, system.id)
    if len(whole_months(window)) != 1 or not ready(system) or not has_table(connection, system, "human_actions"):
        return CORRECTED.empty_table()
    if purged is not None and purged > window.start:
        return CORRECTED.empty_table()
    keep_reviewed(connection, system, days_sql(window))
    if not holds(connection, "reviewed"):
        return CORRECTED.empty_table()
    keep(connection, ROWS, _rows(connection, system, window, as_of))
    if connection.execute(f"FROM {ROWS} WHERE reviewed LIMIT 1").fetchone() is None:
        return CORRECTED.empty_table()
    names = ", ".join(map(quote, CORRECTED.names))
    attributes = [by for by in system.attributes if not set(by) & set(without)]
    parts = " UNION ALL BY NAME ".join(f"({part})" for part in _parts(system, attributes))
    return (
        connection.execute(f"SELECT {names} FROM ({parts}) WHERE n > 0 ORDER BY ALL").to_arrow_table().cast(CORRECTED)
    )


def _rows(connection: duckdb.DuckDBPyConnection, system: System, window: Window, as_of: dt.date) -> str:
    """SQL: the decisions of a window with what was decided in the end, and what became of people in the final lists."""
    groups = "".join(f", d.{quote(f'g_{name}')}" for name in system.groups)
    profile = ", ".join(f"d.{quote(f'c_{name}')}" for name in system.controls)
    stratum = f"CAST(dense_rank() OVER (ORDER BY {profile}) - 1 AS VARCHAR)" if profile else "'0'"
    decisions = (
        f"SELECT *, {place_of(connection, system)} AS place FROM {table(system, 'decisions')} "
        f"WHERE {days_sql(window)} AND decision IS NOT NULL"
    )
    large = "SELECT place, bucket, changed FROM reviewed SEMI JOIN large_teams USING (month, team) WHERE NOT early"
    return (
        "SELECT d.bucket, l.bucket AS team, coalesce(d.person, d.id) AS person, d.decision AS proposed, "
        "CAST(CASE WHEN l.changed THEN 1 - d.decision ELSE d.decision END AS UTINYINT) AS final, "
        "l.place IS NOT NULL AS counted, l.place IS NOT NULL OR d.human IS NOT NULL AS reviewed, "
        f"{stratum} AS stratum, {_outcome(system, as_of)} AS outcome{groups} "
        f"FROM ({decisions}) d LEFT JOIN ({large}) l ON l.place = d.place LEFT JOIN ({_said(connection, system)}) o "
        "ON o.id = d.id"
    )


def _outcome(system: System, as_of: dt.date) -> str:
    """SQL: what became of somebody whom the tool, or an agent, selected; NULL where nobody can know it yet."""
    outcome = system.log.outcome
    if outcome is None:
        return "CAST(NULL AS UTINYINT)"
    said = "coalesce(d.outcome, o.value)"
    if outcome.absent == "missing":
        return said
    matured = as_of - dt.timedelta(days=outcome.matures_after_days)
    return f"CASE WHEN {said} IS NULL AND d.day <= DATE '{matured}' THEN CAST(0 AS UTINYINT) ELSE {said} END"


def _said(connection: duckdb.DuckDBPyConnection, system: System) -> str:
    """SQL: the newest outcome of each decision in their log, which also knows what became of those put in."""
    if "outcomes" not in system.logs or not has_table(connection, system, "outcomes"):
        return "SELECT CAST(NULL AS VARCHAR) AS id, CAST(NULL AS UTINYINT) AS value WHERE false"
    at = clocks.ordered(clocks.stored(system, "outcomes", "recorded_at"))
    return (
        f"SELECT id, value FROM (SELECT * REPLACE ({at} AS recorded_at) FROM {table(system, 'outcomes')} "
        "WHERE what = 'outcome') "
        f"QUALIFY row_number() OVER (PARTITION BY id {NEWEST}"
    )


_NOTHING = (
    "CAST(NULL AS VARCHAR) AS value1, CAST(NULL AS VARCHAR) AS value2, CAST(NULL AS VARCHAR) AS value3, "
    "CAST(NULL AS UTINYINT) AS furthest, CAST(NULL AS SMALLINT) AS bin"
)
_SIDE = f"CASE WHEN proposed = 1 THEN {literal(FOLLOWED)} ELSE {literal(PUT_IN)} END"
_WAITING = "CAST(0 AS UTINYINT) AS decision"
_BOTH = "(SELECT * EXCLUDE (outcome), final AS outcome, proposed AS decision, 1 AS n FROM {rows})"


def _parts(system: System, attributes: list[tuple[str, ...]]) -> Iterator[str]:
    """SQL: the counts of each part."""
    if system.log.outcome is not None:
        final = f"FROM {ROWS} WHERE counted AND final = 1"
        yield (
            f'SELECT {literal(RESULTS)} AS part, {_SIDE} AS "by", stratum, team AS bucket, {_WAITING}, outcome, '
            f"{_NOTHING}, count(*) AS n {final} GROUP BY ALL"
        )
        yield _counted(SOMEBODY, "count(DISTINCT person)", f"{final} GROUP BY ALL", by=_SIDE)
        yield _counted(TAKEN_OUT, "count(*)", f"FROM {ROWS} WHERE counted AND proposed > final")
    yield _counted(APART, "count(*)", f"FROM {ROWS} WHERE reviewed AND NOT counted")
    told = f"(FROM {ROWS} WHERE counted OR NOT reviewed)"
    for part, bucket in ((FINAL_BY_TEAM, "coalesce(team, bucket)"), (FINAL_BY_PERSON, "bucket")):
        yield _by_group(part, f"(SELECT * REPLACE ({bucket} AS bucket) FROM {told})", [(), *attributes])
    moved = f"SELECT DISTINCT ON (person, {{groups}}) * FROM {ROWS} WHERE counted AND proposed <> final"
    for by in attributes:
        groups = ", ".join(quote(f"g_{name}") for name in by)
        rows = "(SELECT * REPLACE (CAST(0 AS UTINYINT) AS bucket, CAST(0 AS UTINYINT) AS proposed, "
        rows += f"CAST(0 AS UTINYINT) AS final) FROM ({moved.format(groups=groups)}))"
        yield _by_group(MOVED, rows, [by])


def _by_group(part: str, rows: str, attributes: list[tuple[str, ...]]) -> str:
    counts = counts_sql(_BOTH.format(rows=rows), attributes)
    beside = "CAST(NULL AS VARCHAR) AS stratum, CAST(NULL AS SMALLINT) AS bin"
    return f"SELECT {literal(part)} AS part, {beside}, * FROM ({counts})"


def _counted(part: str, n: str, rows: str, *, by: str = "''") -> str:
    return (
        f'SELECT {literal(part)} AS part, {by} AS "by", CAST(NULL AS VARCHAR) AS stratum, '
        f"CAST(0 AS UTINYINT) AS bucket, {_WAITING}, CAST(NULL AS UTINYINT) AS outcome, {_NOTHING}, {n} AS n {rows}"
    )
