"""Which version of a model made how many decisions, or texts, of a window, from which of its days to which."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from boussole.audits.counts.read import VERSIONS
from boussole.audits.lake.purged import purged_before
from boussole.audits.lake.tables import days_sql, has_table, table
from boussole.audits.systems.model import System
from boussole.audits.windows import Window


def read_versions(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> pa.Table:
    """The rows of `VERSIONS` of a window, by name; none where the log names no version.

    From the cube of days, which a purge leaves. No name: decisions of which the log does not say which version made
    them. Of a system that only writes, texts by the version that wrote them, from their rows: none of a window of which
    a purge has taken some.
    """
    if system.only_writes:
        return _of_texts(connection, system, window)
    if system.columns is None or system.columns.model_version is None:
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


def _of_texts(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> pa.Table:
    section, purged = system.generations, purged_before(connection, system.id)
    gone = purged is not None and purged > window.start
    if section is None or section.model_version is None or gone or not has_table(connection, system, "generations"):
        return VERSIONS.empty_table()
    named = "nullif(trim(CAST(model_version AS VARCHAR)), '')"
    return (
        connection.execute(
            f"SELECT {named} AS value1, CAST(min(day) AS VARCHAR) AS part, "
            f"""CAST(max(day) AS VARCHAR) AS "column", CAST(count(*) AS BIGINT) AS n """
            f"FROM {table(system, 'generations')} WHERE {days_sql(window)} GROUP BY 1 ORDER BY value1 NULLS LAST"
        )
        .to_arrow_table()
        .cast(VERSIONS)
    )
