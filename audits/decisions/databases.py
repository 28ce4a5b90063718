"""Reading a DuckDB file, or a copy of it while another process writes, as a source: a table, or one SELECT."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import duckdb

from boussole.audits.errors import SourceError, nearest, reason_of
from boussole.audits.lake.tables import describe, literal, quote

PREFIX = "duckdb:"
TRIES, PAUSE = 40, 0.25
"""How often, and after how many seconds again, a file that is being written to is tried."""


@dataclass(frozen=True, kw_only=True)
class DatabaseAddress:
    """What is read of which file: `after` is a column that only grows, `since` the mark from which it is read."""

    path: Path
    table: str | None = None
    query: str | None = None
    after: str | None = None
    since: str | None = None

    @classmethod
    def parse(cls, uri: str) -> DatabaseAddress:
        """Reads `duckdb:PATH?table=T` or `duckdb:PATH?query=Q`, with `&after=COLUMN`. Raises SourceError for less."""
        path, _, rest = uri.removeprefix(PREFIX).partition("?")
        given = {name: values[-1] for name, values in parse_qs(rest).items()}
        if ("table" in given) == ("query" in given) or set(given) - {"table", "query", "after", "since"}:
            raise SourceError("which table?", where=uri, next_step="Write duckdb:PATH?table=NAME.")
        return cls(path=Path(path), **given)

    def uri(self) -> str:
        """The address in one line, which `parse` reads."""
        parts = {name: getattr(self, name) for name in ("table", "query", "after", "since")}
        return f"{PREFIX}{self.path}?{urlencode({name: value for name, value in parts.items() if value is not None})}"

    @property
    def name(self) -> str:
        """How people and the lake call it: the file, and its table or a short hash of the query."""
        return f"{PREFIX}{self.path.name}?{self.what}"

    @property
    def what(self) -> str:
        """The table, or a short hash of the query."""
        return f"table={self.table}" if self.query is None else f"query={_short(self.query)}"


def _short(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()[:8]


@contextmanager
def open_database(address: DatabaseAddress) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """Open the file (or a copy of it). Yields the connection and the relation that is to be read, as SQL.

    Raises SourceError for a missing file, one that is no DuckDB file or never stands still, and for anything but a
    SELECT.
    """
    if not address.path.is_file():
        raise SourceError("there is no such DuckDB file.", where=f"{PREFIX}{address.path}", next_step="Check the path.")
    with tempfile.TemporaryDirectory(prefix="boussole-") as folder:
        try:
            connection = _connect(address.path, Path(folder))
        except duckdb.Error as error:
            raise unreadable(address, error) from error
        try:
            yield connection, _relation(connection, address)
        except duckdb.Error as error:
            raise unreadable(address, error) from error
        finally:
            connection.close()


def unreadable(address: DatabaseAddress, error: duckdb.Error) -> SourceError:
    """What DuckDB says of a file or a query, without the rows it speaks of."""
    return SourceError(
        f"the DuckDB file cannot be read: {reason_of(error)}.",
        where=address.name,
        next_step="Check the file, and the table or query.",
    )


def _connect(path: Path, folder: Path) -> duckdb.DuckDBPyConnection:
    """The file itself where nobody writes to it, else a copy that was taken while it stood still."""
    for attempt in range(TRIES):
        try:
            return _open(path)
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise
        copy = _copy(path, folder / str(attempt))
        if copy is not None:
            try:
                return _open(copy)
            except duckdb.Error:  # taken in the middle of a checkpoint after all
                copy.unlink()
        time.sleep(PAUSE)
    raise SourceError(
        "another process keeps writing to the DuckDB file.",
        where=f"{PREFIX}{path.name}",
        next_step="Nothing was lost: run the sync again when it is done.",
    )


def _open(path: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        str(path),
        read_only=True,
        config={
            "enable_external_access": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "arrow_lossless_conversion": True,
            "lock_configuration": True,
        },
    )


def _copy(path: Path, folder: Path) -> Path | None:
    """The file and its write-ahead log, or None where one of them changed meanwhile."""
    log = path.with_name(f"{path.name}.wal")
    before = [_state(item) for item in (path, log)]
    folder.mkdir()
    copy = folder / path.name
    shutil.copyfile(path, copy)
    if before[1] is not None:
        try:
            shutil.copyfile(log, folder / log.name)
        except FileNotFoundError:
            return None
    return copy if [_state(item) for item in (path, log)] == before else None


def _state(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns


def _relation(connection: duckdb.DuckDBPyConnection, address: DatabaseAddress) -> str:
    if address.query is not None:
        whole = f"({_one_select(address)}\n)"  # the query may end in a comment
    else:
        tables = [row[0] for row in connection.execute("SHOW TABLES").fetchall()]
        if address.table not in tables:
            hint = nearest(str(address.table), tables) if tables else "The file holds no table."
            raise SourceError(f"there is no table '{address.table}'. {hint}", where=address.name, next_step="Check it.")
        whole = quote(str(address.table))
    if address.after is None:
        return whole
    kinds = describe(connection, whole)
    if address.after not in kinds:
        raise SourceError(
            f"`after` names a column that is not there: '{address.after}'. {nearest(address.after, kinds)}",
            where=address.name,
            next_step="Correct `after` in the system file.",
        )
    if address.since is None:
        return whole
    column = quote(address.after)
    # Rows with the value of the mark may have come since; a row without a value is looked at each time.
    later = f"{column} >= CAST({literal(address.since)} AS {kinds[address.after]}) OR {column} IS NULL"
    return f"(SELECT * FROM {whole} WHERE {later})"


def _one_select(address: DatabaseAddress) -> str:
    query = str(address.query)
    try:
        statements = duckdb.extract_statements(query)
    except duckdb.Error as error:
        raise unreadable(address, error) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise SourceError(
            "the query is not one SELECT.", where=address.name, next_step="Write one SELECT, and nothing else."
        )
    return str(statements[0].query).rstrip().rstrip(";")


def mark_of(
    connection: duckdb.DuckDBPyConnection, address: DatabaseAddress, relation: str, before: str | None
) -> str | None:
    """The highest value of the column that grows, as text; the mark before where there is no new one."""
    if address.after is None:
        return None
    row = connection.execute(f"SELECT CAST(max({quote(address.after)}) AS VARCHAR) FROM {relation}").fetchone()
    return str(row[0]) if row and row[0] is not None else before
