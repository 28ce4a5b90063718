"""Days of people who had answered a message in time, or had not, and whether they were controlled on them.

A day counts from the landmark (`answer_days` after a message) on, for `span_days` or until the first control, within
profile and calendar week; days before the landmark count on neither side (immortal time).
"""

from __future__ import annotations

import duckdb

from boussole.audits.counts.log_ends import SEARCH_CONTROLS, known_until
from boussole.audits.lake.tables import keep, literal, quote, table
from boussole.audits.systems.logs.contacts import Contacts
from boussole.audits.systems.logs.search_controls import CONTROLLED, SearchControls
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

SILENT, REPLIED = "silent", "replied"
ROWS = "days_after_messages"
"""Table in memory: stretches of days of people, within a week, each with its side and whether a control ends it."""


def reach(section: SearchControls) -> int:
    """How many days before a day the messages were sent that it counts for."""
    return section.answer_days + section.span_days


def controlled_sql(
    connection: duckdb.DuckDBPyConnection, system: System, sent: Contacts, section: SearchControls, window: Window
) -> str:
    """Return SQL of days by side (`by`), stratum, bucket of the person and whether there was a control, with `n`."""
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
    keep(connection, ROWS, days)
    return " UNION ALL ".join(
        f'SELECT {literal(CONTROLLED)} AS part, side AS "by", CAST(stratum AS VARCHAR) AS stratum, bucket, '
        f"CAST({decision} AS UTINYINT) AS decision, CAST({n} AS BIGINT) AS n FROM {ROWS} GROUP BY ALL HAVING {n} > 0"
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
        f"SELECT person, bucket, day, CASE WHEN {replied} THEN {literal(REPLIED)} ELSE {literal(SILENT)} END AS side, "
        f"greatest({mark} + 1, DATE '{window.start}', {first}) AS since, "
        f"least({mark} + {section.span_days}, {following}, stopped - 1, DATE '{window.end}', {last}) AS until "
        f"FROM ({messages}) LEFT JOIN ({stops}) USING (person) "
        "WINDOW later AS (PARTITION BY person ORDER BY day) "
        f"QUALIFY until >= since AND (stopped IS NULL OR stopped > {mark})"  # a reply to a message before a STOP counts
    )
