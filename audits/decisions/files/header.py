"""The names of the columns: the first line, where it is one of names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.errors import SourceError
from boussole.audits.systems.files import Files

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?")


@dataclass(frozen=True)
class TableHead:
    """The names of the columns, in order, and how many lines they take.

    `twice` are names that the file gives to more than one column, whatever their case: DuckDB's names know none.
    """

    names: tuple[str, ...]
    lines: int
    twice: frozenset[str] = frozenset()


def name_columns(rows: Sequence[Sequence[str]], *, files: Files, wanted: Sequence[str], where: str) -> TableHead:
    """What the columns are called; `rows` are the first ones, split, and `wanted` columns should be there.

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
    """Raises SourceError where the first line is a row like the others.

    It is one where a date stands above dates, where a text appears again below it, and where most of it are numbers
    above numbers (one number can be a name).
    """
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
