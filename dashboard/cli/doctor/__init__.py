"""What `boussole doctor` looks at: whether others can read a workspace, and whether all that it needs works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from boussole.audits.errors import BoussoleError
from boussole.audits.faults import foreseen
from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.doctor.files import mend, private
from boussole.dashboard.cli.doctor.lake import catalogue, engine, fit
from boussole.dashboard.cli.doctor.machine import clock, disk, left_over, versions
from boussole.dashboard.cli.doctor.row import Check, Row, State, well
from boussole.dashboard.cli.doctor.settings import settings, sources
from boussole.dashboard.cli.doctor.stores import databases, store

CHECKS: Mapping[str, Check] = {
    "files": private,
    "catalogue": catalogue,
    "keys and lake": fit,
    "settings": settings,
    "sources": sources,
    "databases": databases,
    "MLflow": store,
    "engine": engine,
    "left over": left_over,
    "disk": disk,
    "clock": clock,
    "versions": versions,
}
"""By the word in the first column."""

__all__ = ["CHECKS", "Row", "document", "examine", "exit_code", "mend"]


def examine(workspace: Workspace) -> list[Row]:
    """Every check of a workspace; one that cannot look says so, and the others go on."""
    return [row for name, check in CHECKS.items() for row in _rows(workspace, name, check)]


def exit_code(rows: Sequence[Row]) -> int:
    """0 all right, 1 something to mend, 2 where something could not be looked at."""
    states = {row.state for row in rows}
    return 2 if "unseen" in states else int("mend" in states)


def document(workspace: Workspace, rows: Sequence[Row]) -> dict[str, Any]:
    """The table as JSON."""
    return {"schema": "boussole.doctor/1", "workspace": str(workspace.home), "rows": [asdict(row) for row in rows]}


def _rows(workspace: Workspace, name: str, check: Check) -> Iterator[Row]:
    state: State = "unseen"
    try:
        found = list(check(workspace))
    except Exception as error:
        told = foreseen(error) or error
        if not isinstance(told, BoussoleError):
            raise
        yield Row(check=name, state=state, what=f"cannot be looked at: {told.what}", next_step=told.next_step)
        return
    for what, next_step in found or [well("all right.")]:
        yield Row(check=name, state="mend" if next_step else "well", what=what, next_step=next_step)
