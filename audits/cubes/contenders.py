"""What each person brings to the figures of lists: the rows of the cube `ranks` for people who come back.

The variance of a figure of lists is that of lists plus that of people less that of single places (Cameron, Gelbach &
Miller 2011, J. Business & Economic Statistics 29:238-249). A person brings (place − mean of the list) × S ÷ (S − 1),
times 1 − q in the group of share q and −q outside it. Kept are the sums of x, y, x², xy and y² of θ = Σ x ÷ Σ y.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from boussole.audits.lake.tables import MOMENTS
from boussole.audits.systems.kinds import BUCKETS

MOST = 9e5
FIRST = BUCKETS
"""The bucket of the first people: those before are of lists."""


def places(rows: Any, by: Sequence[str]) -> Any:
    """List × person's bucket × known group: places, and the sums of what they get."""
    names = [f"g_{name}" for name in by]
    known = rows.filter([rows[name].notnull() for name in names])
    return known.group_by(["list", "person", *names]).aggregate(
        n=_float(known.count()),
        t=_float(known.top.sum()),
        e=_float(known.exposure.sum()),
        ee=_float(_amount(_float(known.exposure) * _float(known.exposure)).sum()),
    )


def brought(cells: Any, own: Any, by: Sequence[str]) -> Any:
    """Return month × group × person's bucket: what its people bring to each figure of the group."""
    names, values = [f"g_{name}" for name in by], [f"value{i + 1}" for i in range(len(by))]
    joined = cells.inner_join(_of_lists(own, values), "list")
    mine = ibis.and_(*(joined[name] == joined[value] for name, value in zip(names, values, strict=True)))
    theirs = joined.of_all_others | ibis.and_(
        *(joined[name] == joined[f"against{i + 1}"] for i, name in enumerate(names))
    ).fill_null(False)
    joined = joined.mutate(mine=mine.ifelse(1.0, 0.0), theirs=(~mine & theirs).ifelse(1.0, 0.0))
    joined = joined.mutate(factor=joined.mine - joined.share)
    joined = joined.mutate(**{f"d_{base}": _above(joined, base) for base in _GETS})
    joined = joined.mutate(**{f"dd_{base}": _squared(joined, base) for base in _GETS})
    joined = joined.mutate(**{f"k_{base}": _kept(joined, base) for base in _GETS})
    joined = joined.mutate(
        **{
            f"d_{base}": joined[f"more_{base}"] * joined[f"d_{base}"] - joined.n * joined[f"k_{base}"] for base in _GETS
        },
        **{f"dd_{base}": _apart(joined, base) for base in _GETS},
    )
    sums: dict[str, Any] = {}
    for figure, parts in _figures(joined).items():
        sums |= {f"{figure}_{moment}": _amount(part) for moment, part in zip(MOMENTS, parts, strict=True)}
    person = (joined.person + FIRST).cast("uint8")
    return joined.select("month", *values, bucket=person, seen=joined.n.cast("int64"), **sums)


_GETS = {"exposure": "e", "top": "t", "pair_exposure": "e"}
"""What places get, each held to its mean in the list; of pairs, among the group and whom it is compared with."""


def _of_lists(own: Any, values: Sequence[str]) -> Any:
    """Return what all places of a list share, by group: how many, means, and how far above them both sides are."""
    group, pool, weight = _float(own.n), _float(own.pool), _float(own.weight)
    pair, shared, long = group + _float(own.other_n), own.weight > 0, own.long_lists > 0
    facts = {
        "n1": group,
        "size": pool,
        "share": group / pool,
        "long": long.ifelse(1.0, 0.0),
    }
    mean, both = _float(own.listed_exposure) / pool, _float(own.pair_exposure)
    above = _float(own.exposure) - group * mean
    facts |= {"mean_exposure": mean, "of_own_exposure": above / group, "of_rest_exposure": -above / (pool - group)}
    sides = {"own": own.own_exposure, "rest": own.other_exposure}
    facts |= {f"of_{s}_pair_exposure": shared.ifelse(_float(v) / weight - both, 0.0) for s, v in sides.items()}
    facts |= {"mean_pair_exposure": both, "more_exposure": pool / (pool - 1)}
    facts |= {"more_pair_exposure": shared.ifelse(pair / (pair - 1), 1.0)}
    above = _float(own.top) - group * own.all_top / pool
    facts |= {"mean_top": own.all_top / pool, "of_own_top": above / group, "of_rest_top": -above / (pool - group)}
    slope = 1 / (own.top + group / pool)
    return own.select(
        "list", "month", *values, "of_all_others", "against1", "against2", "against3",
        more_top=pool / (pool - 1),
        one=shared.ifelse(weight / group, 0.0),
        two=shared.ifelse(weight / _float(own.other_n), 0.0),
        slope=slope,
        left=(_float(own.skew) - slope * above) / pool,
        **facts,
    )  # fmt: skip


def _above(at: Any, base: str) -> Any:
    """Σ of how far places are above the mean."""
    return at[_GETS[base]] - at.n * at[f"mean_{base}"]


def _squared(at: Any, base: str) -> Any:
    """Σ of the squares of that."""
    gets, mean = _GETS[base], at[f"mean_{base}"]
    square = at.t if gets == "t" else at[gets * 2]
    return square - mean * (2 * at[gets] - at.n * mean)


def _kept(at: Any, base: str) -> Any:
    """Return by how much too far the mean of a place's side would move, were all its places drawn apart."""
    side = at.mine * at[f"of_own_{base}"] + (1 - at.mine) * at[f"of_rest_{base}"]
    return (at[f"more_{base}"] - 1) * side


def _apart(at: Any, base: str) -> Any:
    """Σ of the squares, once places are drawn apart around the mean of their side."""
    more, kept = at[f"more_{base}"], at[f"k_{base}"]
    return more * more * at[f"dd_{base}"] - kept * (2 * more * at[f"d_{base}"] - at.n * kept)


def _figures(at: Any) -> Mapping[str, tuple[Any, ...]]:
    """The sums of x, y, x², xy and y² of each figure over the places of a cell."""
    return {
        "exposure": _of_group(at),
        "exposure_ratio": _ratio(at),
        "skew": tuple(at.long * part for part in _skew(at)),
    }


def _of_group(at: Any) -> tuple[Any, ...]:
    """The mean of a group's people: x = d (1 − q) + mean of the list, y = 1; of others x = − d q."""
    own, mean, d, dd = at.mine * at.n, at.mean_exposure, at.d_exposure, at.dd_exposure
    x = at.factor * d + own * mean
    xx = at.factor * at.factor * dd + at.mine * mean * (2 * at.factor * d + at.n * mean)
    return x, own, xx, at.mine * x, own


def _skew(at: Any) -> tuple[Any, ...]:
    """A mean over lists: x = d × factor + what is `left` of the list for each of its people, y = 1 ÷ people."""
    factor, left = at.factor * at.slope, at.left
    d, dd, each = at.d_top, at.dd_top, 1 / at.size
    x = factor * d + at.n * left
    xx = factor * factor * dd + left * (2 * factor * d + at.n * left)
    return x, at.n * each, xx, x * each, at.n * each * each


def _ratio(at: Any) -> tuple[Any, ...]:
    """A ratio of means over lists, R: x = w₁ (d + m), y = w₁ m of the group; y = w₀ d of whom it is compared with."""
    mean, d, dd = at.mean_pair_exposure, at.d_pair_exposure, at.dd_pair_exposure
    one, two, all_of = at.mine * at.one, at.theirs * at.two, at.n * mean
    return (
        one * (d + all_of),
        one * all_of + two * d,
        one * one * (dd + mean * (2 * d + all_of)),
        one * one * mean * (d + all_of),
        one * one * mean * all_of + two * two * dd,
    )


def _float(value: Any) -> Any:
    return value.cast("float64")


def _amount(value: Any) -> Any:
    """Sum exactly, in any order; what 18 digits cannot hold is cut."""
    return ibis.least(ibis.greatest(value, -MOST), MOST).cast("decimal(18, 12)")
