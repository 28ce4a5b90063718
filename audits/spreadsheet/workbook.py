"""Opening a workbook that came from anywhere: bounded, without running or expanding anything."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from boussole.audits.errors import SourceError

LARGEST_FILE, LARGEST_UNPACKED = 25_000_000, 120_000_000
"""Bytes of a workbook, and of all that it unpacks to."""
LAST_ROW, LAST_COLUMN = 10_000, 100
DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError)
NEXT = "Save it as an Excel workbook (.xlsx), without a password."


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet: its rows as they stand, by their number; a merged cell repeats the value of its first one.

    `unsettled` are cells (row, column) whose formula was never calculated; `across` those merged over columns;
    `deepest` is the last row, and `widest` the last column, that hold anything.
    """

    name: str
    hidden: bool
    rows: Mapping[int, tuple[Any, ...]]
    unsettled: frozenset[tuple[int, int]] = frozenset()
    across: Mapping[tuple[int, int], str] = field(default_factory=dict)
    deepest: int = 0
    widest: int = 0


def open_workbook(path: Path) -> list[Sheet]:
    """The sheets of a workbook, values of formulas as they were last calculated.

    Raises SourceError for a file that is no workbook, is damaged, or unpacks to too much.
    """
    content = _content(path)
    refuse_no_workbook(io.BytesIO(content), where=str(path), largest=LARGEST_UNPACKED)
    formulas = _loaded(content, path, values=False)
    computed = _loaded(content, path, values=True) if _has_formulas(formulas) else formulas
    sheets = [name for name in formulas.sheetnames if hasattr(formulas[name], "iter_rows")]
    return [_sheet(formulas[name], computed[name]) for name in sheets]


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise SourceError("there is no such file.", where=str(path), next_step="Check the path.")
    if (size := path.stat().st_size) > LARGEST_FILE:
        raise SourceError(
            f"the file has {size:,} bytes; a register has less than {LARGEST_FILE:,}.",
            where=str(path),
            next_step="Remove pictures and other sheets.",
        )
    return path.read_bytes()


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


def _loaded(content: bytes, path: Path, *, values: bool) -> Any:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(content), data_only=values, keep_links=False)
    except Exception as error:  # on a damaged file the library raises nearly anything
        raise SourceError("this Excel workbook is damaged.", where=str(path), next_step=NEXT) from error


def _has_formulas(workbook: Any) -> bool:
    return any(cell.data_type == "f" for sheet in workbook.worksheets for row in _cells(sheet) for cell in row)


def _cells(sheet: Any) -> Iterator[tuple[Any, ...]]:
    last_row, last_column = min(sheet.max_row or 1, LAST_ROW), min(sheet.max_column or 1, LAST_COLUMN)
    return iter(sheet.iter_rows(max_row=last_row, max_col=last_column))


def _sheet(formulas: Any, computed: Any) -> Sheet:
    written = {c.coordinate: c.value for row in _cells(formulas) for c in row if c.data_type == "f"}
    rows = {row[0].row: [cell.value for cell in row] for row in _cells(computed)}
    unsettled = {
        (cell.row, cell.column)
        for row in _cells(computed)
        for cell in row
        if cell.coordinate in written and cell.value is None
    }
    across = _unmerge(computed, rows)
    return Sheet(
        name=formulas.title,
        hidden=formulas.sheet_state != "visible",
        rows={number: tuple(values) for number, values in rows.items()},
        unsettled=frozenset(unsettled),
        across=across,
        deepest=formulas.max_row or 0,
        widest=formulas.max_column or 0,
    )


def _unmerge(sheet: Any, rows: dict[int, list[Any]]) -> dict[tuple[int, int], str]:
    """Gives every cell of a range that is merged downwards its value; returns the cells merged over columns."""
    across = {}
    for merged in sheet.merged_cells.ranges:
        if merged.min_row not in rows or merged.min_col > len(rows[merged.min_row]):
            continue
        value = rows[merged.min_row][merged.min_col - 1]
        for number in range(merged.min_row, min(merged.max_row, LAST_ROW) + 1):
            if merged.max_col > merged.min_col:
                across[number, merged.min_col] = merged.coord
            elif number in rows:
                rows[number][merged.min_col - 1] = value
    return across
