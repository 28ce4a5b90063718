"""Counts of a frame by group, straight from its columns: no lake, no system file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np

from boussole.audits.counts.rare import numbers_in
from boussole.audits.counts.read import COUNTS, cells_from_counts, counts_sql
from boussole.audits.decisions.contracts.columns import ColumnReader
from boussole.audits.decisions.contracts.decisions import group_value
from boussole.audits.decisions.frames import open_frame
from boussole.audits.errors import SourceError, nearest
from boussole.audits.lake.engine import CONFIG
from boussole.audits.lake.tables import is_value, quote
from boussole.audits.measures import Cells
from boussole.audits.suppression.lattice import Key
from boussole.audits.suppression.rules import Apart, find_apart, named, with_groups
from boussole.audits.systems.kinds import BUCKETS, Value
from boussole.audits.systems.model import System
from boussole.audits.systems.parts import Decision
from boussole.audits.systems.values import MOST_VALUES
from boussole.audits.windows import Window

if TYPE_CHECKING:
    import pyarrow as pa

EVER = Window(dt.date.min, dt.date.max)
ROW = '"_boussole row"'
"""The number of a row, beside the columns of the frame."""
MOST_GROUPS = MOST_VALUES
"""A column with more values than these is no group: an identifier, or a number that wants bands."""


@dataclass(frozen=True, kw_only=True)
class FrameRows:
    """A frame as a table of DuckDB, `frame`, with the columns that were named and no other."""

    connection: duckdb.DuckDBPyConnection
    read: ColumnReader

    def values(self, column: str) -> list[Any]:
        """The first few different values of a column, without nothing."""
        found = self.connection.execute(
            f"SELECT DISTINCT {quote(column)} FROM frame WHERE NOT {self.read.absent(column)} LIMIT {MOST_GROUPS + 1}"
        ).fetchall()
        return [value for (value,) in found]


def open_rows(frame: Any, columns: Sequence[str]) -> FrameRows:
    """Read the named columns of a frame. Raises SourceError for no table, no rows, or a column that is not there."""
    known = _names(frame)
    for column in columns:
        if known is not None and column not in known:
            raise SourceError(f"the frame has no column '{column}'.", next_step=nearest(column, known))
    rows = open_frame(_narrow(frame, columns))
    if known is None and (absent := [column for column in columns if column not in rows.schema.names]):
        raise SourceError(f"the frame has no column '{absent[0]}'.", next_step=nearest(absent[0], rows.schema.names))
    table: pa.Table = rows.read_all().select(list(dict.fromkeys(columns)))
    for column in table.schema.names:
        if sum(column.lower() == other.lower() for other in table.schema.names) > 1:
            raise SourceError(
                f"two columns are named '{column}' (upper and lower case are the same).",
                next_step="Give each column a name of its own.",
            )
    if not table.num_rows:
        raise SourceError("the frame has no rows.", next_step="Give one row for each decision.")
    connection = duckdb.connect(config={**CONFIG, "temp_directory": ""})  # nothing of people is spilled to a disk
    connection.register("frame", table)
    types = {str(name): str(kind) for name, kind, *_ in connection.execute("DESCRIBE frame").fetchall()}
    return FrameRows(connection=connection, read=ColumnReader(types))


def _names(frame: Any) -> list[str] | None:
    names = getattr(frame, "columns", None)
    return None if names is None or callable(names) else [str(name) for name in names]


def _narrow(frame: Any, columns: Sequence[str]) -> Any:
    """Keep only the columns that are needed, as others may hold what Arrow cannot."""
    import pandas as pd

    return frame[list(dict.fromkeys(columns))] if isinstance(frame, pd.DataFrame) else frame


def yes_values(rows: FrameRows, column: str, given: Sequence[Value] | Value | None, *, name: str) -> list[Value]:
    """Return the values of a column that mean yes: those given, else true or 1 where it holds only yes and no.

    Raises SourceError where values were given that do not occur, or where none were and the column does not tell.
    """
    found = rows.values(column)
    if given is not None:
        wanted: list[Value] = [given] if isinstance(given, bool | int | float | str) else list(given)
        count = rows.connection.execute(
            f"SELECT count(*) FROM frame WHERE {rows.read.matches(column, wanted)}"
        ).fetchone()
        if not wanted or not count or not count[0]:
            raise SourceError(
                f"no row has {', '.join(map(repr, wanted)) or 'a value'} in '{column}'.",
                next_step=f"It holds {_some(found)}: give those that mean yes as `{name}`.",
            )
        return wanted
    if found and all(isinstance(value, bool | int | float | np.number) and value in (0, 1) for value in found):
        return [True] if any(isinstance(value, bool) for value in found) else [1]
    raise SourceError(
        f"'{column}' does not say which values mean yes.",
        next_step=f"It holds {_some(found)}: give those that mean yes, as in {name}=[{found[0] if found else True!r}].",
    )


def _some(values: Sequence[Any]) -> str:
    shown = ", ".join(repr(value) for value in sorted(values, key=str)[:6])
    return shown + (" and others" if len(values) > 6 else "") if values else "nothing"


def count(rows: FrameRows, system: System, decision: Decision) -> tuple[list[Cells], Mapping[Key, str]]:
    """Count everybody, each group and each crossing. Returns the tables and the groups that are set apart.

    Raises SourceError for rows without a decision, weights that are no whole numbers, and columns with too many values.
    """
    _fill(rows, system, decision)
    apart = find_apart(lambda apart: _tables(rows, system, apart), EVER, system=system)
    tables = _tables(rows, system, apart)
    keys = named(apart, tables)
    told = with_groups(tables, keys)
    numbers = numbers_in([told], system)
    return numbers.cells(told), {numbers.key(key): why for key, why in keys.items()}


def _fill(rows: FrameRows, system: System, decision: Decision) -> None:
    """The table `fine`: how many decisions there are of each decision, outcome, bucket and combination of groups."""
    log, read = system.log, rows.read
    _refuse(rows, read.absent(decision.column), decision.column, "holds no decision")
    selected, outcome, weight = read.matches(decision.column, decision.selected), "NULL", "1"
    if log.weight:
        number = read.double(log.weight)
        whole = f"coalesce({number} >= 0 AND {number} = floor({number}) AND isfinite({number}), false)"
        _refuse(rows, f"NOT {whole}", log.weight, "holds no whole number of 0 or more")
        weight = f"CAST({number} AS BIGINT)"
    if log.outcome:
        seen = f"NOT {read.absent(log.outcome.column)}"
        seen += f" AND {selected}" if log.outcome.observed_for == "selected" else ""
        outcome = f"CASE WHEN {seen} THEN {read.matches(log.outcome.column, log.outcome.positive)}::INT END"
    bucket, frame = "0", "frame"
    if log.person and not log.weight:  # a row about nobody known stands for itself
        bucket = f"CAST(hash(coalesce({read.text(log.person)}, 'row ' || {ROW})) % {BUCKETS} AS INT)"
        frame = f"(SELECT *, CAST(row_number() OVER () AS VARCHAR) AS {ROW} FROM frame)"
    groups = {name: group_value(read, group) for name, group in system.groups.items()}
    for name, group in system.groups.items():
        if group.bands:
            _refuse(rows, read.no_number(group.column), group.column, "holds text where bands need a number")
        _refuse_many(rows, name, groups[name])
    values = "".join(f", {sql} AS {quote('g_' + name)}" for name, sql in groups.items())
    rows.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE fine AS SELECT {selected}::INT AS decision, {outcome} AS outcome, "
        f"{bucket} AS bucket, sum({weight}) AS n{values} FROM {frame} GROUP BY ALL"
    )


def _tables(rows: FrameRows, system: System, apart: Sequence[Apart]) -> list[Cells]:
    out = "".join(f" AND NOT {is_value(quote('g_' + each.attribute), each.value)}" for each in apart)
    counts = counts_sql(f"fine WHERE true{out}", [(), *system.attributes])
    return cells_from_counts(rows.connection.execute(counts).to_arrow_table().cast(COUNTS), system)


def _refuse(rows: FrameRows, fault: str, column: str, what: str) -> None:
    """Raises SourceError where rows have a fault: nobody is left out in silence."""
    found = rows.connection.execute(f"SELECT count(*) FILTER (WHERE {fault}) FROM frame").fetchone()
    if found and found[0]:
        raise SourceError(
            f"'{column}' {what} in {found[0]:,} row{'s' if found[0] > 1 else ''}.",
            next_step="Give these rows a value, or leave them out of the frame yourself.",
        )


def _refuse_many(rows: FrameRows, name: str, value: str) -> None:
    found = rows.connection.execute(f"SELECT approx_count_distinct({value}) FROM frame").fetchone()
    if found and found[0] > MOST_GROUPS:
        raise SourceError(
            f"'{name}' has some {found[0]:,} different values: too many groups to compare (at most {MOST_GROUPS}).",
            next_step=f"Give a column of groups, or bands of a number: bands={{{name!r}: [25, 50]}}.",
        )
