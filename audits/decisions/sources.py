"""Opening a source of decisions as a DuckDB relation with row numbers, without reading it into memory."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from audits.decisions.contracts import Needs
from audits.decisions.databases import Address, mark_of, open_database
from audits.errors import SourceError, nearest, reason_of
from audits.lake.tables import literal, quote

BATCH, ROW, COLUMN, REASON = "_batch", "_row", "_column", "_reason"
"""Columns that an export of the quarantine adds in front of those of its source."""

RESERVED = ("row", "fault", "file_row_number")
"""Names of what is worked out of each row while a source is read; DuckDB's names know no case."""

READERS = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".jsonl": "json", ".ndjson": "json"}


@dataclass(frozen=True)
class BadLine:
    """A line that is not a record: its row (from 1), what is wrong with it, and the line (never shown)."""

    row: int
    column: str
    reason: str
    text: str = ""


@dataclass(frozen=True)
class Opened:
    """A source ready to query: `relation` is SQL with the columns that are read and `row` (from 1).

    `types` are the DuckDB types of all its columns (`typed`: declared by the source, not guessed as text);
    `columns` are those that are read; `bad_lines` are the records that could not even be split; `mark` is where a
    source that only grows was left.
    """

    name: str
    sha256: str
    relation: str
    types: Mapping[str, str]
    columns: tuple[str, ...]
    typed: bool = True
    bad_lines: tuple[BadLine, ...] = ()
    mark: str | None = None


def open_source(connection: duckdb.DuckDBPyConnection, source: str | Path, needs: Needs) -> Opened:
    """Opens a CSV, Parquet or JSON lines file, `duckdb:PATH?table=T`, or one of the addresses of `databases`.

    Raises SourceError for a missing, empty or unreadable source, an unknown kind, or a missing column.
    """
    text = str(source)
    if text.startswith("duckdb:"):
        return _open_duckdb(connection, text, needs)
    path = Path(text)
    reader = READERS.get(path.suffix.lower())
    if not path.is_file():
        raise SourceError("there is no such file.", where=text, next_step="Check the path.")
    if reader is None:
        raise SourceError(
            f"'{path.suffix}' is not a kind of file that can be imported.",
            where=text,
            next_step=f"Use one of {', '.join(READERS)}, or duckdb:PATH?table=T.",
        )
    if path.stat().st_size == 0:
        raise SourceError("the file is empty (0 bytes).", where=text, next_step="Export it again.")
    if re.search(r"[*?\[\]]", text):
        raise SourceError("the path holds one of * ? [ ].", where=text, next_step="Rename the file.")
    opener = {"csv": _open_csv, "parquet": _open_parquet, "json": _open_json}[reader]
    try:
        return opener(connection, path, needs)
    except duckdb.Error as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: duckdb.Error) -> SourceError:
    told = str(error).split("\n")[0].lower()
    reason = "it is not UTF-8 text" if "utf-8" in told or "unicode" in told else reason_of(error)
    return SourceError(
        f"the file cannot be read as {path.suffix[1:]}: {reason}.",
        where=str(path),
        next_step="Open it with the tool that made it, and export it again.",
    )


def _columns(name: str, present: Mapping[str, str], needs: Needs) -> tuple[str, ...]:
    """The columns that are read. Raises SourceError for missing ones."""
    missing = [column for column in needs.needed if column not in present]
    if missing and len(missing) == len(needs.needed):
        # Where the first line is a row and not the names, a hint would show that row.
        raise SourceError(
            f"none of its {len(missing)} columns is there: {', '.join(missing)}.",
            where=name,
            next_step="Write the names of the columns in the first line, or correct them in the system file.",
        )
    if missing:
        hints = "; ".join(f"'{column}' ({nearest(column, present).rstrip('.')})" for column in missing)
        raise SourceError(
            f"missing column{'s' if len(missing) > 1 else ''}: {hints}.",
            where=name,
            next_step="Add the column to the file, or correct the name in the system file.",
        )
    read = tuple(present) if needs.every else needs.needed
    read += () if needs.every else tuple(column for column in needs.optional if column in present)
    for column in read:
        if column.lower() in RESERVED:
            raise SourceError(
                f"a column is named '{column}', a name that Boussole needs for itself.",
                where=name,
                next_step="Give it another name in the file (or in the query), and in the system file.",
            )
    return read


def _describe(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Column names and DuckDB types of a relation."""
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}


def _open_parquet(connection: duckdb.DuckDBPyConnection, path: Path, needs: Needs) -> Opened:
    file = literal(path)
    types = _describe(connection, f"read_parquet({file})")
    read = _columns(str(path), types, needs)
    relation = f"(SELECT file_row_number + 1 AS row, {_list(read)} FROM read_parquet({file}, file_row_number = true))"
    return Opened(path.name, sha256_file(path), relation, types, read)


def _open_csv(connection: duckdb.DuckDBPyConnection, path: Path, needs: Needs) -> Opened:
    options = "all_varchar = true, header = true, skip = 0, store_rejects = true, max_line_size = 10000000"
    reader = f"read_csv({literal(path)}, {options})"
    types = {n: kind for n, kind in _describe(connection, reader).items() if n not in (BATCH, ROW, COLUMN, REASON)}
    read = _columns(str(path), types, needs)
    connection.execute("DROP TABLE IF EXISTS reject_errors")
    connection.execute("DROP TABLE IF EXISTS reject_scans")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE incoming AS SELECT row_number() OVER () AS row, {_list(read)} FROM {reader}"
    )
    lines = connection.execute(
        "SELECT line - 1, coalesce(any_value(column_name), '(line)'), any_value(lower(replace(error_type, '_', ' '))), "
        "coalesce(any_value(csv_line), '') FROM reject_errors GROUP BY line ORDER BY line"
    ).fetchall()
    bad = tuple(BadLine(int(row), str(c), f"the line cannot be read: {reason}", str(t)) for row, c, reason, t in lines)
    if bad:
        _count_bad_lines(connection, [line.row for line in bad])
    return Opened(path.name, sha256_file(path), "incoming", types, read, typed=False, bad_lines=bad)


def _count_bad_lines(connection: duckdb.DuckDBPyConnection, bad: list[int]) -> None:
    """Numbers rows as they stand in the file, where refused lines count too."""
    connection.execute("CREATE OR REPLACE TEMP TABLE refused AS SELECT unnest(?) AS row", [bad])
    connection.execute(
        "UPDATE incoming SET row = incoming.row + shift.n FROM (SELECT i.row AS row, count(*) AS n FROM incoming i "
        "JOIN (SELECT row - row_number() OVER (ORDER BY row) AS before FROM refused) r ON r.before < i.row "
        "GROUP BY i.row) AS shift WHERE incoming.row = shift.row"
    )


def _open_json(connection: duckdb.DuckDBPyConnection, path: Path, needs: Needs) -> Opened:
    reader = f"read_ndjson({literal(path)}, maximum_depth = 1, sample_size = -1)"
    columns = _describe(connection, reader)
    read = _columns(str(path), columns, needs)
    texts = ", ".join(f"{quote(c)}->>'$' AS {quote(c)}" if columns[c] == "JSON" else quote(c) for c in read)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE incoming AS SELECT row_number() OVER () AS row, {texts} FROM {reader}"
    )
    types = columns | _describe(connection, "incoming")
    del types["row"]
    return Opened(path.name, sha256_file(path), "incoming", types, read)


def _open_duckdb(connection: duckdb.DuckDBPyConnection, uri: str, needs: Needs) -> Opened:
    address = Address.parse(uri)
    with open_database(address) as (database, relation):
        types = _describe(database, relation)
        read = _columns(address.name, types, needs)
        connection.register("source_rows", database.execute(f"SELECT {_list(read)} FROM {relation}").to_arrow_reader())
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE incoming AS SELECT row_number() OVER () AS row, * FROM source_rows"
        )
        connection.unregister("source_rows")
        mark = mark_of(database, address, relation, address.since)
    types |= {name: kind for name, kind in _describe(connection, "incoming").items() if name != "row"}
    digest = _sha256_rows(connection, address.what, read)
    return Opened(address.name, digest, "incoming", types, read, mark=mark)


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


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
