"""What the drift page looks at: distances from the cubes, groups from stored audits, and the charters adopted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from audits.drift.compared import DECISION
from audits.drift.series import Against, DriftSeries, Point, Step, drift_series
from audits.systems.model import System
from audits.workspace import Workspace
from charter.examined import examined
from charter.groups_over_time import mix_measures, told_of_groups
from charter.in_force import Version, versions


@dataclass(frozen=True, kw_only=True)
class Drift:
    """The series of a system with its groups, and every version of the charter that was used."""

    series: DriftSeries
    charters: Sequence[Version]


def look(workspace: Workspace, system: System, *, against: Against, step: Step, today: dt.date) -> Drift:
    """All of it, on a day. Raises BoussoleError where the system has no decision."""
    series = drift_series(
        workspace,
        system,
        step=step,
        against=against,
        examined=examined(workspace, system.id) if against == "examined" else None,
        as_of=today,
    )
    return Drift(series=_with_groups(workspace, series), charters=versions(workspace))


def _with_groups(workspace: Workspace, series: DriftSeries) -> DriftSeries:
    """The same windows with the mix of groups, as audits have told it."""
    if not series.system.groups:
        return series
    told = told_of_groups(workspace, series.system.id)

    def mixed(point: Point) -> Point:
        if point.reason or point.against is None:
            return point
        effect = point.measure("psi", DECISION)
        known = effect.params["test"]["design_effect"] if effect and "test" in effect.params else 1.0
        found = mix_measures(told.get(point.against), told.get(point.window), series.system, design_effect=known)
        return replace(point, measures=[*point.measures, *found])

    return replace(series, points=[mixed(point) for point in series.points])
