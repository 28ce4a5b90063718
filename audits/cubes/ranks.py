"""The cube `ranks`: the place of groups in the lists of each month, list by list and then added up.

A list is the rows of one request within one month. People without a rank are in its pool and get no attention; people
of unknown group keep their place and belong to no pool; a list with fewer than two known groups is left out. Lists are
the clusters; where people are, the bucket of a list is the sum of the buckets of its people modulo 40.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import duckdb
import ibis
import numpy as np
import pyarrow as pa

from boussole.audits.cubes import contenders
from boussole.audits.lake.tables import CUBES, KEYS, RANKED, keys_of, literal, quote, summed
from boussole.audits.measures import TOP, group_label
from boussole.audits.parts import Floats, Ints
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.model import System

KIND = ("pool", "n", "all_top")
"""All that decides what the skew of a list would be in random order."""
CHANCES = {**dict.fromkeys(KIND, "int64"), "skew_at_random": "float64"}
PIECE = 50_000
"""How many kinds of lists are computed together: a bound on memory."""


def chances_table(kinds: pa.Table) -> pa.Table:
    """The kinds of lists, each with its mean skew in random order."""
    pool, own, top = (kinds[name].to_numpy() for name in KIND)
    skew = np.zeros(len(pool))
    for start in range(0, len(pool), PIECE):
        at = slice(start, start + PIECE)
        skew[at] = random_order_skews(top[at], pool[at], own[at])
    return pa.table(dict(zip(CHANCES, (pool, own, top, skew), strict=True)))


def random_order_skews(top: Ints, pools: Ints, own: Ints) -> Floats:
    """Return the mean skew of the first places where the order of a pool is random (hypergeometric distribution).

    Skew: ln((c + q) ÷ (t + 1) ÷ q), c people of the group among t at the first places, q their share of the pool.

    >>> random_order_skews(np.array([1]), np.array([2]), np.array([1])).round(6).tolist()
    [-0.143841]
    """
    from scipy.stats import hypergeom  # takes half a second

    counts, share = np.arange(int(top.max(initial=0)) + 1), own / pools
    chance = hypergeom.pmf(counts, pools[:, np.newaxis], own[:, np.newaxis], top[:, np.newaxis])
    skew = np.log((counts + share[:, np.newaxis]) / ((top + 1) * share)[:, np.newaxis])
    return np.asarray((chance * skew).sum(axis=1), dtype=np.float64)


_AMOUNT = "decimal(38, 15)"
PARTS = 1e14


def listed(decisions: Any, system: System) -> Any:
    """The rows that are in a list, with the number, month and bucket of their list, and the attention that they get."""
    groups, month = [f"g_{name}" for name in system.groups], decisions.day.truncate("M").cast("date")
    rows = decisions.select("request", "rank", "bucket", *groups, month=month)
    rows = rows.filter(rows.request.notnull())
    bucket = rows.bucket.sum() % BUCKETS if system.cluster == "person" else rows.bucket.min()
    lists = rows.group_by(["month", "request"]).aggregate(
        list_bucket=bucket.cast("uint8"), ranked_people=rows["rank"].count()
    )
    lists = lists.filter(lists.ranked_people > 0).mutate(list=ibis.row_number().over(ibis.window()))
    joined = rows.inner_join(lists, ["month", "request"])
    rank, placed = joined["rank"], joined["rank"].notnull()
    return joined.select(
        "list",
        "month",
        "rank",
        *groups,
        bucket=joined.list_bucket,
        person=joined.bucket,
        exposure=_amount(placed.ifelse(_gain(rank), 0.0)),
        top=(placed & (rank <= TOP)).fill_null(False).cast("int64"),
    )


def counted(rows: Any, by: Sequence[str]) -> Any:
    """List × known group of an attribute: people, people with a rank, attention, people among the first places."""
    names = [f"g_{name}" for name in by]
    known = rows.filter([rows[name].notnull() for name in names])
    return known.group_by(["list", *names]).aggregate(
        month=known.month.min(),
        bucket=known.bucket.min(),
        n=known.count(),
        exposure=known.exposure.sum(),
        top=known.top.sum(),
    )


def shares(own: Any, by: Sequence[str], reference: tuple[str, ...] | None) -> Any:
    """What `counted` gives, of lists with two groups, with what is expected of the list's own pool."""
    names = [f"g_{name}" for name in by]
    whole = {f"all_{name}": own[name].sum().over(_LIST) for name in _WHOLE}
    made = own.mutate(groups=own.count().over(_LIST), **whole, **_others(own, names, reference))
    made = made.filter((made.groups > 1) & (made.all_exposure > 0))
    values = {f"value{i + 1}": made[names[i]] if i < len(names) else ibis.null("string") for i in range(3)}
    n, other, pool, top = (_float(made[name]) for name in ("n", "other_n", "all_n", "all_top"))
    shared = made.other_n > 0
    weight = shared.ifelse(n * other / (n + other), 0.0)
    means = {
        f"{who}_exposure": _amount(shared.ifelse(weight * _float(made[column]) / (n if who == "own" else other), 0.0))
        for who, column in (("own", "exposure"), ("other", "other_exposure"))
    }
    # Of a list whose people are all among the first places, these tell nothing.
    long = (made.all_top > 0) & (made.all_top < made.all_n)
    return made.select(
        "list",
        "month",
        **values,
        bucket=made.bucket,
        n=made.n,
        pool=made.all_n,
        listed_exposure=_float(made.all_exposure),
        exposure=made.exposure,
        shared_lists=shared.cast("int64"),
        weight=_amount(weight),
        **means,
        long_lists=long.cast("int64"),
        top=long.ifelse(made.top, 0),
        long_pool=long.ifelse(made.n, 0),
        skew=_amount(long.ifelse(((_float(made.top) + n / pool) / (top + 1) / (n / pool)).ln(), 0.0)),
        all_top=made.all_top,
        other_n=made.other_n,
        of_all_others=ibis.literal(reference is None),
        pair_exposure=(_float(made.exposure) + _float(made.other_exposure)) / (n + other),
        **{f"against{i + 1}": ibis.literal(value, "string") for i, value in enumerate(_three(reference))},
    )


_LIST = ibis.window(group_by="list")
_WHOLE = ("n", "exposure", "top")


def _three(values: tuple[str, ...] | None) -> list[str | None]:
    """The values of a group, as many as the cube has columns for."""
    return [*(values or ()), None, None, None][:3]


def _others(own: Any, names: Sequence[str], reference: tuple[str, ...] | None) -> dict[str, Any]:
    """People and attention of whom a group is compared with in its list: the reference, else all others."""
    sums = {"other_n": own.n, "other_exposure": own.exposure}
    if reference is None:
        return {name: value.sum().over(_LIST) - value for name, value in sums.items()}
    is_reference = ibis.and_(*(own[name] == value for name, value in zip(names, reference, strict=True)))
    zero = ibis.literal(0)
    return {
        name: is_reference.ifelse(
            zero.cast(value.type()), is_reference.ifelse(value, zero.cast(value.type())).sum().over(_LIST)
        )
        for name, value in sums.items()
    }


def against(system: System, by: tuple[str, ...]) -> str:
    """Whom the groups of an attribute are compared with in their lists, as the cube keeps it."""
    reference = system.reference_of(by)
    return "" if reference is None else group_label(by, reference)


def ordered(rows: Any, own: Any, by: Sequence[str]) -> Any:
    """Return the ranked people of known groups of an attribute, with what they add to NDKL.

    NDKL from S = Σ c ln(c ÷ q) over the groups, c people so far and q the share of the pool: the divergence among the
    first i is S ÷ i − ln i, weighted by the attention of each place; S is summed in whole parts of 10⁻¹⁴.
    """
    names, values = [f"g_{name}" for name in by], [f"value{i + 1}" for i in range(len(by))]
    ranked = rows.filter([rows["rank"].notnull(), *(rows[name].notnull() for name in names)])
    group = ibis.window(group_by=["list", *names], order_by="rank")
    placed = ranked.select(
        "list",
        "rank",
        **{value: ranked[name] for value, name in zip(values, names, strict=True)},
        nth=(ibis.row_number().over(group) + 1).cast("int64"),
    )
    kept = own.select("list", *values, "n", "pool", "listed_exposure")
    each = placed.inner_join(kept, ["list", *values])
    share, so_far, earlier = _float(each.n) / _float(each.pool), _float(each.nth), _float(each.nth - 1)
    lost = earlier * (ibis.greatest(earlier, 1.0) / share).ln()
    each = each.mutate(added=((so_far * (so_far / share).ln() - lost) * PARTS).round().cast("int64"))
    seen = ibis.range_window(group_by="list", order_by="rank", preceding=None, following=0)
    each = each.mutate(
        people=_float(each.added.count().over(seen)),
        total=_float(each.added.sum().over(seen)) / PARTS,
    )
    divergence = ibis.greatest(each.total / each.people - each.people.ln(), 0.0)
    return each.select(
        "list",
        divergence=_amount(_gain(each["rank"]) / each.listed_exposure * divergence),
    )


def every_list(rows: Any) -> Any:
    """Month × bucket: all lists, whatever groups they hold."""
    lists = rows.select("list", "month", "bucket").distinct()
    return _summed(lists.mutate(lists=ibis.literal(1, "int64")), (), [], "")


def of_attribute(tables: tuple[Any, Any, Any | None], chances: Any, by: Sequence[str], whom: str) -> Any:
    """Return month × group × bucket, and all groups of an attribute together: sums over lists."""
    own, order, cells = tables
    values = [f"value{i + 1}" for i in range(len(by))]
    parts = [_summed(_groups(own, chances), by, values, whom), _summed(_whole(order, own), by, [], whom)]
    if cells is not None:
        parts.append(_summed(contenders.brought(cells, own, by), by, values, whom))
    return _united(parts)


def _groups(own: Any, chances: Any) -> Any:
    """Return each group of each list, with the skew that the random order of its pool would give."""
    joined = own.inner_join(chances, list(KIND))
    joined = joined.mutate(
        lists=ibis.literal(1, "int64"),
        skew_at_random=_amount((joined.long_lists > 0).ifelse(joined.skew_at_random, 0.0)),
    )
    return joined.drop("pool").rename(pool="long_pool")


def _whole(order: Any, own: Any) -> Any:
    """Return the NDKL of each list over all groups of an attribute."""
    lists = own.select("list", "month", "bucket").distinct()
    divergence = order.group_by("list").aggregate(divergence=order.divergence.sum())
    return lists.inner_join(divergence, "list").mutate(lists=ibis.literal(1, "int64"))


def _summed(lists: Any, by: Sequence[str], values: Sequence[str], whom: str) -> Any:
    """Lists added up, in the columns of the cube; what they do not have is 0."""
    present = [name for name in RANKED if name in lists.columns]
    keys = {f"value{i + 1}": lists[f"value{i + 1}"] if i < len(values) else ibis.null("string") for i in range(3)}
    keys = {"by": ibis.literal("*".join(by)), **keys, "against": ibis.literal(whom), "bucket": lists.bucket}
    named = lists.select("month", **keys, **{name: lists[name] for name in present})
    kinds = {name: "int64" if kind == "BIGINT" else _AMOUNT for name, kind in RANKED.items()}
    added = named.group_by(["month", *keys]).aggregate(
        **{name: named[name].sum().cast(kinds[name]) for name in present}
    )
    rest = {name: ibis.literal(0).cast(kinds[name]) for name in RANKED if name not in present}
    return added.mutate(**rest).select(*CUBES["ranks"])


def _united(parts: Sequence[Any]) -> Any:
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _gain(rank: Any) -> Any:
    """The attention that a place gets, with the logarithmic discount."""
    return 1 / (rank + 1).log2()


def _amount(value: Any) -> Any:
    return value.cast(_AMOUNT)


def _float(value: Any) -> Any:
    return value.cast("float64")


def statements(competing: Any, system: System) -> dict[str, Any]:
    """Return the statements that `count_lists` runs, in order: the first from a table `competing`."""
    first = listed(competing, system)
    made = {"listed": first, "every_list": every_list(ibis.table(first.schema(), name="listed"))}
    common = tuple((name, kind) for name, kind in first.schema().items() if not name.startswith("g_"))
    for i, by in enumerate(system.attributes):
        reference = system.reference_of(by)
        steps = _steps(common, len(by), reference is not None, system.cluster == "person")
        made |= {f"{name}{i}": _named(sql, by, reference or (), against(system, by)) for name, sql in steps.items()}
    return made


_WHOM = "⟨whom⟩"
_MARK = re.compile("""(?P<quote>["'])(?P<group>g_)?(?P<marks>⟨[^⟩]+⟩(?:\\*⟨[^⟩]+⟩)*)(?P=quote)""")
"""A name or a text of SQL that holds marks: what stands in the place of an attribute's groups and their values."""


@cache
def _steps(common: tuple[tuple[str, Any], ...], groups: int, has_reference: bool, has_people: bool) -> dict[str, str]:
    """Return SQL of the steps of an attribute of so many groups, with marks for what is its own."""
    by = [f"⟨{i}⟩" for i in range(groups)]
    reference = tuple(f"⟨reference {i}⟩" for i in range(groups)) if has_reference else None
    rows = ibis.table({**dict(common), **{f"g_{name}": "string" for name in by}}, name="listed")
    chances = ibis.table(CHANCES, name="chances")
    own = counted(rows, by)
    found = shares(ibis.table(own.schema(), name="counted"), by, reference)
    kept = ibis.table(found.schema(), name="shares")
    order = ordered(rows, kept, by)
    each = contenders.places(rows, by) if has_people else None
    cells = None if each is None else ibis.table(each.schema(), name="cells")
    summed_up = of_attribute((kept, ibis.table(order.schema(), name="ordered"), cells), chances, by, _WHOM)
    steps = {"counted": own, "shares": found, "ordered": order, "cells": each, "ranks": summed_up}
    return {name: str(ibis.to_sql(step, dialect="duckdb")) for name, step in steps.items() if step is not None}


def _named(sql: str, by: Sequence[str], reference: Sequence[str], whom: str) -> str:
    """The SQL with an attribute's own names, and the values of its reference."""
    own = {_WHOM: whom, **{f"⟨{i}⟩": name for i, name in enumerate(by)}}
    own |= {f"⟨reference {i}⟩": value for i, value in enumerate(reference)}

    def told(found: re.Match[str]) -> str:
        text = (found["group"] or "") + "*".join(own[mark] for mark in found["marks"].split("*"))
        return quote(text) if found["quote"] == '"' else literal(text)

    return _MARK.sub(told, sql)


def count_lists(connection: duckdb.DuckDBPyConnection, sql: dict[str, str], rows: str, *, into: str) -> None:
    """Fills a temporary table with the cube of some rows (SQL), one attribute after the other: each needs room."""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW competing AS {rows}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE listed AS {sql['listed']}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS {sql['every_list']}")
    kind = ", ".join(f"CAST({name} AS BIGINT) AS {name}" for name in KIND)
    for i in range(sum(name.startswith("ordered") for name in sql)):
        steps = [name for name in ("counted", "shares", "ordered", "cells") if f"{name}{i}" in sql]
        for name in steps:
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql[f'{name}{i}']}")
        kinds = connection.execute(f"SELECT DISTINCT {kind} FROM shares ORDER BY ALL").to_arrow_table()
        connection.register("chances", chances_table(kinds))
        connection.execute(f"INSERT INTO {into} {sql[f'ranks{i}']}")
        connection.unregister("chances")
        connection.execute("; ".join(f"DROP TABLE {name}" for name in steps))
    connection.execute("DROP VIEW competing; DROP TABLE listed")


def everybody(rows: str) -> str:
    """SQL: the decisions of each month, in lists or not, as rows of the cube."""
    sums = ", ".join(f"{'count(*)' if name == 'n' else '0'} AS {quote(name)}" for name in RANKED)
    nulls = ", ".join(f"CAST(NULL AS VARCHAR) AS {quote(name)}" for name in KEYS if name != "by")
    keys = f"CAST(date_trunc('month', day) AS DATE) AS month, '' AS \"by\", {nulls}, '' AS against, 0 AS bucket"
    return f"SELECT {keys}, {sums} FROM ({rows}) GROUP BY month"


def added_up(parts: Sequence[str]) -> str:
    """SQL: tables in the form of the cube, added up."""
    keys = ", ".join(quote(column) for column in keys_of("ranks"))
    union = " UNION ALL ".join(f"SELECT * FROM ({part})" for part in parts)
    return f"SELECT {keys}, {summed('ranks')} FROM ({union}) GROUP BY ALL"


def negative(name: str) -> str:
    """SQL: a table in the form of the cube, to be taken away."""
    return f"SELECT * REPLACE ({', '.join(f'-{quote(column)} AS {quote(column)}' for column in RANKED)}) FROM {name}"
