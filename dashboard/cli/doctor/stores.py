"""Whether the databases hold together, and the tracking store answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from boussole.audits.lake.catalogue import place_of
from boussole.audits.lake.engine import connect
from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.doctor.lake import LOOKED, look_into
from boussole.dashboard.cli.doctor.row import Finding, well
from boussole.experiments.store import SQLITE, client, shown_uri, store_missing

RESTORE = "Restore it from a backup."


def databases(workspace: Workspace) -> Iterator[Finding]:
    """SQLite's own check of each file."""
    uri = workspace.tracking_uri
    tracking = [Path(uri.removeprefix(SQLITE))] if uri.startswith(SQLITE) else []
    for path in (workspace.governance, workspace.access, *tracking):
        if path.exists() and (said := _quick_check(path)) != "ok":
            yield f"{path.name} is damaged: {said}.", RESTORE
    catalogue = place_of(workspace)
    if catalogue.exists() and (said := _by_duckdb(workspace, catalogue)) != "ok":
        yield f"the catalogue of the lake is damaged: {said}.", "Restore keys/ and lake/ from backups of one moment."


def store(workspace: Workspace) -> Iterator[Finding]:
    """A tracking store that does not answer."""
    if store_missing(workspace):
        yield well("no store yet: it is made when something is logged.")
        return
    client(workspace).search_experiments(max_results=1)
    yield well(f"{shown_uri(workspace)} answers.")


def _quick_check(path: Path) -> str:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        if not (error.sqlite_errorname or "").startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
            raise
        return str(error)


def _by_duckdb(workspace: Workspace, path: Path) -> str:
    import duckdb

    with connect(workspace) as connection:
        try:
            connection.execute(look_into(path))
            row = connection.execute(f"FROM sqlite_query('{LOOKED}', 'PRAGMA quick_check(1)')").fetchone()
        except duckdb.Error as error:
            if not any(sign in str(error) for sign in ("not a database", "malformed")):
                raise
            return "it is no database"
    return str(row[0]) if row else "it does not answer"
