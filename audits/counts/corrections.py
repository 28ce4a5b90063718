"""Counts, from rows, of what agents corrected in a window: outcomes, and decisions by group before and after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

import duckdb
import pyarrow as pa

from boussole.audits.counts.read import CORRECTED, counts_sql
from boussole.audits.cubes.reviews import NEWEST, keep_reviewed, ready
from boussole.audits.lake import clocks
from boussole.audits.lake.purged import purged_before
from boussole.audits.lake.tables import days_sql, has_table, holds, keep, literal, place_of, quote, table
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
