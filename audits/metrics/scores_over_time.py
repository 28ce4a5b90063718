"""Scores of windows that share days: what was told of those who have a score.

Where everybody has one, what is hidden of decisions and outcomes protects the scores too: sums over the same groups and
days follow from one another in the same way, whatever is added up. Where some have none, those who do are fewer, and
what is told of them is read together with other windows by itself. Calibration curves are told bin by bin, of groups
that are large enough in each; windows that share days could be subtracted bin by bin, so that only one has a curve.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from boussole.audits.measures import Scores
from boussole.audits.suppression.additive import finer
from boussole.audits.suppression.lattice import EVERYBODY, Key
from boussole.audits.suppression.over_time import REASON, ShownWindow, also_hidden
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

CURVE = "curve"
"""Among the figures that a window told: that it had calibration curves."""
OF_OUTCOMES = ("auc", "calibration_in_the_large", "calibration_error")
"""Measures of scores that depend on outcomes."""


def scores_withheld(
    window: Window,
    published: Sequence[ShownWindow],
    scores: Mapping[Window, Sequence[Scores]] | None,
    *,
    system: System,
) -> dict[str, Mapping[Key, str]]:
    """What a window must hide of those who have a score: of `decisions`, of `outcomes`, and the `curve` (everybody).

    `scores`: the tables of each piece of all windows, where somebody has no score. Where rows would be needed that were
    purged, all groups are hidden.
    """
    found: dict[str, Mapping[Key, str]] = {}
    if finer(window, [each.window for each in published if CURVE in each.figures]):
        found["curve"] = {EVERYBODY: REASON}
    if not scores or not any(scores.values()):
        return found
    if any(table.purged for tables in scores.values() for table in tables):
        every = {(t.by, group): REASON for tables in scores.values() for t in tables if t.by for group in t.groups}
        return {**found, "decisions": every, "outcomes": every}
    earlier = [
        replace(each, hidden=each.scored, unknown_hidden=system.attributes)
        for each in published
        if each.scored is not None
    ]
    cells = {piece: [table.cells() for table in tables] for piece, tables in scores.items()}
    hidden = also_hidden(window, earlier, cells, system=system)
    return {**found, "decisions": hidden.decisions, "outcomes": hidden.outcomes}
