"""Counts of accounts without a second factor and of those with more rights than their role needs, by month."""

from __future__ import annotations

import duckdb

from boussole.audits.lake.tables import literal, table
from boussole.audits.systems.logs.registry import BEYOND, FACTOR, PARTS, UNTOLD, UNUSED, UNUSED_DAYS, Accounts
from boussole.audits.systems.model import System


def parts(system: System) -> tuple[str, ...]:
    """The parts of which each month that was counted has a row, even of 0."""
    return tuple(_section(system).part(name) for name in PARTS)


def counting(connection: duckdb.DuckDBPyConnection, system: System, rows: str) -> str:
    """SQL: the counts of the accounts of the last export of each month whose days meet a condition."""
    del connection
    section = _section(system)
    last = (
        f"SELECT *, CAST(date_trunc('month', day) AS DATE) AS month FROM {table(system, 'accounts')} WHERE {rows} "
        "QUALIFY day = max(day) OVER (PARTITION BY date_trunc('month', day))"
    )
    said = "lower(trim(second_factor))"
    needed = " ".join(
        f"WHEN trim(role) = {literal(role.strip())} THEN {_among(rights)}" for role, rights in section.needs.items()
    )
    beyond = f"CASE {needed} END" if section.held else "CAST(NULL AS BOOLEAN)"
    unused = f"day - last_used > {UNUSED_DAYS}"
    seen = (
        f"SELECT month, bucket, CASE WHEN {_listed(said, section.without_factor)} THEN true "
        f"WHEN {_listed(said, section.with_factor)} THEN false END AS bare, {beyond} AS beyond, {unused} AS unused "
        f"FROM ({last})"
    )
    untold = "bare IS NULL OR beyond IS NULL" if section.held else "bare IS NULL"
    asked = (
        (FACTOR, "bare", "bare IS NOT NULL"),
        (UNTOLD, untold, "true"),
        (BEYOND, "beyond", "beyond IS NOT NULL"),
        (UNUSED, "unused", "unused IS NOT NULL"),
    )
    counted = (
        f"SELECT month, {literal(section.part(part))} AS part, bucket, {_count(among)} AS n, {_count(case)} AS cases "
        f"FROM ({seen}) GROUP BY month, bucket"
        for part, case, among in asked
    )
    return f"FROM ({' UNION ALL '.join(counted)}) ORDER BY ALL"


def _section(system: System) -> Accounts:
    section = system.accounts
    assert section is not None  # noqa: S101 (its log is declared)
    return section


def _count(of: str) -> str:
    return f"CAST(count(*) FILTER ({of}) AS BIGINT)"


def _listed(said: str, names: list[str]) -> str:
    """SQL: whether what a cell says is among names, in any case."""
    return f"{said} IN ({', '.join(literal(name.strip().lower()) for name in names)})"


def _among(needed: list[str]) -> str:
    """SQL: whether one of the rights of an account is none of those that are needed; without any right, none is."""
    each = "list_transform(regexp_split_to_array(coalesce(rights, ''), '[,;|]'), x -> trim(x))"
    known = f"[{', '.join(literal(right.strip()) for right in needed)}]" if needed else "CAST([] AS VARCHAR[])"
    return f"len(list_filter({each}, x -> x <> '' AND NOT list_contains({known}, x))) > 0"
