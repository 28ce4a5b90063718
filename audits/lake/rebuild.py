"""Building the lake anew: the only way that leaves nothing of what was removed.

After a deletion, DuckLake's catalogue keeps the lowest and highest value that a column ever had, and SQLite keeps the
bytes of deleted rows in free pages. So what stays is copied into a fresh catalogue with fresh keys and a fresh data
folder; then one rename puts it in the place of the old lake, whose files are removed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import duckdb

from boussole.audits import private_files
from boussole.audits.errors import LakeError
from boussole.audits.lake import folder
from boussole.audits.lake.connection import create, explain, open_lake, snapshot
from boussole.audits.lake.engine import connect
from boussole.audits.lake.tables import describe, quote
from boussole.audits.lake.turns import turn
from boussole.audits.workspace import Workspace

Name = tuple[str, str]
"""Schema and table."""
Plan = Callable[[duckdb.DuckDBPyConnection], Mapping[Name, str] | None]
"""Given the old lake, the SELECT that fills each table which is not simply copied; None: nothing is to be done."""


def rebuild(workspace: Workspace, plan: Plan) -> bool:
    """Replaces the lake by what a plan makes of it; false when the plan had nothing to do.

    A crash at any point leaves the old lake or the new one; what else it leaves is removed by the next writer.

    Raises LakeError when the disk is full, the catalogue stays locked or somebody wrote meanwhile: nothing is changed.
    """
    lake, catalogue = workspace.lake, workspace.catalogue
    with turn(workspace):
        connection = connect(workspace)
        try:
            open_lake(connection, workspace)
            queries = plan(connection)
            if queries is None:
                return False
            before, data = snapshot(connection), folder.new_data(lake)
            create(connection, folder.draft_of(catalogue), name="fresh", data=data)
            _copy(connection, {("main", "turn"): "SELECT n + 1 FROM lake.main.turn", **queries})
            connection.execute("DETACH fresh")
            _nobody_wrote(connection, workspace, before)
        except duckdb.Error as error:
            explain(workspace, error)
            raise
        finally:
            connection.close()
        folder.swap(catalogue)
        folder.sweep(lake, catalogue, keep=data)
        private_files.close(lake)
    return True


def tables(connection: duckdb.DuckDBPyConnection) -> list[Name]:
    """Every table of the lake."""
    rows = connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'lake' ORDER BY ALL"
    ).fetchall()
    return [(str(schema), str(name)) for schema, name in rows]


def columns(connection: duckdb.DuckDBPyConnection, name: Name) -> dict[str, str]:
    """Columns and types of a table of the lake, in order."""
    return describe(connection, qualified(name))


def qualified(name: Name, *, lake: str = "lake") -> str:
    """A table's name in SQL."""
    return f"{lake}.{quote(name[0])}.{quote(name[1])}"


def _copy(connection: duckdb.DuckDBPyConnection, queries: Mapping[Name, str]) -> None:
    connection.execute("BEGIN")
    for name in tables(connection):
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS fresh.{quote(name[0])}")
        body = ", ".join(f"{quote(column)} {kind}" for column, kind in columns(connection, name).items())
        target = qualified(name, lake="fresh")
        connection.execute(f"CREATE TABLE {target} ({body})")
        connection.execute(f"INSERT INTO {target} {queries.get(name, f'FROM {qualified(name)}')}")
    connection.execute("COMMIT")


def _nobody_wrote(connection: duckdb.DuckDBPyConnection, workspace: Workspace, before: int) -> None:
    """A writer that does not see the lock (another host) would lose its rows."""
    if snapshot(connection) != before:
        raise LakeError(
            "another process wrote to the lake without waiting for its turn; nothing was changed.",
            where=str(workspace.home),
            next_step="Let only one machine write to this workspace, then run the command again.",
        )
