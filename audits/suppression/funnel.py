"""What to hide at each stage of a funnel: follows what is hidden of decisions, and hides a handful that came so far.

A group of whom few came that far is hidden from there on, with what would give it away; how many came so far may be
known. Where reaching a stage is the decision itself, whose counts are shown, the stage before is hidden as well: else
both ends of the handful would be known. Where few of everybody came so far, nothing is told of the stage, nor of those
after it: that nobody got on is a figure too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audits.measures import NOT_SELECTED, SELECTED, Cells
from audits.suppression.knowledge import reader, sum_known
from audits.suppression.lattice import EVERYBODY, Key, Lattice
from audits.suppression.protection import Knowledge, Layer, protect
from audits.suppression.rules import NOTHING, Suppression, few, part_of, reasons, small_numerators
from audits.systems.model import System


def suppress_stages(
    stages: Sequence[Sequence[Cells]], *, system: System, decisions: Mapping[Key, str], also: Suppression = NOTHING
) -> list[Mapping[Key, str]]:
    """What to hide at each stage of a funnel, from its tables of those who reached the stage before.

    `decisions`: what is hidden of the decisions themselves. `also`: what must be hidden in any case.
    """
    found: list[Mapping[Key, str]] = []
    hidden = dict(decisions)
    for i, (name, tables) in enumerate(zip(system.log.stages, stages, strict=True)):
        lattice = Lattice(tables)
        before = lattice.cells(hidden)
        hidden |= {key: why for key, why in also.stages.get(name, {}).items() if key not in hidden}
        if 0 < tables[0].sizes().sum() < system.privacy.suppress_below:
            hidden.setdefault(EVERYBODY, "small_group")
        if EVERYBODY not in hidden:
            known = set(range(len(lattice.keys))) - before - lattice.unpublished()
            following = Lattice(stages[i + 1]) if decided_next(system)[i] else None
            stage = FunnelStage(lattice, following, known=known)
            hidden = hide_stage(stage, system=system, hidden=hidden)
        found.append(dict(hidden))
    return found


@dataclass(frozen=True)
class FunnelStage:
    """A stage as its readers see it.

    `following`: those who moved on, where going on is the decision itself. `known`: cells of which it is known already
    how many came so far.
    """

    lattice: Lattice
    following: Lattice | None
    known: set[int]


def hide_stage(stage: FunnelStage, *, system: System, hidden: Mapping[Key, str]) -> dict[Key, str]:
    """What to hide at one stage, with its reasons: what has to be `hidden` in any case, and what would give it away."""
    lattice, limit = stage.lattice, system.privacy.suppress_below
    parts = [lattice.count(part_of(decision)) for decision in (NOT_SELECTED, SELECTED)]
    sizes = parts[0] + parts[1]
    small = few(lattice, sizes, system=system)
    small |= few(stage.following, parts[1], system=system) if stage.following else set()
    small -= lattice.shown_before["decisions"]
    numerators = small_numerators(lattice, parts) - small
    forced = lattice.cells(hidden)
    wider = protect(
        lattice,
        [Layer(counts=part, small=small, limit=limit) for part in parts],
        Knowledge(plain=[reader(lattice, parts, targets=((0,), (1,)), link=sum_known(sizes.size, shown=stage.known))]),
        hidden=forced | small | numerators | lattice.hidden_before["decisions"],
        sizes=sizes,
    )
    return {**hidden, **reasons(lattice, wider - forced, small, numerators)}


def decided_next(system: System) -> list[bool]:
    """Of each stage, whether going on to the next one is the decision itself."""
    return [*(name == system.log.decision.column for name in system.log.stages[1:]), False]
