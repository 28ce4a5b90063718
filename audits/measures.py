"""The types every layer shares: an estimate with its uncertainty, and the counts it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from boussole.audits.parts import Parts

Status = Literal["ok", "undefined", "suppressed"]
Group = tuple[str | None, ...]
Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
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

    `by` names the attribute(s), `group` the values (None: across groups), `given` the stratum.
    `n` is the denominator of the value (decisions), `clusters` the hash buckets that hold some of them
    (None where rows are independent). `params` records all that the value depends on.
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
    """The label of a group: `gender=F,age=50+`; an unknown value is written `?`.

    `=` and `%` in a value are written `%3D` and `%25`: else a value could pass for two attributes.

    >>> group_label(("gender", "age"), ("F", None)), group_label(("gender",), ("F,age=50+",))
    ('gender=F,age=?', 'gender=F,age%3D50+')
    """
    values = ["?" if value is None else value.replace("%", "%25").replace("=", "%3D") for value in group]
    return ",".join(f"{name}={value}" for name, value in zip(by, values, strict=True))


def measure_id(metric: str, by: tuple[str, ...], group: Group | None) -> str:
    """The stable name of a measure.

    >>> measure_id("selection_rate", (), None), measure_id("selection_rate", ("sex",), ("F",))
    ('selection_rate', 'selection_rate/sex=F')
    >>> measure_id("demographic_parity_difference", ("sex",), None)
    'demographic_parity_difference/sex'
    """
    if not by:
        return metric
    return f"{metric}/{','.join(by) if group is None else group_label(by, group)}"


def attribute_of(by: Sequence[str]) -> str | None:
    """The name of an attribute or crossing; None for everybody.

    >>> attribute_of(("sex", "age")), attribute_of(())
    ('sex*age', None)
    """
    return "*".join(by) or None


def label_of(group: Sequence[str | None] | None) -> str | None:
    """What a group is called beside the name of its attribute; an unknown value is written `?`.

    >>> label_of(("F", None)), label_of(None)
    ('F, ?', None)
    """
    return None if not group else ", ".join("?" if value is None else value for value in group)


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Counts of one attribute (or declared intersection, or of everybody) in one window.

    `counts` has the shape (groups, buckets, decision, outcome): decision is not selected, selected;
    outcome is negative, positive, none. A group with a None holds people whose value is unknown.
    `clustered` tells whether buckets hash a declared cluster; if not, rows are independent.
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
        """Added up once: a comparison with all others asks for them for each pair of groups."""
        found = np.asarray(self.counts.sum(axis=(1, 2, 3)), dtype=np.int64)
        found.flags.writeable = False
        return found


@dataclass(frozen=True, kw_only=True)
class Strata:
    """Counts of one attribute by stratum: a combination of codes for the values of the controls (None: not known).

    `counts` has the shape (groups, strata, buckets, decision); without clusters there is one bucket. `too_many`: there
    were more strata than can be read, so that none is here.
    """

    by: tuple[str, ...]
    groups: tuple[Group, ...]
    strata: tuple[tuple[str | None, ...], ...]
    counts: Counts
    clustered: bool
    too_many: bool = False


@dataclass(frozen=True, kw_only=True)
class ListSums:
    """Sums over lists by name (those of the cube `ranks`): `totals` (…,), and in each bucket, `parts` (…, buckets).

    Totals are exact; the parts, being rounded, may add up to something else in the last digit. `people`: what people
    bring to the figures, by their own buckets (…, buckets); None where lists are the only clusters.
    """

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
    """The ranked lists of one window that hold at least two known groups of one attribute, added up.

    `sums` are those of each of the `groups`, `whole` those over all groups of each list. Buckets hash lists. `every`:
    all lists of the window. `purged`: rows would be needed to count them, and are gone.
    """

    by: tuple[str, ...]
    groups: tuple[Group, ...]
    sums: ListSums
    whole: ListSums
    every: int
    purged: bool = False


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of a funnel: of those who reached the one before, who moved on.

    In the tables `decision` 1 means having reached the stage, and no outcome is known. `strata` are those of `step`.
    """

    name: str
    actor: str | None
    step: tuple[Cells, ...]
    strata: tuple[Strata, ...]


@dataclass(frozen=True, kw_only=True)
class Scores:
    """Counts of one attribute by score: equal bins of the declared range, the lowest first, and one for the top.

    `counts` has the shape (groups, bins, buckets, decision, outcome); without clusters there is one bucket. `totals`
    and `squares`: the sum of the scores of each cell, and of their squares. Decisions without a score are in none:
    `missing` counts them by group. `purged`: the rows they would be counted from are gone.
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
        """The ends of some number of equal parts of the range.

        >>> empty = np.zeros((0, 11, 1, 2, 3))
        >>> Scores(by=(), groups=(), range=(0, 1), counts=empty, totals=empty, squares=empty, missing=empty,
        ...        clustered=False).edges(4)
        [0.0, 0.25, 0.5, 0.75, 1.0]
        """
        low, high = self.range
        return [low + (high - low) * i / parts for i in range(parts + 1)]

    def cells(self) -> Cells:
        """The counts of all decisions that have a score."""
        return Cells(by=self.by, groups=self.groups, counts=self.counts.sum(axis=1), clustered=self.clustered)
