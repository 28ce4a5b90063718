"""The types every layer shares: an estimate with its uncertainty, and the counts it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from boussole.audits.parts import Floats, Parts

Status = Literal["ok", "undefined", "suppressed"]
Group = tuple[str | None, ...]
Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NOT_SELECTED, SELECTED = 0, 1
NEGATIVE, POSITIVE, NO_OUTCOME = 0, 1, 2
TOP = 10
"""The first places of a list: the `k` of measures at its top."""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A confidence interval; `method` names how it was made (`wilson`, `jackknife`, …)."""

    low: float
    high: float
    level: float = 0.95
    method: str


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One measured value, or the reason why there is none.

    `by` names the attribute(s), `group` the values (None: across groups), `given` the stratum; `n` is the denominator,
    `clusters` the hash buckets that hold some of it (None: independent rows), `params` all that the value depends on.
    """

    metric: str
    by: tuple[str, ...] = ()
    group: tuple[str, ...] | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    value: float | None = None
    status: Status = "ok"
    reason: str | None = None
    n: int | None = None
    clusters: int | None = None
    interval: Interval | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    parts: Parts | None = field(default=None, compare=False, repr=False)
    """What it was made of, where it can be put together with that of other windows; no document tells it."""

    def __post_init__(self) -> None:
        if (self.status == "ok") != (self.value is not None):
            raise ValueError(f"{self.id}: a value goes with status ok, and only with it")
        if (self.status == "ok") == (self.reason is not None):
            raise ValueError(f"{self.id}: a reason goes with every status but ok")

    @property
    def id(self) -> str:
        """`metric`, `metric/attribute`, or `metric/attribute=value,attribute=value`; then `|stage=name`."""
        return measure_id(self.metric, self.by, self.group) + "".join(f"|{k}={v}" for k, v in self.given.items())

    def document(self) -> dict[str, Any]:
        """The measure as the audit document writes it."""
        interval = self.interval
        return {
            "id": self.id,
            "metric": self.metric,
            "by": list(self.by),
            "group": None if self.group is None else dict(zip(self.by, self.group, strict=True)),
            "given": dict(self.given),
            "value": self.value,
            "status": self.status,
            "reason": self.reason,
            "n": self.n,
            "clusters": self.clusters,
            "interval": None
            if interval is None
            else {"low": interval.low, "high": interval.high, "level": interval.level, "method": interval.method},
            "params": dict(self.params),
        }


def group_label(by: tuple[str, ...], group: Group) -> str:
    """Return the label of a group, `gender=F,age=50+`: `?` for an unknown value, `=` and `%` escaped in values."""
    values = ["?" if value is None else value.replace("%", "%25").replace("=", "%3D") for value in group]
    return ",".join(f"{name}={value}" for name, value in zip(by, values, strict=True))


def measure_id(metric: str, by: tuple[str, ...], group: Group | None) -> str:
    """Return the stable name of a measure."""
    if not by:
        return metric
    return f"{metric}/{','.join(by) if group is None else group_label(by, group)}"


def attribute_of(by: Sequence[str]) -> str | None:
    """Return the name of an attribute or crossing; None for everybody."""
    return "*".join(by) or None


def label_of(group: Sequence[str | None] | None) -> str | None:
    """Return the name of a group beside that of its attribute, with `?` for an unknown value."""
    return None if not group else ", ".join("?" if value is None else value for value in group)


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Counts of one attribute (or declared intersection, or of everybody) in one window.

    `counts`: (groups, buckets, decision, outcome): not selected, selected; negative, positive, none. A None in a group
    is an unknown value. `clustered`: whether buckets hash a declared cluster; else rows are independent.
    """

    by: tuple[str, ...]
    groups: tuple[Group, ...]
    counts: Counts
    clustered: bool

    def __post_init__(self) -> None:
        if self.counts.ndim != 4 or self.counts.shape[0] != len(self.groups) or self.counts.shape[2:] != (2, 3):
            raise ValueError(f"counts of shape {self.counts.shape} do not fit {len(self.groups)} groups")

    def sizes(self) -> Counts:
        """Decisions in each group."""
        return self._sizes

    @cached_property
    def _sizes(self) -> Counts:
        """The number of decisions of each group, added up once."""
        found = np.asarray(self.counts.sum(axis=(1, 2, 3)), dtype=np.int64)
        found.flags.writeable = False
        return found


@dataclass(frozen=True, kw_only=True)
class Strata:
    """Counts of one attribute by stratum: a combination of codes for the values of the controls (None: not known).

    `counts`: (groups, strata, buckets, decision), with one bucket without clusters; empty if strata are `too_many`.
    """

    by: tuple[str, ...]
    groups: tuple[Group, ...]
    strata: tuple[tuple[str | None, ...], ...]
    counts: Counts
    clustered: bool
    too_many: bool = False


@dataclass(frozen=True, kw_only=True)
class ListSums:
    """Exact `totals` (…,) of lists by name, `parts` by bucket (…, buckets), and what recurring `people` bring."""

    totals: Mapping[str, npt.NDArray[np.float64]]
    parts: Mapping[str, npt.NDArray[np.float64]]
    people: Mapping[str, npt.NDArray[np.float64]] | None = None

    def at(self, position: int) -> ListSums:
        """The sums of one group."""
        return ListSums(
            totals={name: found[position] for name, found in self.totals.items()},
            parts={name: found[position] for name, found in self.parts.items()},
            people=self.people and {name: found[position] for name, found in self.people.items()},
        )


@dataclass(frozen=True, kw_only=True)
class Lists:
    """Sums over the ranked lists of one window that hold at least two known groups of one attribute.

    `sums` are those of each of the `groups`, `whole` those over all groups, by buckets of lists; `every` counts all
    lists; `purged`: the rows they would be counted from are gone.
    """

    by: tuple[str, ...]
    groups: tuple[Group, ...]
    sums: ListSums
    whole: ListSums
    every: int
    purged: bool = False


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of a funnel: who, of those who reached the one before (decision 1: reached), moved on."""

    name: str
    actor: str | None
    step: tuple[Cells, ...]
    strata: tuple[Strata, ...]


@dataclass(frozen=True, kw_only=True)
class Scores:
    """Counts of one attribute by score: equal bins of the declared range, the lowest first, and one for the top.

    `counts`: (groups, bins, buckets, decision, outcome), with one bucket without clusters; `totals`, `squares`: sums of
    scores and of their squares by cell; `missing`: decisions without a score by group; `purged`: the rows are gone.
    """

    by: tuple[str, ...]
    groups: tuple[Group, ...]
    range: tuple[float, float]
    counts: Counts
    totals: Floats
    squares: Floats
    missing: Counts
    clustered: bool
    purged: bool = False

    @property
    def probability(self) -> bool:
        """Whether a score can be read as the chance of the outcome."""
        low, high = self.range
        return low >= 0 and high <= 1

    @property
    def bins(self) -> int:
        """The number of equal bins that the range is divided into."""
        return int(self.counts.shape[1]) - 1

    def edges(self, parts: int) -> list[float]:
        """Return the ends of some number of equal parts of the range."""
        low, high = self.range
        return [low + (high - low) * i / parts for i in range(parts + 1)]

    def cells(self) -> Cells:
        """The counts of all decisions that have a score."""
        return Cells(by=self.by, groups=self.groups, counts=self.counts.sum(axis=1), clustered=self.clustered)
