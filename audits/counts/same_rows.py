"""Whether two systems hold the same decisions, one by one, that say the same in both: else none is audited beside the
other."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from boussole.audits.cubes.update import sealed_months
from boussole.audits.decisions.shared import matches, same_content
from boussole.audits.errors import PrivacyError
from boussole.audits.lake.tables import days_sql, describe, exists, one, quote, table
from boussole.audits.systems.logs.decisions import FLAGS
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace

SAME = (*FLAGS, "score", "rank", "weight")
"""What one decision must say alike in two logs that are read together."""


class SharedRowsError(PrivacyError):
    """An audit of decisions that another system's audits tell of in a way that cannot be read together with it."""


def hold_same(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    system: System,
    other: System,
    days: Sequence[Window],
) -> str | None:
    """How the decisions of two systems on some days belong together; None where they have none in common.

    Raises SharedRowsError where they are not the same decisions, one by one, or do not say the same.
    """
    if not exists(connection, other):
        raise refused(system, other, "its rows are not in the lake any more")
    if any(sealed_months(connection, each, within=day) for each in (system, other) for day in days):
        raise refused(system, other, "rows of these days were purged, so that nothing can tell which they share")
    mine, theirs = (_on(each, days) for each in (system, other))
    counts = [one(connection, f"SELECT count(*) FROM {rows}") for rows in (mine, theirs)]
    found = {way: one(connection, _joined(mine, theirs, way)) for way in matches(system, other)}
    way = max(found, key=lambda each: found[each])
    if not found[way]:
        if all(counts) and (same_content(connection, system.id, other.id) or _one_table(workspace, system, other)):
            raise refused(system, other, "both read the same table, and nothing tells which rows are the same")
        return None
    if {found[way]} != set(counts):
        raise refused(system, other, "they do not hold just the same decisions of these days")
    if _says_otherwise(system, other) or one(connection, f"{_joined(mine, theirs, way)} WHERE {_differs(system)}"):
        raise refused(system, other, "they do not say the same of these decisions")
    return way


def _on(system: System, days: Sequence[Window]) -> str:
    """SQL: the decisions of a system on some days."""
    return on_days(table(system, "decisions"), days)


def on_days(rows: str, days: Sequence[Window]) -> str:
    return f"(FROM {rows} WHERE {' OR '.join(days_sql(day) for day in days)})"


def _joined(mine: str, theirs: str, way: str) -> str:
    return f"SELECT count(*) FROM {mine} s JOIN {theirs} o ON {way}"


def _differs(system: System) -> str:
    """SQL: whether one decision of both logs says something else in each."""
    names = [*SAME, *(["bucket"] if system.cluster else [])]
    return " OR ".join(f"s.{quote(name)} IS DISTINCT FROM o.{quote(name)}" for name in names)


def _says_otherwise(system: System, other: System) -> bool:
    """Whether two files read what stands in the same rows in another way."""

    def read(each: System) -> tuple[object, ...]:
        log = each.log
        outcome = log.outcome and log.outcome.model_dump(exclude={"recorded_at"})
        return (each.decides, outcome, log.stages, each.cluster, each.ranked, log.score and log.score.range)

    return read(system) != read(other)


def _one_table(workspace: Workspace, system: System, other: System) -> bool:
    """Whether both files name the same table as a source."""
    systems = (workspace.systems.get(each.id) for each in (system, other))
    tables = [
        {(each.duckdb.path, each.duckdb.table, each.duckdb.query) for each in of.sources if each.duckdb}
        if of
        else set()
        for of in systems
    ]
    return bool(tables[0] & tables[1])


def alike(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    other: System,
    name: str,
    *,
    way: str,
    days: Sequence[Window],
    left: Sequence[str],
) -> str:
    """What a group of another system is called: as that of those `left` that has the same people in it, if any."""
    column, present = f"g_{name}", describe(connection, table(other, "decisions"))
    mine, theirs = _on(system, days), _on(other, days)
    if column not in present or not one(connection, f"SELECT count({quote(column)}) FROM {theirs}"):
        raise refused(system, other, f"what the rows said of '{name}' was removed")
    for own in left:
        differs = f"s.{quote(f'g_{own}')} IS DISTINCT FROM o.{quote(column)}"
        if not one(connection, f"{_joined(mine, theirs, way)} WHERE {differs}"):
            return own
    return f"{other.id}.{name}"


def refused(system: System, other: System, why: str) -> SharedRowsError:
    return SharedRowsError(
        f"audits of '{other.id}' tell of decisions that '{system.id}' holds too: {why}, so that both together could "
        "tell of a few people.",
        where=system.id,
        next_step=f"Audit days of which '{other.id}' has no audit, or declare the groups of both in one file.",
    )
