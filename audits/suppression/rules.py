"""Hiding small groups so that no subtraction along the published tables brings them back.

The lattice: everybody, each group attribute, each declared intersection, and every relation between them
(a group is the sum of its intersection cells). Three rules decide what is hidden first:

- `small_group`: fewer decisions than `privacy.suppress_below` (where people are the clusters: fewer people, as
  estimated from the hash buckets they fill: sixty decisions about two people are two people);
- for measures that depend on outcomes also a group with that few positive or negative outcomes (precision of
  selective logs: that few selected with outcome): its rate would be about a handful of people;
- `small_numerator`: an intersection cell that would say which further attribute the one or two (un)selected people
  of a larger group have.

Then `protects_small_group`: further cells, the smallest that do, until a linear program confirms for what is
published that every hidden cell could be anything in a range at least `suppress_below` wide, that a small one could
be nobody or not small at all, and that even a reader who knows these rules cannot narrow it within 1 to limit − 1.

Not protected, on purpose: a rate of 0 % or 100 %, or one or two selected people, in a group that is itself large
enough. Hiding these would hide the plainest discrimination, and nobody learns who the people are. Also not: what
hidden cells have in common (if none of them was selected, their sum says so). Everybody (`by=()`) is always shown.
People whose value is unknown are a cell that subtraction can use and that can be hidden to protect others; being
unknown is no group, so they are not hidden for being few.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from audits.measures import NEGATIVE, NOT_SELECTED, POSITIVE, SELECTED, Cells, Counts
from audits.suppression.lattice import Key, Lattice
from audits.suppression.protection import Layer, protect
from audits.systems.model import System

SINGLES_OUT = 3
"""Fewer (un)selected people than this in a group are not broken down by another attribute."""


@dataclass(frozen=True, kw_only=True)
class Suppression:
    """Hidden cells and reasons: for counts of decisions, and for measures that depend on outcomes."""

    decisions: Mapping[Key, str]
    outcomes: Mapping[Key, str]


def suppress(tables: Sequence[Cells], *, system: System) -> Suppression:
    """What to hide of these tables of one window; see the module's words.

    Source: complementary suppression and its audit by linear programming after Fischetti & Salazar-González
    (2001), Management Science 47:1008-1027; Hundepool et al. (2012), Statistical Disclosure Control, chapter 4.
    """
    lattice = Lattice(tables)
    limit = system.privacy.suppress_below
    decided = lattice.count(lambda counts: counts.sum(axis=(1, 2, 3)))
    small = _small(lattice, tables, decided, limit=limit, people=system.cluster == "person")
    numerators = _small_numerators(lattice) - small
    layer = Layer(counts=decided, small=small, limit=limit, knows_rule=True)
    hidden = protect(lattice, layer, hidden=small | numerators)
    decisions = _reasons(lattice, hidden, small, numerators)
    outcomes = _outcomes(lattice, hidden, decisions, system) if system.log.outcome else {}
    return Suppression(decisions=decisions, outcomes=outcomes)


def _small(lattice: Lattice, tables: Sequence[Cells], sizes: Counts, *, limit: int, people: bool) -> set[int]:
    units = np.asarray(sizes, dtype=np.float64)
    if people:
        for key, estimate in _people(tables).items():
            units[lattice.index[key]] = min(units[lattice.index[key]], estimate)
    return {i for i in lattice.groups if sizes[i] > 0 and round(units[i]) < limit}


def _people(tables: Sequence[Cells]) -> dict[Key, float]:
    """People in each group, from the share of hash buckets they fill (linear counting: Whang et al. 1990)."""
    found: dict[Key, float] = {}
    for table in tables:
        if not table.clustered:
            continue
        buckets = table.counts.shape[1]
        for group, counts in zip(table.groups, table.counts, strict=True):
            filled = int(np.count_nonzero(counts.sum(axis=(1, 2))))
            found[(table.by, group)] = (
                float("inf") if filled == buckets else float(np.log1p(-filled / buckets) / np.log1p(-1 / buckets))
            )
    return found


def _small_numerators(lattice: Lattice) -> set[int]:
    """Intersection cells that hold some of the one or two selected (or not selected) of a larger group."""
    found: set[int] = set()
    for decision in (SELECTED, NOT_SELECTED):
        k = lattice.count(lambda counts, side=decision: counts[:, :, side].sum(axis=(1, 2)))  # type: ignore[misc]
        found |= {i for i in lattice.groups if k[i] > 0 and any(k[j] < SINGLES_OUT for j in lattice.wider(i))}
    return found


def _outcomes(lattice: Lattice, hidden: set[int], decisions: Mapping[Key, str], system: System) -> dict[Key, str]:
    selective = system.log.outcome is not None and system.log.outcome.observed_for == "selected"
    seen: list[Callable[[Counts], Counts]] = (
        [lambda counts: counts[:, :, SELECTED, :2].sum(axis=(1, 2))]
        if selective
        else [lambda counts, o=outcome: counts[..., o].sum(axis=(1, 2)) for outcome in (NEGATIVE, POSITIVE)]  # type: ignore[misc]
    )
    layers = [lattice.count(part) for part in seen]
    limit = system.privacy.suppress_below
    few = [{i for i in lattice.groups if 0 < counts[i] < limit} for counts in layers]
    hidden = hidden.union(*few)
    unchecked = list(range(len(layers)))
    while unchecked:  # what protects one count may expose the other
        number = unchecked.pop(0)
        layer = Layer(counts=layers[number], small=few[number], limit=limit, knows_rule=False)
        wider = protect(lattice, layer, hidden=hidden)
        if wider != hidden:
            unchecked = [other for other in range(len(layers)) if other != number]
        hidden = wider
    return dict(decisions) | _reasons(lattice, hidden - _indices(lattice, decisions), set().union(*few), set())


def _indices(lattice: Lattice, keys: Mapping[Key, str]) -> set[int]:
    return {lattice.index[key] for key in keys}


def _reasons(lattice: Lattice, hidden: set[int], small: set[int], numerators: set[int]) -> dict[Key, str]:
    def reason(i: int) -> str:
        return "small_group" if i in small else "small_numerator" if i in numerators else "protects_small_group"

    return {lattice.keys[i]: reason(i) for i in sorted(hidden)}
