"""Which version of a model made how many decisions of a window, from which of its days to which."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from boussole.audits.counts.read import VERSIONS
from boussole.audits.lake.tables import days_sql, has_table, table
from boussole.audits.systems.model import System
from boussole.audits.windows import Window


def read_versions(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> pa.Table:
    """The rows of `VERSIONS` of a window, by name; none where the log names no version.

    From the cube of days, which a purge leaves. No name: decisions of which the log does not say which version made
    them.
    """
    if system.columns is None or system.columns.model_version is None or not has_table(connection, system, "daily"):
        return VERSIONS.empty_table()
    return (
        connection.execute(
            f"SELECT model_version AS value1, CAST(min(day) AS VARCHAR) AS part, "
            f"""CAST(max(day) AS VARCHAR) AS "column", CAST(sum(n) AS BIGINT) AS n """
            f"""FROM {table(system, "daily")} WHERE "by" = '' AND {days_sql(window)} GROUP BY ALL """
            "ORDER BY value1 NULLS LAST"
        )
        .to_arrow_table()
        .cast(VERSIONS)
    )
