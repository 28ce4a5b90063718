"""The tables of a workbook: where the headers stand, what each row says, and everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boussole.audits.errors import SourceError
from boussole.audits.spreadsheet.columns import COLUMNS, Meaning, RegisterColumn, likely, read_headers
from boussole.audits.spreadsheet.values import CellError, read
from boussole.audits.spreadsheet.workbook import LAST_COLUMN, LAST_ROW, Sheet, open_workbook

HEADERS_WITHIN = 20
"""Rows in which the headers are looked for: titles may stand above."""
EXAMPLE = ("exemple :", "example:", "exemple:", "example :")
MEANT = 3
"""Columns that a row must name to be the headers."""


@dataclass(frozen=True, order=True)
class CellFault:
    """One thing wrong, and where: sheet, row, and the column by its letter and header."""

    sheet: str
    row: int
    column: str
    why: str

    def __str__(self) -> str:
        where = [f"sheet '{self.sheet}'", f"row {self.row}" if self.row else "", self.column]
        return f"{', '.join(part for part in where if part)}: {self.why}"


@dataclass(frozen=True, kw_only=True)
class RegisterRecord:
    """One row of a register: its values by the place where they go in a system file, and the columns they came from."""

    sheet: str
    row: int
    values: Mapping[tuple[str, ...], Any]
    columns: Mapping[tuple[str, ...], str]

    def fault(self, why: str, *path: str) -> CellFault:
        """A fault of this row, at the column of a key where it has one, else at the status, which it contradicts."""
        return CellFault(self.sheet, self.row, self.columns.get(path) or self.columns.get(("status",), ""), why)


@dataclass(kw_only=True)
class SheetReading:
    """What was read: records, faults, and what was left aside without being wrong."""

    records: list[RegisterRecord] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_register(path: Path) -> SheetReading:
    """Every row of every visible sheet that has the headers of a register.

    Raises SourceError for a file that cannot be read or has no such sheet.
    """
    reading, found = SheetReading(), False
    for sheet in open_workbook(path):
        headers = _headers(sheet)
        if headers is None:
            continue
        if sheet.hidden:
            reading.notes.append(f"sheet '{sheet.name}' is hidden: not read")
            continue
        found = True
        _read_sheet(sheet, *headers, reading)
    if not found:
        names = ", ".join(column.names[0] for column in COLUMNS if column.needed)
        raise SourceError(
            f"no visible sheet has the columns of a register: {names}.",
            where=str(path),
            next_step="Make one with `boussole systems import --template FILE.xlsx`.",
        )
    return reading


def _headers(sheet: Sheet) -> tuple[int, Mapping[int, Meaning]] | None:
    """The row of the headers and their columns: of the first rows, the one that names most columns."""
    named = [(number, read_headers([_said(v) for v in sheet.rows[number]])) for number in _first(sheet)]
    number, columns = max(named, key=lambda pair: len(pair[1]), default=(0, {}))
    return (number, columns) if len(columns) >= MEANT else None


def _first(sheet: Sheet) -> list[int]:
    return sorted(number for number in sheet.rows if number <= HEADERS_WITHIN)


def _said(value: Any) -> str:
    return value[:200] if isinstance(value, str) else ""


def letter(place: int) -> str:
    """The letter of a column, counted from 0.

    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place + 1))


def _read_sheet(sheet: Sheet, at: int, columns: Mapping[int, Meaning], reading: SheetReading) -> None:
    header = {place: f"column {letter(place)} ({_said(sheet.rows[at][place])})" for place in columns}
    reading.faults += _bad_headers(sheet, at, columns)
    reading.notes += _unread(sheet, at, columns)
    for number in sorted(number for number in sheet.rows if number > at):
        cells = sheet.rows[number]
        if not any(_filled(cells[place]) for place in columns) and not _unsettled(sheet, number, columns):
            continue
        name = next((cells[place] for place, (column, _) in columns.items() if column.path == ("title",)), None)
        if isinstance(name, str) and name.strip().lower().startswith(EXAMPLE):
            reading.notes.append(f"sheet '{sheet.name}', row {number}: an example, not read")
            continue
        reading.records.append(_record(sheet, number, columns, header, reading.faults))


def _filled(value: Any) -> bool:
    return value is not None and bool(str(value).strip())


def _unsettled(sheet: Sheet, number: int, columns: Mapping[int, Meaning]) -> bool:
    return any((number, place + 1) in sheet.unsettled for place in columns)


def _bad_headers(sheet: Sheet, at: int, columns: Mapping[int, Meaning]) -> Iterator[CellFault]:
    seen: dict[tuple[tuple[str, ...], str], int] = {}
    for place, (column, lang) in columns.items():
        key = (column.path, lang if column.lang else "")
        if key in seen:
            yield CellFault(sheet.name, at, f"column {letter(place)}", f"means the same as column {letter(seen[key])}")
        seen.setdefault(key, place)
    named = {column.path for column, _ in columns.values()}
    for column in COLUMNS:
        if column.needed and column.path not in named:
            yield CellFault(sheet.name, at, "", f"the column '{column.names[0]}' ('{column.names[1]}') is missing")
    for place, value in enumerate(sheet.rows[at]):
        if place not in columns and (name := likely(_said(value))):
            yield CellFault(
                sheet.name, at, f"column {letter(place)}", f"'{_said(value)}' is not known: did you mean '{name}'?"
            )
    if sheet.deepest > LAST_ROW:
        yield CellFault(
            sheet.name, sheet.deepest, "", f"a register has at most {LAST_ROW:,} rows: clear what is below it"
        )
    if sheet.widest > LAST_COLUMN:
        yield CellFault(sheet.name, at, "", f"a register has at most {LAST_COLUMN} columns: clear what is beside it")


def _unread(sheet: Sheet, at: int, columns: Mapping[int, Meaning]) -> list[str]:
    """Columns with a name that no register has: told, since nothing of them is kept."""
    others = [
        v for place, v in enumerate(sheet.rows[at]) if place not in columns and _filled(v) and not likely(_said(v))
    ]
    listed = ", ".join(f"'{str(value)[:40]}'" for value in others)
    return [f"sheet '{sheet.name}': not read: the column{'s' if len(others) > 1 else ''} {listed}"] if others else []


def _record(
    sheet: Sheet, number: int, columns: Mapping[int, Meaning], header: Mapping[int, str], faults: list[CellFault]
) -> RegisterRecord:
    values: dict[tuple[str, ...], Any] = {}
    told: dict[tuple[str, ...], str] = {}
    for place, (column, lang) in columns.items():
        told.setdefault(column.path, header[place])
        path = (*column.path, lang) if column.lang else column.path
        try:
            value = _cell(sheet, number, place, column)
        except CellError as error:
            faults.append(CellFault(sheet.name, number, header[place], str(error)))
            values[path] = None
            continue
        if value is not None:
            values[path] = value
    record = RegisterRecord(sheet=sheet.name, row=number, values=values, columns=told)
    faults += _missing(record)
    return record


def _cell(sheet: Sheet, number: int, place: int, column: RegisterColumn) -> Any:
    if (number, place + 1) in sheet.unsettled:
        raise CellError("holds a formula without a result: save the file in a spreadsheet program, or write the value")
    if coordinates := sheet.across.get((number, place + 1)):
        raise CellError(f"is merged over columns ({coordinates}): separate the cells")
    return read(sheet.rows[number][place], column)


def _missing(record: RegisterRecord) -> Iterator[CellFault]:
    """Needed values of a row that are empty; a cell that is wrong has been told."""
    given: Sequence[tuple[str, ...]] = list(record.values)
    for column in COLUMNS:
        empty = not any(path[: len(column.path)] == column.path for path in given)
        if column.needed and empty and column.path in record.columns:
            yield record.fault("is empty", *column.path)
