"""Numbers as people write them, 1 234,5, made into 1234.5: what a comma means is told or follows from all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import duckdb

from boussole.audits.errors import SourceError
from boussole.audits.lake.tables import literal, quote

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
TELL = "Give --decimal , or --decimal . (or `files: {decimal: …}` in the system file)."


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
    found = [_evidence(connection, column) for column in columns]
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
            next_step=TELL,
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
        next_step=TELL,
    )


def _both(column: str, where: str) -> SourceError:
    return SourceError(
        f"the column '{column}' has numbers with a decimal comma and others with a decimal point.",
        where=where,
        next_step="Write them all in one way.",
    )


def _evidence(connection: duckdb.DuckDBPyConnection, column: str) -> NumberEvidence:
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
