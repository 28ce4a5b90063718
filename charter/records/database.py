"""Opening governance.sqlite: migrated and ready to write, or to read without touching it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DatabaseError

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError
from boussole.audits.faults import foreseen
from boussole.audits.ledger.database import WAIT_SECONDS, reader, writer
from boussole.audits.lost import hold_ledger
from boussole.audits.workspace import Workspace
from boussole.charter.records.migrations import HEAD


def open_records(workspace: Workspace) -> Engine:
    """An engine on the workspace's governance.sqlite, made or migrated first where needed.

    Raises BoussoleError when the file is not a database, comes from a newer Boussole, or stays busy; LostLedgerError
    when there was a ledger, and it is gone.
    """
    revision, begun = _seen(workspace.governance)
    if not begun:
        hold_ledger(workspace)
    return writer(workspace.governance) if revision == HEAD else prepared(workspace.governance)


def prepared(path: Path) -> Engine:
    """An engine on a file of records that is made or brought to the newest revision first."""
    try:
        with FileLock(path.with_suffix(".lock"), timeout=WAIT_SECONDS, mode=private_files.FILE):
            _migrate(path)
    except Timeout as error:
        raise BoussoleError(
            "another process has been preparing the records for a minute.",
            where=str(path),
            next_step="Wait until it is done, then try again.",
        ) from error
    return writer(path)


@contextmanager
def reading(workspace: Workspace) -> Iterator[Connection | None]:
    """A connection that only reads the records, at one moment; None when there are none yet.

    Raises LostLedgerError when there were records, and they are gone.
    """
    path = workspace.governance
    revision, begun = _seen(path)
    if not begun:
        hold_ledger(workspace)
    if revision is None:
        yield None
        return
    if revision != HEAD:
        raise _other_version(path)
    with reader(path).begin() as connection:
        yield connection


def overwrite(connection: Connection) -> None:
    """Makes SQLite overwrite in the file what this transaction deletes or replaces."""
    connection.exec_driver_sql("PRAGMA secure_delete = ON")


def _seen(path: Path) -> tuple[str | None, bool]:
    """The revision of a file, None while it is still to be made; and whether its ledger has an entry."""
    if not path.exists() or not path.stat().st_size:
        return None, False
    try:
        with reader(path).begin() as connection:
            tables = set(inspect(connection).get_table_names())
            begun = "entries" in tables and connection.exec_driver_sql("SELECT 1 FROM entries LIMIT 1").first()
            if "alembic_version" in tables:
                return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar(), bool(begun)
    except DatabaseError as error:
        raise foreseen(error, where=str(path)) or _unread(path, str(error.orig)) from error
    if begun:
        raise _unread(path, "their version is missing")
    return None, False


def _migrate(path: Path) -> None:
    # Alembic is slow to import, and only needed here.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    try:
        with writer(path).begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise _other_version(path) from error


def _unread(path: Path, why: str) -> BoussoleError:
    return BoussoleError(
        f"the records cannot be read: {why}.", where=str(path), next_step="Restore the file from a backup."
    )


def _other_version(path: Path) -> BoussoleError:
    return BoussoleError(
        "the records were written by another version of Boussole.",
        where=str(path),
        next_step="Use that version.",
    )
