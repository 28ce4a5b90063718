"""What each person brings to the figures of lists: the rows of the cube `ranks` for people who come back.

Where the clusters of a log are people, the same ones stand in many lists. A figure of lists is then as uncertain as
both make it, and its variance is that of the lists, plus that of the people, less that of single places (Cameron,
Gelbach & Miller 2011, J. Business & Economic Statistics 29:238-249). For that of people it takes what each brings.
Places are taken, not given: who stands higher pushes all others down. So a person brings to the figure of a group what
its place is more than the mean of its list, times 1 − q if it is of the group, and times −q if not, q the share of the
group in the list: these add up to the figure, and are what a change of one person's worth would do to it. The mean of a
list holds the person itself, so that a place is S ÷ (S − 1) times as far from that of the S − 1 others; by so much the
places of the group, and those of all others, are drawn apart around their own mean in the list, which stays.

Each figure θ = Σ x ÷ Σ y. Kept are, by bucket of the person, the sums of x and y, and over single places those of x²,
xy and y², so that the variance of Σ (x − θ y) follows for any θ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from boussole.audits.lake.tables import MOMENTS
from boussole.audits.systems.kinds import BUCKETS

FIRST = BUCKETS
"""The bucket of the first people: those before are of lists."""


def places(rows: Any, by: Sequence[str]) -> Any:
    """List × person's bucket × known group: places, and the sums of what they get."""
    names = [f"g_{name}" for name in by]
    known = rows.filter([rows[name].notnull() for name in names])
    gets = {"e": known.exposure, "r": known.reciprocal}
    return known.group_by(["list", "person", *names]).aggregate(
        n=_float(known.count()),
        t=_float(known.top.sum()),
        **{name: _float(each.sum()) for name, each in gets.items()},
        **{name * 2: _float(_amount(_float(each) * _float(each)).sum()) for name, each in gets.items()},
    )


def brought(cells: Any, own: Any, by: Sequence[str]) -> Any:
    """Month × group × person's bucket: what its people bring to each figure of the group.

    `cells`: what `places` gives; `own`: what `ranks.shares` gives, of each list and group.
    """
    names, values = [f"g_{name}" for name in by], [f"value{i + 1}" for i in range(len(by))]
    joined = cells.inner_join(own.select("list", "month", *values, *_FACTS), "list")
    mine = ibis.and_(*(joined[name] == joined[value] for name, value in zip(names, values, strict=True)))
    theirs = joined.of_all_others | ibis.and_(
        *(joined[name] == joined[f"against{i + 1}"] for i, name in enumerate(names))
    ).fill_null(False)
    made = joined.mutate(is_own=mine, is_other=~mine & theirs)
    sums: dict[str, Any] = {}
    for figure, parts in _figures(made).items():
        sums |= {f"{figure}_{moment}": _amount(part) for moment, part in zip(MOMENTS, parts, strict=True)}
    return made.select("month", *values, bucket=(made.person + FIRST).cast("uint8"), seen=made.n.cast("int64"), **sums)


_FACTS = (
    "pool", "n", "other_n", "weight", "exposure", "reciprocal", "listed_exposure", "listed_reciprocal",
    "own_exposure", "own_reciprocal", "other_exposure", "other_reciprocal", "pair_exposure", "pair_reciprocal",
    "long_lists", "top", "all_top", "skew", "of_all_others", "against1", "against2", "against3",
)  # fmt: skip
"""What `brought` needs of each list and group; the people of the group are `n_right` once joined."""


def _figures(at: Any) -> Mapping[str, tuple[Any, ...]]:
    """The sums of x, y, x², xy and y² of each figure over the places of a cell."""
    n, mine, pool = at.n, at.is_own, _float(at.pool)
    group = _float(at.n_right)
    share, long, each = group / pool, at.long_lists > 0, 1 / pool

    def apart(sums: tuple[Any, Any], of_group: Any, mean: Any) -> tuple[Any, Any]:
        above = of_group - group * mean
        return _apart(n, sums, mean, mine.ifelse(above / group, -above / (pool - group)), pool)

    found = {}
    for name, sums in {"exposure": (at.e, at.ee), "reciprocal": (at.r, at.rr)}.items():
        mean = _float(at[f"listed_{name}"]) / pool
        far = apart(sums, _float(at[name]), mean)
        found[name] = _of_group(mine, n, far, share, mean)
        found[f"{name}_ratio"] = _ratio(at, sums, name)
        if name == "exposure":
            factor = mine.ifelse(1 - share, -share) / _float(at.listed_exposure)
            found["attention"] = _spread(n, far, factor, each)
    even, top = _float(at.all_top) / pool, _float(at.top)
    far = apart((at.t, at.t), top, even)
    found["top"] = tuple(long.ifelse(part, 0.0) for part in _top(mine, n, far, share, even))
    slope = 1 / (top + share)
    left = (_float(at.skew) - slope * (top - group * even)) / pool
    factor = mine.ifelse(1 - share, -share) * slope
    found["skew"] = tuple(long.ifelse(part, 0.0) for part in _spread(n, far, factor, each, left=left))
    return found


def _apart(n: Any, sums: tuple[Any, Any], mean: Any, side: Any, people: Any) -> tuple[Any, Any]:
    """Σ d and Σ d², d = how far each place is above that of the others of its list.

    `sums` of what places get, and of its squares; `mean` over the list, of so many `people`; `side`: how far above it
    the mean is of the group, or of all who are not of it.
    """
    (plain, square), more = sums, people / (people - 1)
    d, dd, kept = plain - n * mean, square - 2 * mean * plain + n * mean * mean, (more - 1) * side
    return more * d - n * kept, more * more * dd - 2 * more * kept * d + n * kept * kept


def _of_group(mine: Any, n: Any, apart: tuple[Any, Any], share: Any, mean: Any) -> tuple[Any, ...]:
    """The mean of a group's people: x = d (1 − q) + mean of the list, y = 1; of others x = − d q."""
    d, dd = apart
    factor = mine.ifelse(1 - share, -share)
    own = mine.ifelse(1.0, 0.0)
    x = factor * d + own * n * mean
    return x, own * n, factor * factor * dd + own * (2 * factor * mean * d + n * mean * mean), own * x, own * n


def _top(mine: Any, n: Any, apart: tuple[Any, Any], share: Any, even: Any) -> tuple[Any, ...]:
    """The same where what is expected of each place stands below."""
    x, _, xx, xy, _ = _of_group(mine, n, apart, share, even)
    own = mine.ifelse(1.0, 0.0)
    return x, own * n * even, xx, xy * even, own * n * even * even


def _spread(n: Any, apart: tuple[Any, Any], factor: Any, each: Any, left: Any = 0.0) -> tuple[Any, ...]:
    """A mean over lists: x = d × factor + what is `left` of the list for each of its people, y = 1 ÷ people."""
    d, dd = apart
    x = factor * d + n * left
    return x, n * each, factor * factor * dd + 2 * factor * left * d + n * left * left, x * each, n * each * each


def _ratio(at: Any, sums: tuple[Any, Any], name: str) -> tuple[Any, ...]:
    """A ratio of means over lists, R: x = w₁ (d + m), y = w₁ m of the group; y = w₀ d of whom it is compared with."""
    n, weight, mean = at.n, _float(at.weight), _float(at[f"pair_{name}"])
    group, others = _float(at.n_right), _float(at.other_n)
    mine, theirs, shared = at.is_own.ifelse(1.0, 0.0), at.is_other.ifelse(1.0, 0.0), weight > 0
    one, two = shared.ifelse(mine * weight / group, 0.0), shared.ifelse(theirs * weight / others, 0.0)
    side = _float(at.is_own.ifelse(at[f"own_{name}"], at[f"other_{name}"]))
    d, dd = _apart(n, sums, mean, shared.ifelse(side / weight, 0.0) - mean, group + others)
    d, dd = shared.ifelse(d, 0.0), shared.ifelse(dd, 0.0)
    return (
        one * (d + n * mean),
        one * n * mean + two * d,
        one * one * (dd + 2 * mean * d + n * mean * mean),
        one * one * mean * (d + n * mean),
        one * one * n * mean * mean + two * two * dd,
    )


def _float(value: Any) -> Any:
    return value.cast("float64")


def _amount(value: Any) -> Any:
    return value.cast("decimal(38, 15)")
