"""Which values of a column of categories have no name, so that no two windows together tell of a few people.

A value that some but few have in one month may be many in a quarter, and the quarter less the other months would tell
the few. So a value that some but few have in any month has no name in any window that ends in this month or later;
together those without a name are many, or nobody, in each month. Of a window that cuts a month no share is told at all
(`whole_months`): a month less its weeks would tell who is rare in one of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import duckdb

from boussole.audits.cubes.values import OTHERS, UNKNOWN, Values, value_at
from boussole.audits.lake.tables import literal, table
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

Pools = Sequence[tuple[dt.date, frozenset[str]]]
"""The values of one column without a name, from the first day of each month on."""


def pool_of(pools: Pools, *windows: Window) -> frozenset[str]:
    """The values of a column that have no name where these windows are told together."""
    end = max(window.end for window in windows)
    return next((pool for day, pool in reversed(pools) if day <= end), frozenset())


def read_pools(connection: duckdb.DuckDBPyConnection, system: System) -> dict[str, Pools]:
    """The values of each column of categories that have no name, from the cube `histograms`."""
    if not system.categories:
        return {}
    listed = ", ".join(literal(name) for name in system.categories)
    rows = connection.execute(
        "SELECT feature, date_trunc('month', day)::DATE AS month, bin, value1, CAST(sum(n) AS BIGINT) "
        f"""FROM {table(system, "histograms")} WHERE "by" = '' AND feature IN ({listed}) GROUP BY ALL"""
    ).fetchall()
    found: dict[str, dict[dt.date, Values]] = {}
    for feature, month, bin_, value, n in rows:
        found.setdefault(feature, {}).setdefault(month, Values())[value_at(bin_, value)] += n
    return {name: pools_of(months, fewest=system.privacy.suppress_below) for name, months in found.items()}


def pools_of(months: Mapping[dt.date, Values], *, fewest: int) -> Pools:
    """The same of one column, from its counts by the first day of each month.

    Where those without a name are few together, the rarest of the others joins them.

    >>> march, april = (dt.date(2026, month, 1) for month in (3, 4))
    >>> found = pools_of({march: Values(a=40, b=30, c=12), april: Values(a=40, b=30, c=2)}, fewest=11)
    >>> [sorted(pool) for _, pool in found]
    [['*'], ['*', 'b', 'c']]
    """
    pool, found, sums = {OTHERS}, list[tuple[dt.date, frozenset[str]]](), Values()
    for month in sorted(months):
        values = months[month]
        sums.update(values)
        named = values.keys() - {UNKNOWN}
        pool |= {value for value in named if 0 < values[value] < fewest}
        for value in sorted(named - pool, key=lambda value: (sums[value], value)):
            if not 0 < sum(values[each] for each in pool) < fewest:
                break
            pool.add(value)
        found.append((month, frozenset(pool)))
    return found
