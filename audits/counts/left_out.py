"""What came in and is not in the counts of a window: rows set aside, other periods, runs that were excluded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from boussole.audits.counts.log_ends import LogEnd, end_sql, ends_of
from boussole.audits.counts.texts import daily
from boussole.audits.cubes.logs import COUNTERS
from boussole.audits.cubes.update import apart_sql, rows_of
from boussole.audits.decisions.overview import runs_out
from boussole.audits.decisions.quarantine import standing
from boussole.audits.lake.tables import has_table, literal, table
from boussole.audits.suppression.rules import Apart
from boussole.audits.systems.model import System
from boussole.audits.windows import EmptyWindowError, Window, label_of, period_of

LEFT_OUT = pa.schema([("part", pa.string()), ("column", pa.string()), ("reason", pa.string()), ("n", pa.int64())])
SET_ASIDE, UNDATED, DISCARDED, EXCLUDED, OTHER_PERIODS, APART = PARTS = (
    "set_aside",
    "undated",
    "discarded",
    "excluded",
    "other_periods",
    "set_apart",
)
"""Rows set aside whose day lies in the window, or cannot be read; rows that somebody discarded; rows of excluded runs;
decisions of other periods; decisions about groups too small to be told, which are set apart."""
BESIDE = (
    "reference", "outcomes", "contacts", "human_actions", "usage", "accounts", "generations", "search_controls",
    "agencies",
)  # fmt: skip
REFERENCE, OUTCOMES, CONTACTS, HUMAN_ACTIONS, USAGE, ACCOUNTS, GENERATIONS, SEARCH_CONTROLS, AGENCIES = BESIDE
"""What some questions rest on beside the window: the window of reference, and the logs of outcomes, of messages and of
what people decide, of all periods: a row set aside there bears no day of a decision."""
ASIDE, CAME = "rows_aside", "sources_of_rows_aside"
"""Tables in memory: the rows of all logs that are set aside, and where rows came from."""
COUNTED = "_counted"
"""After the name of one of `BESIDE`: what was counted of it. The name alone: what was set aside."""


@dataclass(frozen=True, kw_only=True)
class RowCounts:
    """How many rows were counted, and how many set aside."""

    counted: int
    set_aside: int

    @property
    def rows(self) -> int:
        """The rows that should have been counted: those that were, and those set aside."""
        return self.counted + self.set_aside

    @property
    def share(self) -> float | None:
        """The part of them that was set aside; None where there are none."""
        return self.set_aside / self.rows if self.rows else None

    def document(self) -> dict[str, Any]:
        """The counts as an audit document writes them."""
        return {"rows": self.rows, "counted": self.counted, "set_aside": self.set_aside, "share": self.share}


@dataclass(frozen=True, kw_only=True)
class DecisionCounts(RowCounts):
    """How many decisions an audit counts, and how many it leaves out, by reason; a row counts as many as its weight."""

    undated: int
    discarded: int
    excluded: int
    other_periods: int
    set_apart: int
    by_reason: tuple[tuple[str, str, int], ...]
    """Of those set aside: the column, the reason, how many; the most first."""
    beside: Mapping[str, RowCounts] = field(default_factory=dict)
    """Those of `BESIDE` of which something is set aside."""
    ends: tuple[LogEnd, ...] = ()
    """The logs beside that of decisions which end before the window does."""

    def document(self) -> dict[str, Any]:
        """The counts as an audit document writes them."""
        return {
            **super().document(),
            "undated": self.undated,
            "discarded": self.discarded,
            "excluded": self.excluded,
            "other_periods": self.other_periods,
            "by_reason": [{"column": column, "reason": why, "rows": rows} for column, why, rows in self.by_reason],
            **({"set_apart": self.set_apart} if self.set_apart else {}),
            **{name: part.document() for name, part in self.beside.items()},
            **({"ends": [each.document() for each in self.ends]} if self.ends else {}),
        }


def left_out_of(read: pa.Table, *, counted: int) -> DecisionCounts:
    """What stored rows (`LEFT_OUT`) say, beside so many counted decisions."""
    sums, reasons = Counter[str](), Counter[tuple[str, str]]()
    for row in read.to_pylist():
        sums[row["part"]] += row["n"]
        if row["part"] in (SET_ASIDE, UNDATED):
            reasons[row["column"], row["reason"]] += row["n"]
    return DecisionCounts(
        counted=counted,
        set_aside=sums[SET_ASIDE] + sums[UNDATED],
        undated=sums[UNDATED],
        discarded=sums[DISCARDED],
        excluded=sums[EXCLUDED],
        other_periods=sums[OTHER_PERIODS],
        set_apart=sums[APART],
        by_reason=tuple((*key, n) for key, n in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        beside={name: RowCounts(counted=sums[name + COUNTED], set_aside=sums[name]) for name in BESIDE if sums[name]},
        ends=ends_of(read.to_pylist()),
    )


def read_left_out(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    *,
    apart: Sequence[Apart] = (),
    reference: Window | None = None,
) -> pa.Table:
    """Read the rows of `LEFT_OUT` of a window, in a fixed order; one at least, which counts other periods."""
    out = _out(connection, system)
    _gather(connection, system)
    parts = [
        _aside(connection, system, window, out),
        _excluded(connection, system, window, out),
        _decisions(connection, system, OTHER_PERIODS, f"NOT ({_within(window)})"),
        *([] if system.only_writes else [_apart(system, window, apart)]),
        *(_beside(connection, system, log, out) for log in _logs(system)),
        *(
            sql
            for log in (*_logs(system), system.main_log)
            if (sql := end_sql(connection, system, log, window)) is not None
        ),
        f"SELECT '{OTHER_PERIODS}', NULL, NULL, 0",
    ]
    if reference is not None:
        aside = f"({_aside(connection, system, reference, out)})"
        parts.append(f"SELECT '{REFERENCE}', NULL, NULL, n FROM {aside} WHERE part IN ('{SET_ASIDE}', '{UNDATED}')")
        parts.append(_decisions(connection, system, REFERENCE + COUNTED, _within(reference)))
    summed = (
        f"""SELECT part, "column", reason, CAST(sum(n) AS BIGINT) AS n FROM ({" UNION ALL ".join(parts)}) """
        "WHERE part IS NOT NULL GROUP BY ALL ORDER BY ALL"
    )
    return connection.execute(summed).to_arrow_table().cast(LEFT_OUT)


def _gather(connection: duckdb.DuckDBPyConnection, system: System) -> None:
    """Collect the rows that wait, and where they came from, in memory, as several parts read them."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {CAME} AS SELECT batch, origin FROM lake.main.ingested "
        f"WHERE system = {literal(system.id)}"
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {ASIDE} AS {standing(system)}")


def _decisions(connection: duckdb.DuckDBPyConnection, system: System, part: str, condition: str) -> str:
    """SQL: the same columns, of the decisions, or texts, that are counted on some days."""
    if system.only_writes:
        return f"SELECT '{part}', NULL, NULL, n FROM ({daily(connection, system)}) WHERE {condition}"
    return f"""SELECT '{part}', NULL, NULL, n FROM {table(system, "daily")} WHERE "by" = '' AND {condition}"""


def _apart(system: System, window: Window, apart: Sequence[Apart]) -> str:
    """SQL: the same columns, of the decisions about groups that are set apart."""
    held = " OR ".join(map(apart_sql, apart)) or "false"
    return f"SELECT '{APART}', NULL, NULL, weight {rows_of(system, window)} AND ({held})"


def _within(window: Window) -> str:
    return f"day BETWEEN DATE '{window.start}' AND DATE '{window.end}'"


def _aside(connection: duckdb.DuckDBPyConnection, system: System, window: Window, out: str) -> str:
    """SQL: part, column, reason, n of the rows set aside; those of an excluded run are out with it."""
    month = f"bare AND day <= DATE '{window.end}' AND last_day(day) >= DATE '{window.start}'"
    here = f"{_within(window)} OR ({month}) OR {_whole(connection, system, window)}"
    return (
        f"SELECT CASE WHEN NOT CASE WHEN day IS NULL THEN {_may_lie(connection, system, window)} ELSE {here} END "
        "THEN NULL "
        f"WHEN discarded THEN '{DISCARDED}' WHEN {out} THEN '{EXCLUDED}' "
        f"WHEN day IS NULL THEN '{UNDATED}' ELSE '{SET_ASIDE}' END AS part, q.\"column\", q.reason, "
        f"coalesce(q.weight, {unread_weight(connection, system)}) AS n "
        f"FROM {ASIDE} q JOIN {CAME} i USING (batch) WHERE q.log = '{system.main_log}'"
    )


def _logs(system: System) -> list[str]:
    """The logs beside that of decisions on which questions rest, where they are measured."""
    human = system.columns.human if system.columns is not None else None
    asked = {
        OUTCOMES: system.columns is not None,
        CONTACTS: system.contacts is not None,
        HUMAN_ACTIONS: human is not None and human.agent is not None,
        USAGE: system.usage is not None and system.usage.bounded,
        ACCOUNTS: system.accounts is not None,
        GENERATIONS: "generations" in system.logs and COUNTERS["generations"].ready(system),
        SEARCH_CONTROLS: system.search_controls is not None,
        AGENCIES: system.agencies is not None,
    }
    return [log for log, holds in asked.items() if holds and log != system.main_log]


def _beside(connection: duckdb.DuckDBPyConnection, system: System, log: str, out: str) -> str:
    """SQL: the same columns, of another log: its rows, and those that are set aside, but of excluded runs."""
    waiting = (
        f"SELECT '{log}', NULL, NULL, 1 FROM {ASIDE} q JOIN {CAME} i USING (batch) "
        f"WHERE q.log = '{log}' AND NOT q.discarded AND NOT ({out})"
    )
    if not has_table(connection, system, log):
        return waiting
    rows = f"SELECT '{log}{COUNTED}', NULL, NULL, 1 FROM {table(system, log)} WHERE EXISTS ({waiting})"
    return f"{waiting} UNION ALL {rows}"


def _may_lie(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> str:
    """Return SQL that tells whether a row without a day may belong to the window."""
    log = system.main_log
    if not connection.execute(f"SELECT 1 FROM {ASIDE} WHERE log = '{log}' AND day IS NULL LIMIT 1").fetchone():
        return "false"
    brought = f"SELECT batch, min(day) AS first, max(day) AS last FROM {table(system, log)} GROUP BY batch"
    elsewhere = f"first > DATE '{window.end}' OR last < DATE '{window.start}'"
    return (
        f"CASE WHEN first_month IS NULL THEN batch NOT IN (SELECT batch FROM ({brought}) WHERE {elsewhere}) "
        f"ELSE first_month <= DATE '{window.end}' AND last_day(last_month) >= DATE '{window.start}' END"
    )


def _whole(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> str:
    """Return SQL that tells whether the window is the whole log."""
    if system.windows.audit != "all":
        return "false"
    beyond = f"{_decisions(connection, system, OTHER_PERIODS, f'NOT ({_within(window)})')} LIMIT 1"
    return "false" if connection.execute(beyond).fetchone() else "true"


def unread_weight(connection: duckdb.DuckDBPyConnection, system: System) -> int:
    """How many decisions a row stands for whose weight cannot be read: as many as the rows of the log, on average."""
    if system.columns is None or system.columns.weight is None:
        return 1
    mean = connection.execute(f"SELECT round(avg(weight)) FROM {table(system, 'decisions')}").fetchone()
    return max(1, int(mean[0] or 1)) if mean else 1


def _excluded(connection: duckdb.DuckDBPyConnection, system: System, window: Window, out: str) -> str:
    """SQL: the same columns, of the decisions of excluded runs; others that wait beside them are counted elsewhere."""
    held = f"excluded_{system.main_log}"
    if not has_table(connection, system, held):
        return f"SELECT '{EXCLUDED}', NULL, NULL, 0"
    twin, weight = (
        f"{table(system, held)} JOIN lake.main.ingested i USING (batch)",
        1 if system.only_writes else "weight",
    )
    return f"SELECT '{EXCLUDED}', NULL, NULL, {weight} FROM {twin} WHERE {_within(window)} AND ({out})"


def _out(connection: duckdb.DuckDBPyConnection, system: System) -> str:
    """SQL: whether a source (`i`) is one of an excluded run."""
    gone = runs_out(connection, system)
    return " OR ".join(f"starts_with(i.origin, {literal(f'{origin}/')})" for origin in sorted(gone)) or "false"


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
