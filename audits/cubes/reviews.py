"""What is counted of reviews: how often something was changed, and how often they were shorter than reading takes.

Counts by month of the decision, part and bucket of the team (else of the agent). A review is that of a list, where
lists are declared, within a team and a month; else that of a proposal. By group of the person concerned, proposals are
counted. Teams of fewer than `TEAM` agents in a month are left out, with how many reviews that were.
"""

from __future__ import annotations

import duckdb

from boussole.audits.lake.tables import KEYS, keep, literal, quote, table
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
    keep(connection, "reviews", _reviews())
    large = "reviews SEMI JOIN large_teams USING (month, team)"
    squares = f"SELECT month, bucket, CAST(sum(lists * lists) AS BIGINT) AS n FROM ({_by_agent()}) GROUP BY ALL"
    parts = [
        _counted(CHANGED, "changed", large),
        _counted(HASTY, "hasty", f"{large} WHERE hasty IS NOT NULL"),
        _counted(UNTIMED, "hasty IS NULL", large),
        # not by bucket, which may be that of one small team, or of somebody
        _counted(SMALL, "lt.team IS NULL", "reviews r LEFT JOIN large_teams lt USING (month, team)", bucket=_NONE),
        _counted(EARLY, "early", "reviewed", bucket=_NONE),
        f"SELECT month, {_nobody()}, {literal(SQUARES)}, bucket, n, 0 FROM ({squares})",
        _counted(TEAM_LISTS, "changed", large, _of_team(), bucket=_NONE),
        f"SELECT month, {_of_team()}, {literal(TEAM_PAIRS)}, {_NONE}, {_pairs('lists')}, 0 "
        f"FROM ({_by_agent()}) GROUP BY ALL",
        # a row in each month, even where no team is large
        *(
            f"SELECT DISTINCT month, {_nobody()}, {literal(part)}, {_NONE}, 0, 0 FROM reviewed"
            for part in (TEAM_LISTS, TEAM_PAIRS)
        ),
        f"SELECT month, {_nobody()}, {literal(PAIRS)}, {_NONE}, coalesce({_pairs('lists')}, 0), "
        f"coalesce({_pairs('changed')}, 0) FROM (SELECT DISTINCT month FROM reviewed) LEFT JOIN ({_by_agent()}) "
        "USING (month) GROUP BY ALL",
        f"SELECT DISTINCT month, {_nobody()}, {literal(MONTHS)}, CAST(0 AS UTINYINT), 1, 0 FROM reviewed",
        _people(_nobody()),
        *(_of_group(by) for by in system.attributes),
        *(_people(_keys(by)) for by in system.attributes),
    ]
    return f"FROM ({' UNION ALL '.join(parts)}) ORDER BY ALL"


def keep_reviewed(connection: duckdb.DuckDBPyConnection, system: System, rows: str) -> None:
    """Keeps what was last said of each proposal as the table `reviewed`, and as `large_teams` the teams of a month that
    are large enough to be told of."""
    keep(connection, "reviewed", _reviewed(system, rows))
    teams = f"SELECT month, team FROM reviewed WHERE NOT early GROUP BY ALL HAVING count(DISTINCT agent) >= {TEAM}"
    keep(connection, "large_teams", teams)


def _reviewed(system: System, rows: str) -> str:
    """SQL: what was last said of each proposal, beside what was proposed."""
    newest = (
        f"FROM {table(system, 'human_actions')} WHERE agent IS NOT NULL QUALIFY row_number() OVER (PARTITION BY id "
    )
    lists = "coalesce(d.request, d.id)" if system.columns and system.columns.request else "d.id"
    groups = "".join(f", d.{quote(f'g_{name}')}" for name in system.groups)
    return (
        f"SELECT d.id, CAST(date_trunc('month', d.day) AS DATE) AS month, a.bucket, "
        f"coalesce(d.person, d.id) AS person, coalesce(a.team, '') AS team, a.agent, "
        f"{lists} AS list, a.decision <> d.decision AS changed, a.seconds, a.words, "
        f"{older('a.recorded_at', 'd.decided_at')} AS early{groups} "
        f"FROM ({newest}{NEWEST}) a JOIN (FROM {table(system, 'decisions')} WHERE {rows}) d ON d.id = a.id "
        "WHERE d.decision IS NOT NULL"
    )


def _reviews() -> str:
    """SQL: the reviews: of lists, within a team and a month. How long one took, or how much was shown, is not known
    where it is not of each of its proposals."""
    known = "count(seconds) = count(*) AND count(words) = count(*)"
    return (
        "SELECT month, team, list, min(bucket) AS bucket, bool_or(changed) AS changed, "
        f"CASE WHEN {known} THEN sum(seconds) * {WORDS_A_MINUTE} < sum(words) * 60 END AS hasty "
        "FROM reviewed WHERE NOT early GROUP BY month, team, list"
    )


def _by_agent() -> str:
    """SQL: how many lists each agent of a large team reviewed in a month; one of several agents is that of each."""
    return (
        "SELECT month, team, agent, min(bucket) AS bucket, count(DISTINCT list) AS lists, "
        "count(DISTINCT list) FILTER (changed) AS changed "
        "FROM reviewed SEMI JOIN large_teams USING (month, team) WHERE NOT early GROUP BY month, team, agent"
    )


def _pairs(lists: str) -> str:
    """SQL: how many pairs the lists of each agent make, of all agents together."""
    return f"CAST(sum({lists} * ({lists} - 1) // 2) AS BIGINT)"


def _of_team() -> str:
    """SQL: the keys of a team: its name, of nobody's group."""
    return _nobody().replace('CAST(NULL AS VARCHAR) AS "value1"', "team AS value1")


def _nobody() -> str:
    return ", ".join(f'CAST(NULL AS VARCHAR) AS "{name}"' for name in KEYS)


_NONE = "CAST(0 AS UTINYINT)"


def _counted(part: str, case: str, rows: str, keys: str = "", *, bucket: str = "bucket") -> str:
    own = keys or _nobody()
    return (
        f"SELECT month, {own}, {literal(part)} AS part, {bucket} AS bucket, count(*) AS n, "
        f"CAST(count(*) FILTER ({case}) AS BIGINT) AS cases FROM {rows} GROUP BY ALL"
    )


def _of_group(by: tuple[str, ...]) -> str:
    return _counted(CHANGED, "changed", "reviewed SEMI JOIN large_teams USING (month, team) WHERE NOT early", _keys(by))


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
