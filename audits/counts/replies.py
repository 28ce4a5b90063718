"""Counts of replies by group in a window: too late for the list, and how soon; made of rows, which a purge removes."""

from __future__ import annotations

from collections.abc import Collection

import duckdb
import pyarrow as pa

from boussole.audits.counts.read import REPLIED, counts_sql
from boussole.audits.lake.purged import purged_before
from boussole.audits.lake.tables import days_sql, describe, has_table, literal, quote, table
from boussole.audits.systems.logs.contacts import LATE, PROMPT, PROMPT_HOURS, WAIT, WAITED
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

ROWS = "replies_read"


def read_replies(
    connection: duckdb.DuckDBPyConnection, system: System, window: Window, *, without: Collection[str] = ()
) -> pa.Table:
    """The rows of `REPLIED` of a window, in a fixed order: of everybody and of each attribute but those in `without`.

    A message counts in the window in which it was sent, whenever its reply came. The groups of a person are those of
    their latest decision at that day; without one, or where decisions name people otherwise, they are not known. Empty
    where the log does not say when lists close, and where rows of the window were purged.
    """
    section, purged = system.contacts, purged_before(connection, system.id)
    if section is None or section.closes_at is None or not has_table(connection, system, "contacts"):
        return REPLIED.empty_table()
    if "closes_at" not in describe(connection, table(system, "contacts")) or (purged and purged > window.start):
        return REPLIED.empty_table()
    attributes = [(), *(by for by in system.attributes if not set(by) & set(without))]
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {ROWS} AS {_rows(connection, system, window, attributes)}")
    try:
        parts = [_part(part, rows, attributes) for part, rows in PARTS.items()]
        query = f"SELECT {', '.join(map(quote, REPLIED.names))} FROM ({' UNION ALL '.join(parts)}) ORDER BY ALL"
        return connection.execute(query).to_arrow_table().cast(REPLIED)
    finally:
        connection.execute(f"DROP TABLE {ROWS}")


_TIMED = "CAST(\"at\" AS TIME) <> TIME '00:00:00'"
_MINUTES = 'greatest(CAST(ceil(epoch(reply_at - "at") / 60) AS BIGINT), 1)'
_STEP = "CASE WHEN minutes <= 60 THEN 1 WHEN minutes <= 300 THEN 5 WHEN minutes <= 2880 THEN 60 ELSE 1440 END"
PARTS = {
    LATE: (
        "CAST(reply_at > closes_at AS UTINYINT) AS decision, CAST(NULL AS SMALLINT) AS bin",
        "reply_at IS NOT NULL AND closes_at IS NOT NULL",
    ),
    PROMPT: (
        f'CAST(coalesce(reply_at <= "at" + INTERVAL {PROMPT_HOURS} HOUR, false) AS UTINYINT) AS decision, '
        "CAST(NULL AS SMALLINT) AS bin",
        _TIMED,
    ),
    WAIT: (
        f"CAST(0 AS UTINYINT) AS decision, CAST(least(ceil(minutes / {_STEP}) * {_STEP}, {WAITED}) AS SMALLINT) AS bin",
        f"reply_at IS NOT NULL AND {_TIMED}",
    ),
}
"""Of each part: what is counted of a message, and of which messages."""


def _part(part: str, said: tuple[str, str], attributes: list[tuple[str, ...]]) -> str:
    """SQL: the counts of a part; of waiting times not by person, so that few minutes are not told of anybody."""
    values, which = said
    bucket = "CAST(0 AS UTINYINT)" if part == WAIT else "bucket"
    minutes = f"SELECT *, {_MINUTES} AS minutes FROM {ROWS} WHERE {which}"
    rows = f"SELECT * EXCLUDE (bucket), {bucket} AS bucket, {values}, NULL AS outcome, 1 AS n FROM ({minutes})"
    return f"SELECT {literal(part)} AS part, * FROM ({counts_sql(f'({rows})', attributes, beside=['bin'])})"


def _rows(
    connection: duckdb.DuckDBPyConnection, system: System, window: Window, attributes: list[tuple[str, ...]]
) -> str:
    """SQL: the messages of a window, each with the groups of its person on that day."""
    assert system.contacts is not None  # noqa: S101 (its log is declared)
    held = describe(connection, table(system, "decisions"))
    names = [f"g_{name}" for name in dict.fromkeys(name for by in attributes for name in by)]
    groups = "".join(f", max({quote(name) if name in held else 'NULL::VARCHAR'}) AS {quote(name)}" for name in names)
    known = f"SELECT person, day{groups} FROM {table(system, 'decisions')} WHERE person IS NOT NULL GROUP BY ALL"
    sent = f"FROM {table(system, 'contacts')} WHERE {days_sql(window)} AND NOT {system.contacts.stop}"
    mine = "".join(f", g.{quote(name)}" for name in names)
    return (
        f'SELECT m.bucket, m."at", m.reply_at, m.closes_at{mine} FROM ({sent}) m '
        f"ASOF LEFT JOIN ({known}) g ON m.person = g.person AND m.day >= g.day"
    )
