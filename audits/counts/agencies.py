"""Counts by agency and month up to the end of a window, as the organisation gave them; no agency by its name."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from boussole.audits.counts.read import PANEL
from boussole.audits.lake.tables import has_table, quote, table
from boussole.audits.systems.model import System
from boussole.audits.windows import Window


def read_agencies(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> pa.Table:
    """The rows of `PANEL` up to the last month of a window, in a fixed order; none where nothing was given.

    Agencies are numbered from 1, in the order of what is told of them and not of their codes, which would tell which
    is which. A start after the window is none yet. Of an agency that
    is told twice of one month, or with two starts, no people are told, so that it is left out.
    """
    if system.agencies is None or not has_table(connection, system, "agencies"):
        return PANEL.empty_table()
    held = table(system, "agencies")
    outcome, group = (f"coalesce({quote(name)}, '')" for name in ("outcome", "group"))
    month = "date_trunc('month', day)"
    rows = (
        f"SELECT agency, {month} AS month, date_trunc('month', started) AS started, {outcome} AS part, "
        f"{group} AS value1, people, \"count\" AS found FROM {held} WHERE day <= last_day(DATE '{window.end}')"
    )
    twice = f"SELECT agency FROM ({rows}) GROUP BY agency, month, part, value1 HAVING count(*) > 1"
    started = f"SELECT agency FROM ({rows}) GROUP BY agency HAVING count(DISTINCT started) > 1"
    said = "list((month, started, part, value1, people, found) ORDER BY month, started, part, value1, people, found)"
    order = f"SELECT agency, row_number() OVER (ORDER BY {said}, agency) AS number FROM ({rows}) GROUP BY agency"
    numbered = (
        "SELECT *, max(started) OVER (PARTITION BY agency) AS first, "
        f"agency IN ({twice}) OR agency IN ({started}) AS doubtful FROM ({rows}) JOIN ({order}) USING (agency)"
    )
    told = (
        "SELECT part, value1, CAST(number AS SMALLINT) AS bin, strftime(month, '%Y-%m') AS \"window\", "
        f"CASE WHEN first <= DATE '{window.end}' THEN strftime(first, '%Y-%m') END AS reason, "
        "CASE WHEN doubtful THEN 0 ELSE CAST(sum(people) AS BIGINT) END AS n, "
        f"CAST(sum(found) AS DECIMAL(38, 0)) AS total FROM ({numbered}) "
        "GROUP BY part, value1, number, month, first, doubtful ORDER BY part, value1, number, month"
    )
    return connection.execute(told).to_arrow_table().cast(PANEL)
