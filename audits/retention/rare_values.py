"""Values of groups that few people had, in counts whose rows are gone: a word stays where their text stood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import duckdb

from boussole.audits.counts.rare import Named, declared, words_of
from boussole.audits.lake.rebuild import Name, qualified
from boussole.audits.lake.tables import CUBES, KEYS, keys_of, literal, quote, summed, table
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace

COUNTED = ("daily", "cells", "ranks")
"""Cubes by group of which the counts of months stay whose rows are gone."""


def without_rare(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    system: System,
    months: Iterable[dt.date],
    queries: Mapping[Name, str],
) -> dict[Name, str]:
    """The SELECT of each cube in which words stand for such values, in some months; none where there is no such value.

    The same words as in audits: what these have hidden or set apart is found again. `queries`: what becomes of cubes
    by other rules already.
    """
    rare = _rare(connection, system)
    if not rare:
        return {}
    words = words_of(connection, workspace, system)
    entries = ", ".join(
        f"{literal(f'{name}={value}')}: {literal(words.word(name, value))}" for name, value in sorted(rare)
    )
    listed = ", ".join(f"DATE '{month}'" for month in months)
    found = {}
    for cube in COUNTED:
        name = (system.id, cube)
        day = "month" if "month" in CUBES[cube] else "CAST(date_trunc('month', day) AS DATE)"
        told = ", ".join(
            f"""CASE WHEN {day} IN ({listed}) THEN coalesce(MAP {{{entries}}}[string_split("by", '*')[{i}] || '=' || """
            f"{column}], {column}) ELSE {column} END AS {column}"
            for i, column in enumerate((each for each in KEYS if each != "by"), 1)
        )
        rows = queries.get(name, f"FROM {qualified(name)}")
        keys = ", ".join(map(quote, keys_of(cube)))
        found[name] = (
            f"SELECT {keys}, {summed(cube)} FROM (SELECT * REPLACE ({told}) FROM ({rows})) GROUP BY ALL ORDER BY ALL"
        )
    return found


def _rare(connection: duckdb.DuckDBPyConnection, system: System) -> set[Named]:
    """The values that no file declares and that few people have, of all days together."""
    limit = system.privacy.suppress_below
    people = f" OR count(DISTINCT bucket) < {min(limit, BUCKETS)}" if system.cluster == "person" else ""
    found = connection.execute(
        f"""SELECT "by", value1 FROM {table(system, "daily")} WHERE "by" <> '' AND NOT contains("by", '*') """
        f"AND value1 IS NOT NULL GROUP BY ALL HAVING sum(n) < {limit}{people}"
    ).fetchall()
    return {(name, value) for name, value in found if name in system.groups and not declared(system, name, value)}
