"""Where columns end and what they are called: found out from the first lines, refused where it cannot be told."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from boussole.audits.decisions.files.header import common, name_columns
from boussole.audits.errors import SourceError
from boussole.audits.systems.files import Files

SEPARATORS = (";", ",", "\t", "|")
SAMPLE = 1 << 18
"""Characters that are looked at."""
AGREE = 0.9
"""Share of the lines that have as many columns as the first one, for a separator to be it."""


@dataclass(frozen=True)
class Dialect:
    """How lines are split: `names` are those of the columns, in order; `skip` lines stand before the first row.

    `twice` are names that the file gives to more than one column, whatever their case: DuckDB's names know none.
    """

    separator: str
    escape: str
    skip: int
    names: tuple[str, ...]
    twice: frozenset[str] = frozenset()


def find_dialect(text: str, *, whole: bool, files: Files, wanted: Sequence[str], where: str) -> Dialect:
    """The dialect of a text of which this is the beginning, or all of it (`whole`); `wanted` columns should be there.

    Raises SourceError where the separator cannot be told, where a title stands above the names of the columns, and
    where there are no names.
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
    return Dialect(separator, escape, int(bool(told)) + _blank(body) + head.lines, head.names, head.twice)


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
        f"the columns can be separated in two ways: {' or '.join(map(_shown, widest[:2]))}.",
        where=where,
        next_step="Give --separator (or `files: {separator: …}` in the system file).",
    )


def _shown(separator: str) -> str:
    return "tab" if separator == "\t" else f"`{separator}`"


def _agreement(rows: Sequence[Sequence[str]]) -> float:
    return sum(len(row) == len(rows[0]) for row in rows) / len(rows)
