"""Opening the lake: extensions by path, encryption, one writer at a time, and rebuilds that erase what was removed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from boussole.audits import private_files
from boussole.audits.errors import LakeError, NoLakeError, reason_of
from boussole.audits.faults import FULL, kind_of
from boussole.audits.lake import folder
from boussole.audits.lake.engine import connect, lent
from boussole.audits.lake.tables import create_shared, describe, holds, one, quote
from boussole.audits.workspace import Workspace

LOCK_SECONDS = 600
"""How long a writer waits for its turn, and for readers to finish before it commits."""


@contextmanager
def turn(workspace: Workspace, *, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """The workspace's writer lock: one process at a time. Raises LakeError where others keep it for too long."""
    private_files.make_folder(workspace.lake)
    lock = FileLock(workspace.lake / "writer.lock", timeout=seconds, mode=private_files.FILE)
    try:
        lock.acquire()
    except Timeout as error:
        raise occupied(workspace) from error
    try:
        yield
    finally:
        lock.release()


def occupied(workspace: Workspace) -> LakeError:
    """The error for whoever waited too long for the lock."""
    return LakeError(
        "another process has been holding the lake for too long.",
        where=str(workspace.home),
        next_step="Wait for it to end, then run the command again.",
    )


READER_SECONDS = 60
POLL_SECONDS = 0.05
_CATALOGUE_REFUSED = ("disk I/O error", "cannot rollback - no transaction is active")
"""SQLite could not write. Of a full disk (SQLITE_FULL) it ends the transaction by itself; DuckLake then tries to end it
once more, and may report only that."""
REMOVE_STRAYS = "CALL ducklake_delete_orphaned_files('lake', cleanup_all => true)"
"""Removes files of data that the catalogue does not know: what a writer left that was killed."""
_LOCKED = "database is locked"
EARLIER = "SET disabled_optimizers = 'statistics_propagation'"
"""DuckLake holds every state to the ranges of values of its newest, which tidying narrows: a predicate on an earlier
state would be taken for always or never met (issue 1377 of DuckLake, mended after 1.5.5)."""


def _options(seconds: int) -> str:
    """Return SQL of how a catalogue is attached, without inlined data, and how long it is waited for."""
    return f"ENCRYPTED, DATA_INLINING_ROW_LIMIT 0, META_BUSY_TIMEOUT {seconds * 1000}"


def create(connection: duckdb.DuckDBPyConnection, catalogue: Path, *, name: str, data: Path) -> None:
    """Makes an empty catalogue and attaches it; what SQLite writes beside it is as private as it."""
    private_files.make_folder(catalogue.parent)
    private_files.make_file(catalogue)
    connection.execute(
        f"ATTACH 'ducklake:sqlite:{_text(catalogue)}' AS {name} (DATA_PATH '{_text(data)}', {_options(LOCK_SECONDS)})"
    )


def attach(connection: duckdb.DuckDBPyConnection, workspace: Workspace, *, seconds: int, at: int | None = None) -> Path:
    """Attach the lake, as it is or `at` an earlier state. Returns the folder of its data."""
    what = f"ATTACH 'ducklake:sqlite:{_text(workspace.catalogue)}' AS lake"
    options = _options(seconds)
    if at is not None:
        options += f", SNAPSHOT_VERSION {at}"
        connection.execute(EARLIER)
    connection.execute(f"{what} (CREATE_IF_NOT_EXISTS false, {options})")
    row = connection.execute("SELECT data_path FROM ducklake_settings('lake')").fetchone()
    named = Path(row[0] if row else "")
    data = workspace.lake / named.name
    if named != data:
        connection.execute("DETACH lake")
        connection.execute(f"{what} (DATA_PATH '{_text(data)}', OVERRIDE_DATA_PATH true, {options})")
    return data


def _text(path: object) -> str:
    return str(path).replace("'", "''")


@contextmanager
def reading(workspace: Workspace, *, at: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection for reading the lake, as it is or `at` an earlier state (`state_of`).

    Raises NoLakeError when nothing has been imported yet, another LakeError when the lake cannot be read.
    """
    if not has_lake(workspace):
        raise NoLakeError(
            "this workspace holds no decisions yet.",
            where=str(workspace.home),
            next_step="Import a file with `boussole import FILE --system ID`, or run `boussole sync`.",
        )
    with lent(workspace) as connection:
        try:
            number = folder.inode(workspace.catalogue)
            data = attach(connection, workspace, seconds=READER_SECONDS, at=at)
            sight = folder.LakeIdentity.of(workspace.catalogue, data, number)
        except duckdb.Error as error:
            explain(workspace, error)
            raise _unreadable(workspace, error) from error
        try:
            yield connection
        except duckdb.Error as error:
            _still_there(workspace, sight, error)
            explain(workspace, error)
            raise _unreadable(workspace, error) from error
        _still_there(workspace, sight)


def has_lake(workspace: Workspace) -> bool:
    """Whether anything was ever brought in. Raises LakeError where the catalogue is lost, or the data are."""
    there, data = workspace.catalogue.exists(), folder.has_data(workspace.lake)
    if there and not data:
        raise LakeError(
            "the data of the lake are missing, and its catalogue is there.",
            where=str(workspace.lake),
            next_step=f"Restore the folder from a backup. To begin anew, remove {workspace.catalogue} as well.",
        )
    if data and not there:
        raise LakeError(
            "the catalogue of the lake is missing, and its data, which nobody can read without it, are there.",
            where=str(workspace.catalogue),
            next_step="Restore it from a backup of the folder `keys`. To begin anew, remove the folder `lake`.",
        )
    return there


def _unreadable(workspace: Workspace, error: duckdb.Error) -> LakeError:
    reason = f": {reason_of(error)}" if isinstance(error, duckdb.ProgrammingError) else ""
    return LakeError(
        f"the lake cannot be read{reason}.",
        where=str(workspace.home),
        next_step="If it is damaged, restore the folders `lake` and `keys` from backups that fit each other.",
    )


def _still_there(workspace: Workspace, sight: folder.LakeIdentity, cause: duckdb.Error | None = None) -> None:
    """What was read while another lake was put in this one's place may come from both: it is not to be used."""
    if sight.gone():
        raise LakeError(
            "the lake was rewritten by a purge or a rotation of keys while it was being read.",
            where=str(workspace.home),
            next_step="Run the command again.",
        ) from cause


def explain(workspace: Workspace, error: duckdb.Error) -> None:
    """Raises an error in plain words for what somebody can do something about."""
    if _LOCKED in str(error):
        raise occupied(workspace) from error
    if any(sign in str(error) for sign in FULL.signs):
        raise LakeError(
            "the disk is full: nothing was written.",
            where=str(workspace.lake),
            next_step="Make room, then run the command again.",
        ) from error
    if any(sign in str(error) for sign in _CATALOGUE_REFUSED):
        raise LakeError(
            "the catalogue could not be written, the disk is full or failing: nothing was written.",
            where=str(workspace.catalogue),
            next_step="Make room or check the disk, then run the command again.",
        ) from error
    found = kind_of(error)
    if found is not None and found[0].machine:
        raise LakeError(found[0].what, where=str(workspace.home), next_step=found[0].next_step) from error


@contextmanager
def writing(workspace: Workspace) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection with an open transaction, under the workspace's writer lock; it commits at the end.

    Every transaction updates the one-row table `turn`, so that two writers conflict even without the lock. Raises
    LakeError when the disk is full or the catalogue stays locked; nothing is written then.
    """
    with turn(workspace), lent(workspace) as connection:
        try:
            open_lake(connection, workspace)
            begin(connection, workspace)
            connection.execute(REMOVE_STRAYS)
            connection.execute("UPDATE lake.main.turn SET n = n + 1")
            yield connection
            commit(connection)
            private_files.close(workspace.lake)
        except duckdb.Error as error:
            with suppress(duckdb.TransactionException):  # a COMMIT that failed leaves none open
                connection.execute("ROLLBACK")
            with suppress(duckdb.Error):  # nothing can be asked of a lake that is locked or was not opened
                _remove_strays(connection, workspace)
            explain(workspace, error)
            raise


def commit(connection: duckdb.DuckDBPyConnection) -> None:
    """The moment at which a transaction becomes part of the lake; the tests that kill writers watch for it."""
    connection.execute("COMMIT")


def _remove_strays(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """What was being written when the disk was full fills it: it is removed without writing anything."""
    tables = ("data_file", "delete_file", "files_scheduled_for_deletion")
    listed = " UNION ALL ".join(f"SELECT path FROM __ducklake_metadata_lake.ducklake_{name}" for name in tables)
    folder.keep_only(workspace.lake, {Path(path).name for (path,) in connection.execute(listed).fetchall()})


def begin(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Begin a transaction by a write to the catalogue, which is retried while another program holds its lock."""
    started = time.monotonic()
    while True:
        connection.execute("BEGIN")
        try:
            connection.execute("CALL lake.set_option('data_inlining_row_limit', 0)")
        except duckdb.Error as error:
            connection.execute("ROLLBACK")
            if _LOCKED not in str(error):
                raise
            if time.monotonic() - started > LOCK_SECONDS:
                raise occupied(workspace) from error
            time.sleep(POLL_SECONDS)
        else:
            return


def open_lake(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Path:
    """Attaches the lake for writing, in one's turn: made when missing, rid of what an interrupted rebuild left."""
    lake, catalogue = workspace.lake, workspace.catalogue
    if not has_lake(workspace):
        create(connection, folder.draft_of(catalogue), name="lake", data=lake / "data")
        connection.execute("BEGIN")  # else each table would be a commit of its own
        create_shared(connection)  # an import that fails leaves a lake that can be read
        connection.execute("COMMIT")
        connection.execute("DETACH lake")
        folder.swap(catalogue)
    data = attach(connection, workspace, seconds=LOCK_SECONDS)
    folder.sweep(lake, catalogue, keep=data)
    return data


def snapshot(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of the lake's newest committed state; it goes on where a rebuilt lake began anew."""
    return _before(connection) + one(connection, "SELECT coalesce(max(snapshot_id), 0) FROM lake.snapshots()")


def state_of(connection: duckdb.DuckDBPyConnection, number: int) -> int | None:
    """The state of the lake that bears a number, for `reading(…, at=…)`; None once it was forgotten."""
    state = number - _before(connection)
    held = one(connection, f"SELECT count(*) FROM lake.snapshots() WHERE snapshot_id = {int(state)}")
    return state if held else None


def _before(connection: duckdb.DuckDBPyConnection) -> int:
    """How many states the lakes had from which this one was rebuilt."""
    if not holds(connection, "lake.main.removals"):
        return 0
    return one(connection, "SELECT coalesce(max(snapshot), 0) FROM lake.main.removals")


Name = tuple[str, str]
"""Schema and table."""
Plan = Callable[[duckdb.DuckDBPyConnection], Mapping[Name, str] | None]
"""Given the old lake, the SELECT that fills each table which is not simply copied; None: nothing is to be done."""


def rebuild(workspace: Workspace, plan: Plan) -> bool:
    """Replace the lake by what a plan makes of it. Returns False when the plan had nothing to do.

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
