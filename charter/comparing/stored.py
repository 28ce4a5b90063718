"""Where comparisons with a shadow are kept: `reports/shadow/SHADOW/DAY.json`, the newest of each month."""

from __future__ import annotations

from pathlib import Path

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import canonical_json
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.comparing.months import VersionSuccession
from boussole.charter.document.base import given
from boussole.charter.document.differences.comparing import Days, VersionComparison


def keep(workspace: Workspace, document: VersionComparison) -> Path:
    """Keeps a comparison for the page of drift, in the place of an earlier one of the same shadow and month."""
    path = _place(workspace, document.candidate.name, document.candidate.window)
    private_files.write(path, canonical_json(document.written()))
    return path


def kept(workspace: Workspace, system: str) -> list[VersionSuccession]:
    """The newest comparison that was kept of each shadow of a system, as long as its file is in the workspace."""
    found = []
    for name, shadow in workspace.systems.items():
        months = sorted(_folder(workspace, name).glob("*.json")) if shadow.shadow_of == system else []
        if months:
            found.append(_change(system, name, months[-1]))
    return found


def told_before_safely(workspace: Workspace, document: VersionComparison, system: System) -> None:
    """What was told of the same decisions before, by this shadow or another, and is told now, must not differ by a
    few cases. Raises BoussoleError where it does."""
    fewest, now = system.privacy.suppress_below, _sizes(document)
    for name, shadow in workspace.systems.items():
        place = _place(workspace, name, document.candidate.window)
        if shadow.shadow_of != system.id or not place.exists():
            continue
        before = _sizes(VersionComparison.read(place.read_bytes()))
        close = {key for key in now.keys() & before.keys() if 0 < abs(now[key] - before[key]) < fewest}
        if close:
            raise BoussoleError(
                f"a comparison of this month was made before, over almost the same cases: {len(close)} of its figures "
                f"rest on a few more or fewer, so that both together would tell of fewer than {fewest}.",
                where=str(place),
                next_step="Compare again once more answers or outcomes are in; until then the earlier one stands.",
            )


def _change(system: str, shadow: str, kept_in: Path) -> VersionSuccession:
    try:
        return VersionSuccession(before=system, after=shadow, document=VersionComparison.read(kept_in.read_bytes()))
    except (OSError, ValueError):
        missing = f"the comparison that was kept of '{shadow}' cannot be read."
        todo = f"Make it again: `boussole compare --system {system} --shadow {shadow}`."
        return VersionSuccession(before=system, after=shadow, missing=missing, todo=todo)


def _sizes(document: VersionComparison) -> dict[tuple[str, str], int]:
    """On how many cases each told figure rests, by measure and side."""
    return {
        (row.measure, side): given(figure.n)
        for row in document.rows
        for side, figure in (("production", row.production), ("candidate", row.candidate))
        if figure is not None
    }


def _place(workspace: Workspace, shadow: str, days: Days) -> Path:
    return _folder(workspace, shadow) / f"{days.start.isoformat()}.json"


def _folder(workspace: Workspace, shadow: str) -> Path:
    return workspace.reports / "shadow" / shadow
