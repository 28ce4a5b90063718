"""Counts of uses by agents, by month, part and bucket of the team: undeclared, unlabelled, and by untrained agents."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from boussole.audits.lake.tables import literal, quote, table
from boussole.audits.systems.logs.human_actions import TEAM
from boussole.audits.systems.logs.usage import (
    ALIKE,
    MONTHS,
    SMALL,
    SQUARES,
    UNDECLARED,
    UNLABELLED,
    UNTRAINED,
    Usage,
    plain,
)
from boussole.audits.systems.model import System


def ready(system: System) -> bool:
    """Whether the system file says what the system may be used for, or who used it and was trained when."""
    return system.usage is not None and (system.usage.bounded or system.usage.trained)


def parts(system: System) -> tuple[str, ...]:
    """The parts of which each month that was counted has a row, even of 0."""
    section = _section(system)
    labels = (section.part(UNDECLARED), section.part(UNLABELLED)) if section.bounded else ()
    return (*labels, *((UNTRAINED,) if section.trained else ()))


def counting(_: duckdb.DuckDBPyConnection, system: System, rows: str) -> str:
    """SQL: the counts of the uses that meet a condition."""
    section = _section(system)
    counted = [_labels(system, rows)] if section.bounded else []
    counted += [_trained(system, rows)] if section.trained else []
    return f"FROM ({' UNION ALL '.join(counted)}) ORDER BY ALL"


_MONTH = "CAST(date_trunc('month', day) AS DATE) AS month"
_BUCKET = "coalesce(bucket, 0)"


def _labels(system: System, rows: str) -> str:
    """SQL: the counts of uses by what they say they are for."""
    section, held = _section(system), table(system, "usage")
    lists = [("purpose", section.purposes), ("task", section.tasks)]
    others = [_listed(column, names, among=False) for column, names in lists if names]
    if section.excluded is not None:
        others.append(_listed("excluded", section.excluded_when, among=True))
    missing = " OR ".join(f"{_said(column)} IS NULL" for column, names in lists if names)
    seen = (
        f"SELECT {_MONTH}, {_BUCKET} AS bucket, team, coalesce({' OR '.join(others)}, false) AS other, "
        f"({missing}) AS missing FROM {held} WHERE {rows}"
    )
    undeclared, unlabelled = (literal(section.part(each)) for each in (UNDECLARED, UNLABELLED))
    teams = f"SELECT month, bucket, count(*) AS uses FROM ({seen}) GROUP BY month, bucket, team"
    return (
        f"SELECT month, {undeclared} AS part, bucket, CAST(count(*) FILTER (other OR NOT missing) AS BIGINT) AS n, "
        f"CAST(count(*) FILTER (other) AS BIGINT) AS cases FROM ({seen}) GROUP BY month, bucket "
        f"UNION ALL SELECT month, {unlabelled}, bucket, count(*), "
        f"CAST(count(*) FILTER (missing AND NOT other) AS BIGINT) FROM ({seen}) GROUP BY month, bucket "
        f"UNION ALL SELECT month, {literal(SQUARES)}, bucket, CAST(sum(uses * uses) AS BIGINT), 0 FROM ({teams}) "
        "GROUP BY month, bucket "
        f"UNION ALL SELECT DISTINCT month, {literal(MONTHS)}, CAST(0 AS UTINYINT), 1, 0 FROM ({seen})"
    )


def _trained(system: System, rows: str) -> str:
    """Return SQL of the agents of each month by whether they had been trained by the day of their first use in it."""
    order = 'ORDER BY "at", id'
    agents = (
        f"SELECT {_MONTH}, agent, first(coalesce(team, '') {order}) AS team, first({_BUCKET} {order}) AS bucket, "
        "coalesce(min(trained_on) > min(day), true) AS untrained "
        f"FROM {table(system, 'usage')} WHERE {rows} AND agent IS NOT NULL GROUP BY ALL"
    )
    sized = f"SELECT *, count(*) OVER (PARTITION BY month, team) >= {TEAM} AS large FROM ({agents})"
    teams = f"SELECT month, bucket, count(*) AS agents FROM ({sized}) WHERE large GROUP BY month, bucket, team"
    return (
        f"SELECT month, {literal(UNTRAINED)} AS part, bucket, count(*) AS n, "
        f"CAST(count(*) FILTER (untrained) AS BIGINT) AS cases FROM ({sized}) WHERE large GROUP BY month, bucket "
        f"UNION ALL SELECT month, {literal(SMALL)}, CAST(0 AS UTINYINT), count(*), "
        f"CAST(count(*) FILTER (NOT large) AS BIGINT) FROM ({sized}) GROUP BY month "
        f"UNION ALL SELECT month, {literal(ALIKE)}, bucket, CAST(sum(agents * agents) AS BIGINT), 0 FROM ({teams}) "
        "GROUP BY month, bucket"
    )


def _section(system: System) -> Usage:
    section = system.usage
    assert section is not None  # noqa: S101 (its log is declared)
    return section


def _said(column: str) -> str:
    """SQL: what a cell says, in any case; NULL where it is blank."""
    return f"nullif(lower(trim({quote(column)})), '')"


def _listed(column: str, names: Sequence[str], *, among: bool) -> str:
    """SQL: whether what a cell says is among names, or is said and is none of them; NULL where it is blank."""
    return f"{_said(column)} {'IN' if among else 'NOT IN'} ({', '.join(map(literal, plain(names)))})"
