"""Keeping the lake small: small files are merged, old states are forgotten, and files without use are removed."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from boussole.audits import private_files
from boussole.audits.lake.connection import REMOVE_STRAYS, begin, commit, explain, has_lake, open_lake, turn
from boussole.audits.lake.engine import lent
from boussole.audits.lake.tables import one
from boussole.audits.workspace import Workspace

MANY_FILES = 100
"""Files of data in the newest state, beyond one for each table, from which merging them pays."""
STRUCK_SHARE = 0.3
"""Share of the rows of a file from which it is written anew when they were struck out."""
KEPT_STATES = "30 DAY"
KEPT_FILES = "1 DAY"
"""How long a reader may go on reading files that no state needs any more."""

_CATALOGUE = "__ducklake_metadata_lake"
STEPS = (
    f"CALL ducklake_rewrite_data_files('lake', delete_threshold => {STRUCK_SHARE})",
    "CALL ducklake_merge_adjacent_files('lake')",
    f"CALL ducklake_expire_snapshots('lake', older_than => now() - INTERVAL {KEPT_STATES})",
    f"CALL ducklake_cleanup_old_files('lake', older_than => now() - INTERVAL {KEPT_FILES})",
    REMOVE_STRAYS,
)


@dataclass(frozen=True)
class TidyResult:
    """Files of data in the newest state, before and after."""

    before: int
    after: int


def tidy(workspace: Workspace) -> TidyResult:
    """Tidy the lake when it pays, as a writer. Raises LakeError when the disk is full or the lock stays."""
    if not has_lake(workspace):
        return TidyResult(0, 0)
    with turn(workspace), lent(workspace) as connection:
        try:
            open_lake(connection, workspace)
            before = _files(connection)
            if before >= MANY_FILES:
                for step in STEPS:
                    begin(connection, workspace)  # no other writer, on whatever machine, has files under way
                    connection.execute(step)
                    commit(connection)
                private_files.close(workspace.lake)
            return TidyResult(before, _files(connection))
        except duckdb.Error as error:
            explain(workspace, error)
            raise


def _files(connection: duckdb.DuckDBPyConnection) -> int:
    """Files of data, and of what was struck out of them, beyond one for each table."""
    data, struck = (f"FROM {_CATALOGUE}.ducklake_{kind}_file WHERE end_snapshot IS NULL" for kind in ("data", "delete"))
    return one(connection, f"SELECT (SELECT count(*) - count(DISTINCT table_id) {data}) + (SELECT count(*) {struck})")
