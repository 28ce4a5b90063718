"""Hiding small groups so that no subtraction along the published tables brings them back.

The lattice holds everybody, each group attribute and each declared intersection. Hidden first are:

- `small_group`: fewer decisions than `privacy.suppress_below` (people, where these are the clusters), and for measures
  of outcomes that few positive or negative outcomes, or selected people in selective logs;
- `small_numerator`: an intersection cell that would say which further attribute the one or two (un)selected people of
  a larger group have, with an outcome or without.

Then `protects_small_group`: further cells, until linear programs confirm that every hidden cell could be anything in a
range at least `suppress_below` wide, nobody or not small at all, also to a reader who knows these rules. Not protected
are a rate of 0 % or 100 % in a large group, and what hidden cells have in common. Everybody (`by=()`) is always shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from boussole.audits.measures import NEGATIVE, NO_OUTCOME, NOT_SELECTED, POSITIVE, SELECTED, Cells, Counts, Group
from boussole.audits.suppression.knowledge import reader, rule_known
from boussole.audits.suppression.lattice import Key, Lattice
from boussole.audits.suppression.protection import Knowledge, Layer, protect
from boussole.audits.systems.model import System

SET_APART = "set_apart"
"""The reason of what is said of a group whose rows enter no figure, so that the others can be shown."""
SINGLES_OUT = 3
"""Fewer (un)selected people than this in a group are not broken down by another attribute."""


@dataclass(frozen=True, kw_only=True)
class Suppression:
    """Hidden cells and reasons: for counts of decisions, and for measures that depend on outcomes.

    `stages`: by the name of a stage; `scores`: of those who have a score, `decisions`, `outcomes` and `curve`; `apart`:
    groups of whom nobody is left in the tables.
    """

    decisions: Mapping[Key, str]
    outcomes: Mapping[Key, str]
    stages: Mapping[str, Mapping[Key, str]] = field(default_factory=dict)
    scores: Mapping[str, Mapping[Key, str]] = field(default_factory=dict)
    apart: Mapping[Key, str] = field(default_factory=dict)


NOTHING = Suppression(decisions={}, outcomes={})


def suppress(tables: Sequence[Cells], *, system: System, also: Suppression = NOTHING) -> Suppression:
    """Choose what to hide of the tables of one window, by the rules of this module; `also` is hidden in any case.

    Source: Fischetti & Salazar-González (2001), Management Science 47:1008-1027; Hundepool et al. (2012), Statistical
    Disclosure Control, chapter 4.
    """
    found = hide(Lattice(without(tables, also.apart)), system=system, also=also)
    return replace(
        found, decisions={**found.decisions, **also.apart}, outcomes={**found.outcomes, **also.apart}, apart=also.apart
    )


def without(tables: Sequence[Cells], groups: Collection[Key]) -> Sequence[Cells]:
    """The tables without groups that nobody is left of."""
    return [_without(table, {group for by, group in groups if by == table.by}) for table in tables]


def _without(table: Cells, groups: Collection[Group]) -> Cells:
    left = [i for i, group in enumerate(table.groups) if group not in groups]
    if len(left) == len(table.groups):
        return table
    return replace(table, groups=tuple(table.groups[i] for i in left), counts=table.counts[left])


def hide(lattice: Lattice, *, system: System, also: Suppression = NOTHING) -> Suppression:
    """What to hide of the tables that a lattice publishes."""
    limit = system.privacy.suppress_below
    parts = [lattice.count(part_of(decision)) for decision in (NOT_SELECTED, SELECTED)]
    sizes = parts[0] + parts[1]
    small = few(lattice, sizes, system=system) - lattice.known["decisions"]
    numerators = small_numerators(lattice, parts) - small
    rule = rule_known(lattice, sizes, small=small, limit=limit)
    hidden = protect(
        lattice,
        [Layer(counts=sizes, small=small, limit=limit)],
        Knowledge(
            plain=[reader(lattice, [part], targets=((0,),)) for part in parts],
            rule=[reader(lattice, parts, targets=((0, 1),), link=rule)],
        ),
        hidden=small | numerators | lattice.cells(also.decisions),
        sizes=sizes,
    )
    decisions = reasons(lattice, hidden, small, numerators) | dict(also.decisions)
    return Suppression(decisions=decisions, outcomes=_outcomes(lattice, decisions, sizes, system, also=also.outcomes))


def few(lattice: Lattice, sizes: Counts, *, system: System) -> set[int]:
    """Groups of fewer decisions than the limit, or perhaps fewer people (where rows repeat people)."""
    units = np.minimum(sizes, lattice.fewest_people()) if system.cluster == "person" else sizes
    return {i for i in lattice.groups if sizes[i] > 0 and units[i] < system.privacy.suppress_below}


def small_numerators(lattice: Lattice, parts: Sequence[Counts]) -> set[int]:
    """Intersection cells that hold some of the one or two people of a part (the selected…) of a larger group."""
    return {i for k in parts for i in lattice.groups if k[i] > 0 and any(k[j] < SINGLES_OUT for j in lattice.wider(i))}


def part_of(decision: int, *outcomes: int) -> Callable[[Counts], Counts]:
    """Counts per group of one decision, with some outcomes (all, if none is named)."""
    return lambda counts: counts[:, :, decision, list(outcomes) or slice(None)].sum(axis=(1, 2))


def _outcomes(
    lattice: Lattice, decisions: Mapping[Key, str], sizes: Counts, system: System, *, also: Mapping[Key, str]
) -> dict[Key, str]:
    """What to hide of measures that depend on outcomes; their reader sees how many were selected wherever shown."""
    outcome = system.log.outcome
    if outcome is None:
        return {}
    selective = outcome.observed_for == "selected"
    parts = [
        [lattice.count(part_of(decision, result)) for result in (NEGATIVE, POSITIVE, NO_OUTCOME)]
        for decision in ((SELECTED,) if selective else (NOT_SELECTED, SELECTED))
    ]
    targets = ((NEGATIVE, POSITIVE),) if selective else ((NEGATIVE,), (POSITIVE,))
    layers = [_layer(lattice, [three[part] for three in parts for part in target], system) for target in targets]
    small = set().union(*(layer.small for layer in layers))
    if selective:  # whether the outcomes of a handful are known is about a handful too
        small |= _layer(lattice, parts[0], system).small
    hidden = lattice.cells(decisions) - lattice.known["decisions"]
    small -= lattice.known["outcomes"]
    numerators = small_numerators(lattice, [part for three in parts for part in three]) - small
    shown = set(range(len(lattice.keys))) - hidden - lattice.unpublished("decisions")
    wider = protect(
        lattice,
        layers,
        Knowledge(plain=[reader(lattice, three, targets=targets, tails={0: shown}) for three in parts]),
        hidden=hidden | small | numerators | lattice.cells(also),
        sizes=sizes,
        layer="outcomes",
    )
    return dict(also) | dict(decisions) | reasons(lattice, wider - hidden, small, numerators)


def _layer(lattice: Lattice, parts: Sequence[Counts], system: System) -> Layer:
    """The sum of some parts, and the groups in which it is small."""
    counts, limit = np.asarray(sum(parts), dtype=np.int64), system.privacy.suppress_below
    return Layer(counts=counts, small={i for i in lattice.groups if 0 < counts[i] < limit}, limit=limit)


def reasons(lattice: Lattice, hidden: set[int], small: set[int], numerators: set[int]) -> dict[Key, str]:
    """Why each of the hidden cells is."""

    def reason(i: int) -> str:
        return "small_group" if i in small else "small_numerator" if i in numerators else "protects_small_group"

    return {lattice.keys[i]: reason(i) for i in sorted(hidden)}
