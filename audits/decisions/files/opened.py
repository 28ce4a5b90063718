"""A source of decisions once it is open: the relation to query, and the columns that are read of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from boussole.audits.decisions.contracts import Needs
from boussole.audits.decisions.files.values import FileReading
from boussole.audits.errors import SourceError, nearest
from boussole.audits.reasons import Reason, Told

BATCH, ROW, COLUMN, REASON = "_batch", "_row", "_column", "_reason"
"""Columns that an export of the quarantine adds in front of those of its source."""

RESERVED = ("row", "fault", "file_row_number")
"""Names of what is worked out of each row while a source is read; DuckDB's names know no case."""


@dataclass(frozen=True)
class BadLine:
    """A line that is not a record: its row (from 1), what is wrong with it, and the line (never shown)."""

    row: int
    column: str
    reason: Reason | Told
    text: str = ""


@dataclass(frozen=True)
class OpenSource:
    """A source ready to query: `relation` is SQL with the columns that are read and `row` (from 1).

    `types`: DuckDB types of all columns (`typed`: declared by the source); `bad_lines`: records that could not be
    split; `mark`: where a growing source was left; `reading`: how a file was read.
    """

    name: str
    sha256: str
    relation: str
    types: Mapping[str, str]
    columns: tuple[str, ...]
    typed: bool = True
    bad_lines: tuple[BadLine, ...] = ()
    mark: str | None = None
    reading: FileReading | None = None


def columns_read(name: str, present: Mapping[str, str], needs: Needs) -> tuple[str, ...]:
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
    read += () if needs.every else tuple(column for column in needs.wherever if column in present)
    for column in read:
        if column.lower() in RESERVED:
            raise SourceError(
                f"a column is named '{column}', a name that Boussole needs for itself.",
                where=name,
                next_step="Give it another name in the file (or in the query), and in the system file.",
            )
    return read
