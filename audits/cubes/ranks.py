"""The cube `ranks`: what the lists of each month say of the place of groups, list by list and then added up.

A list is the rows of one request within one month. Rows without a request are in no list; people of a list without a
rank are in its pool and get no attention; a list without any rank counts for nothing. People whose group is not known
keep their place and belong to no pool. Lists with fewer than two known groups tell nothing of groups: they are left
out. People who share a rank are both seen at it.

Rows of one list compete, so that lists are the clusters: all of a list is in one bucket. Where people are the clusters
of the log, that of a list is the sum of the buckets of its people modulo 40, a hash that needs no identifier, so that a
rotation of keys changes none.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import duckdb
import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from audits.lake.tables import CUBES, KEYS, RANKED, keys_of, quote, summed
from audits.measures import FAIR_ALPHA, TOP, group_label
from audits.systems.kinds import BUCKETS
from audits.systems.model import System

REQUIRED = {"share": "int64", "places": "int64", "nth": "int64", "position": "int64"}
"""The `nth` person of a group must stand at this position or before."""
KIND = ("share", "places", "pool", "n", "all_top")
"""All that decides what a list would be in random order."""
CHANCES = {
    **dict.fromkeys(KIND, "int64"),
    "needed": "int64",
    "failed_at_random": "float64",
    "skew_at_random": "float64",
}
_AMOUNT = "decimal(38, 15)"


def listed(decisions: Any, system: System) -> Any:
    """The rows that are in a list, with the number, month and bucket of their list."""
    groups, month = [f"g_{name}" for name in system.groups], decisions.day.truncate("M").cast("date")
    rows = decisions.select("request", "rank", "bucket", *groups, month=month)
    rows = rows.filter(rows.request.notnull())
    bucket = rows.bucket.sum() % BUCKETS if system.cluster == "person" else rows.bucket.min()
    lists = rows.group_by(["month", "request"]).aggregate(
        list_bucket=bucket.cast("uint8"), ranked_people=rows["rank"].count()
    )
    lists = lists.filter(lists.ranked_people > 0).mutate(list=ibis.row_number().over(ibis.window()))
    joined = rows.inner_join(lists, ["month", "request"])
    return joined.select("list", "month", "rank", *groups, bucket=joined.list_bucket)


def shares(rows: Any, system: System) -> Any:
    """List × known group, of lists with two of them: people, attention, and what is expected of the list's own pool."""
    return _united([_shares(rows, by, system.reference_of(by)) for by in system.attributes])


def _shares(rows: Any, by: Sequence[str], reference: tuple[str, ...] | None) -> Any:
    names = [f"g_{name}" for name in by]
    known = rows.filter([rows[name].notnull() for name in names])
    rank, placed = known["rank"], known["rank"].notnull()
    own = known.group_by(["list", "month", "bucket", *names]).aggregate(
        n=known.count(),
        placed=rank.count(),
        exposure=_amount(placed.ifelse(_gain(rank), 0.0)).sum(),
        reciprocal=_amount(placed.ifelse(1 / rank, 0.0)).sum(),
        top=(placed & (rank <= TOP)).fill_null(False).cast("int64").sum(),
    )
    whole = {f"all_{name}": own[name].sum().over(_LIST) for name in ("n", "placed", "exposure", "top")}
    made = own.mutate(groups=own.count().over(_LIST), **whole, **_others(own, names, reference))
    made = made.filter((made.groups > 1) & (made.all_exposure > 0))
    values = {f"value{i + 1}": made[names[i]] if i < len(names) else ibis.null("string") for i in range(3)}
    n, other, pool, top = (_float(made[name]) for name in ("n", "other_n", "all_n", "all_top"))
    shared = made.other_n > 0
    weight = shared.ifelse(n * other / (n + other), 0.0)
    means = {
        f"{who}_{kind}": _amount(shared.ifelse(weight * _float(made[column]) / (n if who == "own" else other), 0.0))
        for kind in ("exposure", "reciprocal")
        for who, column in (("own", kind), ("other", f"other_{kind}"))
    }
    # Of a list whose people are all among the first places, these tell nothing.
    long = (made.all_top > 0) & (made.all_top < made.all_n)
    return made.select(
        "list",
        "month",
        **{"by": ibis.literal("*".join(by)), **values},
        bucket=made.bucket,
        n=made.n,
        pool=made.all_n,
        listed_exposure=_float(made.all_exposure),
        exposure=made.exposure,
        reciprocal=made.reciprocal,
        shared_lists=shared.cast("int64"),
        weight=_amount(weight),
        **means,
        attention=_amount(_float(made.exposure) / _float(made.all_exposure) - n / pool),
        long_lists=long.cast("int64"),
        top=long.ifelse(made.top, 0),
        long_pool=long.ifelse(made.n, 0),
        expected=_amount(long.ifelse(top * n / pool, 0.0)),
        skew=_amount(long.ifelse(((_float(made.top) + n / pool) / (top + 1) / (n / pool)).ln(), 0.0)),
        all_top=made.all_top,
        share=(made.n * 100 // made.all_n).cast("int64"),
        places=ibis.least(made.all_placed, TOP).cast("int64"),
    )


_LIST = ibis.window(group_by="list")


def _others(own: Any, names: Sequence[str], reference: tuple[str, ...] | None) -> dict[str, Any]:
    """People and attention of whom a group is compared with in its list: the reference, else all others."""
    sums = {"other_n": own.n, "other_exposure": own.exposure, "other_reciprocal": own.reciprocal}
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


def ranks(rows: Any, found: Any, required: Any, chances: Any, system: System) -> Any:
    """Month × group × bucket, all groups of an attribute together, and everybody: sums over lists."""
    lists = rows.select("list", "month", "bucket").distinct()
    parts = [_summed(lists.mutate(lists=ibis.literal(1, "int64")), (), [], "")]
    for by in system.attributes:
        own = found.filter(found.by == "*".join(by))
        order = _ordered_rows(rows, own, by)
        values, whom = [f"value{i + 1}" for i in range(len(by))], against(system, by)
        parts.append(_summed(_groups(order, own, required, chances, values), by, values, whom))
        parts.append(_summed(_whole(order, own), by, [], whom))
    return _united(parts)


def _ordered_rows(rows: Any, own: Any, by: Sequence[str]) -> Any:
    """The ranked people of known groups in the order of their list, with what is known of their group in it.

    `nth` of their group; `before`, of all people, those at a better rank; `before_own`, of their group.
    """
    names = [f"g_{name}" for name in by]
    ranked = rows.filter([rows["rank"].notnull(), *(rows[name].notnull() for name in names)])
    group = ibis.window(group_by=["list", *names], order_by="rank")
    placed = ranked.select(
        "list",
        "rank",
        **{f"value{i + 1}": ranked[name] for i, name in enumerate(names)},
        nth=(ibis.row_number().over(group) + 1).cast("int64"),
        before=ibis.rank().over(ibis.window(group_by="list", order_by="rank")).cast("int64"),
        before_own=ibis.rank().over(group).cast("int64"),
    )
    values = [f"value{i + 1}" for i in range(len(names))]
    kept = own.select("list", "month", "bucket", *values, "n", "pool", "listed_exposure", "share", "places")
    return placed.inner_join(kept, ["list", *values])


def _groups(order: Any, own: Any, required: Any, chances: Any, values: Sequence[str]) -> Any:
    """Each group of each list, with whether the list fails FA*IR: a person that the table asks for stands too low.

    Of people who share a rank, those of the group are taken to come first.
    """
    asked = order.inner_join(required, ["share", "places", "nth"])
    early = asked.filter(asked.before + asked.nth - asked.before_own <= asked.position)
    met = early.group_by(["list", *values]).aggregate(met=early.count())
    judged = own.left_join(met, ["list", *values]).inner_join(chances, list(KIND))
    judged = judged.mutate(
        lists=ibis.literal(1, "int64"),
        skew_at_random=_amount((judged.long_lists > 0).ifelse(judged.skew_at_random, 0.0)),
        failed=(judged.met.fill_null(0) < judged.needed).cast("int64"),
        failed_at_random=_amount(judged.failed_at_random),
    )
    return judged.drop("pool").rename(pool="long_pool")


def _whole(order: Any, own: Any) -> Any:
    """Each list over all groups of an attribute: distance between attention and pool, and NDKL of each list.

    NDKL from S = Σ c ln(c ÷ q) over the groups, c people so far and q the share of the pool: the divergence among the
    first i is S ÷ i − ln i, weighted by the attention of each place.
    """
    apart = own.group_by(["list", "month", "bucket"]).aggregate(attention=own.attention.abs().sum())
    share = _float(order.n) / _float(order.pool)
    so_far, before = _float(order.nth), _float(order.nth - 1)
    step = order.mutate(
        gain=_gain(order["rank"]) / order.listed_exposure,
        step=_amount(so_far * (so_far / share).ln())
        - _amount((order.nth > 1).ifelse(before * (ibis.greatest(before, 1.0) / share).ln(), 0.0)),
    )
    seen = ibis.range_window(group_by="list", order_by="rank", preceding=None, following=0)
    people = _float(step.count().over(seen))
    term = step.select(
        "list",
        term=_amount(step.gain * ibis.greatest(_float(step.step.sum().over(seen)) / people - people.ln(), 0.0)),
    )
    divergence = term.group_by("list").aggregate(divergence=term.term.sum())
    return apart.inner_join(divergence, "list").mutate(lists=ibis.literal(1, "int64"))


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


def count_lists(connection: duckdb.DuckDBPyConnection, statements: dict[str, str], rows: str, *, into: str) -> None:
    """Fills a temporary table with the cube of some rows (SQL)."""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW competing AS {rows}")
    for name in ("listed", "shares"):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {statements[name]}")
    listed = ", ".join(f"CAST({name} AS BIGINT) AS {name}" for name in KIND)
    kinds = connection.execute(f"SELECT DISTINCT {listed} FROM shares ORDER BY ALL").to_arrow_table()
    for name, table in zip(("required", "chances"), _fair_tables(kinds), strict=True):
        connection.register(name, table)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS {statements['ranks']}")
    for name in ("required", "chances"):
        connection.unregister(name)
    connection.execute("DROP VIEW competing; DROP TABLE listed; DROP TABLE shares")


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


def _fair_tables(kinds: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The tables of FA*IR that some lists need, and what each kind of list would be in random order.

    The share to be protected is that of the list's own pool, in whole per cent, rounded down.
    """
    from audits.metrics.fa_ir import random_order_fail_probabilities, random_order_skews  # scipy takes half a second

    share, places, pool, own, top = (kinds[name].to_numpy() for name in KIND)
    pairs = list(zip(share.tolist(), places.tolist(), strict=True))
    tables = {pair: _fair_table(*pair) for pair in sorted(set(pairs))}
    required = [
        (*pair, nth, int(np.argmax(table >= nth)) + 1)
        for pair, table in tables.items()
        for nth in range(1, int(table[-1]) + 1)
    ]
    each = np.zeros((len(pairs), TOP), dtype=np.int64)
    for row, pair in zip(each, pairs, strict=True):
        row[: pair[1]] = tables[pair]
    told = (
        each.max(axis=1, initial=0),
        random_order_fail_probabilities(each, pool, own),
        random_order_skews(top, pool, own),
    )
    asked = np.array(required, dtype=np.int64).reshape(-1, len(REQUIRED)).T
    return (
        pa.table(dict(zip(REQUIRED, asked, strict=True))),
        pa.table(dict(zip(CHANCES, (share, places, pool, own, top, *told), strict=True))),
    )


@cache
def _fair_table(percent: int, places: int) -> npt.NDArray[np.int64]:
    from audits.metrics.fa_ir import adjusted_table

    return adjusted_table(places, percent / 100, FAIR_ALPHA)
