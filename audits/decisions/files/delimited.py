"""Opening delimited text: what is found out about it, and the relation that DuckDB reads it as."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from boussole.audits.decisions.files.content import pieces
from boussole.audits.decisions.files.dialect import SAMPLE, Dialect, find_dialect, split
from boussole.audits.decisions.files.encoding import TextEncoding, UndecodableError, known_as, survey
from boussole.audits.decisions.files.pipe import rewritten
from boussole.audits.errors import SourceError
from boussole.audits.lake.tables import literal
from boussole.audits.systems.files import Files


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
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in self.dialect.names)
        return (
            f"read_csv({literal(path)}, auto_detect = false, columns = {{{columns}}}, header = false, "
            f"skip = {self.dialect.skip}, delim = {literal(self.dialect.separator)}, quote = '\"', "
            f"escape = {literal(self.dialect.escape)}, hive_partitioning = false, "
            "store_rejects = true, max_line_size = 10000000)"
        )


def open_delimited(path: Path, *, files: Files, wanted: Sequence[str]) -> DelimitedFile:
    """Finds out how a text file is written; `files` holds what somebody says of it.

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
                name = dialect.names[column] if column < len(dialect.names) else str(column + 1)
                return f"row {row:,}, column '{name}'" if row > 0 else "the first line"
    return None


def _text_lines(path: Path, encoding: str) -> Iterator[str]:
    rest = ""
    for piece in codecs.iterdecode(pieces(path), encoding, "replace"):
        *lines, rest = io.StringIO(rest + piece, newline="").readlines()
        yield from lines
    yield rest
