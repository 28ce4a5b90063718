"""What the columns of a data file hold, read as an import would read them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from boussole.audits.decisions.contracts import Needs
from boussole.audits.decisions.contracts.columns import ColumnReader
from boussole.audits.decisions.files.values import FileReading
from boussole.audits.decisions.sources import open_source
from boussole.audits.errors import SourceError
from boussole.audits.lake.tables import one
from boussole.audits.scaffold.words import tokens
from boussole.audits.systems.kinds import Value
from boussole.audits.systems.model import Files

FEW = 30
"""Columns with at most that many different values have them listed."""


@dataclass(frozen=True)
class Profile:
    """One column: how many cells are filled and different, how many are numbers, whole numbers, dates, e-mails."""

    name: str
    filled: int
    distinct: int
    numbers: int
    whole: int
    low: float | None
    high: float | None
    dates: int
    first: dt.datetime | None
    last: dt.datetime | None
    emails: int
    formulas: int
    values: Mapping[str, int]

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of its name."""
        return tokens(self.name)

    @property
    def numeric(self) -> bool:
        return 0 < self.filled == self.numbers

    @property
    def dated(self) -> bool:
        return 0 < self.filled == self.dates

    @property
    def fractional(self) -> bool:
        """Whether it holds a number that is not whole."""
        return self.whole < self.numbers

    @property
    def two_valued(self) -> bool:
        return self.distinct == 2

    @property
    def flag(self) -> bool:
        """True where it says only yes or no: true and false, 1 and 0."""
        return self.two_valued and all(
            isinstance(typed(value), bool) or typed(value) in (0, 1) for value in self.values
        )


@dataclass(frozen=True)
class SourceProfile:
    """The columns of a source, the relation of its rows (`whole`), and how a file was read (`reading`)."""

    source: str
    rows: int
    columns: Mapping[str, Profile]
    connection: duckdb.DuckDBPyConnection
    whole: str
    read: ColumnReader
    reading: FileReading | None = None

    def count(self, condition: str) -> int:
        """Count the rows that meet an SQL condition over the columns."""
        return one(self.connection, f"SELECT count(*) FROM {self.whole} WHERE {condition}")

    def unique(self, column: Profile) -> bool:
        """Whether each row has a value of its own there."""
        return column.filled == column.distinct == self.rows

    def unique_together(self, columns: Sequence[Profile]) -> bool:
        """Whether each row has values of its own in these columns, and none is empty."""
        if any(column.filled < self.rows for column in columns):
            return False
        texts = ", ".join(self.read.text(column.name) for column in columns)
        return one(self.connection, f"SELECT count(*) FROM (SELECT DISTINCT {texts} FROM {self.whole})") == self.rows


def profile(
    connection: duckdb.DuckDBPyConnection, source: str | Path, *, zone: str, files: Files | None = None
) -> SourceProfile:
    """Profile every column of a source. Raises SourceError when the source cannot be read or holds no row."""
    opened = open_source(connection, source, Needs((), every=True), files)
    read, whole = ColumnReader(opened.types), opened.relation
    rows = one(connection, f"SELECT count(*) FROM {whole}")
    if rows == 0:
        raise SourceError("the file holds no row.", where=str(source), next_step="Give one with some decisions in it.")
    columns = {name: _column(connection, whole, read, name, zone=zone) for name in opened.columns}
    return SourceProfile(str(source), rows, columns, connection, whole, read, opened.reading)


def _column(connection: duckdb.DuckDBPyConnection, whole: str, read: ColumnReader, name: str, *, zone: str) -> Profile:
    text, number, moment = read.text(name), read.number(name), read.moment(name, zone)
    row: tuple[Any, ...] | None = connection.execute(
        f"SELECT count(*), count(DISTINCT {text}), count({number}), count(*) FILTER ({number} = floor({number})), "
        f"min({number}), max({number}), count({moment}), min({moment}), max({moment}), "
        f"count(*) FILTER (regexp_matches({text}, '^[^@ ]+@[^@ ]+[.][^@ ]+$')), "
        f"count(*) FILTER ({_formula(read, name)}) FROM {whole} WHERE NOT {read.absent(name)}"
    ).fetchone()
    assert row is not None  # noqa: S101 (a count is always there)
    values: dict[str, int] = {}
    if row[1] <= FEW:
        query = f"SELECT {text}, count(*) FROM {whole} WHERE NOT {read.absent(name)} GROUP BY 1 ORDER BY 2 DESC, 1"
        values = {str(value): int(n) for value, n in connection.execute(query).fetchall()}
    filled, distinct, numbers, whole_numbers, low, high, dates, first, last, emails, formulas = row
    return Profile(
        name=name,
        filled=filled,
        distinct=distinct,
        numbers=numbers,
        whole=whole_numbers,
        low=low,
        high=high,
        dates=dates,
        first=first,
        last=last,
        emails=emails,
        formulas=formulas,
        values=values,
    )


def _formula(read: ColumnReader, name: str) -> str:
    return read.formula(name) if read.is_text(name) else "false"


def typed(text: str) -> Value:
    """Return a value as a system file writes it: true and false, numbers, else text."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number) or "_" in text:
        return text
    return int(number) if number.is_integer() else number
