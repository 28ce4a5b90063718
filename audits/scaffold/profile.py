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
from boussole.audits.lake import clocks
from boussole.audits.lake.tables import one
from boussole.audits.scaffold.words import tokens
from boussole.audits.systems.files import Files
from boussole.audits.systems.kinds import Value

FEW = 30
"""Columns with at most that many different values have them listed."""
SAMPLE = 200_000
"""Rows that are profiled: a longer source is sampled, the same way each time."""


@dataclass(frozen=True)
class Profile:
    """One column: how many cells are filled and different, how many are numbers, whole numbers, dates, e-mails."""

    name: str
    type: str
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
    """The columns of a source, profiled on a sample of its rows where there are many.

    `rows` are those of the sample; `whole` and `sample` are relations, `total` counts the rows of the first.
    `reading` is how a file was read, where that had to be found out.
    """

    source: str
    total: int
    rows: int
    columns: Mapping[str, Profile]
    connection: duckdb.DuckDBPyConnection
    whole: str
    sample: str
    read: ColumnReader
    reading: FileReading | None = None

    def count(self, condition: str) -> int:
        """Rows of the whole source that meet an SQL condition over its columns."""
        return one(self.connection, f"SELECT count(*) FROM {self.whole} WHERE {condition}")

    def in_utc(self, column: str, zone: str) -> bool:
        """Whether times without an offset are spread over the hours that the clocks of a zone skip as over the hours
        beside these: such hours are those of UTC."""
        local, naive = self.read.moment(column, zone), f"NOT {self.read.tells_offset(column)}"
        moved = (f"({local} {shift} INTERVAL 1 HOUR)" for shift in "+-")
        before, after = (self.count(f"{naive} AND {clocks.skipped(each, zone)}") for each in moved)
        within = self.count(f"{naive} AND {clocks.skipped(local, zone)}")
        return within > 0 and 4 * within >= before + after

    def unique(self, column: Profile) -> bool:
        """Whether each row of the whole source has a value of its own there."""
        if not column.filled == column.distinct == self.rows:
            return False
        different = f"SELECT count(DISTINCT {self.read.text(column.name)}) FROM {self.whole}"
        return self.rows == self.total or one(self.connection, different) == self.total

    def unique_together(self, columns: Sequence[Profile]) -> bool:
        """Whether each row of the whole source has values of its own in these columns, and none is empty."""
        if any(column.filled < self.rows for column in columns):
            return False
        texts = ", ".join(self.read.text(column.name) for column in columns)
        for relation, rows in dict.fromkeys([(self.sample, self.rows), (self.whole, self.total)]):
            if one(self.connection, f"SELECT count(*) FROM (SELECT DISTINCT {texts} FROM {relation})") < rows:
                return False
        empty = " OR ".join(f"{self.read.text(column.name)} IS NULL" for column in columns)
        return self.count(empty) == 0


def profile(
    connection: duckdb.DuckDBPyConnection, source: str | Path, *, zone: str, files: Files | None = None
) -> SourceProfile:
    """The profile of every column of a source.

    Raises SourceError when the source cannot be read or holds no row.
    """
    opened = open_source(connection, source, Needs((), every=True), files)
    read, whole = ColumnReader(opened.types), opened.relation
    total = one(connection, f"SELECT count(*) FROM {whole}")
    if total == 0:
        raise SourceError("the file holds no row.", where=str(source), next_step="Give one with some decisions in it.")
    sample = whole if total <= SAMPLE else _sample(connection, whole)
    columns = {name: _column(connection, whole, sample, read, name, zone=zone) for name in opened.columns}
    return SourceProfile(
        str(source), total, min(total, SAMPLE), columns, connection, whole, sample, read, opened.reading
    )


def _sample(connection: duckdb.DuckDBPyConnection, whole: str) -> str:
    connection.execute(
        f"CREATE TEMP TABLE profiled AS FROM {whole} USING SAMPLE reservoir({SAMPLE} ROWS) REPEATABLE (1)"
    )
    return "profiled"


def _column(
    connection: duckdb.DuckDBPyConnection, whole: str, sample: str, read: ColumnReader, name: str, *, zone: str
) -> Profile:
    """Counts come from the sample; the values of a column with few of them from every row."""
    text, number, moment = read.text(name), read.number(name), read.moment(name, zone)
    row: tuple[Any, ...] | None = connection.execute(
        f"SELECT count(*), count(DISTINCT {text}), count({number}), count(*) FILTER ({number} = floor({number})), "
        f"min({number}), max({number}), count({moment}), min({moment}), max({moment}), "
        f"count(*) FILTER (regexp_matches({text}, '^[^@ ]+@[^@ ]+[.][^@ ]+$')), "
        f"count(*) FILTER ({_formula(read, name)}) FROM {sample} WHERE NOT {read.absent(name)}"
    ).fetchone()
    assert row is not None  # noqa: S101 (a count is always there)
    values: dict[str, int] = {}
    if row[1] <= FEW:
        query = f"SELECT {text}, count(*) FROM {whole} WHERE NOT {read.absent(name)} GROUP BY 1 ORDER BY 2 DESC, 1"
        values = {str(value): int(n) for value, n in connection.execute(query).fetchall()}
    filled, distinct, numbers, whole_numbers, low, high, dates, first, last, emails, formulas = row
    return Profile(
        name=name,
        type=read.types[name],
        filled=filled,
        distinct=len(values) or distinct,
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
    """A value as a system file writes it: true and false, numbers, else text.

    >>> typed("True"), typed("1.0"), typed("Low")
    (True, 1, 'Low')
    """
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number) or "_" in text:
        return text
    return int(number) if number.is_integer() else number
