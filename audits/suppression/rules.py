"""Groups too small to be shown that are set apart: their rows enter no figure, so that others can be shown.

Hiding small groups so that no subtraction along the published tables brings them back.

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

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from boussole.audits.measures import NEGATIVE, NO_OUTCOME, NOT_SELECTED, POSITIVE, SELECTED, Cells, Counts, Group
from boussole.audits.suppression.lattice import EVERYBODY, Key, Lattice
from boussole.audits.suppression.protection import Knowledge, Layer, protect, reader, rule_known
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

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


Hidden = Mapping[Key, str]


def suppress_stages(
    stages: Sequence[Sequence[Cells]], *, system: System, decisions: Hidden, also: Suppression = NOTHING
) -> list[Hidden]:
    """Choose what to hide at each stage of a funnel, from its tables of those who reached the stage before."""
    if not stages:
        return []
    wanted = [also.stages.get(name, {}) for name in system.log.stages]
    return Funnel([Lattice(tables) for tables in stages], system=system).hide(decisions, wanted)


class Funnel:
    """The stages of a funnel, each with the tables of those who reached the one before."""

    def __init__(self, lattices: Sequence[Lattice], *, system: System) -> None:
        self._lattices, self._system = lattices, system
        reached = [lattice.count(part_of(SELECTED)) for lattice in lattices]
        self._came = [lattices[0].count(part_of(NOT_SELECTED)) + reached[0], *reached]
        """How many came so far, at each level."""
        self._known: dict[int, set[int]] = {}
        self._small: list[set[int]] = []

    def hide(self, decisions: Hidden, wanted: Sequence[Hidden]) -> list[Hidden]:
        """What to hide at each stage: all that is hidden before, what is `wanted`, and what would give it away."""
        found: list[Hidden] = []
        hidden = dict(decisions)
        for i in range(len(self._lattices)):
            self._known[i] = self._visible_cells(i, hidden)
            hidden |= {key: why for key, why in wanted[i].items() if key not in hidden}
            if 0 < self._came[i][0] < self._system.privacy.suppress_below:
                hidden.setdefault(EVERYBODY, "small_group")
            if EVERYBODY not in hidden:
                hidden = self._hide_at(i, hidden)
            found.append(dict(hidden))
        return found

    def _visible_cells(self, level: int, hidden: Hidden) -> set[int]:
        """Return the cells that are shown at a level of stages while these keys are hidden."""
        lattice = self._lattices[min(level, len(self._lattices) - 1)]
        return set(range(len(lattice.keys))) - lattice.cells(hidden) - lattice.unpublished("decisions")

    def _hide_at(self, i: int, hidden: dict[Key, str]) -> dict[Key, str]:
        lattice = self._lattices[i]
        self._small.append(self._few(i))
        parts = [self._came[i] - self._came[i + 1], self._came[i + 1]]
        numerators = small_numerators(lattice, parts) - self._small[i]
        forced = lattice.cells(hidden)
        layers, knowledge = self._seen(i)
        wider = protect(
            lattice,
            layers,
            knowledge,
            hidden=forced | self._small[i] | numerators,
            sizes=self._came[i],
        )
        return {**hidden, **reasons(lattice, wider - forced, self._small[i], numerators)}

    def _few(self, i: int) -> set[int]:
        """The groups of whom few came so far, and those of whom few get on to what is the decision itself."""
        found = few(self._lattices[i], self._came[i], system=self._system)
        if self._decision == i + 1:
            found |= few(self._lattices[i + 1], self._came[i + 1], system=self._system)
        return found

    @property
    def _decision(self) -> int | None:
        """The stage that is the decision itself, if one is."""
        names, decision = self._system.log.stages, self._system.log.decision
        return names.index(decision.column) if decision and decision.column in names else None

    def _seen(self, i: int) -> tuple[list[Layer], Knowledge]:
        """What has to stay uncertain, and the reader of a stage: parts are people who got just so far."""
        levels = [i, i + 1]
        tails = {level: known for level, known in self._known.items() if level in levels}
        if self._decision is not None and self._decision + 1 >= levels[0]:
            levels = sorted({*levels, self._decision + 1})
            tails[self._decision + 1] = tails.get(self._decision + 1, set()) | self._known[0]
        came = [self._came[level] for level in levels]
        parts = [*(start - end for start, end in itertools.pairwise(came)), came[-1]]
        targets, layers, limit = [], [], self._system.privacy.suppress_below
        for stage, small in enumerate(self._small):
            if stage not in levels:
                continue
            first = levels.index(stage)
            for target in ((first,), tuple(range(first + 1, len(parts)))):
                counts = np.sum([parts[part] for part in target], axis=0)
                layers.append(Layer(counts=counts, small=small, limit=limit, wide=stage == i))
                targets.append(target)
        read = reader(
            self._lattices[i],
            parts,
            targets=tuple(targets),
            tails={levels.index(level): known for level, known in tails.items()},
            most=self._lattices[i].most(self._came[0]),
        )
        return layers, Knowledge(plain=[read])


REASON = "protects_other_window"


@dataclass(frozen=True, kw_only=True)
class ShownWindow:
    """A window that was shown before, and what it hid.

    `attributes`: those shown (None: all); `unknown_hidden`: those whose people of unknown group were not; `curve`:
    whether calibration curves were; `scored`: what was hidden of those with a score (None: all); `without_score`:
    whether somebody has none; `apart`: groups in none of its figures; `of`: another system that it was about.
    """

    window: Window
    hidden: Suppression
    attributes: Collection[tuple[str, ...]] | None = None
    unknown_hidden: Collection[tuple[str, ...]] = ()
    curve: bool = False
    scored: Suppression | None = None
    without_score: bool = False
    apart: Collection[Key] = ()
    of: System | None = None

    def untold(self, keys: Collection[Key]) -> set[Key]:
        """Return the groups of whose decisions nothing was published."""
        silent = {key for key in keys if self.attributes is not None and key[0] and key[0] not in self.attributes}
        unknown = {key for key in keys if None in key[1] and key[0] in self.unknown_hidden}
        return silent | unknown | (self.hidden.decisions.keys() & keys)

    def untold_outcomes(self, keys: Collection[Key]) -> set[Key]:
        """Return the groups of whose outcomes nothing was published."""
        return self.untold(keys) | _unknown(keys) | (self.hidden.outcomes.keys() & keys)


def _unknown(keys: Collection[Key]) -> set[Key]:
    return {key for key in keys if None in key[1]}


def also_hidden(
    tables: Sequence[Cells],
    shown: Sequence[ShownWindow],
    *,
    system: System,
    silent: Collection[tuple[str, ...]] = (),
) -> Suppression:
    """Choose what an audit must hide of the decisions and outcomes of a window in view of what others `shown` of it."""
    own = suppress([table for table in tables if table.by not in silent], system=system)
    keys = {(table.by, group) for table in tables for group in table.groups}
    known = {key for each in shown for key in keys - each.untold(keys)}
    of_outcomes = {key for each in shown for key in keys - each.untold_outcomes(keys)}
    lattice = Lattice(
        tables,
        silent={(by, group) for by, group in keys if by in silent},
        known={"decisions": known, "outcomes": of_outcomes},
    )
    found = hide(lattice, system=system, also=own)
    return Suppression(
        decisions=_reasons(found.decisions, own.decisions), outcomes=_reasons(found.outcomes, own.outcomes)
    )


def _reasons(found: Mapping[Key, str], own: Mapping[Key, str]) -> dict[Key, str]:
    """Return all that must be hidden, with the audit's own reason for what it hides by itself."""
    return {key: own.get(key, REASON) for key in found}


ONE_IN = 20
"""At most one decision in that many is set apart."""


@dataclass(frozen=True, kw_only=True)
class Apart:
    """The decisions about one group of an attribute (None: those whose value is not known) on some days."""

    attribute: str
    value: str | None
    days: Window

    @property
    def key(self) -> Key:
        """The group as a cell of the tables."""
        return (self.attribute,), (self.value,)


def within(apart: Iterable[Apart], window: Window) -> list[Apart]:
    """Return those on days that a window shares."""
    return [each for each in apart if each.days.start <= window.end and window.start <= each.days.end]


def smallest(tables: Sequence[Cells], *, system: System) -> list[tuple[Key, int]]:
    """The groups of one attribute that are too small to be told, with their decisions, the smallest first."""
    lattice = Lattice([table for table in tables if len(table.by) < 2])
    sizes = lattice.count(lambda counts: counts.sum(axis=(1, 2, 3)))
    small = sorted(few(lattice, sizes, system=system), key=lambda cell: (sizes[cell], cell))
    return [(lattice.keys[cell], int(sizes[cell])) for cell in small]


def find_apart(
    count: Callable[[Sequence[Apart]], Sequence[Cells]],
    days: Window,
    *,
    system: System,
    known: Sequence[Apart] = (),
    is_held: Callable[[Apart, Sequence[Apart]], bool] | None = None,
) -> list[Apart]:
    """Find what is to be set apart of some days: what is `known` to be, and the groups too small to be shown.

    `count` gives the tables without what is apart. At most one decision in `ONE_IN` is set apart, and none of a group
    that `is_held` by other figures.
    """
    apart = list(known)
    tables = count(apart)
    room = int(tables[0].sizes().sum()) / ONE_IN
    while True:
        more = []
        for (by, values), size in smallest(tables, system=system):
            each = Apart(attribute=by[0], value=values[0], days=days)
            if size <= room and not (is_held and is_held(each, apart)):
                room -= size
                more.append(each)
        if not more:
            return apart
        apart += more
        tables = count(apart)


def named(apart: Iterable[Apart], tables: Sequence[Cells]) -> dict[Key, str]:
    """The groups of which nothing is left in the tables, with the reason."""
    left = {(table.by, group) for table in tables for group in table.groups}
    return {each.key: SET_APART for each in apart if each.key not in left and any(t.by == each.key[0] for t in tables)}


def with_groups(tables: Sequence[Cells], keys: Mapping[Key, str]) -> list[Cells]:
    """The tables with groups that nobody is left of, so that measures name them."""
    added: dict[tuple[str, ...], list[Group]] = {}
    for by, group in keys:
        added.setdefault(by, []).append(group)
    return [_extended(table, added.get(table.by, [])) for table in tables]


def _extended(table: Cells, groups: Sequence[Group]) -> Cells:
    if not groups:
        return table
    known = [group for group in table.groups if None not in group]
    unknown = [group for group in table.groups if None in group]
    order = (*known, *(g for g in groups if None not in g), *unknown, *(g for g in groups if None in g))
    counts = np.zeros((len(order), *table.counts.shape[1:]), dtype=np.int64)
    counts[[order.index(group) for group in table.groups]] = table.counts
    return replace(table, groups=order, counts=counts)
