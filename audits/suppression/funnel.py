"""Suppression along a funnel: what is hidden of decisions, and groups of whom few reached a stage, from there on."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from boussole.audits.measures import NOT_SELECTED, SELECTED, Cells
from boussole.audits.suppression.knowledge import reader
from boussole.audits.suppression.lattice import EVERYBODY, Key, Lattice
from boussole.audits.suppression.protection import Knowledge, Layer, protect
from boussole.audits.suppression.rules import NOTHING, Suppression, few, part_of, reasons, small_numerators
from boussole.audits.systems.model import System

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
