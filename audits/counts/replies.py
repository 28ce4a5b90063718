"""Counts, from rows, of replies in a window: late ones by group, who was reached in time, what became of the silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import duckdb
import pyarrow as pa

from boussole.audits.counts.log_ends import SEARCH_CONTROLS, known_until
from boussole.audits.counts.read import REPLIED, counts_sql
from boussole.audits.lake import clocks
from boussole.audits.lake.connection import purged_before
from boussole.audits.lake.tables import days_sql, describe, has_table, keep, literal, quote, table
from boussole.audits.systems.logs.contacts import (
    LATE,
    REACHED,
    SILENT,
    SILENT_DAYS,
    Contacts,
)
from boussole.audits.systems.logs.search_controls import CONTROLLED, SearchControls
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, whole_months

_QUIET, _ANSWERED = "silent", "replied"
FOLLOWED_DAYS = "days_after_messages"
"""Table in memory: stretches of days of people, within a week, each with its side and whether a control ends it."""


def reach(section: SearchControls) -> int:
    """How many days before a day the messages were sent that it counts for."""
    return section.answer_days + section.span_days


def controlled_sql(
    connection: duckdb.DuckDBPyConnection, system: System, sent: Contacts, section: SearchControls, window: Window
) -> str:
    """Return SQL of days by side (`by`), stratum, bucket of the person and whether there was a control, with `n`.

    A day counts from the landmark (`answer_days` after a message) on, for `span_days` or until the first control,
    within profile and calendar week; days before the landmark count on neither side (immortal time).
    """
    profile = ", ".join(quote(f"c_{name}") for name in system.controls)
    most = ", ".join(f"max({name}) AS {name}" for name in profile.split(", "))
    known = (
        f"SELECT person, day, {most} FROM {table(system, 'decisions')} WHERE person IS NOT NULL GROUP BY person, day"
    )
    controls = f"SELECT DISTINCT person, day FROM {table(system, 'search_controls')}"
    followed = (
        "SELECT u.*, c.day AS controlled, k.* EXCLUDE (person, day) "
        f"FROM ({_landmarks(system, sent, section, window)}) u "
        f"ASOF JOIN ({known}) k ON u.person = k.person AND u.day >= k.day "
        f"ASOF LEFT JOIN ({controls}) c ON u.person = c.person AND u.day <= c.day"
    )
    from_, to = "greatest(since, week)", "least(until, controlled, week + 6)"
    weeks = (
        f"SELECT CAST(unnest(generate_series(date_trunc('week', DATE '{window.start}'), TIMESTAMP '{window.end}', "
        "INTERVAL 7 DAY)) AS DATE) AS week"
    )
    days = (
        f"SELECT person, bucket, side, dense_rank() OVER (ORDER BY week, {profile}) - 1 AS stratum, "
        f"{to} - {from_} + 1 AS days, coalesce(controlled = {to}, false) AS hit "
        f"FROM ({followed}), ({weeks}) WHERE (controlled IS NULL OR controlled >= since) AND {to} >= {from_}"
    )
    keep(connection, FOLLOWED_DAYS, days)
    return " UNION ALL ".join(
        f'SELECT {literal(CONTROLLED)} AS part, side AS "by", CAST(stratum AS VARCHAR) AS stratum, bucket, '
        f"CAST({decision} AS UTINYINT) AS decision, CAST({n} AS BIGINT) AS n "
        f"FROM {FOLLOWED_DAYS} GROUP BY ALL HAVING {n} > 0"
        for decision, n in ((0, "sum(days) - count(*) FILTER (hit)"), (1, "count(*) FILTER (hit)"))
    )


def _landmarks(system: System, sent: Contacts, section: SearchControls, window: Window) -> str:
    """Return SQL of each message day of a person, its side at its landmark, and the days that count for it."""
    held = table(system, "contacts")
    messages = (
        f"SELECT person, any_value(bucket) AS bucket, day, min(CAST(reply_at AS DATE)) AS reply FROM {held} "
        f"WHERE NOT {sent.stop} AND day BETWEEN DATE '{window.start}' - {reach(section)} AND DATE '{window.end}' "
        "GROUP BY person, day"
    )
    stops = f"SELECT person, min(day) AS stopped FROM {held} WHERE {sent.stop} GROUP BY person"
    first = f"(SELECT min(day) FROM {table(system, 'search_controls')})"
    last = f"(SELECT last FROM ({known_until(system, SEARCH_CONTROLS, window)}))"
    mark = f"day + {section.answer_days}"
    following = f"lead(day) OVER later + {section.answer_days}"
    replied = f"min(reply) OVER (later ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) <= {mark}"
    return (
        "SELECT person, bucket, day, "
        f"CASE WHEN {replied} THEN {literal(_ANSWERED)} ELSE {literal(_QUIET)} END AS side, "
        f"greatest({mark} + 1, DATE '{window.start}', {first}) AS since, "
        f"least({mark} + {section.span_days}, {following}, stopped - 1, DATE '{window.end}', {last}) AS until "
        f"FROM ({messages}) LEFT JOIN ({stops}) USING (person) "
        "WINDOW later AS (PARTITION BY person ORDER BY day) "
        f"QUALIFY until >= since AND (stopped IS NULL OR stopped > {mark})"  # a reply to a message before a STOP counts
    )


ROWS = "replies_read"


def read_replies(
    connection: duckdb.DuckDBPyConnection, system: System, window: Window, *, without: Collection[str] = ()
) -> pa.Table:
    """Read the rows of `REPLIED` of a window, in a fixed order: everybody and each attribute not named in `without`.

    A message counts in the window in which it was sent; the groups of a person are those of their latest decision by
    then. Empty unless the window is one whole month of which no rows were purged and the log holds replies.
    """
    section, purged = system.contacts, purged_before(connection, system.id)
    if len(whole_months(window)) != 1:
        return REPLIED.empty_table()
    if section is None or section.reply_at is None or not has_table(connection, system, "contacts"):
        return REPLIED.empty_table()
    if purged is not None and purged > window.start:
        return REPLIED.empty_table()
    attributes = [(), *(by for by in system.attributes if not set(by) & set(without))]
    parts = []
    if section.closes_at is not None:
        keep(connection, ROWS, _rows(connection, system, window, attributes))
        parts.append(_late(attributes))
        parts += [_reached(system, section, window)] if section.smartphone is not None else []
    if system.controls and not _cut(purged, window, SILENT_DAYS):
        parts.append(_silent(system, section, window))
    followed = system.search_controls
    given = followed is not None and has_table(connection, system, "search_controls")
    if system.controls and followed is not None and given and not _cut(purged, window, reach(followed)):
        parts.append(f"SELECT *, {_EMPTY} FROM ({controlled_sql(connection, system, section, followed, window)})")
    if not parts:
        return REPLIED.empty_table()
    names = ", ".join(map(quote, REPLIED.names))
    query = f"SELECT {names} FROM ({' UNION ALL BY NAME '.join(f'({part})' for part in parts)}) ORDER BY ALL"
    return connection.execute(query).to_arrow_table().cast(REPLIED)


def _late(attributes: list[tuple[str, ...]]) -> str:
    """SQL: the counts of replies to messages about a list with a known end, of which: those after it had closed."""
    late = "CAST(replied > closed AS UTINYINT) AS decision, CAST(NULL AS SMALLINT) AS bin"
    which = "reply_at IS NOT NULL AND closes_at IS NOT NULL"
    rows = f"SELECT *, {late}, NULL AS outcome, 1 AS n FROM {ROWS} WHERE {which}"
    counts = counts_sql(f"({rows})", attributes, beside=["bin"])
    return f"SELECT {literal(LATE)} AS part, CAST(NULL AS VARCHAR) AS stratum, * FROM ({counts})"


INSTANTS = {"sent": "at", "replied": "reply_at", "closed": "closes_at"}
"""Instants of messages, in microseconds, by the moments that they are of."""


def _instant(system: System, role: str, *, alias: str = "") -> str:
    """SQL: the instant of a moment of messages: hours are those that pass, also where clocks change."""
    return clocks.instant(clocks.stored(system, "contacts", role, alias=alias), system.timezone)


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
    instants = "".join(f", {_instant(system, role, alias='m.')} AS {name}" for name, role in INSTANTS.items())
    return (
        f'SELECT m.bucket, m."at", m.reply_at, m.closes_at{instants}{mine} FROM ({sent}) m '
        f"ASOF LEFT JOIN ({known}) g ON m.person = g.person AND m.day >= g.day"
    )


_EMPTY = (
    "CAST(NULL AS VARCHAR) AS value1, CAST(NULL AS VARCHAR) AS value2, CAST(NULL AS VARCHAR) AS value3, "
    "CAST(NULL AS UTINYINT) AS outcome, CAST(NULL AS UTINYINT) AS furthest, CAST(NULL AS SMALLINT) AS bin"
)
_SIDES = f"{_EMPTY}, CAST(count(*) AS BIGINT) AS n"


def _reached(system: System, section: Contacts, window: Window) -> str:
    """Return SQL of each person and list, whether they replied in time, and whether they have a smartphone."""
    has = (
        f"CASE WHEN {_in('smartphone', section.no_smartphone)} THEN 'without' "
        f"WHEN {_in('smartphone', section.with_smartphone)} THEN 'with' END"
    )
    replied, closed = (_instant(system, role) for role in ("reply_at", "closes_at"))
    pairs = (
        'SELECT any_value(bucket) AS bucket, arg_max(has, "at") AS side, '
        f"coalesce(bool_or({replied} <= {closed}), false) AS reached "
        f"FROM (SELECT *, {has} AS has FROM {table(system, 'contacts')} "
        f"WHERE {days_sql(window)} AND closes_at IS NOT NULL AND NOT {section.stop}) GROUP BY person, closes_at"
    )
    return (
        f"SELECT {literal(REACHED)} AS part, coalesce(side, '') AS \"by\", '0' AS stratum, bucket, "
        f"CAST(reached AS UTINYINT) AS decision, {_SIDES} FROM ({pairs}) GROUP BY ALL"
    )


def _silent(system: System, section: Contacts, window: Window) -> str:
    """Return SQL of decisions about people written to in the weeks before, by whether they answered, and profile."""
    held = table(system, "contacts")
    sent = (
        f"SELECT person, any_value(bucket) AS bucket, day, min(reply_at) AS reply_at FROM {held} "
        f"WHERE NOT {section.stop} GROUP BY person, day"
    )
    stops = f"SELECT person, min(day) AS since FROM {held} WHERE {section.stop} GROUP BY person"
    profile = ", ".join(quote(f"c_{name}") for name in system.controls)
    case = "stages >= 1" if system.log.stages else "decision = 1"
    decisions = table(system, "decisions")
    decided = f"SELECT person, day, {case} AS passed, {profile} FROM {decisions} WHERE {days_sql(window)}"
    rows = (
        "SELECT m.bucket, CASE WHEN CAST(m.reply_at AS DATE) <= d.day THEN 'replied' ELSE 'silent' END AS side, "
        f"CAST(dense_rank() OVER (ORDER BY {profile}) - 1 AS VARCHAR) AS stratum, d.passed "
        f"FROM ({decided}) d ASOF JOIN ({sent}) m ON d.person = m.person AND d.day > m.day "
        f"LEFT JOIN ({stops}) s ON s.person = d.person "
        f"WHERE d.passed IS NOT NULL AND d.day - m.day <= {SILENT_DAYS} AND (s.since IS NULL OR s.since > d.day)"
    )
    return (
        f'SELECT {literal(SILENT)} AS part, side AS "by", stratum, bucket, '
        f"CAST(passed AS UTINYINT) AS decision, {_SIDES} FROM ({rows}) GROUP BY ALL"
    )


def _in(column: str, values: list[str]) -> str:
    return f"lower(trim({column})) IN ({', '.join(literal(value.strip().lower()) for value in values)})"


def _cut(purged: dt.date | None, window: Window, days: int) -> bool:
    """Whether rows were purged so many days before a window, or later."""
    return purged is not None and purged > window.start - dt.timedelta(days=days)
