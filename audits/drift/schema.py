"""What became of the columns that drift watches: when one came, went, changed its type or held what was never seen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb

from boussole.audits.decisions.report import READ_AS
from boussole.audits.lake.tables import table
from boussole.audits.systems.model import System

SET_ASIDE = "set_aside"


@dataclass(frozen=True, kw_only=True)
class SchemaMove:
    """A change of a column of the decision log. `on`: the first day on which a decision of the file that shows it was
    made; of a file whose rows are gone the day of its import.

    `kind`: as imports tell it (`new_column`, `read_column`, `lost_column`, `absent_column`, `changed_type`,
    `new_value`, `rare_value`, `undeclared_value`, `mostly_undeclared`, `infinite_value`), or `set_aside`, where rows
    were left out because of what the column held.
    """

    on: dt.date
    kind: str
    column: str


def schema_moves(connection: duckdb.DuckDBPyConnection, system: System) -> list[SchemaMove]:
    """The changes of watched columns, of the score, of groups and of controls, oldest first, each told once a day."""
    noted = _noted(connection, system)
    rows = [row for row in noted if row[1] in columns_of(system) and row[0] not in READ_AS]
    if not rows:
        return []
    batches = ", ".join(str(batch) for batch in sorted({row[2] for row in rows}))
    days: dict[int, dt.date] = dict(
        connection.execute(
            f"SELECT batch, min(day) FROM {table(system, 'decisions')} WHERE batch IN ({batches}) GROUP BY batch"
        ).fetchall()
    )
    found = {
        SchemaMove(on=days.get(batch, at.date()), kind=kind, column=column): None for kind, column, batch, at in rows
    }
    return sorted(found, key=lambda move: (move.on, move.column, move.kind))


def columns_of(system: System) -> set[str]:
    """The columns of the log that anything about drift rests on."""
    score = system.log.score
    named = {*system.watched, *([score.column] if score else [])}
    named |= {group.column for group in system.groups.values() if group.source == "log"}
    return named | {control.column for control in system.controls.values()}


def _noted(connection: duckdb.DuckDBPyConnection, system: System) -> list[tuple[str, str, int, dt.datetime]]:
    """Kind, column, batch and moment of import of each change."""
    noted = 'SELECT kind, "column", batch, "at" FROM lake.main.schema_changes WHERE system = $system AND log = $log'
    noted += (
        f""" UNION ALL SELECT DISTINCT '{SET_ASIDE}', q."column", q.batch, i."at" """
        f"FROM {table(system, 'quarantine')} q JOIN lake.main.ingested i USING (batch) "
        "WHERE q.log = $log AND q.resolved IS NULL AND i.system = $system"
    )
    return connection.execute(noted, {"system": system.id, "log": "decisions"}).fetchall()
