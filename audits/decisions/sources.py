"""Opening a source of decisions as a DuckDB relation with row numbers, without reading it into memory."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from boussole.audits.decisions.contracts import Needs
from boussole.audits.decisions.databases import DatabaseAddress, mark_of, open_database
from boussole.audits.decisions.files.kinds import COMPRESSED, READERS, kind_of
from boussole.audits.decisions.files.opened import OpenSource, columns_read
from boussole.audits.decisions.files.tables import open_csv, open_json, open_parquet, open_xlsx
from boussole.audits.errors import SourceError, reason_of
from boussole.audits.lake.tables import describe, quote
from boussole.audits.systems.model import Files

__all__ = ["OpenSource", "open_source", "reading_whole"]


def open_source(
    connection: duckdb.DuckDBPyConnection,
    source: str | Path,
    needs: Needs,
    files: Files | None = None,
    added: Mapping[str, str] | None = None,
) -> OpenSource:
    """Open a CSV, Excel, Parquet or JSON lines file, or an address of `databases`.

    `files`: how it is written; the rest is found out. `added`: columns with one value, as those of `key=value` folders.
    Raises SourceError for a missing, empty, unreadable or ambiguous source, an unknown kind, and a missing column.
    """
    text = str(source)
    if text.startswith("duckdb:"):
        return _open_duckdb(connection, text, needs)
    path, kind = Path(text), kind_of(text)
    if path.is_dir():
        raise SourceError(
            "this is a folder of files.",
            where=text,
            next_step="Name one of them here; `boussole import` and `audit --dry-run` take the folder.",
        )
    if not path.is_file():
        raise SourceError("there is no such file.", where=text, next_step="Check the path.")
    if kind is None:
        raise SourceError(
            f"'{path.suffix}' is not a kind of file that can be imported.",
            where=text,
            next_step=f"Use one of {', '.join(READERS)} (CSV and JSON lines also .gz), or duckdb:PATH?table=T.",
        )
    if path.stat().st_size == 0:
        raise SourceError("the file is empty (0 bytes).", where=text, next_step="Export it again.")
    if re.search(r"[*?\[\]]", text):
        raise SourceError("the path holds one of * ? [ ].", where=text, next_step="Rename the file.")
    opener = {"csv": open_csv, "parquet": open_parquet, "json": open_json, "xlsx": open_xlsx}[kind]
    try:
        return opener(connection, path, needs, files or Files(), added or {})
    except duckdb.Error as error:
        raise _unreadable(path, error) from error


@contextmanager
def reading_whole(source: str | Path) -> Iterator[None]:
    """Tells of a file that is read where it lies (Parquet) the damage that shows only once its rows are read."""
    try:
        yield
    except duckdb.Error as error:
        path = Path(source)
        ours = isinstance(error, duckdb.OperationalError | duckdb.IntegrityError) and path.name not in str(error)
        if ours or not path.is_file() or kind_of(str(source)) != "parquet":
            raise
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: duckdb.Error) -> SourceError:
    told = str(error).split("\n")[0].lower()
    reason = "it is not UTF-8 text" if "utf-8" in told or "unicode" in told else reason_of(error)
    if "malformed json" in told:  # the engine counts lines otherwise, by what it read at once
        line = None if path.suffix == COMPRESSED else _first_malformed(path)
        reason = "it holds a line that is no JSON" if line is None else f"line {line:,} is no JSON"
    return SourceError(
        f"the file cannot be read as {path.suffix[1:]}: {reason}.",
        where=str(path),
        next_step="Open it with the tool that made it, and export it again.",
    )


def _first_malformed(path: Path) -> int | None:
    """The number of the first line that is no JSON, or holds half of an escaped character."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                json.dumps(json.loads(line or b"null"), ensure_ascii=False).encode()
            except (ValueError, RecursionError):
                if line.strip():
                    return number
    return None


def _open_duckdb(connection: duckdb.DuckDBPyConnection, uri: str, needs: Needs) -> OpenSource:
    """The rows of another database, taken over into the table `incoming`."""
    address = DatabaseAddress.parse(uri)
    with open_database(address) as (database, relation):
        types = describe(database, relation)
        read = columns_read(address.name, types, needs)
        connection.register("source_rows", database.execute(f"SELECT {_list(read)} FROM {relation}").to_arrow_reader())
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE incoming AS SELECT row_number() OVER () AS row, * FROM source_rows"
        )
        connection.unregister("source_rows")
        types |= {column: kind for column, kind in describe(connection, "incoming").items() if column != "row"}
        sha256 = _sha256_rows(connection, address.what, read)
        mark = mark_of(database, address, relation, address.since)
    return OpenSource(address.name, sha256, "incoming", types, read, mark=mark)


def _sha256_rows(connection: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str]) -> str:
    """A content hash of a table that ignores the order of its rows: count and sum of the rows' MD5 halves."""
    values = ", ".join(f"coalesce(CAST({quote(column)} AS VARCHAR), chr(1))" for column in columns)
    row = connection.execute(
        f"SELECT count(*), sum(md5_number_lower(h)::HUGEINT), sum(md5_number_upper(h)::HUGEINT) "
        f"FROM (SELECT concat_ws(chr(2), {values}) AS h FROM incoming)"
    ).fetchone()
    return hashlib.sha256(repr((name, tuple(columns), row)).encode()).hexdigest()


def _list(columns: Sequence[str]) -> str:
    return ", ".join(quote(column) for column in columns)
