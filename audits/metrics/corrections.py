"""Whether corrections help: outcomes of people whom agents put in, and the gap between groups before and after."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from boussole.audits.measures import Cells, Group, Interval, Measure
from boussole.audits.metrics.adjusted import Against, against, compared, refused
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.replies import Counting, views_of_part
from boussole.audits.metrics.selection import SELECTION_RATIO
from boussole.audits.metrics.shares import MOST_STRATA
from boussole.audits.metrics.through import UNWATCHED, WATCHED
from boussole.audits.metrics.view import View, known_values
from boussole.audits.parts import Floats, Ints, Pairs
from boussole.audits.standing import WindowStanding
from boussole.audits.suppression.rules import NOTHING, Suppression
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.logs.human_actions import (
    APART,
    FINAL_BY_PERSON,
    FINAL_BY_TEAM,
    FOLLOWED,
    MOVED,
    PUT_IN,
    RESULTS,
    SOMEBODY,
    TAKEN_OUT,
)
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.estimates import standardised_difference
from boussole.audits.uncertainty.gap_share import KIND, fieller
from boussole.audits.uncertainty.quantiles import student_quantile

Sides = tuple[Ints, Ints]
"""Rows of the compared group and of the other: shape (buckets, proposed, final)."""
FEWEST = 10
"""Rows of each group that were selected, before and after, from which a logarithm of a rate is about normal."""


@dataclass(frozen=True, kw_only=True)
class GapChange:
    """Log ratios before and after, the (co)variances of change and gap after, and degrees of freedom."""

    before: float
    after: float
    variances: tuple[float, float, float]
    df: float

    @property
    def change(self) -> float:
        return self.after - self.before


def gap_change(clusterings: Sequence[Sides]) -> GapChange | None:
    """Estimate how a gap changes, from the same rows by bucket of each way in which they are clustered.

    The variance is the largest with each way of clustering and with none. Sources: Särndal, Swensson & Wretman (1992),
    Model Assisted Survey Sampling, 5.5; Satterthwaite, as Kott (2001), J. Official Statistics 17:521-526.
    None where fewer than `FEWEST` of a group are selected, before or after, or all rows are in one bucket.
    """
    sums = [_selected(side.sum(axis=0)) for side in clusterings[0]]
    if any(min(proposed, final) < FEWEST for proposed, final, _ in sums):
        return None
    of_rows = np.sum([_of_rows(side.sum(axis=0)) for side in clusterings[0]], axis=0)
    found = [_clustered(sides, np.diag(of_rows)) for sides in clusterings]
    if any(each is None for each in found):
        return None
    known = [each for each in found if each is not None]
    first, largest = (np.max([each[0][i, i] for each in known] + [of_rows[i, i]]) for i in (0, 1))
    shape = max((each[0] for each in known), key=lambda each: float(each[0, 0]))
    scale = math.sqrt(shape[0, 0] * shape[1, 1])
    both = float(shape[0, 1]) / scale * math.sqrt(first * largest) if scale > 0 else 0.0
    before, after = (math.log(_rate(sums[0], i) / _rate(sums[1], i)) for i in (0, 1))
    return GapChange(
        before=before,
        after=after,
        variances=(float(first), both, float(largest)),
        df=min(each[1] for each in known),
    )


def _selected(cells: Ints) -> tuple[int, int, int]:
    """Selected before, selected after, and all."""
    return int(cells[1].sum()), int(cells[:, 1].sum()), int(cells.sum())


def _rate(side: tuple[int, int, int], when: int) -> float:
    return side[when] / side[2]


def _clustered(sides: Sides, of_rows: Floats) -> tuple[Floats, float] | None:
    """Return covariance of change and gap after by buckets, and degrees of freedom; None with one bucket."""
    parts = []
    for side in sides:
        proposed, final, every = side[:, 1].sum(axis=1), side[:, :, 1].sum(axis=1), side.sum(axis=(1, 2))
        after = final / final.sum()
        parts.append(np.stack([after - proposed / proposed.sum(), after - every / every.sum()], axis=1))
    filled = np.sum([side.sum(axis=(1, 2)) for side in sides], axis=0) > 0
    m = int(filled.sum())
    if m < 2:
        return None
    gaps = (parts[0] - parts[1])[filled]
    covariance, fourth = m / (m - 1) * gaps.T @ gaps, (gaps**4).sum(axis=0)
    squares, larger = np.square(gaps).sum(axis=0), np.diag(covariance) > of_rows
    free = [3 * float(squares[i]) ** 2 / float(fourth[i]) - 2 for i in (0, 1) if larger[i]]
    return covariance, max(1.0, min([m - 1.0, *free]))


def _of_rows(cells: Ints) -> Floats:
    """Return the same for one group with independent rows."""
    proposed, final, every = _selected(cells)
    found = np.zeros((2, 2))
    for (before, after), n in np.ndenumerate(cells):
        gap = np.array([after / final - before / proposed, after / final - 1 / every])
        found += n * np.outer(gap, gap)
    return found


PUT_IN_RESULTS, GAP_BY_CORRECTIONS = "put_in_outcome_difference", "gap_by_corrections"
OF_RESULTS = {"bad_side": "below", "scale": "effect"}
OF_GAP = {"bad_side": "above", "scale": "effect", "watched": WATCHED}
FEW = "few_corrections"
MOST_UNSEEN = 0.01
"""Where more of what became of people is not known, and that could turn the answer round, there is none."""
POSITIVE, UNSEEN = 1, 2
"""Columns of what became of people: no, yes, not known."""


def correction_measures(
    read: pa.Table, system: System, *, standing: WindowStanding, counting: Counting, withheld: Suppression = NOTHING
) -> list[Measure]:
    """Measure the results of corrections and, of each group, the part of its gap that they make (`CORRECTED`)."""
    if not read.num_rows:
        return []
    found = [results(read, system, standing)] if system.log.outcome is not None and system.controls else []
    tables = [_tables(read, part, system, counting) for part in (FINAL_BY_TEAM, FINAL_BY_PERSON)]
    proposed = read.set_column(read.schema.get_field_index("outcome"), "outcome", pa.nulls(read.num_rows, pa.uint8()))
    for by, view in views_of_part(proposed, FINAL_BY_PERSON, system, standing, counting, withheld).items():
        if by:
            cells, moved = [each[by] for each in tables], _moved(read, by)
            found += [_gap(view, cells, position, moved) for position in compared(view)]
    return found


def _tables(read: pa.Table, part: str, system: System, counting: Counting) -> dict[tuple[str, ...], Cells]:
    """Count rows by what was proposed and what was decided in the end, for each attribute."""
    return {each.by: each for each in counting.cells(read.filter(pc.equal(read["part"], part)), system)}


def results(read: pa.Table, system: System, standing: WindowStanding) -> Measure:
    """Compare shares with a positive outcome within strata of the controls that hold people of both sides.

    Undefined: `not_mature`; `few_corrections`, fewer people than `suppress_below` on a side; `no_outcomes`;
    `too_many_strata`; `no_common_stratum`; `outcomes_unseen`, where missing outcomes could reverse the answer.
    Suppressed: `small_group`, `small_numerator`.
    """
    told = {**OF_RESULTS, "taken_out": _count(read, TAKEN_OUT), "left_out": _count(read, APART)}
    if standing.readable_from is not None:
        params = {**OF_RESULTS, "readable_from": standing.readable_from.isoformat()}
        return Measure(metric=PUT_IN_RESULTS, status="undefined", reason="not_mature", params=params)
    rows = read.filter(pc.equal(read["part"], RESULTS))
    strata, limit = sorted(set(rows["stratum"].to_pylist())), system.privacy.suppress_below
    if any(_count(read, SOMEBODY, by=side) < limit for side in (PUT_IN, FOLLOWED)):
        return _silent("undefined", FEW)
    if len(strata) > MOST_STRATA:
        return _silent("undefined", "too_many_strata")
    every = np.stack([_cells(rows.filter(pc.equal(rows["by"], side)), strata) for side in (PUT_IN, FOLLOWED)])
    return _results(every, told, limit)


def _results(every: Ints, told: Mapping[str, Any], limit: int) -> Measure:
    """The measure of both sides by stratum, bucket and what became of people."""
    pairs, bounds = _pairs(every, put_in=None, followed=None), _bounds(every)
    seen, unseen = every[..., :UNSEEN].any(), every[..., UNSEEN].sum() > MOST_UNSEEN * every.sum()
    if bounds is None or not seen:
        return _silent("undefined", "no_outcomes" if not seen else "no_common_stratum")
    if unseen and (pairs is None or bounds[0] <= 0 <= bounds[1]):
        params = {**told, "bounds": bounds}
        return Measure(metric=PUT_IN_RESULTS, status="undefined", reason="outcomes_unseen", params=params)
    if pairs is None:
        return _silent("undefined", "no_common_stratum")
    hidden = _hidden(pairs, limit)
    return _silent("suppressed", hidden) if hidden else _difference(every, pairs, {**told, "bounds": bounds})


def _silent(status: Literal["suppressed", "undefined"], reason: str) -> Measure:
    return Measure(metric=PUT_IN_RESULTS, status=status, reason=reason, params=OF_RESULTS)


def _count(read: pa.Table, part: str, *, by: str = "") -> int:
    rows = read.filter(pc.and_(pc.equal(read["part"], part), pc.equal(read["by"], by)))
    return int(pc.sum(rows["n"]).as_py() or 0)


def _cells(rows: pa.Table, strata: list[str]) -> Ints:
    """People of a side by stratum, bucket and what became of them."""
    place = {name: i for i, name in enumerate(strata)}
    found = np.zeros((len(strata), BUCKETS, 3), dtype=np.int64)
    at = np.array([place[name] for name in rows["stratum"].to_pylist()], dtype=np.intp)
    outcome = rows["outcome"].fill_null(UNSEEN).to_numpy()
    np.add.at(found, (at, rows["bucket"].to_numpy(), outcome), rows["n"].to_numpy())
    return found


def _pairs(every: Ints, *, put_in: bool | None, followed: bool | None) -> Pairs | None:
    """Return both sides in their common strata; `put_in`, `followed`: values for unknown outcomes (None: left out)."""
    sides = []
    for side, unseen in zip(every, (put_in, followed), strict=True):
        k, n = side[..., POSITIVE], side[..., :UNSEEN].sum(axis=2)
        if unseen is not None:
            n = n + side[..., UNSEEN]
            k = k + side[..., UNSEEN] * unseen
        sides.append((k, n))
    held = np.logical_and(*((n.sum(axis=1) > 0) for _, n in sides))
    if not held.any():
        return None
    (k1, n1), (k0, n0) = ((k[held].T, n[held].T) for k, n in sides)
    return Pairs(k1=k1, n1=n1, k0=k0, n0=n0, clustered=True)


def _bounds(every: Ints) -> list[float] | None:
    """Bound the difference whatever the missing outcomes are (Manski 1990, American Economic Review 80:319-323)."""
    ends = [_pairs(every, put_in=side, followed=not side) for side in (False, True)]
    rates = [standardised_difference(each).rates for each in ends if each is not None]
    return [one - other for one, other in rates] or None


def _hidden(pairs: Pairs, limit: int) -> str | None:
    """Why the figure would tell of few: on a side, or with an outcome, or without."""
    for k, n in ((pairs.k1.sum(), pairs.n1.sum()), (pairs.k0.sum(), pairs.n0.sum())):
        if n < limit:
            return "small_group"
        if 0 < k < limit or 0 < n - k < limit:
            return "small_numerator"
    return None


def _difference(every: Ints, pairs: Pairs, told: Mapping[str, Any]) -> Measure:
    sizes = pairs.n1.sum(axis=1) + pairs.n0.sum(axis=1)
    found, n, unseen = standardised_difference(pairs), int(sizes.sum()), int(every[..., UNSEEN].sum())
    params = {**told, "put_in": int(pairs.n1.sum()), "strata": pairs.n1.shape[1], "unseen": unseen}
    return Measure(
        metric=PUT_IN_RESULTS,
        value=found.rates[0] - found.rates[1],
        n=n,
        clusters=int(np.count_nonzero(sizes)),
        interval=found.interval,
        params={
            **params,
            "values": list(found.rates),
            "covered": n / int(every[..., :UNSEEN].sum()),
            "test": found.test,
        },
    )


def _moved(read: pa.Table, by: tuple[str, ...]) -> dict[Group, int]:
    """Different people of each group about whom it was decided otherwise than proposed."""
    rows = read.filter(pc.and_(pc.equal(read["part"], MOVED), pc.equal(read["by"], "*".join(by))))
    return {tuple(row[f"value{i + 1}"] for i in range(len(by))): row["n"] for row in rows.to_pylist()}


def _gap(view: View, cells: Sequence[Cells], position: int, moved: Mapping[Group, int]) -> Measure:
    """Measure the part of the gap left after the agents that their corrections make: below 0, they closed some."""
    other, group = against(view, SELECTION_RATIO, position), view.table.groups[position]
    params: dict[str, Any] = {**other.params, **OF_GAP}
    if (refusal := refused(view, SELECTION_RATIO, position, other)) is not None:
        why: Literal["suppressed", "undefined"] = "suppressed" if refusal.status == "suppressed" else "undefined"
        return view.without_value(GAP_BY_CORRECTIONS, why, str(refusal.reason), group=group, params=params)
    sides = [moved.get(group, 0), sum(moved.get(view.table.groups[i], 0) for i in other.positions)]
    if min(sides) < view.system.privacy.suppress_below:
        return view.without_value(GAP_BY_CORRECTIONS, "undefined", FEW, group=group, params=params)
    found = gap_change([_sides(each, view, position, other) for each in cells])
    if found is None:
        return view.without_value(GAP_BY_CORRECTIONS, "undefined", "few_selected", group=group, params=params)
    n = view.table.counts[[position, *other.positions]].sum(axis=(0, 2, 3))
    about = {
        "metric": GAP_BY_CORRECTIONS,
        "by": view.table.by,
        "group": known_values(group),
        "n": int(n.sum()),
        "clusters": int(np.count_nonzero(n)),
    }
    below = SELECTION_RATIO.bad_side(favourable=view.system.log.favourable) == "below"
    return _told(about, params, found, sign=1 if below else -1)


def _sides(cells: Cells, view: View, position: int, other: Against) -> tuple[Ints, Ints]:
    """Rows of both groups by bucket, what was proposed and what was decided in the end."""
    at = {group: i for i, group in enumerate(cells.groups)}
    counts = cells.counts[..., :UNSEEN]
    others = [at[view.table.groups[i]] for i in other.positions]
    return counts[at[view.table.groups[position]]], counts[others].sum(axis=0)


def _told(about: dict[str, Any], params: dict[str, Any], found: GapChange, *, sign: int) -> Measure:
    test: dict[str, Any] = {
        "kind": KIND,
        "part": sign * found.change,
        "whole": sign * found.after,
        "variances": list(found.variances),
        "watched": math.log(WATCHED),
        "df": found.df,
        "method": "fieller",
    }
    params = {**params, "before": math.exp(found.before), "after": math.exp(found.after), "test": test}
    z, whole = student_quantile(0.975, found.df), sign * found.after
    if whole - z * math.sqrt(found.variances[2]) >= test["watched"]:
        return Measure(**about, value=0.0, params={**params, "gap": UNWATCHED})
    ends = fieller(test, z) if whole < 0 else None
    if ends is None:
        return Measure(**about, status="undefined", reason="no_gap_left", params=params)
    interval = Interval(low=ends[0], high=ends[1], method="fieller")
    return Measure(**about, value=sign * found.change / whole, interval=interval, params=params)


METRICS = (
    Metric(
        name=PUT_IN_RESULTS,
        kind="comparison",
        formula="share with a positive outcome of people whom agents selected and the tool had not − that of people"
        " whom the tool selected and agents kept, over strata of the controls with w = n₁ n₀ ÷ (n₁ + n₀); `bounds`:"
        " between what it lies whatever became of those of whom it is not known",
        range="[−1, 1]",
        ideal=None,
        undefined="too few corrections; outcomes are not mature, or not known; no stratum holds people of both; so many"
        " outcomes are not known that the answer could be either; too few people to be told of",
        source="Hoffman, Kahn & Li (2018), Quarterly J. of Economics 133:765-800; Mantel-Haenszel risk difference:"
        " Greenland & Robins (1985), Biometrics 41:55-68; bounds: Manski (1990), American Economic Review 80:319-323",
    ),
    Metric(
        name=GAP_BY_CORRECTIONS,
        kind="share",
        formula="(log selection rate ratio after agents − that of what was proposed) ÷ log ratio after; 0 where the"
        f" ratio after is surely not under {WATCHED} (where being selected is a harm: not over its inverse). Judged"
        " by the contrast, and only where the ratio after lies there",
        range="(−∞, ∞)",
        ideal=None,
        undefined="too few corrections, or selections; there may be no gap after; as selection_rate_ratio",
        source="linearisation: Särndal, Swensson & Wretman (1992), 5.5; interval: Fieller (1954), J. Royal Statistical"
        " Society B 16:175-185; both claims at once: Berger (1982), Technometrics 24:295-300",
    ),
)
