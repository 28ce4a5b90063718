"""Dates as people write them, 01/02/2026, made into 2026-02-01: which number is the day is told or follows from all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from boussole.audits.errors import SourceError
from boussole.audits.lake.tables import literal, quote
from boussole.audits.systems.files import ORDERS

CLOCK = r"([ T]+\d{1,2}[:hH]\d{2}(:\d{2}([.,]\d+)?)?)?"
WRITTEN = rf"(\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{4}}|\d{{1,2}}/\d{{1,2}}/\d{{2}}){CLOCK}"
"""Day and month in either order, then the year; two figures of a year only between slashes (1.12.30 is a version)."""
ISO = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T].*)?"
TELL = "Give --dates dd/mm/yyyy or --dates mm/dd/yyyy (or `files: {dates: …}` in the system file)."


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
    """The order of the dates in these columns of the table `incoming`; None where there are no such columns.

    Raises SourceError where nothing tells the order, or dates of both orders are there.
    """
    found = [_evidence(connection, column) for column in columns]
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
            next_step=TELL,
        )
    return "%d/%m/%Y" if day else "%m/%d/%Y"


def _evidence(connection: duckdb.DuckDBPyConnection, column: str) -> DateEvidence:
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
