"""What is counted of reviews: how often something was changed, and how often they were shorter than reading takes.

Counts by month of the decision, part and bucket of the team (else of the agent). A review is that of a list, where
lists are declared, within a team and a month; else that of a proposal. By group of the person concerned, proposals are
counted. Teams of fewer than `TEAM` agents in a month are left out, with how many reviews that were.
"""

from __future__ import annotations

import duckdb

from boussole.audits.lake.tables import KEYS, holds, keep, literal, quote, table
from boussole.audits.systems.logs.human_actions import (
    CHANGED,
    EARLY,
    HASTY,
    MONTHS,
    PAIRS,
    PEOPLE,
    SMALL,
    SQUARES,
    TEAM,
    TEAM_LISTS,
    TEAM_PAIRS,
    UNTIMED,
    WORDS_A_MINUTE,
)
from boussole.audits.systems.model import System

NEWEST = "ORDER BY recorded_at DESC NULLS LAST, batch DESC, row DESC) = 1"
"""SQL, the end of a QUALIFY: the newest word on a decision."""
VALUES = [name for name in KEYS if name != "by"]


def older(recorded_at: str, decided_at: str) -> str:
    """SQL: whether a review is older than its decision; by their days where one of the two tells no time of day."""
    untimed = " OR ".join(f"CAST({moment} AS TIME) = TIME '00:00:00'" for moment in (recorded_at, decided_at))
    days = f"CAST({recorded_at} AS DATE) < CAST({decided_at} AS DATE)"
    return f"coalesce(CASE WHEN {untimed} THEN {days} ELSE {recorded_at} < {decided_at} END, false)"


def ready(system: System) -> bool:
    """Whether the log of human actions says who reviewed, without which no team can be seen to be large enough."""
    return system.columns is not None and system.columns.human is not None and system.columns.human.agent is not None


def counting(connection: duckdb.DuckDBPyConnection, system: System, rows: str) -> str:
    """SQL: the counts of the reviews of decisions whose days meet a condition."""
    keep_reviewed(connection, system, rows)
    keep(connection, "reviews", _by_team(_reviews(system)))
    keep(connection, "proposals", _by_group(system))
    reviews, agents = (f"{name} SEMI JOIN large_teams USING (month, team)" for name in ("reviews", "agents"))
    every, months = "reviews r LEFT JOIN large_teams lt USING (month, team)", "(SELECT DISTINCT month FROM reviewed)"
    with_pairs = f"{months} LEFT JOIN (FROM {agents}) USING (month)"
    parts = [
        _part(CHANGED, "sum(n)", "sum(changed)", reviews),
        _part(HASTY, "sum(timed)", "sum(hasty)", f"{reviews} WHERE timed > 0"),
        _part(UNTIMED, "sum(n)", "sum(n - timed)", reviews),
        # not by bucket, which may be that of one small team, or of somebody
        _part(SMALL, "sum(n)", "coalesce(sum(n) FILTER (lt.team IS NULL), 0)", every, bucket=_NONE),
        _part(EARLY, "count(*)", "count(*) FILTER (early)", "reviewed", bucket=_NONE),
        _part(SQUARES, "sum(lists * lists)", "0", agents),
        _part(TEAM_LISTS, "sum(n)", "sum(changed)", reviews, _of_team(), bucket=_NONE),
        _part(TEAM_PAIRS, _pairs("lists"), "0", agents, _of_team(), bucket=_NONE),
        # a row in each month, even where no team is large
        *(_part(part, "0", "0", months, bucket=_NONE) for part in (TEAM_LISTS, TEAM_PAIRS)),
        _part(PAIRS, f"coalesce({_pairs('lists')}, 0)", f"coalesce({_pairs('changed')}, 0)", with_pairs, bucket=_NONE),
        _part(MONTHS, "1", "0", months, bucket=_NONE),
        _people(_nobody()),
        *(_part(CHANGED, "sum(n)", "sum(changed)", "proposals", _keys(by)) for by in system.attributes),
        *(_people(_keys(by)) for by in system.attributes),
    ]
    return f"FROM ({' UNION ALL '.join(parts)}) ORDER BY ALL"


def keep_newest(connection: duckdb.DuckDBPyConnection, name: str, said: str, of: str = "place") -> None:
    """Keeps rows (SQL, with `recorded_at`, `batch` and `row`), of several with the same keys the newest word.

    Only what was said several times is put in order: that is little, and to order all takes longer than to find it.
    """
    keep(connection, name, said)
    keep(connection, "several", f"SELECT {of} FROM {name} GROUP BY {of} HAVING count(*) > 1")
    if holds(connection, "several"):
        among = f"({of}) IN (SELECT ({of}) FROM several)"
        newest = f"SELECT rowid FROM {name} WHERE {among} QUALIFY row_number() OVER (PARTITION BY {of} {NEWEST}"
        connection.execute(f"DELETE FROM {name} WHERE {among} AND rowid NOT IN ({newest})")


def keep_reviewed(connection: duckdb.DuckDBPyConnection, system: System, rows: str) -> None:
    """Keeps what was last said of each proposal as the table `reviewed`, by the number (`place`) that the lake gave to
    the row of the decision; and as `large_teams` the teams of a month that are large enough to be told of."""
    keep_newest(connection, "reviewed", _reviewed(system, rows))
    keep(connection, "agents", _by_agent(system))
    keep(connection, "large_teams", f"SELECT month, team FROM agents GROUP BY ALL HAVING count(*) >= {TEAM}")


def _reviewed(system: System, rows: str) -> str:
    """SQL: what was said of each proposal, beside what was proposed."""
    listed = ", coalesce(d.request, d.id) AS list" if _in_lists(system) else ""
    groups = "".join(f", d.{quote(f'g_{name}')}" for name in system.groups)
    return (
        f"SELECT d.rowid AS place, CAST(date_trunc('month', d.day) AS DATE) AS month, a.bucket, "
        f"coalesce(d.person, d.id) AS person, coalesce(a.team, '') AS team, a.agent{listed}, "
        f"a.decision <> d.decision AS changed, a.seconds, a.words, a.recorded_at, a.batch, a.row, "
        f"{older('a.recorded_at', 'd.decided_at')} AS early{groups} "
        f"FROM {table(system, 'human_actions')} a JOIN {table(system, 'decisions')} d ON d.id = a.id "
        f"WHERE a.agent IS NOT NULL AND d.decision IS NOT NULL AND {rows}"
    )


def _in_lists(system: System) -> bool:
    return system.columns is not None and system.columns.request is not None


def _reviews(system: System) -> str:
    """SQL: the reviews: of lists, within a team and a month. How long one took, or how much was shown, is not known
    where it is not of each of its proposals."""
    if not _in_lists(system):
        hasty = f"seconds * {WORDS_A_MINUTE} < CAST(words AS HUGEINT) * 60"
        return f"SELECT month, team, bucket, changed, {hasty} AS hasty FROM reviewed WHERE NOT early"
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


def _by_group(system: System) -> str:
    """SQL: how many proposals large teams reviewed by month, bucket and all groups of the person concerned."""
    groups = "".join(f", {quote(f'g_{name}')}" for name in system.groups)
    return (
        f"SELECT month, bucket{groups}, count(*) AS n, count(*) FILTER (changed) AS changed "
        "FROM reviewed SEMI JOIN large_teams USING (month, team) WHERE NOT early GROUP BY ALL"
    )


def _pairs(lists: str) -> str:
    """SQL: how many pairs the lists of each agent make, of all agents together."""
    return f"sum({lists} * ({lists} - 1) // 2)"


def _of_team() -> str:
    """SQL: the keys of a team: its name, of nobody's group."""
    return _nobody().replace('CAST(NULL AS VARCHAR) AS "value1"', "team AS value1")


def _nobody() -> str:
    return ", ".join(f'CAST(NULL AS VARCHAR) AS "{name}"' for name in KEYS)


_NONE = "CAST(0 AS UTINYINT)"


def _part(part: str, n: str, cases: str, rows: str, keys: str = "", *, bucket: str = "bucket") -> str:
    return (
        f"SELECT month, {keys or _nobody()}, {literal(part)} AS part, {bucket} AS bucket, CAST({n} AS BIGINT) AS n, "
        f"CAST({cases} AS BIGINT) AS cases FROM {rows} GROUP BY ALL"
    )


def _people(keys: str) -> str:
    """SQL: in large teams, people with a proposal that was changed (cases), and besides those with one that was not."""
    rows = "reviewed r LEFT JOIN large_teams lt USING (month, team)"
    changed, left = (
        f"count(DISTINCT person) FILTER (lt.team IS NOT NULL AND NOT early AND {side})"
        for side in ("changed", "NOT changed")
    )
    return (
        f"SELECT month, {keys}, {literal(PEOPLE)} AS part, {_NONE} AS bucket, {changed} + {left} AS n, "
        f"{changed} AS cases FROM {rows} GROUP BY ALL"
    )


def _keys(by: tuple[str, ...]) -> str:
    values = [quote(f"g_{name}") for name in by] + ["CAST(NULL AS VARCHAR)"] * (len(VALUES) - len(by))
    keys = ", ".join(f"{value} AS {name}" for value, name in zip(values, VALUES, strict=True))
    return f"""{literal("*".join(by))} AS "by", {keys}"""
