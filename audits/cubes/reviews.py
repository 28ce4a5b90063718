"""Counts of reviews by month, part and bucket, of teams of `TEAM` agents or more: changes, and too short reviews."""

from __future__ import annotations

import duckdb

from boussole.audits.lake import clocks
from boussole.audits.lake.tables import KEYS, holds, keep, let_go, literal, one, place_of, quote, table
from boussole.audits.systems.logs.human_actions import (
    CHANGED,
    EARLY,
    HASTY,
    MONTHS,
    SMALL,
    SQUARES,
    TEAM,
    UNTIMED,
    WORDS_A_MINUTE,
)
from boussole.audits.systems.model import System

NEWEST = "ORDER BY recorded_at DESC NULLS LAST, batch DESC, row DESC) = 1"
"""SQL, the end of a QUALIFY: the newest word on a decision."""
MOST_BITS = 1_000_000_000
"""Bits that are set side by side at most, as DuckDB has it: an eighth of a gigabyte."""


def ready(system: System) -> bool:
    """Whether the log of human actions says who reviewed, without which no team can be seen to be large enough."""
    return system.columns is not None and system.columns.human is not None and system.columns.human.agent is not None


def counting(connection: duckdb.DuckDBPyConnection, system: System, rows: str) -> str:
    """SQL: the counts of the reviews of decisions whose days meet a condition."""
    keep_reviewed(connection, system, rows)
    keep(connection, "reviews", _by_team(_reviews(system)))
    keep(
        connection,
        "months",
        "SELECT month, count(*) AS n, count(*) FILTER (early) AS early FROM reviewed GROUP BY month",
    )
    let_go(connection, "reviewed")
    reviews, agents = (f"{name} SEMI JOIN large_teams USING (month, team)" for name in ("reviews", "agents"))
    every = "reviews r LEFT JOIN large_teams lt USING (month, team)"
    parts = [
        _part(CHANGED, "sum(n)", "sum(changed)", reviews),
        _part(HASTY, "sum(timed)", "sum(hasty)", f"{reviews} WHERE timed > 0"),
        _part(UNTIMED, "sum(n)", "sum(n - timed)", reviews),
        # not by bucket, which may be that of one small team, or of somebody
        _part(SMALL, "sum(n)", "coalesce(sum(n) FILTER (lt.team IS NULL), 0)", every, bucket=_NONE),
        _part(EARLY, "sum(n)", "sum(early)", "months", bucket=_NONE),
        _part(SQUARES, "sum(lists * lists)", "0", agents),
        _part(MONTHS, "1", "0", "months", bucket=_NONE),
    ]
    return f"FROM ({' UNION ALL '.join(parts)}) ORDER BY ALL"


def keep_newest(connection: duckdb.DuckDBPyConnection, name: str, said: str, of: str = "place") -> None:
    """Keep rows (SQL, with `recorded_at`, `batch` and `row`), of several with the same keys the newest."""
    keep(connection, name, said)
    if of == "place" and each_once(connection, name):
        return
    keep(connection, "several", f"SELECT {of} FROM {name} GROUP BY {of} HAVING count(*) > 1")
    if holds(connection, "several"):
        among = f"({of}) IN (SELECT ({of}) FROM several)"
        newest = f"SELECT rowid FROM {name} WHERE {among} QUALIFY row_number() OVER (PARTITION BY {of} {NEWEST}"
        connection.execute(f"DELETE FROM {name} WHERE {among} AND rowid NOT IN ({newest})")


def each_once(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether all places of a table are surely different, tested with one bit for each possible place."""
    row = f"place & {2**32 - 1}"
    counts = f"SELECT count(place), max(place >> 32) - min(place >> 32) + 1, min({row}), max({row}) FROM {name}"
    found = connection.execute(counts).fetchall()
    n, batches, first, last = map(int, found[0]) if found[0][0] else (0, 0, 0, 0)
    if n < 2:
        return True
    if batches * (last - first) >= MOST_BITS:
        return False
    bits = f"SELECT bit_count(bitstring_agg({row}, {first}, {last})) AS n FROM {name} GROUP BY place >> 32"
    return one(connection, f"SELECT sum(n) FROM ({bits})") == n


def keep_reviewed(connection: duckdb.DuckDBPyConnection, system: System, rows: str) -> None:
    """Keep the last review of each proposal as the table `reviewed`, and the `large_teams` of each month."""
    keep(connection, "reviewers", _reviewers(system))
    keep_newest(connection, "reviewed", _reviewed(connection, system, rows))
    keep(connection, "agents", _by_agent(system))
    keep(connection, "large_teams", f"SELECT month, team FROM agents GROUP BY ALL HAVING count(*) >= {TEAM}")


def _reviewers(system: System) -> str:
    """Return SQL of each agent of a known team, with a number, and a number of the team."""
    known = f"SELECT DISTINCT agent, coalesce(team, '') AS team FROM {table(system, 'human_actions')}"
    return (
        "SELECT agent, team, CAST(dense_rank() OVER (ORDER BY team) AS INTEGER) AS team_number, "
        f"CAST(row_number() OVER () AS INTEGER) AS number FROM ({known} WHERE agent IS NOT NULL)"
    )


def _reviewed(connection: duckdb.DuckDBPyConnection, system: System, rows: str) -> str:
    """SQL: what was said of each proposal, beside what was proposed; agents and teams by their numbers."""
    listed = ", coalesce(d.request, d.id) AS list" if _in_lists(system) else ""
    groups = "".join(f", d.{quote(f'g_{name}')}" for name in system.groups)
    said = clocks.stored(system, "human_actions", "recorded_at", alias="a.")
    decided = clocks.stored(system, "decisions", "decided_at", alias="d.")
    place = place_of(connection, system, alias="d.")
    return (
        f"SELECT {place} AS place, CAST(date_trunc('month', d.day) AS DATE) AS month, a.bucket, "
        f"coalesce(d.person, d.id) AS person, w.team_number AS team, w.number AS agent{listed}, "
        f"a.decision <> d.decision AS changed, {_time_and_words(system)}, {clocks.ordered(said)} AS recorded_at, "
        f"a.batch, a.row, {clocks.surely_before(said, decided)} AS early{groups} "
        f"FROM {table(system, 'human_actions')} a JOIN {table(system, 'decisions')} d ON d.id = a.id "
        "JOIN reviewers w ON w.agent = a.agent AND w.team = coalesce(a.team, '') "
        f"WHERE a.agent IS NOT NULL AND d.decision IS NOT NULL AND {rows}"
    )


def _time_and_words(system: System) -> str:
    """SQL: how long a review took and how much was shown, where lists are reviewed; else whether it was hasty."""
    return "a.seconds, a.words" if _in_lists(system) else f"{_hasty('a.seconds', 'a.words')} AS hasty"


def _hasty(seconds: str, words: str) -> str:
    """SQL: whether so many words were reviewed faster than they are read."""
    return f"{seconds} * {WORDS_A_MINUTE} < CAST({words} AS HUGEINT) * 60"


def _in_lists(system: System) -> bool:
    return system.columns is not None and system.columns.request is not None


def _reviews(system: System) -> str:
    """Return SQL of the reviews: of lists, within a team and a month."""
    if not _in_lists(system):
        return "SELECT month, team, bucket, changed, hasty FROM reviewed WHERE NOT early"
    known = "count(seconds) = count(*) AND count(words) = count(*)"
    return (
        "SELECT month, team, min(bucket) AS bucket, bool_or(changed) AS changed, "
        f"CASE WHEN {known} THEN sum(seconds) * {WORDS_A_MINUTE} < sum(words) * 60 END AS hasty "
        "FROM reviewed WHERE NOT early GROUP BY month, team, list"
    )


def _by_team(reviews: str) -> str:
    """SQL: how many reviews there are by month, team and bucket, and what became of them."""
    return (
        "SELECT month, team, bucket, count(*) AS n, count(*) FILTER (changed) AS changed, count(hasty) AS timed, "
        f"count(*) FILTER (hasty) AS hasty FROM ({reviews}) GROUP BY month, team, bucket"
    )


def _by_agent(system: System) -> str:
    """SQL: how many lists each agent reviewed in a month; one of several agents is that of each."""
    lists = "DISTINCT list" if _in_lists(system) else "*"
    return (
        f"SELECT month, team, agent, min(bucket) AS bucket, count({lists}) AS lists, "
        f"count({lists}) FILTER (changed) AS changed FROM reviewed WHERE NOT early GROUP BY month, team, agent"
    )


def _nobody() -> str:
    return ", ".join(f'CAST(NULL AS VARCHAR) AS "{name}"' for name in KEYS)


_NONE = "CAST(0 AS UTINYINT)"


def _part(part: str, n: str, cases: str, rows: str, *, bucket: str = "bucket") -> str:
    return (
        f"SELECT month, {_nobody()}, {literal(part)} AS part, {bucket} AS bucket, CAST({n} AS BIGINT) AS n, "
        f"CAST({cases} AS BIGINT) AS cases FROM {rows} GROUP BY ALL"
    )
