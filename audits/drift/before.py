"""The window of reference, as drift by group takes it: its counts, and of which groups something was told there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from boussole.audits.counts.reference import HIDDEN, NOT_AUDITED, ReferenceCells
from boussole.audits.measures import Group, Measure, group_label
from boussole.audits.metrics.scored import EVERY, ScoredTable
from boussole.audits.metrics.view import View, counted_out
from boussole.audits.standing import WindowStanding
from boussole.audits.suppression.lattice import Key
from boussole.audits.suppression.rules import suppress
from boussole.audits.systems.model import System

OF_GROUPS = (NOT_AUDITED,)
"""Reasons that say nothing of everybody: what is told of everybody needs no audit."""
Refusal = tuple[Literal["undefined", "suppressed"], str]
"""Why there is no value: status and reason."""
Positions = Sequence[tuple[int, int]]
"""Of some groups, where they stand now and then."""


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """One attribute (or everybody) in both windows: where each group stands in them, or why it is not compared."""

    now: View
    then: View | None
    refused: Mapping[Group, Refusal]
    """By group: the status, `undefined` or `suppressed`, and the reason."""
    at: Mapping[Group, tuple[int, int]] = field(default_factory=dict)
    """By group that both windows tell: its position now and then."""

    def sides(self, at: Positions) -> list[tuple[View, list[int]]]:
        """Both windows with the positions of some groups there; the window of reference only where it has any."""
        views = (self.now, *filter(None, [self.then]))
        return [(view, [pair[side] for pair in at]) for side, view in enumerate(views)]


def pairing(now: View, then: View | None, before: ReferenceCells, untold: Collection[Key]) -> Pairing:
    """Which groups both windows tell. Hidden in one of them is hidden in both."""
    hidden = [{} if view is None else view.hidden(EVERY) for view in (now, then)]
    sizes = [np.zeros(0) if view is None else view.table.sizes() for view in (now, then)]
    refused: dict[Group, Refusal] = {}
    at: dict[Group, tuple[int, int]] = {}
    for i in now.known:
        group = now.table.groups[i]
        j = then.table.groups.index(group) if then is not None and group in then.table.groups else None
        if before.reason and not (before.reason in OF_GROUPS and not now.table.by):
            refused[group] = ("undefined", before.reason)
        elif i in hidden[0]:
            refused[group] = ("suppressed", hidden[0][i])
        elif j in hidden[1] or (now.table.by, group) in untold:
            refused[group] = ("suppressed", HIDDEN)
        elif j is None or not sizes[0][i] or not sizes[1][j]:
            refused[group] = ("undefined", "group_absent")
        else:
            at[group] = (i, j)
    return Pairing(now=now, then=then, refused=refused, at=at)


def decided_before(
    before: ReferenceCells, earlier: Mapping[tuple[str, ...], ScoredTable], *, system: System, standing: WindowStanding
) -> dict[tuple[str, ...], View]:
    """The decisions of the window of reference as they may be shown, by attribute.

    Where all have a score, what may be shown of scores is what may be shown of decisions.
    """
    if earlier and not any(each.scores.missing.any() for each in earlier.values()):
        return {by: each.view for by, each in earlier.items()}
    tables = [table for table in before.cells if standing.ended(table.by) is None]
    if not tables or not tables[0].counts.any():
        return {}
    hidden = suppress(tables, system=system)
    return {table.by: View(table=table, system=system, suppression=hidden, standing=standing) for table in tables}


def compared_groups(pairs: Pairing) -> list[int]:
    """Positions of the groups that are compared with another."""
    reference = pairs.now.system.reference_of(pairs.now.table.by)
    return [i for i in pairs.now.known if pairs.now.table.groups[i] != reference]


def whom(pairs: Pairing, group: Group) -> tuple[dict[str, Any], list[tuple[int, int]], Refusal | None]:
    """Whom a group is compared with in both windows: the parameters that say so, where they stand, and why it cannot be
    (status, reason).

    The declared reference of the attribute, else all other known groups that both windows tell.
    """
    by = pairs.now.table.by
    reference = pairs.now.system.reference_of(by)
    told: dict[str, Any] = {"against": "rest" if reference is None else group_label(by, reference)}
    if group in pairs.refused:
        return told, [], pairs.refused[group]
    if reference is not None:
        if reference in pairs.at:
            return told, [pairs.at[reference]], None
        hidden = pairs.refused.get(reference, ("undefined", ""))[0] == "suppressed"
        return told, [], ("suppressed", "reference_suppressed") if hidden else ("undefined", "reference_absent")
    others = [at for each, at in pairs.at.items() if each != group]
    left_out = sum(status == "suppressed" for status, _ in pairs.refused.values())
    if others:
        return told | counted_out(left_out), others, None
    return told, [], ("suppressed", "reference_suppressed") if left_out else ("undefined", "no_other_group")


def refusal(pairs: Pairing, metric: str, group: Group) -> Measure:
    """A measure without its value, with the reason."""
    status, reason = pairs.refused[group]
    return pairs.now.without_value(metric, status, reason, group=group)
