"""Counts of people controlled because of a reply or its absence, and of those of whom it is not known, by month."""

from __future__ import annotations

import duckdb

from boussole.audits.lake.tables import literal, table
from boussole.audits.systems.logs.search_controls import FROM_REPLIES, PARTS, UNTOLD, SearchControls
from boussole.audits.systems.logs.usage import plain
from boussole.audits.systems.model import System


def ready(system: System) -> bool:
    """Whether the system file says which triggers come from replies, and which do not."""
    return system.search_controls is not None and system.search_controls.told


def parts(system: System) -> tuple[str, ...]:
    """The parts of which each month that was counted has a row, even of 0."""
    return tuple(_section(system).part(name) for name in PARTS)


def counting(connection: duckdb.DuckDBPyConnection, system: System, rows: str) -> str:
    """SQL: the counts of the controls that meet a condition."""
    del connection
    section = _section(system)
    said = "lower(trim(trigger))"
    yes, no = (f"{said} IN {_among(names)}" for names in (section.from_replies, section.triggers))
    kind = f"CASE WHEN {yes} THEN 1 WHEN {no} THEN 0 END"
    people = (
        "SELECT CAST(date_trunc('month', day) AS DATE) AS month, any_value(bucket) AS bucket, "
        f"coalesce(bool_or(kind = 1), false) AS flow, bool_or(kind IS NULL) AS unknown "
        f"FROM (SELECT *, {kind} AS kind FROM {table(system, 'search_controls')} WHERE {rows}) GROUP BY month, person"
    )
    flow, untold = (literal(section.part(part)) for part in (FROM_REPLIES, UNTOLD))
    counted = (
        f"SELECT month, {flow} AS part, bucket, {_count('flow OR NOT unknown')} AS n, {_count('flow')} AS cases "
        f"FROM ({people}) GROUP BY month, bucket "
        f"UNION ALL SELECT month, {untold}, bucket, count(*), {_count('unknown AND NOT flow')} "
        f"FROM ({people}) GROUP BY month, bucket"
    )
    return f"FROM ({counted}) ORDER BY ALL"


def _section(system: System) -> SearchControls:
    section = system.search_controls
    assert section is not None  # noqa: S101 (its log is declared)
    return section


def _among(names: list[str]) -> str:
    return f"({', '.join(map(literal, plain(names)))})"


def _count(of: str) -> str:
    return f"CAST(count(*) FILTER ({of}) AS BIGINT)"
