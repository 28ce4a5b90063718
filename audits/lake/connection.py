"""Opening the lake: extensions by path, encryption, one writer at a time, and rebuilds that erase what was removed."""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from filelock import FileLock, Timeout

from boussole.audits import private_files
from boussole.audits.errors import LakeError, NoLakeError, reason_of
from boussole.audits.faults import FULL, kind_of
from boussole.audits.lake.engine import connect, lent
from boussole.audits.lake.tables import create_shared, describe, holds, one, quote
from boussole.audits.workspace import Workspace

if TYPE_CHECKING:
    import duckdb


DRAFT = "next.sqlite"
_DATA = re.compile(r"data(-[0-9a-f]{8})?")


@dataclass(frozen=True)
class LakeIdentity:
    """The identity of the lake that a reader opened, by which a newer one is told."""

    catalogue: Path
    data: Path
    inode: int
    had_data: bool

    @classmethod
    def of(cls, catalogue: Path, data: Path, inode: int) -> LakeIdentity:
        return cls(catalogue, data, inode, data.exists())

    def gone(self) -> bool:
        """Whether another lake has taken its place."""
        return inode(self.catalogue) != self.inode or (self.had_data and not self.data.exists())


def inode(path: Path) -> int:
    """The number of a file, another one once it was replaced; 0 when there is none."""
    return path.stat().st_ino if path.exists() else 0


def new_data(lake: Path) -> Path:
    """A data folder that no lake has used."""
    return lake / f"data-{secrets.token_hex(4)}"


def draft_of(catalogue: Path) -> Path:
    """Where the next catalogue is built."""
    return catalogue.with_name(DRAFT)


def swap(catalogue: Path) -> None:
    """Put the closed draft catalogue in the place of the catalogue. Raises LakeError where SQLite is at work."""
    refuse_work(catalogue)
    draft = draft_of(catalogue)
    private_files.to_disk(draft)
    draft.replace(catalogue)
    private_files.to_disk(catalogue.parent)


def refuse_work(catalogue: Path) -> None:
    """Raises LakeError where SQLite has work under way beside a catalogue that is to be replaced."""
    if any(catalogue.with_name(f"{catalogue.name}{suffix}").exists() for suffix in ("-journal", "-wal")):
        raise LakeError(
            "another process is writing to the catalogue; nothing was changed.",
            where=str(catalogue.parent),
            next_step="Wait for it to end, then run the command again.",
        )


def sweep(lake: Path, catalogue: Path, *, keep: Path) -> None:
    """Removes drafts and every data folder but the one that the catalogue names, where it names one of ours."""
    if not _DATA.fullmatch(keep.name):
        return
    for path in catalogue.parent.glob(f"{DRAFT}*"):
        path.unlink()
    for path in lake.iterdir():
        if _DATA.fullmatch(path.name) and path != keep:
            shutil.rmtree(path)


def has_data(lake: Path) -> bool:
    """Whether data lie there; without their catalogue, which holds their keys, nobody can read them."""
    return any(lake.glob("data*/**/*.parquet"))


def missing_data(connection: duckdb.DuckDBPyConnection, lake: Path) -> int:
    """How many data files that the catalogue of the attached lake names are missing, or are not of their full size."""
    named = connection.execute(
        "SELECT path, file_size_bytes FROM __ducklake_metadata_lake.ducklake_data_file WHERE end_snapshot IS NULL"
    ).fetchall()
    sizes = {path.name: path.stat().st_size for path in lake.glob("data*/**/*.parquet")}
    return sum(sizes.get(Path(path).name) != size for path, size in named)


def keep_only(lake: Path, names: set[str]) -> None:
    """Removes the data files that do not bear one of these names."""
    for path in lake.glob("data*/**/*.parquet"):
        if path.name not in names:
            path.unlink()


def purged_before(connection: duckdb.DuckDBPyConnection, system_id: str) -> dt.date | None:
    """The first day that the latest-reaching purge of a system left; None when it was never purged."""
    if not holds(connection, "lake.main.removals"):
        return None
    rows = connection.execute("SELECT payload FROM lake.main.removals WHERE kind = 'purge'").fetchall()
    payloads = [json.loads(row[0]) for row in rows]
    days = [dt.date.fromisoformat(item["before"]) for item in payloads if item["system"] == system_id]
    return max(days, default=None)


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
            number = inode(workspace.catalogue)
            data = attach(connection, workspace, seconds=READER_SECONDS, at=at)
            sight = LakeIdentity.of(workspace.catalogue, data, number)
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
    there, data = workspace.catalogue.exists(), has_data(workspace.lake)
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


def _still_there(workspace: Workspace, sight: LakeIdentity, cause: duckdb.Error | None = None) -> None:
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
    keep_only(workspace.lake, {Path(path).name for (path,) in connection.execute(listed).fetchall()})


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
        create(connection, draft_of(catalogue), name="lake", data=lake / "data")
        connection.execute("BEGIN")  # else each table would be a commit of its own
        create_shared(connection)  # an import that fails leaves a lake that can be read
        connection.execute("COMMIT")
        connection.execute("DETACH lake")
        swap(catalogue)
    data = attach(connection, workspace, seconds=LOCK_SECONDS)
    sweep(lake, catalogue, keep=data)
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
            before, data = snapshot(connection), new_data(lake)
            create(connection, draft_of(catalogue), name="fresh", data=data)
            _copy(connection, {("main", "turn"): "SELECT n + 1 FROM lake.main.turn", **queries})
            connection.execute("DETACH fresh")
            _nobody_wrote(connection, workspace, before)
        except duckdb.Error as error:
            explain(workspace, error)
            raise
        finally:
            connection.close()
        swap(catalogue)
        sweep(lake, catalogue, keep=data)
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
