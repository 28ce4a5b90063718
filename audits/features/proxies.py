"""Which ordinary feature tells a group best, and how much of the gap in selection goes with it.

A feature tells a group where, from it alone, people whom nobody has looked at are told apart better than by chance. It
carries part of a gap where, among people alike in it, the gap is smaller. Neither says that it is a cause.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from boussole.audits.features.binned import BinnedFeature, counted
from boussole.audits.measures import Interval
from boussole.audits.searchable import Searchable
from boussole.audits.systems.model import System
from boussole.audits.uncertainty import jackknife as jk
from boussole.audits.uncertainty.auc import auc

ALPHA = 0.05
REST = "all others"
OVERLAP = 0.9
"""Where fewer people of a group have others beside them, people alike say little of the gap."""
METHOD = "jackknife_simultaneous"


@dataclass(frozen=True, kw_only=True)
class JointEstimate:
    """A figure with its interval, which holds for all figures of its kind in the exploration together; None: the
    counts leave no interval."""

    value: float
    interval: Interval | None

    def beyond(self, level: float) -> Literal["below", "above"] | None:
        """On which side of a level the whole interval lies."""
        if self.interval is None:
            return None
        return "above" if self.interval.low > level else "below" if self.interval.high < level else None


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A feature and a group: `auc`, how well the feature tells its people from those of `against` (0.5: not at all, 1:
    all of them), out of sample; `tells`: surely better than chance. `gap`: selection rate of the group less that of
    `against`; `overlap`: which part of the group has others beside it in its bin of the feature. `within`: the gap
    among people alike in the feature; `carried`: how much of the gap is gone then, and `carries`: surely some, on the
    side of the gap; none of these where the overlap is under `OVERLAP`. `share`: of a sure gap, which part is gone."""

    feature: str
    by: str
    group: str
    against: str
    n: int
    auc: JointEstimate
    tells: bool
    gap: JointEstimate
    within: float | None
    carried: JointEstimate | None
    carries: bool
    share: float | None
    overlap: float


def proxies(seen: Searchable, system: System, features: Sequence[BinnedFeature]) -> list[Proxy]:
    """Every feature for each group that may be told, those that tell best first.

    Each half of the clusters is told apart by what the other half shows of it (cross-fitting). Intervals: jackknife
    over hash buckets of the clusters, for all pairs of feature and group together (Bonferroni).
    Source: Chen, Kallus, Mao, Svacha & Udell (2019), Fairness under unawareness, FAT*; Kitagawa (1955), JASA 50:1168;
    Hanley & McNeil (1982), Radiology 143:29-36.
    """
    pairs = [(name, *each) for name in seen.names for each in _groups(seen, system, name)]
    many = len(pairs) * len(features)
    found = [
        proxy
        for name, value, against in pairs
        for feature in features
        if (proxy := _proxy(seen, system, feature, (name, value, against), many)) is not None
    ]
    return sorted(found, key=lambda each: (-each.auc.value, each.feature, each.by, each.group))


def _groups(seen: Searchable, system: System, name: str) -> Iterator[tuple[str, str]]:
    """The groups of an attribute that are not hidden, each with whom it is compared: the reference, else all others."""
    column = f'"g_{name}"'
    rows = seen.connection.execute(
        f"SELECT DISTINCT {column} FROM explored WHERE {column} IS NOT NULL ORDER BY ALL"
    ).fetchall()
    hidden = {group[0] for by, group in seen.hidden if by == (name,)}
    shown = [str(value) for (value,) in rows if value not in hidden]
    reference = system.groups[name].reference
    against = reference if reference in shown else None
    if against is not None or (reference is None and not hidden):  # all others would tell of the hidden ones
        for value in shown:
            if value != against:
                yield value, against or REST


def _proxy(
    seen: Searchable, system: System, feature: BinnedFeature, pair: tuple[str, str, str], many: int
) -> Proxy | None:
    """One feature and one group; None where either side has too few (un)selected people to be told."""
    name, value, against = pair
    counts = _counts(seen, feature, pair)
    sides = counts.sum(axis=(0, 3))
    if (sides < system.privacy.suppress_below).any():
        return None
    filled = counts.sum(axis=(0, 1, 2)) > 0
    left = [_without(counts, int(bucket)) for bucket in np.flatnonzero(filled)]
    level = 1 - ALPHA / many
    area = _told(_area(counts), [_area(each) for each in left], level, transform="logit")
    gap, within, overlap = _gaps(counts)
    without = [_gaps(each) for each in left]
    raw = _told(gap, [each[0] for each in without], level)
    enough = overlap >= OVERLAP
    carried = _told(gap - within, [each[0] - each[1] for each in without], level) if enough else None
    side = raw.beyond(0.0) if enough else None
    return Proxy(
        feature=feature.name,
        by=name,
        group=value,
        against=against,
        n=int(counts.sum()),
        auc=area,
        tells=area.beyond(0.5) == "above",
        gap=raw,
        within=within if enough else None,
        carried=carried,
        carries=carried is not None and side is not None and carried.beyond(0.0) == side,
        share=(gap - within) / gap if side is not None else None,
        overlap=overlap,
    )


def _counts(seen: Searchable, feature: BinnedFeature, pair: tuple[str, str, str]) -> jk.Ints:
    """Decisions by bin of the feature, side (group, whom it is compared with), decision and bucket."""
    name, value, against = pair
    column = f"g_{name}"
    rows = [str(each) for (each,) in seen.connection.execute(
        f'SELECT DISTINCT "{column}" FROM explored WHERE "{column}" IS NOT NULL ORDER BY ALL'
    ).fetchall()]  # fmt: skip
    every = counted(seen.connection, [(feature.column, len(feature.bins)), (column, rows)])
    one = every[:, rows.index(value)]
    other = every[:, rows.index(against)] if against != REST else every.sum(axis=1) - one
    return np.stack([one, other], axis=1)


def _without(counts: jk.Ints, bucket: int) -> jk.Ints:
    left = counts.copy()
    left[..., bucket] = 0
    return left


def _area(counts: jk.Ints) -> float:
    """The mean of both halves: the area under the curve of people of one half, their bins put in the order of the share
    of the group among the other half."""
    halves = [counts[..., bucket::2].sum(axis=(2, 3)) for bucket in (0, 1)]
    areas = []
    for learned, looked_at in (halves, halves[::-1]):
        share = (learned[:, 0] + 0.5) / (learned.sum(axis=1) + 1)
        order = np.argsort(share, kind="stable")
        areas.append(float(auc(*(looked_at[order, side].astype(np.float64) for side in (0, 1)))))
    return float(np.mean(areas))


def _gaps(counts: jk.Ints) -> tuple[float, float, float]:
    """The gap in selection rates; among people alike in the feature, by the distribution of the group, and which share
    of the group that is: those in bins where both sides are."""
    k, n = counts[:, :, 1].sum(axis=2).astype(float), counts.sum(axis=(2, 3)).astype(float)
    both = (n > 0).all(axis=1)
    whole = k.sum(axis=0) / n.sum(axis=0)
    if not both.any():
        return float(whole[0] - whole[1]), float("nan"), 0.0
    weights = n[both, 0] / n[both, 0].sum()
    rates = k[both] / n[both]
    return (
        float(whole[0] - whole[1]),
        float((weights * (rates[:, 0] - rates[:, 1])).sum()),
        float(n[both, 0].sum() / n[:, 0].sum()),
    )


def _told(
    value: float, left: Sequence[float], level: float, *, transform: Literal["identity", "logit"] = "identity"
) -> JointEstimate:
    if transform == "logit" and value == 1.0:  # of as many clusters as buckets, none is told wrongly
        return JointEstimate(
            value=value, interval=Interval(low=(1 - level) ** (1 / len(left)), high=1.0, method=METHOD)
        )
    found = jk.jackknife(value, np.array(left), transform=transform)
    if found is None:
        return JointEstimate(value=value, interval=None)
    ends = found.interval(low=0.0 if transform == "logit" else -1.0, high=1.0, level=level)
    return JointEstimate(value=value, interval=Interval(low=ends.low, high=ends.high, method=METHOD))
