"""The cube `histograms` as an Ibis expression: by day, counts and exact sums of values by bin of a watched column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from boussole.audits.cubes import build
from boussole.audits.cubes.edges import FARTHEST, feature_units
from boussole.audits.systems.model import System

NAMED, POOLED = 0, 1
"""Bins of a column of categories: a value that has a name of its own (`value1`), and those that have none."""
DIGITS = 15
"""Digits up to which a database reads a number as Python does, however it is written."""


def histograms(
    decisions: Any, system: System, edges: Mapping[str, Sequence[float]], values: Mapping[str, Sequence[str]]
) -> Any | None:
    """Return day × bin of the score and of each feature, with sums of values; None when nothing is watched.

    The bin is the number of `edges` at or below the value, -1 where it is missing; the highest score has its own.
    `total` counts whole units above the lowest edge. Only categories in `values` are counted by name.
    """
    score = system.log.score
    parts = []
    if score and "score" in edges:
        bin_ = build.score_bin(decisions, score, most=len(edges["score"]))
        parts.append(_counted(decisions, "score", bin_, build.score_in_units(decisions, score), system))
    for name in system.watched:
        value = decisions[f"f_{name}"]
        if name in values:
            parts.append(_categories(decisions, name, value, values[name]))
        elif name in edges:
            units = _in_units(value, *feature_units(edges[name]))
            parts.append(_counted(decisions, name, _binned(value, edges[name]), units, system))
    if not parts:
        return None
    return build.ordered(ibis.union(*parts) if len(parts) > 1 else parts[0], "histograms")


def _counted(decisions: Any, feature: str, bin_: Any, units: Any, system: System) -> Any:
    rows = decisions.select("day", "weight", bin=bin_, units=units.fill_null(0), value1=ibis.null("string"))
    single = system.log.weight is None
    return _summed(rows, feature, build.exact(rows.units) if single else build.weighted(rows.units, rows.weight))


def _categories(decisions: Any, feature: str, value: Any, named: Sequence[str]) -> Any:
    known = value.isin(named) if named else ibis.literal(False)
    place = ibis.cases((value.isnull(), build.MISSING), (known, NAMED), else_=POOLED).cast("int16")
    rows = decisions.select("day", "weight", bin=place, value1=known.ifelse(value, ibis.null("string")))
    return _summed(rows, feature, ibis.literal(0).cast(build.EXACT))


def _summed(rows: Any, feature: str, total: Any) -> Any:
    named = rows.mutate(feature=ibis.literal(feature), by=ibis.literal(""))
    keys = ["day", "feature", "by", "value1", "bin"]
    return named.group_by(keys).aggregate(n=build.count(named.weight), total=total)


def _binned(value: Any, edges: Sequence[float]) -> Any:
    below = _below(value, [_exactly(edge) for edge in edges], 0, len(edges))
    return value.isnull().ifelse(ibis.literal(build.MISSING, "int16"), below).cast("int16")


def _below(value: Any, edges: Sequence[Any], low: int, high: int) -> Any:
    """Return the number of edges at or below a value, known to be from `low` to `high`, by bisection."""
    if low == high:
        return ibis.literal(low, "int16")
    middle = (low + high) // 2
    upper, lower = _below(value, edges, middle + 1, high), _below(value, edges, low, middle)
    return (value >= edges[middle]).ifelse(upper, lower)


def _exactly(edge: float) -> Any:
    """A number as SQL that is read as the same number: of many digits, a plain decimal may be read as its neighbour."""
    if float(f"{edge:.{DIGITS}g}") == edge:
        return ibis.literal(edge, "float64")
    return ibis.literal(repr(edge), "string").cast("float64")


def _in_units(value: Any, origin: float, scale: float) -> Any:
    """How far a value lies above `origin`, in whole units."""
    far = ibis.literal(float(FARTHEST))
    units = (value - _exactly(origin)) * _exactly(scale)
    return ibis.greatest(ibis.least(units, far), -far).round().cast("int64")
