"""What is counted of uses by agents: those that nobody declared, and those of which nobody can tell.

Counts by month, part and bucket of the team. A use is a case where its purpose or its task is none of the declared
ones, or where it is about an excluded offer; it is unlabelled where it is no case and a label that is held to a list is
missing.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from boussole.audits.lake.tables import describe, literal, quote, table
from boussole.audits.systems.logs.usage import MONTHS, SQUARES, UNDECLARED, UNLABELLED, Usage, plain
from boussole.audits.systems.model import System


def ready(system: System) -> bool:
    """Whether the system file says what the system may be used for."""
    return system.usage is not None and system.usage.bounded


def parts(system: System) -> tuple[str, ...]:
    """The parts of which each month that was counted has a row, even of 0."""
    section = _section(system)
    return section.part(UNDECLARED), section.part(UNLABELLED)


def counting(connection: duckdb.DuckDBPyConnection, system: System, rows: str) -> str:
    """SQL: the counts of the uses that meet a condition."""
    section, held = _section(system), table(system, "usage")
    present = describe(connection, held)
    month = "CAST(date_trunc('month', day) AS DATE) AS month"
    bucket = "coalesce(bucket, 0)" if "bucket" in present else "CAST(0 AS UTINYINT)"
    lists = [("purpose", section.purposes), ("task", section.tasks)]
    others = [_listed(column, names, among=False) for column, names in lists if names]
    if section.excluded is not None and "excluded" in present:
        others.append(_listed("excluded", section.excluded_when, among=True))
    missing = " OR ".join(f"{_said(column)} IS NULL" for column, names in lists if names)
    seen = (
        f"SELECT {month}, {bucket} AS bucket, team, coalesce({' OR '.join(others)}, false) AS other, "
        f"({missing}) AS missing FROM {held} WHERE {rows}"
    )
    undeclared, unlabelled = (literal(each) for each in parts(system))
    teams = f"SELECT month, bucket, count(*) AS uses FROM ({seen}) GROUP BY month, bucket, team"
    counted = (
        f"SELECT month, {undeclared} AS part, bucket, CAST(count(*) FILTER (other OR NOT missing) AS BIGINT) AS n, "
        f"CAST(count(*) FILTER (other) AS BIGINT) AS cases FROM ({seen}) GROUP BY month, bucket "
        f"UNION ALL SELECT month, {unlabelled}, bucket, count(*), "
        f"CAST(count(*) FILTER (missing AND NOT other) AS BIGINT) FROM ({seen}) GROUP BY month, bucket "
        f"UNION ALL SELECT month, {literal(SQUARES)}, bucket, CAST(sum(uses * uses) AS BIGINT), 0 FROM ({teams}) "
        "GROUP BY month, bucket "
        f"UNION ALL SELECT DISTINCT month, {literal(MONTHS)}, CAST(0 AS UTINYINT), 1, 0 FROM ({seen})"
    )
    return f"FROM ({counted}) ORDER BY ALL"


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
