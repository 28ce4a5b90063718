"""Numbers and dates of the rows that were read, made such as computers write them; and the sentence that says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from boussole.audits.errors import SourceError
from boussole.audits.lake.tables import literal, one, quote
from boussole.audits.systems.model import ORDERS, Files

SPACE = "[ \\x{00a0}\\x{202f}\\x{2009}]"
"""What stands between thousands in French: a space, one that never ends a line, or a narrow one."""
SIGN = "[+-]?"
PLAIN = rf"{SIGN}\d+(\.\d+)?([eE][+-]?\d+)?"
WHOLE = rf"(\d{{1,3}}({SPACE}\d{{3}})+|\d+)"
FRENCH = rf"{SIGN}{WHOLE}(,\d+)?"
DOTTED = rf"{SIGN}[1-9]\d{{0,2}}(\.\d{{3}})+(,\d+)?"
ENGLISH = rf"{SIGN}[1-9]\d{{0,2}}(,\d{{3}})+(\.\d+)?"
SPACED_POINT = rf"{SIGN}\d{{1,3}}({SPACE}\d{{3}})+\.\d+"
THREE = rf"{SIGN}[1-9]\d{{0,2}},\d{{3}}"
"""One comma and three figures: a decimal number in French, thousands in English."""
NUMBER_FORMAT_OPTIONS = "Give --decimal , or --decimal . (or `files: {decimal: …}` in the system file)."


@dataclass(frozen=True)
class NumberEvidence:
    """The cells of a column by what their commas mean (`comma`, `thousands`, `either`) or their points."""

    column: str
    comma: int
    thousands: int
    either: int
    points: int
    dots: int


def _is(cell: str, *patterns: str) -> str:
    return " OR ".join(f"regexp_full_match({cell}, {literal(pattern)})" for pattern in patterns)


def numeric(column: str) -> tuple[str, str]:
    """Return SQL, twice: whether a column is mostly numbers with commas; whether a point may part thousands."""
    cell = f"trim({quote(column)})"
    number = _is(cell, PLAIN, FRENCH, DOTTED, ENGLISH, SPACED_POINT)
    most = f"2 * count(*) FILTER ({number}) >= count(*) FILTER ({cell} <> '')"
    other = f"count(*) FILTER (({number}) AND NOT ({_is(cell, PLAIN)}))"
    return f"{other} > 0 AND {most}", f"count(*) FILTER ({_is(cell, DOTTED)}) > 0 AND {most}"


def decimal_of(
    connection: duckdb.DuckDBPyConnection,
    columns: Sequence[str],
    *,
    told: str | None,
    where: str,
    pointed: Collection[str] = (),
) -> tuple[str | None, list[str]]:
    """Return what stands before decimals in these columns of `incoming`, and the columns that it changes.

    None where no column has a comma. Raises SourceError where commas and points contradict one another, and where
    nothing tells what they mean.
    """
    found = [_number_evidence(connection, column) for column in columns]
    found = [replace(each, points=max(each.points, 1)) if each.column in pointed else each for each in found]
    decimal = told or _decided(found, where)
    if decimal == ",":
        for each in found:
            if each.points and (each.comma or each.either):
                raise _both(each.column, where)
            if each.dots and not (told or each.comma or each.either or each.points):
                raise _unclear(each.column, "a point", each.dots, where)
        return ",", [each.column for each in found if not each.points]
    return decimal, [each.column for each in found if not each.dots or each.thousands]


def _decided(found: Sequence[NumberEvidence], where: str) -> str | None:
    comma = next((each for each in found if each.comma), None)
    english = next((each for each in found if each.thousands or (each.either and each.points)), None)
    if comma and english:
        raise SourceError(
            f"the column '{comma.column}' has decimal commas, and '{english.column}' commas between thousands.",
            where=where,
            next_step=NUMBER_FORMAT_OPTIONS,
        )
    either = next((each for each in found if each.either), None)
    if either and not comma and not english:
        raise _unclear(either.column, "a comma", either.either, where)
    return "," if comma else "." if english else None


def _unclear(column: str, sign: str, count: int, where: str) -> SourceError:
    return SourceError(
        f"the column '{column}' holds {count:,} number(s) with {sign} before three figures, decimals or thousands: "
        "nothing in the file tells which.",
        where=where,
        next_step=NUMBER_FORMAT_OPTIONS,
    )


def _both(column: str, where: str) -> SourceError:
    return SourceError(
        f"the column '{column}' has numbers with a decimal comma and others with a decimal point.",
        where=where,
        next_step="Write them all in one way.",
    )


def _number_evidence(connection: duckdb.DuckDBPyConnection, column: str) -> NumberEvidence:
    cell = f"trim({quote(column)})"
    three, english, dotted = _is(cell, THREE), _is(cell, ENGLISH), _is(cell, DOTTED)
    comma = f"({_is(cell, FRENCH)}) AND contains({cell}, ',') AND NOT ({three})"
    german = f"{dotted} AND contains({cell}, ',')"
    row = connection.execute(
        f"SELECT count(*) FILTER (({comma}) OR ({german})), count(*) FILTER ({english} AND NOT ({three})), "
        f"count(*) FILTER ({three}), count(*) FILTER (({_is(cell, PLAIN, SPACED_POINT)}) AND contains({cell}, '.') "
        f"AND NOT {dotted}), count(*) FILTER ({dotted} AND NOT contains({cell}, ',')) "
        f"FROM incoming WHERE {cell} <> ''"
    ).fetchone()
    assert row is not None  # noqa: S101 (a count is always there)
    return NumberEvidence(column, *row)


def rewritten_number(value: str, decimal: str | None) -> str:
    """SQL: a number without spaces and with a decimal point; the value itself where it is no such number."""
    cell = f"trim({value})"
    bare = f"regexp_replace({cell}, {literal(SPACE)}, '', 'g')"
    if decimal == ",":
        made = f"WHEN {_is(cell, FRENCH, DOTTED)} THEN replace(replace({bare}, '.', ''), ',', '.')"
    elif decimal == ".":
        made = f"WHEN {_is(cell, ENGLISH, SPACED_POINT)} THEN replace({bare}, ',', '')"
        made += f" WHEN {_is(cell, SIGN + WHOLE)} THEN {bare}"
    else:
        made = f"WHEN {_is(cell, SIGN + WHOLE, SPACED_POINT)} THEN {bare}"
    return f"CASE {made} ELSE {value} END"


CLOCK = r"([ T]+\d{1,2}[:hH]\d{2}(:\d{2}([.,]\d+)?)?)?"
WRITTEN = rf"(\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{4}}|\d{{1,2}}/\d{{1,2}}/\d{{2}}){CLOCK}"
"""Day and month in either order, then the year; two figures of a year only between slashes (1.12.30 is a version)."""
ISO = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T].*)?"
DATE_ORDER_OPTIONS = "Give --dates dd/mm/yyyy or --dates mm/dd/yyyy (or `files: {dates: …}` in the system file)."


@dataclass(frozen=True)
class DateEvidence:
    """What all dates of a column say of their order: how many can only be day/month, or month/day; and where first."""

    column: str
    dates: int
    day_first: int
    day_row: int | None
    month_first: int
    month_row: int | None


def dated(column: str) -> str:
    """SQL: the share of the filled cells of a column that are dates, and how many need their order known."""
    cell = f"trim({quote(column)})"
    slashed = f"regexp_full_match({cell}, {literal(WRITTEN)})"
    iso = f"regexp_full_match({cell}, {literal(ISO)})"
    filled = f"count(*) FILTER ({cell} <> '')"
    return f"count(*) FILTER ({slashed}) > 0 AND 2 * count(*) FILTER ({slashed} OR {iso}) >= {filled}"


def order_of(connection: duckdb.DuckDBPyConnection, columns: Sequence[str], *, where: str) -> str | None:
    """Return the order of the dates in these columns of `incoming`; None where there are no such columns.

    Raises SourceError where nothing tells the order, or where both orders occur.
    """
    found = [_date_evidence(connection, column) for column in columns]
    day = next((each for each in found if each.day_first), None)
    month = next((each for each in found if each.month_first), None)
    if day and month:
        raise SourceError(
            f"dates of two kinds: row {day.day_row:,} of the column '{day.column}' can only be day/month, "
            f"row {month.month_row:,} of '{month.column}' only month/day.",
            where=where,
            next_step="Write them all in one way.",
        )
    if not found:
        return None
    if not day and not month:
        raise SourceError(
            f"the column '{found[0].column}' holds {found[0].dates:,} date(s) that can be read both as day/month and "
            "as month/day, and nothing in the file tells which.",
            where=where,
            next_step=DATE_ORDER_OPTIONS,
        )
    return "%d/%m/%Y" if day else "%m/%d/%Y"


def _date_evidence(connection: duckdb.DuckDBPyConnection, column: str) -> DateEvidence:
    cell = f"trim({quote(column)})"
    first, second = (
        f"TRY_CAST(regexp_extract({cell}, '^(\\d{{1,2}})[/.-](\\d{{1,2}})', {n}) AS INTEGER)" for n in (1, 2)
    )
    row = connection.execute(
        f"SELECT count(*), count(*) FILTER (a > 12), min(row) FILTER (a > 12), count(*) FILTER (b > 12), "
        f"min(row) FILTER (b > 12) FROM (SELECT row, {first} AS a, {second} AS b FROM incoming "
        f"WHERE regexp_full_match({cell}, {literal(WRITTEN)}))"
    ).fetchone()
    assert row is not None  # noqa: S101 (a count is always there)
    return DateEvidence(column, *row)


def moment(column: str, dates: str) -> str:
    """SQL: the moment that a cell says, NULL where it is no such date."""
    cell = f"trim({quote(column)})"
    if dates not in ORDERS:
        return _parsed(cell, dates)
    # One way to write each part: then a short list of formats reads them all.
    one = f"regexp_replace({cell}, '^(\\d{{1,2}})[/.-](\\d{{1,2}})[/.-](\\d+)', '\\1/\\2/\\3')"
    one = f"regexp_replace({one}, '[ T]+(\\d{{1,2}})[hH:](\\d{{2}})', ' \\1:\\2')"
    read = f"CASE WHEN {_short(cell)} THEN {_parsed(one, dates.replace('Y', 'y'))} ELSE {_parsed(one, dates)} END"
    return f"CASE WHEN regexp_full_match({cell}, {literal(WRITTEN)}) THEN {read} END"


def as_iso(moment: str, value: str) -> str:
    """SQL: a moment as 2026-02-01 or 2026-02-01T14:05:00; the value as it is where there is no moment."""
    day, clock = f"strftime({moment}, '%Y-%m-%d')", f"strftime({moment}, '%Y-%m-%dT%H:%M:%S')"
    midnight = f"date_trunc('day', {moment}) = {moment}"
    return f"CASE WHEN {moment} IS NULL THEN {value} WHEN {midnight} THEN {day} ELSE {clock} END"


def _short(cell: str) -> str:
    return f"regexp_matches({cell}, '^\\d{{1,2}}/\\d{{1,2}}/\\d{{2}}(\\D|$)')"


def _parsed(cell: str, dates: str) -> str:
    """SQL: the moment that a text is in a format; a clock may follow where the format has none."""
    clocks = ("",) if re.search(r"%[HIMS]", dates) else ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f")
    return f"try_strptime({cell}, [{', '.join(literal(dates + clock) for clock in clocks)}])"


TOTAL = re.compile(r"((sous-|sub)?total|grand total|totaux|total g[ée]n[ée]ral|somme|sum)( :|:)?", re.IGNORECASE)
"""How the last line of a table begins that sums up the others."""
SAMPLE = 20_000
"""Rows, spread over the file, that tell which columns hold numbers or dates."""


@dataclass(frozen=True, kw_only=True)
class FileReading:
    """How a file was read, as far as another way would have given something else."""

    encoding: str | None = None
    separator: str | None = None
    decimal: str | None = None
    dates: str | None = None
    header: bool = True
    sheet: str | None = None

    def sentence(self, say: Callable[..., str] = str.format) -> str:
        """Describe in one sentence how the values were read; `say` translates its parts."""
        separator = {None: None, "\\t": say("tab"), "\t": say("tab")}.get(self.separator, f"`{self.separator}`")
        decimal = {",": say("decimal comma"), ".": say("decimal point, commas between thousands")}.get(
            self.decimal or ""
        )
        dates = say("dates {order}", order=say(ORDERS.get(self.dates, self.dates))) if self.dates else None
        sheet = say("Excel, sheet '{name}'", name=self.sheet) if self.sheet else None
        parts = [self.encoding, sheet, separator, decimal, dates, None if self.header else say("no line of names")]
        return say("read as {parts}", parts=", ".join(part for part in parts if part))

    def files(self) -> dict[str, str | bool]:
        """Return what the next file may not tell by itself, as keys of a system file."""
        told = {"decimal": self.decimal, "dates": self.dates, "header": None if self.header else False}
        return {key: value for key, value in told.items() if value is not None}

    def mark(self) -> str:
        """What the content alone does not tell, for its hash; empty where it does: the way it was always read."""
        other = (self.decimal, self.dates, self.sheet, self.header)
        plain = self.encoding in (None, "UTF-8") and other == (None, None, None, True)
        return "" if plain else repr((self.encoding, *other))


def rewrite(
    connection: duckdb.DuckDBPyConnection,
    columns: Sequence[str],
    *,
    files: Files,
    where: str,
    pointed: Collection[str] = (),
) -> tuple[str | None, str | None]:
    """Rewrite numbers and dates in text columns of `incoming`. Returns the decimal mark and the order of dates.

    `pointed` columns are known to have a decimal point. Raises SourceError where neither the file nor `files` tells.
    """
    if not columns:
        return None, None
    dates, spaced, dotted = _kinds(connection, columns)
    order = files.dates or order_of(connection, dates, where=where)
    if files.dates:
        dates = [column for column in columns if _mostly(connection, column, moment(column, files.dates))]
    numbers = [*spaced, *dotted] if spaced or files.decimal == "," else []
    decimal, changed = decimal_of(connection, numbers, told=files.decimal, where=where, pointed=pointed)
    moments = {f"_moment{n}": moment(column, str(order)) for n, column in enumerate(dates)}
    made = {column: rewritten_number(quote(column), decimal) for column in changed if column not in dates}
    made |= {column: as_iso(name, quote(column)) for name, column in zip(moments, dates, strict=True)}
    _replace(connection, moments, made)
    return decimal if changed else None, order if dates else None


def _mostly(connection: duckdb.DuckDBPyConnection, column: str, value: str) -> bool:
    """Whether some cells are dates of a format, and at least half of the filled ones are dates."""
    cell = f"trim({quote(column)})"
    iso = f"regexp_full_match({cell}, {literal(ISO)})"
    found = connection.execute(
        f"SELECT count({value}) > 0 AND 2 * count(*) FILTER ({value} IS NOT NULL OR {iso}) >= "
        f"count(*) FILTER ({cell} <> '') FROM incoming"
    ).fetchone()
    return bool(found and found[0])


def _replace(connection: duckdb.DuckDBPyConnection, moments: Mapping[str, str], made: Mapping[str, str]) -> None:
    """Puts what was made of columns in their place, by way of the moments of dates, each worked out once."""
    if not made:
        return
    also = "".join(f", {value} AS {name}" for name, value in moments.items())
    without = f"EXCLUDE ({', '.join(moments)}) " if moments else ""
    listed = ", ".join(f"{value} AS {quote(column)}" for column, value in made.items())
    rows = f"SELECT * {without}REPLACE ({listed}) FROM (SELECT *{also} FROM incoming)"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE incoming AS {rows}")


def totals(connection: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> tuple[int, str] | None:
    """Row and column of a line of totals at the end of the table `incoming`, which is taken out of it."""
    if not columns:
        return None
    listed = ", ".join(quote(column) for column in columns)
    last = connection.execute(f"SELECT row, {listed} FROM incoming ORDER BY row DESC LIMIT 1").fetchone()
    filled = [(column, str(cell)) for column, cell in zip(columns, (last or (0,))[1:], strict=False) if cell]
    if last is None or not filled or not TOTAL.fullmatch(filled[0][1].strip()):
        return None
    column, cell = filled[0]
    if one(connection, f"SELECT count(*) FROM incoming WHERE {quote(column)} = {literal(cell)}") > 1:  # a category
        return None
    connection.execute("DELETE FROM incoming WHERE row = ?", [last[0]])
    return int(last[0]), column


def _kinds(connection: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Columns of dates whose order matters, of numbers with commas or spaces, and of numbers with points alone."""
    step = max(one(connection, "SELECT count(*) FROM incoming") // SAMPLE, 1)
    tests = [test for column in columns for test in (dated(column), *numeric(column))]
    row = connection.execute(f"SELECT {', '.join(tests)} FROM incoming WHERE row % {step} = 0").fetchone() or ()
    is_date, is_spaced, is_dotted = (dict(zip(columns, row[start::3], strict=False)) for start in range(3))
    dates = [column for column in columns if is_date.get(column)]
    numbers = [column for column in columns if column not in dates]
    spaced = [column for column in numbers if is_spaced.get(column)]
    return dates, spaced, [column for column in numbers if is_dotted.get(column) and column not in spaced]
