"""People who were on no list in the six months up to the end of a window, counted person by person."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection, Sequence

import duckdb
import pyarrow as pa

from boussole.audits.counts.read import FORGOTTEN, cells_from_counts
from boussole.audits.cubes import build
from boussole.audits.cubes.update import rows_of
from boussole.audits.lake.connection import purged_before
from boussole.audits.lake.tables import days_sql, literal, quote, table
from boussole.audits.measures import Cells
from boussole.audits.metrics.forgotten import MONTHS, Forgotten, has_lists_of_people
from boussole.audits.suppression.rules import Apart
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, whole_months

PEOPLE, LISTED, ONCE, SINCE, UNTIL = "people", "listed", "once", "since", "until"
"""Parts: people by bucket, on no list (decision 1) or on one (0); those on a list, by the bucket of lists, in each of
theirs; those all of whose lists are in one, by it; the first and last day counted (`window`)."""


def six_months(window: Window) -> Window:
    """Return the six months up to the last day of a window."""
    after = window.end + dt.timedelta(days=1)
    month = after.year * 12 + after.month - 1 - MONTHS
    year, month = divmod(month, 12)
    day = min(after.day, calendar.monthrange(year, month + 1)[1])
    return Window(dt.date(year, month + 1, day), window.end)


def read_forgotten(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    *,
    without: Collection[str] = (),
    apart: Sequence[Apart] = (),
) -> pa.Table:
    """Read the rows of `FORGOTTEN` of the months up to the end of a window, in a fixed order.

    They are of fewer months where the log began later or earlier rows were purged (`since`), and none unless the window
    is of whole months. Groups named in `without` are not read; rows set `apart` are not counted.
    """
    if not has_lists_of_people(system) or not whole_months(window):
        return FORGOTTEN.empty_table()
    purged, span = purged_before(connection, system.id), six_months(window)
    if purged is not None and purged > span.start:
        span = Window(min(purged, span.end), span.end)
    held = connection.execute(f"SELECT min(day) FROM {table(system, 'decisions')} WHERE {days_sql(span)}").fetchone()
    if held is None or held[0] is None:
        return FORGOTTEN.empty_table()
    since = max(held[0], span.start)
    attributes = [by for by in [(), *system.attributes] if not set(by) & set(without)]
    names = [name for name in system.groups if name not in without]
    people = _people(system, rows_of(system, span, apart), names, first=span.start)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE people_read AS {people}")
    try:
        days = [
            f"SELECT '' AS \"by\", {_nulls(3)}, '{part}', '{day}', {_nulls(3)}, 0"
            for part, day in ((SINCE, since), (UNTIL, span.end))
        ]
        counted = " UNION ALL ".join([*(_counts(by) for by in attributes), *days])
        return (
            connection.execute(f"FROM ({counted}) ORDER BY ALL")
            .to_arrow_table()
            .rename_columns(FORGOTTEN.names)
            .cast(FORGOTTEN)
        )
    finally:
        connection.execute("DROP TABLE people_read")


def _people(system: System, rows: str, names: Sequence[str], *, first: dt.date) -> str:
    """Return SQL of the number of people with the same groups, bucket and buckets of their lists (a bit each)."""
    listed = "stages > 0" if system.log.stages else "rank IS NOT NULL"
    known = " AND stages IS NOT NULL" if system.log.stages else ""
    groups = [quote(f"g_{name}") for name in names]
    since = dt.datetime.combine(first - dt.timedelta(days=2), dt.time())
    moment = f"greatest(coalesce(epoch_us(decided_at) - epoch_us(TIMESTAMP '{since}'), 0), 0) << {_PLACES}"
    kept = ", ".join(["person", "request", "bucket", f"{listed} AS listed", f"{moment} AS moment", *groups])
    numbered = range(len(groups))
    codes = "".join(
        f"""
        of_{i} AS (SELECT v, row_number() OVER (ORDER BY v) AS place FROM (SELECT DISTINCT {g} AS v FROM here)
            WHERE v IS NOT NULL),"""
        for i, g in enumerate(groups)
    )
    return f"""
        WITH here AS MATERIALIZED (
            SELECT {kept} FROM ({rows}) WHERE person IS NOT NULL AND request IS NOT NULL{known}
        ),
        lists AS (SELECT request, sum(bucket) % {BUCKETS} AS list FROM here GROUP BY request),{codes}
        people AS (
            SELECT min(bucket) AS bucket,
            bit_or(CAST(1 AS BIGINT) << CAST(list AS BIGINT)) FILTER (listed) AS lists
            {"".join(f", max(moment + of_{i}.place) AS at_{i}" for i in numbered)}
            FROM here JOIN lists USING (request)
            {"".join(f" LEFT JOIN of_{i} ON here.{g} = of_{i}.v" for i, g in enumerate(groups))}
            GROUP BY person
        ),
        alike AS (
            SELECT bucket, lists, count(*) AS n
            {"".join(f", at_{i} & {2**_PLACES - 1} AS place_{i}" for i in numbered)}
            FROM people GROUP BY ALL
        )
        SELECT bucket, lists, n{"".join(f", of_{i}.v AS {g}" for i, g in enumerate(groups))}
        FROM alike{"".join(f" LEFT JOIN of_{i} ON of_{i}.place = place_{i}" for i in numbered)}
    """


_PLACES = 18
"""Bits for the place of a group: microseconds of six months take 44, so that both are one whole number."""


def _counts(by: tuple[str, ...]) -> str:
    """SQL: the parts of one attribute."""
    groups = [*(quote(f"g_{name}") for name in by), *["CAST(NULL AS VARCHAR)"] * (build.MAX_DEPTH - len(by))]
    head = f"""SELECT {literal("*".join(by))} AS "by", {", ".join(groups)}"""
    never = "CAST(lists IS NULL AS UTINYINT)"
    lists = f"people_read, range({BUCKETS}) AS buckets(list) WHERE (lists >> list) & 1 = 1"
    parts = [
        f"{head}, '{PEOPLE}', NULL, NULL, bucket, {never}, sum(n) FROM people_read GROUP BY ALL",
        f"{head}, '{LISTED}', NULL, NULL, list, 0, sum(n) FROM {lists} GROUP BY ALL",
        f"{head}, '{ONCE}', NULL, NULL, list, 0, sum(n) FROM {lists} AND bit_count(lists) = 1 GROUP BY ALL",
    ]
    return " UNION ALL ".join(parts)


def _nulls(many: int) -> str:
    return ", ".join(["NULL"] * many)


def until_of(rows: pa.Table) -> dt.date | None:
    """The last day that is counted; None where nothing is."""
    return _day(rows, UNTIL)


def since_of(rows: pa.Table) -> dt.date | None:
    """The first day that is counted; None where nothing is."""
    return _day(rows, SINCE)


def _day(rows: pa.Table, part: str) -> dt.date | None:
    found = rows.filter(pa.compute.equal(rows["part"], part))["window"].to_pylist()
    return dt.date.fromisoformat(found[0]) if found else None


def people_of(rows: pa.Table, system: System, part: str = PEOPLE) -> list[Cells]:
    """People by group and bucket, on no list (decision 1) or on one; of `LISTED` and `ONCE`, by that of their lists."""
    of_part = rows.filter(pa.compute.equal(rows["part"], part))
    counts = of_part.append_column("outcome", pa.nulls(of_part.num_rows, pa.uint8()))
    return cells_from_counts(counts, system)


def forgotten_of(rows: pa.Table, system: System) -> Forgotten | None:
    """What the rows count, as it is measured; None where they count nothing."""
    first, last = since_of(rows), until_of(rows)
    if first is None or last is None:
        return None
    return Forgotten(
        first=first,
        last=last,
        people=people_of(rows, system),
        listed=people_of(rows, system, LISTED),
        once=people_of(rows, system, ONCE),
    )
