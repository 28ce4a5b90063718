"""Which values of a column of categories have no name, so that no two windows together tell of a few people.

A value that some but few have in one window may be many in a longer one, and their difference would tell the few. So a
value that some but few have in any month has no name in any window that ends in this month or later; together those
without a name are many, or nobody, in each month. Windows that cut months are held to the pieces that weeks and months
cut each other into, in the same way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from audits.drift.values import OTHERS, UNKNOWN, Values, value_at
from audits.lake.tables import literal, table
from audits.systems.model import System
from audits.windows import Window, period_of

Counted = Mapping[dt.date, Values]
"""By the first day of a month, or of a piece of one, how many decisions had each value."""


@dataclass(frozen=True, kw_only=True)
class Pools:
    """The values of one column without a name from a first day on: by months, and by pieces of them."""

    months: Sequence[tuple[dt.date, frozenset[str]]] = ()
    pieces: Sequence[tuple[dt.date, frozenset[str]]] = ()
    first: dt.date = dt.date.min
    """The first day that has decisions."""

    def of(self, *windows: Window) -> frozenset[str]:
        """Those without a name where these windows are told together."""
        whole = all(self._is_whole(window) for window in windows)
        end = max(window.end for window in windows)
        return next((pool for day, pool in reversed(self.months if whole else self.pieces) if day <= end), frozenset())

    def _is_whole(self, window: Window) -> bool:
        begins = window.start <= self.first or window.start.day == 1
        return begins and window.end == period_of(window.end, "month").end


def read_pools(connection: duckdb.DuckDBPyConnection, system: System) -> dict[str, Pools]:
    """The values of each column of categories that have no name, from the cube `histograms`."""
    if not system.categories:
        return {}
    listed = ", ".join(literal(name) for name in system.categories)
    rows = connection.execute(
        "SELECT feature, greatest(date_trunc('week', day), date_trunc('month', day))::DATE AS piece, bin, value1, "
        f"""CAST(sum(n) AS BIGINT) FROM {table(system, "histograms")} WHERE "by" = '' AND feature IN ({listed}) """
        "GROUP BY ALL"
    ).fetchall()
    found: dict[str, dict[dt.date, Values]] = {}
    for feature, piece, bin_, value, n in rows:
        found.setdefault(feature, {}).setdefault(piece, Values())[value_at(bin_, value)] += n
    return {name: pools_of(pieces, fewest=system.privacy.suppress_below) for name, pieces in found.items()}


def pools_of(pieces: Counted, *, fewest: int) -> Pools:
    """The same of one column, from its counts by the first day of each piece of a month.

    >>> march, april = (dt.date(2026, month, 1) for month in (3, 4))
    >>> found = pools_of({march: Values(a=40, b=30, c=12), april: Values(a=40, b=30, c=2)}, fewest=11)
    >>> found.of(Window(march, dt.date(2026, 3, 31))), sorted(found.of(Window(march, dt.date(2026, 4, 30))))
    (frozenset({'*'}), ['*', 'b', 'c'])
    """
    months: dict[dt.date, Values] = {}
    for day, values in pieces.items():
        months.setdefault(day.replace(day=1), Values()).update(values)
    by_month = dict(_swept(months, {}, fewest))
    by_piece = _swept(pieces, {day: by_month[day.replace(day=1)] for day in pieces}, fewest)
    return Pools(months=list(by_month.items()), pieces=by_piece, first=min(pieces, default=dt.date.min))


def _swept(
    counted: Counted, least: Mapping[dt.date, frozenset[str]], fewest: int
) -> list[tuple[dt.date, frozenset[str]]]:
    """From the first on: who is few in one has no name from then on, and `least` neither; where those are few together,
    the rarest of the others joins them."""
    pool, found, sums = {OTHERS}, list[tuple[dt.date, frozenset[str]]](), Values()
    for day in sorted(counted):
        values = counted[day]
        sums.update(values)
        pool |= least.get(day, frozenset())
        pool |= {value for value, n in values.items() if value != UNKNOWN and 0 < n < fewest}
        for value in sorted(values.keys() - pool - {UNKNOWN}, key=lambda value: (sums[value], value)):
            if not 0 < sum(values[each] for each in pool) < fewest:
                break
            pool.add(value)
        found.append((day, frozenset(pool)))
    return found
