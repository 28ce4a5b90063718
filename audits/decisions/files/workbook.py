"""The rows of an Excel workbook, read as they stream by; dates come as dates, whatever the workbook shows."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from boussole.audits.errors import SourceError, nearest
from boussole.audits.reasons import Reason, Told

if TYPE_CHECKING:
    import pyarrow as pa

LARGEST_UNPACKED = 4_000_000_000
"""Bytes that a workbook unpacks to; a sheet has at most 1,048,576 rows."""
BATCH = 20_000
ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
"""What a spreadsheet shows where a formula went wrong."""
DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError)
NEXT = "Save it as an Excel workbook (.xlsx), without a password."
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell [^>]*?ref=\"([A-Z]+[0-9]+:[A-Z]+[0-9]+)\"")
_OPEN = re.compile(
    rb"<(?:\w+:)?c (?![^>]*\bt=\"str\")[^>]*?\br=\"([A-Z]+[0-9]+)\"[^>]*>\s*"
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>|</(?:\w+:)?c>)"
)
"""A cell with a formula and no result of it; an empty text is a result."""
OVERLAP = 16_384


@dataclass
class SourceSheet:
    """One sheet: the names of its columns, its rows as text, and the rows that cannot be read.

    `header` is the row that holds the names (0: none); `faults` (row, column, reason) and `pointed` (columns with
    decimals) are known once the rows were read.
    """

    path: Path
    name: str
    names: tuple[str, ...]
    header: int
    faults: list[tuple[int, str, Reason | Told]] = field(default_factory=list)
    pointed: set[str] = field(default_factory=set)

    def reader(self) -> pa.RecordBatchReader:
        """Row numbers, from 1 below the names, and all columns as text, a batch at a time."""
        import pyarrow as pa

        schema = pa.schema([("row", pa.int64()), *((name, pa.string()) for name in self.names)])
        return pa.RecordBatchReader.from_batches(schema, self._batches(schema))

    def _batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        rows = self._rows()
        while held := list(islice(rows, BATCH)):
            yield pa.record_batch(list(map(list, zip(*held, strict=True))), schema=schema)

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        """Each row that holds something and can be read."""
        width = len(self.names)
        with _opened(self.path) as book:
            for at, cells in _filled(book[self.name], self.path):
                if at <= self.header:
                    continue
                texts = [text_of(cell) for cell in cells]
                if fault := self._fault(texts):
                    self.faults.append((at - self.header, *fault))
                    continue
                self.pointed |= {
                    name
                    for name, cell in zip(self.names, cells, strict=False)
                    if isinstance(cell, float) and not cell.is_integer()
                }
                yield (at - self.header, *texts[:width], *[None] * (width - len(texts)))

    def _fault(self, texts: Sequence[str | None]) -> tuple[str, Reason | Told] | None:
        """The column and the reason for which a row cannot be read."""
        for place, text in enumerate(texts):
            if text is not None and place >= len(self.names):
                return f"(column {place + 1})", Reason.NAMELESS
            if text in ERRORS:
                return self.names[place], Reason.EXCEL_ERROR.told(value=text)
        return None


def open_sheet(path: Path, *, sheet: str | None, header: bool) -> tuple[SourceSheet, list[list[str]]]:
    """Open a sheet of a workbook, the named one or the only filled one. Returns it and its first rows as text.

    Raises SourceError for what is no workbook, for several sheets, merged cells, and formulas without a result.
    """
    with path.open("rb") as file:
        refuse_no_workbook(file, where=str(path), largest=LARGEST_UNPACKED)
    with _opened(path) as book:
        chosen = _chosen(book, sheet, path)
        member = str(chosen._worksheet_path)
        first = [(at, [text_of(cell) or "" for cell in cells]) for at, cells in islice(_filled(chosen, path), 1001)]
        name = str(chosen.title)
    if not first:
        raise SourceError(f"the sheet '{name}' is empty.", where=str(path), next_step="Give --sheet, or fill it.")
    _refuse_unclear(path, member, name)
    at = first[0][0] if header else first[0][0] - 1
    return SourceSheet(path, name, (), at), [row for _, row in first]


def refuse_no_workbook(file: IO[bytes], *, where: str, largest: int) -> None:
    """Refuses what is no workbook, a bomb that unpacks to gigabytes, and XML that declares entities."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if "[Content_Types].xml" not in archive.namelist():
                raise SourceError("this is no Excel workbook.", where=where, next_step=NEXT)
            if (size := sum(part.file_size for part in parts)) > largest:
                raise SourceError(
                    f"it unpacks to {size:,} bytes; less than {largest:,} are read.",
                    where=where,
                    next_step="Copy the table alone into a new workbook.",
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.open(part).read(4096):
                    raise SourceError("a part of it declares a document type.", where=where, next_step=NEXT)
    except DAMAGED as error:
        raise SourceError("this is no Excel workbook, or it is damaged.", where=where, next_step=NEXT) from error


def text_of(cell: Any) -> str | None:
    """Return the text of a cell, independent of locale: a date as 2026-09-30, true and false, a decimal point."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(timespec="seconds")
    if isinstance(cell, dt.timedelta):
        return f"{cell.total_seconds():g}"
    return str(cell)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # on a damaged file the library raises nearly anything
            raise SourceError("this Excel workbook is damaged.", where=str(path), next_step=NEXT) from error
        try:
            yield book
        finally:
            book.close()


def _filled(sheet: Any, path: Path) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows that hold something, by their number; without the empty cells at their end."""
    try:
        sheet.reset_dimensions()  # what a workbook says of its size is often wrong
        for at, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            last = max((place for place, cell in enumerate(cells, 1) if cell is not None), default=0)
            if last:
                yield at, cells[:last]
    except Exception as error:  # on a damaged file the library raises nearly anything
        raise SourceError("this Excel workbook is damaged.", where=str(path), next_step=NEXT) from error


def _chosen(book: Any, wanted: str | None, path: Path) -> Any:
    sheets = {name: book[name] for name in book.sheetnames if hasattr(book[name], "iter_rows")}
    if wanted is not None:
        if wanted not in sheets:
            raise SourceError(
                f"there is no sheet '{wanted}'. {nearest(wanted, sheets)}",
                where=str(path),
                next_step="Correct --sheet.",
            )
        return sheets[wanted]
    seen = [name for name, sheet in sheets.items() if sheet.sheet_state == "visible"]
    filled = [name for name in seen if next(_filled(sheets[name], path), None)]
    if len(filled) > 1:
        names = ", ".join(f"'{name}'" for name in filled)
        raise SourceError(
            f"which sheet? Several hold something: {names}.",
            where=str(path),
            next_step="Give --sheet NAME (or `files: {sheet: …}` in the system file).",
        )
    if not filled:
        raise SourceError("no visible sheet holds anything.", where=str(path), next_step="Give --sheet, or fill one.")
    return sheets[filled[0]]


def _refuse_unclear(path: Path, member: str, name: str) -> None:
    """Raises SourceError for merged cells, and for formulas that were never worked out."""
    merged, unsettled = _marks(path, member)
    if unsettled:
        raise SourceError(
            f"sheet '{name}': the cell {unsettled[0]} holds a formula without a result{_more(unsettled)}.",
            where=str(path),
            next_step="Open it in a spreadsheet program and save it, or paste the values in place of the formulas.",
        )
    if merged:
        raise SourceError(
            f"sheet '{name}': the cells {merged[0]} are merged{_more(merged)}.",
            where=str(path),
            next_step="Separate them: each column has one name, each row its own values.",
        )


def _more(cells: Sequence[str]) -> str:
    return f" (and {len(cells) - 1} more)" if len(cells) > 1 else ""


def _marks(path: Path, member: str) -> tuple[list[str], list[str]]:
    """Ranges that are merged, and cells with a formula but no result, from the XML as it streams by."""
    merged: dict[str, None] = {}
    unsettled: dict[str, None] = {}
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member.lstrip("/")) as xml:
            rest = b""
            while piece := xml.read(1 << 20):
                text = rest + piece
                merged |= dict.fromkeys(found.decode() for found in _MERGED.findall(text))
                if b"f>" in text or b"<f" in text:
                    unsettled |= dict.fromkeys(found.decode() for found in _OPEN.findall(text))
                rest = text[-OVERLAP:]
    except (*DAMAGED, KeyError) as error:
        raise SourceError("this Excel workbook is damaged.", where=str(path), next_step=NEXT) from error
    return list(merged), list(unsettled)
