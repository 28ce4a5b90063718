"""Which periods of a log hold decisions, and how many."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from boussole.audits.counts.left_out import SET_ASIDE, read_left_out
from boussole.audits.counts.texts import daily
from boussole.audits.lake.tables import table
from boussole.audits.systems.model import System
from boussole.audits.windows import EmptyWindowError, Window, label_of, period_of

LISTED = 6
"""So many periods are named one by one; of more, the first and the last."""


def periods_held(connection: duckdb.DuckDBPyConnection, system: System) -> dict[Window, int]:
    """The decisions, or texts, of each period of the system's kind with any, oldest first; `all` is one period."""
    source = f"""(FROM {table(system, "daily")} WHERE "by" = '')"""
    if system.only_writes:
        source = f"({daily(connection, system)})"
    found = connection.execute(
        f"SELECT day, sum(n)::BIGINT FROM {source} GROUP BY day HAVING sum(n) > 0 ORDER BY day"
    ).fetchall()
    kind, held = system.windows.audit, dict[Window, int]()
    if kind == "all":
        return {Window(found[0][0], found[-1][0]): sum(n for _, n in found)} if found else {}
    for day, n in found:
        period = period_of(day, kind)
        held[period] = held.get(period, 0) + n
    return held


def refuse_empty(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> EmptyWindowError:
    """The error that says of a window without decisions what became of its rows, and where there are any."""
    rows = read_left_out(connection, system, window).to_pylist()
    aside = sum(row["n"] for row in rows if row["part"] == SET_ASIDE)
    told = f" ({aside} rows of these days are set aside: see `boussole quarantine list`)" if aside else ""
    held = [label_of(period, system.windows.audit) for period in periods_held(connection, system)]
    what = "text" if system.only_writes else "decision"
    return EmptyWindowError(
        f"the system '{system.id}' has no {what} from {window.start} to {window.end}{told}: "
        "no verdict can rest on them.",
        next_step=f"Its {what}s are in {_listed(held)}: ask for days of these.",
    )


def _listed(held: Sequence[str]) -> str:
    """A few names, or the first and the last of many."""
    if len(held) <= LISTED:
        return ", ".join(held)
    return f"{len(held)} periods from {held[0]} to {held[-1]}"
