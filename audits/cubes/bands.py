"""Bands of a number that is a group: the cubes hold those by which rows came in."""

from __future__ import annotations

import duckdb

from boussole.audits.errors import SystemFileError
from boussole.audits.lake.tables import table
from boussole.audits.systems.model import System


def hold_bands(connection: duckdb.DuckDBPyConnection, system: System) -> None:
    """Raises SystemFileError for bands that are not those by which rows came in: no table may hold both."""
    for name, group in system.groups.items():
        rows = (
            connection.execute(
                f"""SELECT DISTINCT value1 FROM {table(system, "cells")} WHERE "by" = ? AND value1 IS NOT NULL""",
                [name],
            ).fetchall()
            if group.bands
            else []
        )
        if other := sorted({str(value) for (value,) in rows} - set(group.order)):
            raise SystemFileError(
                f"`groups.{name}.bands` is not what it was when rows came in: the lake has the group '{other[0]}'.",
                where=f"systems/{system.id}.yaml",
                next_step=f"Write the bands as they were; or give the group another name than '{name}', the system "
                "another `id`, and import its files again.",
            )
