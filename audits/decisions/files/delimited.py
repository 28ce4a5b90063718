"""Opening delimited text: what is found out about it, and the relation that DuckDB reads it as."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from boussole.audits.decisions.files.encoding import TextEncoding, UndecodableError, known_as, pieces, survey
from boussole.audits.errors import SourceError
from boussole.audits.lake.tables import literal
from boussole.audits.systems.model import Files

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?")


@dataclass(frozen=True)
class TableHead:
    """The names of the columns, in order, how many lines they take, and names given `twice` whatever their case."""

    names: tuple[str, ...]
    lines: int
    twice: frozenset[str] = frozenset()


def name_columns(rows: Sequence[Sequence[str]], *, files: Files, wanted: Sequence[str], where: str) -> TableHead:
    """Find the names of the columns from the first `rows`, split; `wanted` columns should be there.

    Raises SourceError where a title stands above the names, and where there are no names.
    """
    if files.header is False:
        return TableHead(tuple(f"column{n}" for n in range(1, common(rows) + 1)), 0)
    _refuse_title(rows, where)
    names = _names(rows[0], wanted)
    if files.header is None and not (wanted and set(wanted) <= set(names)):
        _refuse_no_header(rows, where)
    return TableHead(names, 1, _twice(names, rows[0]))


def common(rows: Sequence[Sequence[str]]) -> int:
    """The number of columns that most rows have."""
    return Counter(map(len, rows)).most_common(1)[0][0]


def _refuse_title(rows: Sequence[Sequence[str]], where: str) -> None:
    filled = len([cell for cell in rows[0] if cell.strip()])
    if not filled:
        raise SourceError(
            "the first line holds no name of a column: it is empty but for separators or blanks.",
            where=where,
            next_step="Remove what stands above the names of the columns, or write the names.",
        )
    if filled == 1 < common(rows) and len(rows) > 2:
        raise SourceError(
            f"the first line holds one value, where the others have {common(rows)}: a title, not the names of columns.",
            where=where,
            next_step="Remove what stands above the names of the columns.",
        )


def _refuse_no_header(rows: Sequence[Sequence[str]], where: str) -> None:
    """Raise SourceError where the first line is a row like the others."""
    below = [row for row in rows[1:1001] if row != rows[0]]
    columns = {
        place: (cell.strip(), [row[place].strip() for row in below if len(row) > place and row[place].strip()])
        for place, cell in enumerate(rows[0])
        if cell.strip()
    }
    numbers = [place for place, (cell, column) in columns.items() if _among(_NUMBER, cell, column)]
    others = [
        place
        for place, (cell, column) in columns.items()
        if _among(_DATE, cell, column) or (cell in column and not _NUMBER.fullmatch(cell))
    ]
    found = [*others, *(numbers if others or 2 * len(numbers) > len(columns) > 1 else [])]
    if found:
        raise SourceError(
            f"the first line is a row, not the names of the columns: its column {min(found) + 1} holds a value.",
            where=where,
            next_step="Write the names in the first line; or give --no-header to call them column1, column2…, "
            "--header if these are the names.",
        )


def _among(kind: re.Pattern[str], cell: str, column: Sequence[str]) -> bool:
    """Whether a cell and most of the column below it are of one kind."""
    return bool(kind.fullmatch(cell)) and 2 * sum(bool(kind.fullmatch(value)) for value in column) > len(column)


def _names(cells: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """The names without blanks around them, each its own: of a name that is there twice, the second gets a number."""
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = cell if cell in wanted else cell.strip(" \t\r\n\u00a0\ufeff") or f"column{place}"
        again = sum(name.lower() == other.lower() for other in cells[: place - 1])
        names.append(f"{name}_{again + 1}" if again else name)
    return tuple(names)


def _twice(names: Sequence[str], cells: Sequence[str]) -> frozenset[str]:
    counts = Counter(cell.strip().lower() for cell in cells if cell.strip())
    return frozenset(name for name in names if counts[name.lower()] > 1)


SEPARATORS = (";", ",", "\t", "|")
SAMPLE = 1 << 18
"""Characters that are looked at."""
AGREE = 0.9
"""Share of the lines that have as many columns as the first one, for a separator to be it."""


@dataclass(frozen=True)
class Dialect:
    """How lines are split; `skip` lines stand before the first row."""

    separator: str
    escape: str
    skip: int
    head: TableHead


def find_dialect(text: str, *, whole: bool, files: Files, wanted: Sequence[str], where: str) -> Dialect:
    """Find the dialect of the beginning of a text, or of all of it (`whole`); `wanted` columns should be there.

    Raises SourceError where the separator cannot be told, a title stands above the names of the columns, or names lack.
    """
    told = re.match(r"sep=(.)\r?\n", text)
    body = text[told.end() :] if told else text
    escape = "\\" if '\\"' in body and '""' not in body else '"'
    given = files.separator or (told.group(1) if told else None)
    separator = given or _separator(body, escape, whole=whole, wanted=wanted, where=where)
    rows = _rows(body, separator, escape, whole=whole)
    if not rows:
        raise SourceError("the file holds no line.", where=where, next_step="Export it again.")
    head = name_columns(rows, files=files, wanted=wanted, where=where)
    return Dialect(separator, escape, int(bool(told)) + _blank(body) + head.lines, head)


def _blank(text: str) -> int:
    """How many empty lines stand above the first one that holds something: DuckDB's `skip` counts them."""
    return len(re.findall(r"\r\n|\r|\n", text[: len(text) - len(text.lstrip("\r\n"))]))


def split(lines: Iterable[str], separator: str, escape: str) -> Iterator[list[str]]:
    """The cells of each row, which can have several lines."""
    csv.field_size_limit(1 << 30)
    if escape == '"':
        return csv.reader(lines, delimiter=separator)
    return csv.reader(lines, delimiter=separator, doublequote=False, escapechar=escape)


def _rows(text: str, separator: str, escape: str, *, whole: bool) -> list[list[str]]:
    """The lines that hold something, split; of a beginning, without the last one, which may be cut."""
    rows = [row for row in split(io.StringIO(text, newline=""), separator, escape) if row]
    return rows if whole or len(rows) < 2 else rows[:-1]


def _separator(text: str, escape: str, *, whole: bool, wanted: Sequence[str], where: str) -> str:
    """The separator under which the lines have equally many columns; under several, the one that knows the names."""
    split = {each: _rows(text, each, escape, whole=whole) for each in SEPARATORS}
    able = {each: rows for each, rows in split.items() if rows and common(rows) > 1}
    if not re.search(r"(?<!\d),|,(?!\d)", text):
        able.pop(",", None)  # all of them are decimal commas
    if wanted and (knowing := [each for each, rows in split.items() if rows and set(wanted) <= set(rows[0])]):
        return knowing[0] if len(knowing) == 1 or "," not in knowing else ","
    if len(able) < 2:
        return next(iter(able), ",")
    agreeing = {each: rows for each, rows in able.items() if _agreement(rows) >= AGREE and len(rows[0]) > 1}
    if len(agreeing) == 1:
        return next(iter(agreeing))
    widest = sorted(agreeing or able, key=lambda each: len(able[each][0]), reverse=True)
    if len(able[widest[0]][0]) > 2 * len(able[widest[1]][0]):
        return widest[0]
    raise SourceError(
        f"the columns can be separated in two ways: {' or '.join(map(_name_separator, widest[:2]))}.",
        where=where,
        next_step="Give --separator (or `files: {separator: …}` in the system file).",
    )


def _name_separator(separator: str) -> str:
    return "tab" if separator == "\t" else f"`{separator}`"


def _agreement(rows: Sequence[Sequence[str]]) -> float:
    return sum(len(row) == len(rows[0]) for row in rows) / len(rows)


@contextmanager
def rewritten(path: Path, encoding: str) -> Iterator[str]:
    """Yield the path of a pipe that gives the file once, as UTF-8 with lines that all end in a line feed."""
    source, target = os.pipe()
    faults: list[Exception] = []
    writer = threading.Thread(target=_write, args=(path, encoding, target, faults), daemon=True)
    writer.start()
    try:
        yield f"/dev/fd/{source}"
    finally:
        os.close(source)  # nobody reads any more: whatever is written breaks the pipe
        writer.join()
    if faults:
        raise faults[0]


def _write(path: Path, encoding: str, target: int, faults: list[Exception]) -> None:
    try:
        with os.fdopen(target, "wb") as pipe:
            for piece in _utf8(path, encoding):
                pipe.write(piece)
    except BrokenPipeError:
        pass  # the reader had enough
    except Exception as error:  # noqa: BLE001 (raised again where the reader is)
        faults.append(error)


def _utf8(path: Path, encoding: str) -> Iterator[bytes]:
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    for piece in pieces(path):
        yield decoder.decode(piece).encode("utf-8", "surrogatepass")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class DelimitedFile:
    """A text file whose encoding and dialect are known."""

    path: Path
    text: TextEncoding
    dialect: Dialect

    @contextmanager
    def reader(self) -> Iterator[str]:
        """SQL that reads the file once, its columns as text; lines that cannot be split are put aside by DuckDB."""
        if self.text.uniform:
            yield self._read(str(self.path))
            return
        with rewritten(self.path, self.text.encoding) as pipe:
            yield self._read(pipe)

    def _read(self, path: str) -> str:
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in self.dialect.head.names)
        return (
            f"read_csv({literal(path)}, auto_detect = false, columns = {{{columns}}}, header = false, "
            f"skip = {self.dialect.skip}, delim = {literal(self.dialect.separator)}, quote = '\"', "
            f"escape = {literal(self.dialect.escape)}, hive_partitioning = false, "
            "store_rejects = true, max_line_size = 10000000)"
        )


def open_delimited(path: Path, *, files: Files, wanted: Sequence[str]) -> DelimitedFile:
    """Find out how a text file is written; `files` holds what is declared of it.

    Raises SourceError for what cannot be told or read, with the place of a byte that the encoding does not have.
    """
    try:
        found = survey(path, files.encoding)
    except UndecodableError as fault:
        raise _undecodable(path, fault, files, wanted) from None
    if files.separator is None and path.name.lower().partition(".tsv")[1]:
        files = files.model_copy(update={"separator": "\t"})
    text, whole = _beginning(path, found.encoding)
    dialect = find_dialect(text, whole=whole, files=files, wanted=wanted, where=str(path))
    return DelimitedFile(path, found, dialect)


def _beginning(path: Path, encoding: str) -> tuple[str, bool]:
    """The first characters of a file, and whether they are all of it."""
    text = ""
    for piece in codecs.iterdecode(pieces(path), encoding, "replace"):
        text += piece
        if len(text) > SAMPLE:
            return text[:SAMPLE], False
    return text, True


def _undecodable(path: Path, fault: UndecodableError, files: Files, wanted: Sequence[str]) -> SourceError:
    """The error that names the row and the column of a byte."""
    place = f"byte {fault.offset + 1:,}"
    text, whole = _beginning(path, fault.encoding)
    try:
        dialect = find_dialect(text, whole=whole, files=files, wanted=wanted, where=str(path))
        place = _place(path, fault.encoding, dialect) or place
    except SourceError:
        pass  # the byte is what is wrong first
    byte = "the file ends within a character" if fault.byte is None else f"the byte 0x{fault.byte:02X}"
    step = "Save it as UTF-8, or give --encoding."
    also = ", and the file is not cp1252 either" if fault.strange else ""
    if fault.strange:
        step = "Give --encoding (cp850 for MS-DOS, mac-roman, iso-8859-15…), or save it as UTF-8."
    elif fault.mixed:
        step = "The rest is: write all of it in one encoding, as UTF-8."
    elif files.encoding:
        step = "Leave --encoding (or `files.encoding` of the system file) out, or correct it."
    return SourceError(f"{place}: {byte} is not {known_as(fault.encoding)}{also}.", where=str(path), next_step=step)


def _place(path: Path, encoding: str, dialect: Dialect) -> str | None:
    """Row and column of the first character that cannot be read."""
    lines = _text_lines(path, encoding)
    for row, cells in enumerate(split(lines, dialect.separator, dialect.escape), 1 - dialect.skip):
        for column, cell in enumerate(cells):
            if "\ufffd" in cell:
                name = dialect.head.names[column] if column < len(dialect.head.names) else str(column + 1)
                return f"row {row:,}, column '{name}'" if row > 0 else "the first line"
    return None


def _text_lines(path: Path, encoding: str) -> Iterator[str]:
    rest = ""
    for piece in codecs.iterdecode(pieces(path), encoding, "replace"):
        *lines, rest = io.StringIO(rest + piece, newline="").readlines()
        yield from lines
    yield rest
