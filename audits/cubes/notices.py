"""Counts of first messages to people, by month, and whether they say in an approved notice that a machine writes."""

from __future__ import annotations

import duckdb

from boussole.audits.lake.tables import literal, table
from boussole.audits.systems.logs.contacts import FIRST, LACKING, UNTOLD, Contacts
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
