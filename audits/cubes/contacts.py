"""Counts of messages to people by month, question and bucket: when they left, how often, and after which STOP."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import duckdb

from boussole.audits.lake import clocks
from boussole.audits.lake.clocks import HOUR
from boussole.audits.lake.tables import keep, literal, table
from boussole.audits.systems.logs.contacts import (
    DAYS,
    FIRST,
    GRACE_HOURS,
    HOURS,
    LACKING,
    MOST,
    OFTEN,
    OVERSEAS,
    PLACED,
    STOPPED,
    TIMED,
    UNTOLD,
    Contacts,
    code_of,
    known_code,
)
from boussole.audits.systems.model import System


def ready(system: System) -> bool:
    """Whether the system file says which templates have a notice."""
    return system.contacts is not None and bool(system.contacts.notices)


def parts(system: System) -> tuple[str, ...]:
    """The parts of which each month that was counted has a row, even of 0."""
    section = system.contacts
    return tuple(section.part(name) for name in (FIRST, UNTOLD, LACKING)) if section and ready(system) else ()


def counted(connection: duckdb.DuckDBPyConnection, system: System, section: Contacts, rows: str) -> list[str]:
    """SQL of the counts of first messages that meet a condition, and of 0 for each month of `contact_months`."""
    approved = " OR ".join(
        f"(name = {literal(each)} AND day >= DATE '{told.approved_on}')"
        for each, told in section.notices.items()
        if told.approved_on is not None
    )
    lacking = ", ".join(literal(each) for each, told in section.notices.items() if told.missing is not None)
    first = (
        f"SELECT *, nullif(trim(template), '') AS name, ({rows}) AS told FROM {table(system, 'contacts')} "
        f"WHERE NOT {section.stop} "
        'QUALIFY rank() OVER (PARTITION BY person ORDER BY "at") = 1'
    )
    people = (
        "SELECT CAST(date_trunc('month', any_value(day)) AS DATE) AS month, any_value(bucket) AS bucket, "
        f"count(name) > 0 AS named, coalesce(bool_or({approved or 'false'}), false) AS good, "
        f"coalesce(bool_or({f'name IN ({lacking})' if lacking else 'false'}), false) AS lacking "
        f"FROM ({first}) WHERE told GROUP BY person"
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE contact_first AS {people}")
    months = "SELECT DISTINCT month, CAST(0 AS UTINYINT) AS bucket, false AS seen FROM contact_months"
    every = f"SELECT *, true AS seen FROM contact_first UNION ALL BY NAME {months}"
    asked = (
        (FIRST, "named AND NOT good", "named"),
        (UNTOLD, "NOT named", "true"),
        (LACKING, "lacking AND NOT good", "named"),
    )
    return [
        f"SELECT month, {literal(section.part(part))} AS part, bucket, {_count(among)} AS n, {_count(case)} AS cases "
        f"FROM ({every}) GROUP BY month, bucket"
        for part, case, among in asked
    ]


def _count(of: str) -> str:
    return f"CAST(count(*) FILTER (seen AND {of}) AS BIGINT)"


FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
"""Month and day. Source: Labour Code, L. 3133-1."""
AFTER_EASTER = (1, 39, 50)
"""Days after Easter: Easter Monday, Ascension, Whit Monday. Source: the same."""
ALSACE_MOSELLE = ("57", "67", "68")
"""Where Good Friday and 26 December are holidays too. Source: Labour Code, L. 3134-13."""
ABOLITION = {
    "971": (5, 27),
    "972": (5, 22),
    "973": (6, 10),
    "974": (12, 20),
    "976": (4, 27),
    "977": (10, 9),
    "978": (5, 28),
}
"""Where the abolition of slavery is commemorated, and when. Source: Labour Code, L. 3422-2."""


def easter(year: int) -> dt.date:
    """Return Easter Sunday of the Gregorian calendar (Meeus 1991, Astronomical Algorithms, chapter 8)."""
    century, rest = divmod(year, 100)
    leap, left = divmod(century, 4)
    moon = (19 * (year % 19) + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    four, three = divmod(rest, 4)
    weekday = (32 + 2 * left + 2 * four - moon - three) % 7
    late = (year % 19 + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)


def national(years: Iterable[int]) -> list[dt.date]:
    """The public holidays of the whole country in some years, in order."""
    found = set()
    for year in years:
        found |= {dt.date(year, month, day) for month, day in FIXED}
        found |= {easter(year) + dt.timedelta(days=days) for days in AFTER_EASTER}
    return sorted(found)


def regional(years: Iterable[int]) -> list[tuple[str, dt.date]]:
    """Return the departments that have holidays of their own, each with its days in some years."""
    found = []
    for year in years:
        good_friday = easter(year) - dt.timedelta(days=2)
        found += [(code, day) for code in ALSACE_MOSELLE for day in (good_friday, dt.date(year, 12, 26))]
        found += [(code, dt.date(year, month, day)) for code, (month, day) in ABOLITION.items()]
    return found


DECENT = (("10:00:00", "13:00:00"), ("14:00:00", "20:00:00"))
"""Hours of Monday to Friday, their ends included. Source: Consumer Code, D. 223-9, for commercial calls."""
MAINLAND = "Europe/Paris"
MONTHLY = "contact_months"
"""The temporary table of how many messages left, by month and bucket, and when."""


def counting(connection: duckdb.DuckDBPyConnection, system: System, rows: str) -> str:
    """Return SQL of the counts of the messages of some days in a row, in view of all that came before them."""
    section, held = system.contacts, table(system, "contacts")
    assert section is not None  # noqa: S101 (its log is declared)
    stop = section.stop
    keep(
        connection,
        MONTHLY,
        'SELECT month, bucket, count(*) AS n, min("at") AS since, max("at") AS until, '
        "count(*) FILTER (timed) AS timed, count(*) FILTER (timed AND outside) AS outside, "
        "count(*) FILTER (NOT placed) AS unplaced "
        f"FROM ({messages(connection, system, rows, stop=stop)}) GROUP BY month, bucket",
    )
    parts = [
        _part(HOURS, "timed", "outside", f"{MONTHLY} WHERE timed > 0"),
        _part(PLACED, "n", "unplaced", MONTHLY),
        _part(TIMED, "n", "n - timed", MONTHLY),
        _often(connection, f"{held} WHERE NOT {stop}", rows),
        _stopped(connection, system, rows, stop),
        *(counted(connection, system, section, rows) if ready(system) else []),
    ]
    return f"FROM ({' UNION ALL '.join(parts)}) ORDER BY ALL"


_MONTH = "CAST(date_trunc('month', day) AS DATE) AS month"


def _part(part: str, n: str, cases: str, rows: str) -> str:
    return f"SELECT month, {literal(part)} AS part, bucket, {n} AS n, {cases} AS cases FROM {rows}"


def _often(connection: duckdb.DuckDBPyConnection, messages: str, rows: str) -> str:
    """Return SQL of people written to in a month, and of those who got more than `MOST` messages within `DAYS` days."""
    since = connection.execute(f"SELECT CAST(min(since) AS DATE) - {DAYS} FROM {MONTHLY}").fetchall()[0][0]
    near = f"day >= DATE '{since}'" if since else "false"
    told = f'SELECT {_MONTH}, bucket, person, "at", ({rows}) AS told FROM {messages} AND {near}'
    often = f'coalesce("at" < lag("at", {MOST}) OVER w + INTERVAL {DAYS} DAY, false)'
    new = "coalesce(NOT lag(told) OVER w OR lag(month) OVER w <> month, true)"
    each = f'SELECT *, {often} AS often, {new} AS new FROM ({told}) WINDOW w AS (PARTITION BY person ORDER BY "at")'
    return _part(OFTEN, "count(*) FILTER (new)", "count(DISTINCT person) FILTER (often)", f"({each}) WHERE told") + (
        " GROUP BY month, bucket"
    )


def _stopped(connection: duckdb.DuckDBPyConnection, system: System, rows: str, stop: str) -> str:
    """Return SQL of people whose STOP was in force in a month, and of those who got a message since."""
    held = table(system, "contacts")
    zone, sent = system.timezone, clocks.stored(system, "contacts", "at")
    at = 'CASE WHEN CAST("at" AS TIME) = TIME \'00:00:00\' THEN "at" + INTERVAL 1 DAY ELSE "at" END'
    since = f"min({clocks.instant(replace(sent, local='said'), zone)}) + {GRACE_HOURS * HOUR}"
    keep(
        connection,
        "contact_stops",
        f"SELECT person, any_value(bucket) AS bucket, {since} AS since FROM (SELECT *, {at} AS said FROM {held} "
        f"WHERE {stop}) GROUP BY person",
    )
    last = clocks.instant(clocks.Moment.of("until", zone), zone)
    months = f"SELECT month, {last} AS until FROM (SELECT month, max(until) AS until FROM {MONTHLY} GROUP BY month)"
    late = (
        f"SELECT DISTINCT {_MONTH}, person FROM (FROM {held} WHERE {rows} AND NOT {stop}) m "
        f"JOIN contact_stops s USING (person) WHERE {clocks.instant(sent, zone)} > s.since"
    )
    exposed = (
        "SELECT m.month, s.bucket, l.person IS NOT NULL AS late "
        f"FROM ({months}) m JOIN contact_stops s ON s.since < m.until "
        f"LEFT JOIN ({late}) l ON l.month = m.month AND l.person = s.person"
    )
    none = f"SELECT month, CAST(0 AS UTINYINT) AS bucket, NULL AS late FROM ({months})"
    return (
        f"SELECT month, {literal(STOPPED)} AS part, bucket, count(late) AS n, "
        f"CAST(count(*) FILTER (late) AS BIGINT) AS cases FROM ({exposed} UNION ALL {none}) GROUP BY month, bucket"
    )


def _code(section: Contacts) -> str:
    """SQL: the department of a row, as it is usually written: two digits or three; NULL where none is told."""
    return "CAST(NULL AS VARCHAR)" if section.department is None else code_of("department")


def messages(connection: duckdb.DuckDBPyConnection, system: System, rows: str, *, stop: str) -> str:
    """Return SQL of the messages that meet a condition, each by the clock and the calendar of the person."""
    held, zone, section = table(system, "contacts"), system.timezone, system.contacts
    assert section is not None  # noqa: S101 (its log is declared)
    known = known_code("code")
    raw = (
        f'SELECT {_MONTH}, bucket, person, "at", {_code(section)} AS code, '
        f"CAST(\"at\" AS TIME) <> TIME '00:00:00' AS timed FROM {held} WHERE {rows} AND NOT {stop}"
    )
    placed = f"SELECT *, {_clock(zone, known)} AS here, coalesce({known}, false) AS placed FROM ({raw})"
    clocks = f"SELECT *, CAST(here AS TIME) AS clock, CAST(here AS DATE) AS date_ FROM ({placed})"
    days = connection.execute(f"SELECT min(day), max(day) FROM {held}").fetchone()
    years = range(days[0].year - 1, days[1].year + 2) if days and days[0] else range(0)
    return (
        f'SELECT month, bucket, person, "at", timed, placed, coalesce({_outside(years)}, false) AS outside '
        f"FROM ({clocks})"
    )


def _clock(zone: str, known: str) -> str:
    """SQL: the time where the person is; of departments that nobody knows, in the zone of the system."""

    def there(other: str) -> str:
        return f'"at" AT TIME ZONE {literal(zone)} AT TIME ZONE {literal(other)}'

    overseas = " ".join(f"WHEN {literal(code)} THEN {there(other)}" for code, other in OVERSEAS.items())
    home = '"at"' if zone == MAINLAND else f'CASE WHEN {known} THEN {there(MAINLAND)} ELSE "at" END'
    return f"CASE code {overseas} ELSE {home} END"


def _outside(years: range) -> str:
    """SQL: whether a message left outside decent hours, by the clock and the calendar of the person."""
    inside = " OR ".join(f"clock BETWEEN TIME '{first}' AND TIME '{last}'" for first, last in DECENT)
    days = ", ".join(f"DATE '{day}'" for day in national(years)) or "NULL"
    own: dict[str, list[str]] = {}
    for code, day in regional(years):
        own.setdefault(code, []).append(f"DATE '{day}'")
    cases = " ".join(f"WHEN {literal(code)} THEN date_ IN ({', '.join(found)})" for code, found in own.items())
    there = f" OR CASE code {cases} ELSE false END" if cases else ""
    return f"NOT ({inside}) OR isodow(date_) > 5 OR date_ IN ({days}){there}"
