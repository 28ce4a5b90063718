"""Texts that a system wrote and that are still kept: one of them at a time, opened to be redacted and for nothing else.

Only what a model wrote is ever opened, never what it was asked.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import duckdb

from boussole.audits.lake import has_lake, reading
from boussole.audits.lake.rebuild import Name, qualified, tables
from boussole.audits.lake.tables import describe, has_table, literal, quote, table
from boussole.audits.privacy.pseudonyms import pseudonym, set_key
from boussole.audits.privacy.text import unseal
from boussole.audits.systems.logs.generations import GENERATIONS, Generations
from boussole.audits.systems.model import System
from boussole.audits.texts.personal.examples import ExampleError
from boussole.audits.windows import period_of
from boussole.audits.workspace import Workspace

ANY, NOTHING = "any", "nothing"
"""An example of any text that is kept, and of one in which nothing was found though it was looked at."""
FOUND = ("wording_output", "personal_output")
"""The columns that name what was found in what a model wrote."""
Condition = Callable[[list[str]], str]
"""SQL of which texts fit, of the columns that name findings."""


@dataclass(frozen=True, kw_only=True)
class KeptText:
    """One text that is kept: where it lies in the lake, its day, what was found in it by name, and the text."""

    system: str
    batch: int
    row: int
    day: dt.date
    findings: frozenset[str]
    text: str

    @property
    def place(self) -> tuple[int, int]:
        """Where it lies in the lake."""
        return self.batch, self.row


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What a system keeps of texts today: the months of which it does, and what was found in them, by name."""

    months: tuple[dt.date, ...] = ()
    findings: tuple[str, ...] = ()


def kept_until(system: System, day: dt.date) -> dt.date | None:
    """The last day on which a text of a day is kept, by its own term or by that of its row, whichever ends first; None
    where the system keeps no text, or says no term: then there is no example of it."""
    part = _section(system)
    if part is None:
        return None
    days, ends = GENERATIONS.kept_for(part), list[dt.date]()
    if days is not None:
        ends.append(day + dt.timedelta(days=days))
    if system.privacy.retain_days is not None:
        month = period_of(day, "month")  # rows leave by whole months
        ends.append(month.end + dt.timedelta(days=system.privacy.retain_days))
    return min(ends, default=None)


def hold_texts(system: System) -> None:
    """Raises ExampleError for a system that keeps no text, or does not say for how long."""
    if _section(system) is None:
        raise ExampleError("no_texts")
    if kept_until(system, dt.date(2000, 1, 1)) is None:
        raise ExampleError("no_term")


def holding(workspace: Workspace, system: System, *, today: dt.date) -> Holding:
    """What a system keeps of texts today. Nothing is opened."""
    if kept_until(system, today) is None or not has_lake(workspace):
        return Holding()
    with reading(workspace) as connection:
        if not has_table(connection, system, "generations"):
            return Holding()
        columns, kept = _found_columns(connection, system), _kept(system, today)
        rows = f"FROM {table(system, 'generations')} WHERE {kept}"
        months = connection.execute(f"SELECT DISTINCT date_trunc('month', day)::DATE AS month {rows} ORDER BY month")
        found = months.fetchall()
        words = [
            str(word)
            for column in columns
            for (word,) in connection.execute(
                f"SELECT DISTINCT unnest(string_split({quote(column)}, ' ')) {rows} AND {quote(column)} <> ''"
            ).fetchall()
        ]
    return Holding(months=tuple(month for (month,) in found), findings=tuple(sorted({*words})))


def drawn(
    workspace: Workspace, system: System, *, start: dt.date, end: dt.date, finding: str, today: dt.date
) -> KeptText:
    """A text of some days, drawn at random among all that are kept and in which this was found (`ANY`, `NOTHING`).

    Raises ExampleError where there is none.
    """
    hold_texts(system)
    days = f"day BETWEEN DATE '{start}' AND DATE '{end}'"
    return _one(workspace, system, lambda columns: f"{days} AND {_with(finding, columns)}", today=today)


def of_id(workspace: Workspace, system: System, word: str, *, today: dt.date) -> KeptText:
    """The text of an id, as its source calls it. Raises ExampleError where none is kept under it."""
    hold_texts(system)
    part = system.generations
    private = part is not None and part.id in system.privacy.pseudonymise
    said = pseudonym(literal(word)) if private else literal(word)
    return _one(workspace, system, lambda _: f"id = {said}", today=today, none="unknown")


def at_place(workspace: Workspace, system: System, place: tuple[int, int], *, today: dt.date) -> KeptText:
    """The text of a place in the lake. Raises ExampleError where it is no longer kept."""
    hold_texts(system)
    batch, row = place
    return _one(workspace, system, lambda _: f'batch = {batch} AND "row" = {row}', today=today, none="changed")


def places(workspace: Workspace, system_id: str) -> set[tuple[int, int]]:
    """Where texts of a system lie in the lake, whatever its file says; none where there is no such table."""
    if not has_lake(workspace):
        return set()
    name: Name = (system_id, "generations")
    with reading(workspace) as connection:
        if name not in tables(connection):
            return set()
        held = f'SELECT batch, "row" FROM {qualified(name)} WHERE output IS NOT NULL'
        return {(int(batch), int(row)) for batch, row in connection.execute(held).fetchall()}


def _section(system: System) -> Generations | None:
    """What a system file says of its texts, where it keeps what was written."""
    part = system.generations
    return part if part is not None and GENERATIONS.keeps(part) and part.output is not None else None


def _one(
    workspace: Workspace,
    system: System,
    condition: Condition,
    *,
    today: dt.date,
    none: str = "none",
) -> KeptText:
    """One of the texts that fit, each as likely as any other. Raises ExampleError."""
    if not has_lake(workspace):
        raise ExampleError(none)
    with reading(workspace) as connection:
        if not has_table(connection, system, "generations"):
            raise ExampleError(none)
        set_key(connection, workspace)
        columns = _found_columns(connection, system)
        rows = f"FROM {table(system, 'generations')} WHERE {_kept(system, today)} AND {condition(columns)}"
        (count,) = connection.execute(f"SELECT count(*) {rows}").fetchone() or (0,)
        if not count:
            raise ExampleError(none)
        read = connection.execute(
            f'SELECT batch, "row", day, output, {_said(columns)} {rows} '
            f'ORDER BY batch, "row" LIMIT 1 OFFSET {secrets.randbelow(count)}'
        ).fetchone()
    assert read is not None  # noqa: S101 (it was counted in the same state)
    batch, row, day, sealed, found = read
    (text,) = unseal(workspace, [sealed])
    return KeptText(
        system=system.id, batch=batch, row=row, day=day, findings=frozenset(str(found).split()), text=text or ""
    )


def _kept(system: System, today: dt.date) -> str:
    """SQL: whether a text is kept today, by the term of its file: one that a purge has not reached yet is not."""
    days = GENERATIONS.texts_before(system.generations, today) if system.generations else None
    rows = system.privacy.retain_days
    first = [f"day >= DATE '{days}'"] if days else []
    if rows is not None:
        first.append(f"day >= DATE '{(today - dt.timedelta(days=rows)).replace(day=1)}'")
    return " AND ".join(["output IS NOT NULL", "day IS NOT NULL", *first])


def _found_columns(connection: duckdb.DuckDBPyConnection, system: System) -> list[str]:
    """The columns that name findings, as far as this lake has them."""
    held: Mapping[str, str] = describe(connection, table(system, "generations"))
    return [column for column in FOUND if column in held]


def _said(columns: list[str]) -> str:
    """SQL of all that was found in a text."""
    return f"concat_ws(' ', {', '.join(map(quote, columns))})" if columns else "''"


def _with(finding: str, columns: list[str]) -> str:
    """SQL: whether something was found in a text."""
    if finding == ANY:
        return "true"
    if finding == NOTHING:
        looked = " OR ".join(f"{quote(column)} IS NOT NULL" for column in columns)
        return f"({looked}) AND trim({_said(columns)}) = ''" if columns else "false"
    return f"list_contains(string_split({_said(columns)}, ' '), {literal(finding)})"
