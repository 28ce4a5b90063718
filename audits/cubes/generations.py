"""What is counted of a log of texts: of the texts, of the calls of models behind them, of what agents made of them."""

from __future__ import annotations

import duckdb

from boussole.audits.cubes import calls, reworked, texts
from boussole.audits.lake.tables import KEYS, literal, quote, table
from boussole.audits.systems.logs.texts import TEXTS
from boussole.audits.systems.model import System

ALL = (texts, calls, reworked)


def ready(system: System) -> bool:
    """Whether the system file says what texts, or calls, are held to, or what agents made of them."""
    return any(each.ready(system) for each in ALL)


def parts(system: System) -> tuple[str, ...]:
    """The parts of which each month that was counted has a row, even of 0."""
    return (TEXTS, *(part for each in ALL if each.ready(system) for part in each.parts(system)))


def earlier(system: System) -> tuple[str, ...]:
    """The parts that are read of the months before a window too."""
    return calls.earlier(system) if calls.ready(system) else ()


def counting(_: duckdb.DuckDBPyConnection, system: System, rows: str) -> str:
    """SQL: the counts of the rows whose days meet a condition, with the columns `calls.COLUMNS`."""
    found = [f"({each.counting(system, rows)})" for each in ALL if each.ready(system)]
    nobody = ", ".join(f"CAST(NULL AS VARCHAR) AS {quote(name)}" for name in KEYS)
    found.append(
        f"(SELECT CAST(date_trunc('month', day) AS DATE) AS month, {literal(TEXTS)} AS part, CAST(0 AS UTINYINT) AS "
        f"bucket, count(*) AS n, CAST(0 AS BIGINT) AS cases, {nobody} FROM {table(system, 'generations')} "
        f"WHERE {rows} GROUP BY month)"
    )
    columns = ", ".join(map(quote, calls.COLUMNS))
    return f"FROM ({' UNION ALL '.join(f'SELECT {columns} FROM {each}' for each in found)}) ORDER BY ALL"
