"""Bins of a drift measure: fine bins merged until each holds a tenth of the reference window (Yurdakul 2018)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from boussole.audits.cubes.sums import BinSums
from boussole.audits.errors import BoussoleError
from boussole.audits.measures import Measure

BINS = 10


class HistogramError(BoussoleError):
    """A histogram whose two windows do not fit its edges."""


@dataclass(frozen=True)
class Histogram:
    """Counts of one feature in two windows: under the first edge, between edges, from the last edge on, missing."""

    feature: str
    edges: tuple[float, ...]
    reference: tuple[int, ...]
    current: tuple[int, ...]
    sums: BinSums | None = field(default=None, kw_only=True)
    """Of the bins but the missing; None where they are not known."""

    def __post_init__(self) -> None:
        bins = len(self.edges) + 2
        for name, counts in (("reference", self.reference), ("current", self.current)):
            if len(counts) != bins or min(counts) < 0:
                raise HistogramError(
                    f"{len(counts)} {name} counts for {len(self.edges)} edges.",
                    where=f"feature '{self.feature}'",
                    next_step=f"Give {bins} counts of 0 or more: under, between edges, over, missing.",
                )

    @property
    def reason(self) -> str | None:
        """Why the windows cannot be compared: one holds no decision, or no value of the column; None where they can."""
        return reason_of(self.reference, self.current) or reason_of(self.reference[:-1], self.current[:-1], "no_values")

    def coarse(self) -> BinnedCounts:
        """Merge the counts into about ten bins."""
        edges, reference, current = merged(self.edges, self.reference, self.current)
        return BinnedCounts(
            by=("feature",),
            group=(self.feature,),
            reference=reference,
            current=current,
            about={"edges": list(edges)},
            reason=self.reason,
        )


@dataclass(frozen=True, kw_only=True)
class BinnedCounts:
    """Counts of two windows over the bins that distances are taken over; `about` names the edges or the categories."""

    by: tuple[str, ...]
    group: tuple[str, ...]
    reference: tuple[int, ...]
    current: tuple[int, ...]
    about: Mapping[str, Any]
    reason: str | None

    @property
    def params(self) -> dict[str, Any]:
        """The bins, and the decisions of both windows."""
        return {**self.about, "reference_total": sum(self.reference), "current_total": sum(self.current)}

    def measure(self, metric: str, value: float | None, params: Mapping[str, Any] | None = None) -> Measure:
        """A measure of these counts; without a value where the windows cannot be compared."""
        reason = self.reason or ("one_bin" if value is None else None)
        return Measure(
            metric=metric,
            by=self.by,
            group=self.group,
            value=None if reason else value,
            status="undefined" if reason else "ok",
            reason=reason,
            n=sum(self.current),
            params={**self.params, **(params or {})},
        )


def categories(kind: str, name: str, counts: Mapping[str, tuple[int, int]]) -> BinnedCounts:
    """Return counts by category, in the reference and in the current window."""
    reference, current = ([pair[side] for pair in counts.values()] for side in (0, 1))
    return BinnedCounts(
        by=(kind,),
        group=(name,),
        reference=tuple(reference),
        current=tuple(current),
        about={
            "categories": list(counts),
            "shares": [[count / max(sum(side), 1) for count in side] for side in (reference, current)],
        },
        reason=reason_of(reference, current),
    )


def reason_of(reference: Sequence[int], current: Sequence[int], reason: str = "empty_window") -> str | None:
    """The reason, where one of the windows holds nothing."""
    return None if sum(reference) and sum(current) else reason


def merged(
    edges: Sequence[float], reference: Sequence[int], current: Sequence[int], *, bins: int = BINS
) -> tuple[tuple[float, ...], tuple[int, ...], tuple[int, ...]]:
    """Merge neighbouring bins, from the left, until each holds at least 1/`bins` of the reference.

    Inputs: `len(edges) + 2` counts each: under the first edge, between edges, from the last edge on, missing. The
    missing stay apart. Where nearly all of the reference is in one bin, those under it and above it stay apart.
    """
    least = sum(reference[:-1]) / bins
    if not least:
        return tuple(edges), tuple(reference), tuple(current)
    kept: list[float] = []
    sums = [[reference[0], current[0]]]
    for edge, *pair in zip(edges, reference[1:-1], current[1:-1], strict=True):
        if sums[-1][0] >= least:
            kept.append(edge)
            sums.append([0, 0])
        sums[-1] = [total + count for total, count in zip(sums[-1], pair, strict=True)]
    if len(sums) > 1 and sums[-1][0] < least:
        last = sums.pop()
        kept.pop()
        sums[-1] = [total + count for total, count in zip(sums[-1], last, strict=True)]
    if len(sums) == 1:
        kept, sums = _around(edges, reference, current)
    return tuple(kept), (*(s[0] for s in sums), reference[-1]), (*(s[1] for s in sums), current[-1])


def _around(
    edges: Sequence[float], reference: Sequence[int], current: Sequence[int]
) -> tuple[list[float], list[list[int]]]:
    """What lies under the fullest bin of the reference, in it, and above it, with the edges between these."""
    at = max(range(len(edges) + 1), key=lambda i: reference[i])
    last = len(edges)
    parts = [part for part in (range(at), range(at, at + 1), range(at + 1, last + 1)) if part]
    return [*edges[max(at - 1, 0) : at], *edges[at : at + 1]], [
        [sum(counts[i] for i in part) for counts in (reference, current)] for part in parts
    ]
