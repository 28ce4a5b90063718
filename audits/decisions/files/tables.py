"""Opening each kind of data file as a relation with row numbers, without reading it into memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

import duckdb

from boussole.audits.decisions.contracts import Needs
from boussole.audits.decisions.files.delimited import DelimitedFile, TableHead, name_columns, open_delimited
from boussole.audits.decisions.files.encoding import known_as, require_utf8
from boussole.audits.decisions.files.opened import BATCH, COLUMN, REASON, ROW, BadLine, OpenSource, columns_read
from boussole.audits.decisions.files.values import FileReading, rewrite, totals
from boussole.audits.errors import SourceError
from boussole.audits.formulas import ESCAPED
from boussole.audits.hashing import sha256_of
from boussole.audits.lake.tables import describe, literal, quote
from boussole.audits.reasons import Reason
from boussole.audits.systems.model import Files

Keys = Mapping[str, str]
"""Columns that have one value in every row, and that value."""


def open_parquet(connection: duckdb.DuckDBPyConnection, path: Path, needs: Needs, _: Files, added: Keys) -> OpenSource:
    reader = f"read_parquet({literal(path)}, hive_partitioning = false, file_row_number = true)"
    types = {name: kind for name, kind in describe(connection, reader).items() if name != "file_row_number"}
    keys = _keys(path, types, added)
    types |= dict.fromkeys(keys, "VARCHAR")
    read = columns_read(str(path), types, needs)
    held = [column for column in read if column not in keys]
    relation = f"(SELECT file_row_number + 1 AS row{_also(held)} FROM {reader})"
    return _with_keys(OpenSource(path.name, "", relation, types, read), keys, sha256_of(path))


def open_csv(connection: duckdb.DuckDBPyConnection, path: Path, needs: Needs, files: Files, added: Keys) -> OpenSource:
    found = open_delimited(path, files=files, wanted=needs.needed)
    reading = FileReading(encoding=known_as(found.text.encoding), separator=found.dialect.separator)
    table = TextTable(path, found.dialect.head, reading, lambda held: _read_lines(connection, found, held))
    return _open_texts(connection, table, needs, files, added)


@dataclass(frozen=True)
class TextTable:
    """A file whose cells are texts; `fill` puts some of its columns into `incoming` and returns the unreadable rows."""

    path: Path
    head: TableHead
    reading: FileReading
    fill: Callable[[Sequence[str]], Sequence[BadLine]]
    pointed: Set[str] = frozenset()


def _open_texts(
    connection: duckdb.DuckDBPyConnection, table: TextTable, needs: Needs, files: Files, added: Keys
) -> OpenSource:
    """The rows of a table of texts, with its numbers and dates as computers write them."""
    path, names, where = table.path, table.head.names, str(table.path)
    keys = _keys(path, dict.fromkeys(names, ""), added)
    types = dict.fromkeys((*(n for n in names if n not in (BATCH, ROW, COLUMN, REASON)), *keys), "VARCHAR")
    read = columns_read(where, types, needs)
    if both := [column for column in read if column in table.head.twice]:
        raise SourceError(
            f"two columns are named '{both[0]}' (upper and lower case are the same).",
            where=where,
            next_step="Give each column a name of its own.",
        )
    held = [column for column in read if column not in keys]
    bad = list(table.fill(held))
    if total := totals(connection, held):  # the last line, where it sums up the others: it is nobody's decision
        bad.append(BadLine(*total, Reason.TOTALS))
    if {BATCH, ROW} <= set(names):
        _unescape(connection, held)
    decimal, dates = rewrite(connection, held, files=files, where=where, pointed=table.pointed)
    reading = replace(table.reading, decimal=decimal, dates=dates, header=files.header is not False)
    opened = OpenSource(path.name, "", "incoming", types, read, typed=False, bad_lines=tuple(bad), reading=reading)
    return _with_keys(opened, keys, sha256_of(path), reading.mark())


def _read_lines(
    connection: duckdb.DuckDBPyConnection, found: DelimitedFile, held: Sequence[str]
) -> tuple[BadLine, ...]:
    """Fills the table `incoming`. Returns the lines that could not be split."""
    connection.execute("DROP TABLE IF EXISTS reject_errors")
    connection.execute("DROP TABLE IF EXISTS reject_scans")
    with found.reader() as reader:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE incoming AS SELECT row_number() OVER () AS row{_also(held)} FROM {reader}"
        )
    lines = connection.execute(
        f"SELECT line - {found.dialect.skip}, coalesce(any_value(column_name), '(line)'), "
        "any_value(lower(replace(error_type, '_', ' '))), coalesce(any_value(csv_line), '') "
        "FROM reject_errors GROUP BY line ORDER BY line"
    ).fetchall()
    bad = tuple(_bad_line(found, int(row), *map(str, rest)) for row, *rest in lines)
    if bad:
        _count_bad_lines(connection, [line.row for line in bad])
    return bad


def _unescape(connection: duckdb.DuckDBPyConnection, held: Sequence[str]) -> None:
    """Takes away the apostrophes that an export of rows set aside put before what a spreadsheet would run."""
    for column in held:
        name = quote(column)
        connection.execute(
            f"UPDATE incoming SET {name} = substr({name}, 2) WHERE regexp_matches({name}, {literal(ESCAPED)})"
        )


def _bad_line(found: DelimitedFile, row: int, column: str, reason: str, text: str) -> BadLine:
    """A line that could not be split. Raises SourceError for a quote that never closes: all that follows is lost."""
    inside = text.strip("\r\n").count("\n")
    if reason == "unquoted value" and inside:
        raise SourceError(
            f"row {row:,}: a quotation mark opens there and does not close; {inside + 1:,} lines were taken for one.",
            where=str(found.path),
            next_step="Correct that line: a quotation mark within a value is written twice.",
        )
    also = f" ({inside + 1} lines were taken for one: is a quotation mark missing?)" if inside else ""
    return BadLine(row, column, Reason.UNREADABLE.told(why=f"{reason}{also}"), text)


def open_xlsx(connection: duckdb.DuckDBPyConnection, path: Path, needs: Needs, files: Files, added: Keys) -> OpenSource:
    from boussole.audits.decisions.files.workbook import open_sheet

    sheet, first = open_sheet(path, sheet=files.sheet, header=files.header is not False)
    head = name_columns(first, files=files, wanted=needs.needed, where=str(path))
    sheet.names = head.names

    def fill(held: Sequence[str]) -> list[BadLine]:
        connection.register("source_rows", sheet.reader())
        connection.execute(f"CREATE OR REPLACE TEMP TABLE incoming AS SELECT row{_also(held)} FROM source_rows")
        connection.unregister("source_rows")
        return [BadLine(*fault) for fault in sheet.faults]

    table = TextTable(path, head, FileReading(sheet=sheet.name), fill, sheet.pointed)
    return _open_texts(connection, table, needs, files, added)


def _count_bad_lines(connection: duckdb.DuckDBPyConnection, bad: list[int]) -> None:
    """Numbers rows as they stand in the file, where refused lines count too."""
    connection.execute("CREATE OR REPLACE TEMP TABLE refused AS SELECT unnest(?) AS row", [bad])
    connection.execute(
        "UPDATE incoming SET row = incoming.row + shift.n FROM (SELECT i.row AS row, count(*) AS n FROM incoming i "
        "JOIN (SELECT row - row_number() OVER (ORDER BY row) AS before FROM refused) r ON r.before < i.row "
        "GROUP BY i.row) AS shift WHERE incoming.row = shift.row"
    )


def open_json(connection: duckdb.DuckDBPyConnection, path: Path, needs: Needs, files: Files, added: Keys) -> OpenSource:
    require_utf8(path)
    reader = f"read_ndjson({literal(path)}, maximum_depth = 1, sample_size = -1, hive_partitioning = false)"
    columns = describe(connection, reader)
    keys = _keys(path, columns, added)
    read = columns_read(str(path), {**columns, **dict.fromkeys(keys, "VARCHAR")}, needs)
    held = [column for column in read if column not in keys]
    texts = [f"{quote(c)}->>'$' AS {quote(c)}" if columns[c] == "JSON" else quote(c) for c in held]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE incoming AS "
        f"SELECT {', '.join(['row_number() OVER () AS row', *texts])} FROM {reader}"
    )
    types = columns | describe(connection, "incoming") | dict.fromkeys(keys, "VARCHAR")
    del types["row"]
    written = [column for column in held if types[column] == "VARCHAR"]
    decimal, dates = rewrite(connection, written, files=files, where=str(path))
    reading = FileReading(decimal=decimal, dates=dates)
    opened = OpenSource(path.name, "", "incoming", types, read, reading=reading if reading.mark() else None)
    return _with_keys(opened, keys, sha256_of(path), reading.mark())


def _keys(path: Path, present: Mapping[str, str], added: Keys) -> dict[str, str | None]:
    """What the folders named `key=value` say that a file lies in, and what is added, unless it has such a column."""
    pairs = [part.partition("=")[::2] for part in path.parts[:-1] if part.partition("=")[0] and "=" in part]
    found = {unquote(key): unquote(value) for key, value in pairs} | dict(added)
    empty = "__HIVE_DEFAULT_PARTITION__"
    return {key: None if value == empty else value for key, value in found.items() if key not in present}


def _with_keys(opened: OpenSource, keys: Mapping[str, str | None], sha256: str, mark: str = "") -> OpenSource:
    """The source with the columns that its folders say; what they say, and how it was read, is part of its content."""
    added = {key: value for key, value in keys.items() if key in opened.columns}
    relation = opened.relation
    if added:
        listed = ", ".join(
            f"CAST({literal(v) if v is not None else 'NULL'} AS VARCHAR) AS {quote(k)}" for k, v in added.items()
        )
        relation = f"(SELECT *, {listed} FROM {relation})"
    if added or mark:
        sha256 = hashlib.sha256(repr((sha256, added, mark)).encode()).hexdigest()
    return replace(opened, relation=relation, sha256=sha256)


def _also(columns: Sequence[str]) -> str:
    return "".join(f", {quote(column)}" for column in columns)
