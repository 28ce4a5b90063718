"""Declared measures, as pages show them: computed and logged by a template, not recomputed, small groups hidden."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from boussole.audits.decisions.declared_values import DeclaredValue, declared_values
from boussole.audits.decisions.overview import in_force
from boussole.audits.systems import System
from boussole.audits.systems.values import RARE
from boussole.audits.workspace import Workspace

TEMPLATE = "gabarit"


@dataclass(frozen=True, kw_only=True)
class DeclaredMeasure:
    """One value that a run declares. `kind` is `algorithm` (of predictions), `data` (of training data) or `biased`.

    `groups` is {} for everybody. `value` is None where the template had none, or where it is `suppressed`.
    """

    run: str
    logged_at: dt.datetime
    kind: str
    groups: Mapping[str, str]
    metric: str
    value: float | None
    count: int | None
    suppressed: bool
    template: str = TEMPLATE
    recomputed: bool = False


def declared_measures(workspace: Workspace, system: System) -> list[DeclaredMeasure]:
    """The declared measures of a system, newest run first; those of runs deleted in MLflow are left out."""
    out = in_force(workspace, system)
    found: list[DeclaredMeasure] = []
    rows = sorted((row for row in declared_values(workspace, system) if row.run not in out), key=_newest_first)
    for _, lines in groupby(rows, key=lambda row: (row.run, row.file)):
        found += _shown(_unnamed(list(lines), system), least=system.privacy.suppress_below)
    return found


def _newest_first(row: DeclaredValue) -> tuple[float, str, str]:
    return -row.logged_at.timestamp(), row.run, row.file


def _unnamed(rows: list[DeclaredValue], system: System) -> list[DeclaredValue]:
    known = {(group.column, value) for group in system.groups.values() for value in (*group.values, group.reference)}
    enough = {item for row in rows if (row.count or 0) >= system.privacy.suppress_below for item in row.groups.items()}
    few = sorted({item for row in rows for item in row.groups.items()} - known - enough)
    words = {item: f"{RARE}{number}" for number, item in enumerate(few, 1)}
    return [
        replace(row, groups={column: words.get((column, value), value) for column, value in row.groups.items()})
        for row in rows
    ]


def _shown(rows: list[DeclaredValue], *, least: int) -> list[DeclaredMeasure]:
    small = [row.count is not None and row.count < least for row in rows]
    return [
        DeclaredMeasure(
            run=row.run,
            logged_at=row.logged_at,
            kind=row.kind,
            groups=row.groups,
            metric=row.metric,
            value=None if hidden else row.value,
            count=None if any(small) else row.count,
            suppressed=hidden,
        )
        for row, is_small in zip(rows, small, strict=True)
        for hidden in [is_small or (any(small) and _reveals_the_rest(row))]
    ]


def _reveals_the_rest(row: DeclaredValue) -> bool:
    return not row.groups or row.metric == "proportion"
