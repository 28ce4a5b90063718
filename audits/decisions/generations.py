"""What is said of a generation after it was logged: its feedback, kept up to date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from boussole.audits.errors import NoLakeError
from boussole.audits.lake import reading, writing
from boussole.audits.lake.tables import create_system, has_table, one, table
from boussole.audits.privacy.pseudonyms import pseudonym, set_key
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace


def held_feedback(workspace: Workspace, system: System, ids: Sequence[str]) -> dict[str, str | None]:
    """The feedback that the lake holds, for those of these ids that it knows."""
    try:
        with reading(workspace) as connection:
            if not has_table(connection, system, "generations"):  # it has got this log only now
                return {}
            _offer(connection, workspace, system, [(name, None) for name in ids])
            held = table(system, "generations")
            rows = connection.execute(
                f"SELECT o.id, g.feedback FROM offered o JOIN {held} g ON g.id = o.key"
            ).fetchall()
    except NoLakeError:
        return {}
    return dict(rows)


def restate_feedback(workspace: Workspace, system: System, told: Mapping[str, str | None]) -> int:
    """Takes over feedback that was given or changed since. Returns how many rows of the log it touches."""
    if not told:
        return 0
    with writing(workspace) as connection:
        create_system(connection, system)
        _offer(connection, workspace, system, list(told.items()))
        held = table(system, "generations")
        differs = f"SELECT o.key, o.feedback FROM offered o JOIN {held} g ON g.id = o.key"
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE restated AS {differs} WHERE g.feedback IS DISTINCT FROM o.feedback"
        )
        connection.execute(f"UPDATE {held} SET feedback = r.feedback FROM restated r WHERE {held}.id = r.key")
        return one(connection, "SELECT count(*) FROM restated")


def _offer(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    system: System,
    rows: Sequence[tuple[str, str | None]],
) -> None:
    """A temporary table of ids, each with the key under which the lake holds it, and feedback."""
    names = system.generations
    secret = names is not None and names.id in system.privacy.pseudonymise
    if secret:
        set_key(connection, workspace)
    connection.execute("CREATE OR REPLACE TEMP TABLE offered (id VARCHAR, feedback VARCHAR)")
    if rows:
        connection.execute(
            "INSERT INTO offered SELECT unnest(?), unnest(?)", [[row[0] for row in rows], [row[1] for row in rows]]
        )
    key = pseudonym("id") if secret else "id"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE offered AS SELECT id, {key} AS key, feedback FROM offered")
