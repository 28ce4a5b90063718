"""The state of a workspace's files: what was read in one state holds until the next."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from boussole.audits.lake.catalogue import place_of
from boussole.audits.workspace import SETTINGS_FILE, Workspace
from boussole.charter.record_types.acts import Attendance, Ballot, Opening, Participation, Proxy, Recusal
from boussole.charter.records.store.lookup import last_entry
from boussole.dashboard.runtime.cache import newest

Stamp = tuple[tuple[str, int, int], ...]
IN_SESSION = tuple(act.kind for act in (Attendance, Ballot, Opening, Participation, Proxy, Recusal))
"""Acts that no page shows that is kept."""


def stamp(workspace: Workspace) -> Stamp:
    """What pages depend on: name, time and size of the files of the workspace, and the last entry of its ledger.

    What members do in a session, twenty of them in a few minutes, changes no page that is kept.
    """
    home = workspace.home
    files = stamp_of([home / SETTINGS_FILE, *sorted([*home.glob("systems/*"), *home.glob("charter/*")])])
    last = _last_entry(home, records_stamp(workspace))
    return (*files, ("ledger", -1 if last is None else last, 0))


def house_stamp(workspace: Workspace) -> Stamp:
    """What the pages of a committee depend on: the same files, its own, and whatever is written to the records."""
    home = workspace.home
    files = sorted(path for kind in ("systems", "charter", "committees") for path in home.glob(f"{kind}/*"))
    return (*records_stamp(workspace), *stamp_of([home / SETTINGS_FILE, *files]))


def records_stamp(workspace: Workspace) -> Stamp:
    """The records, and what is not yet written into them."""
    return stamp_of([workspace.governance, workspace.home / f"{workspace.governance.name}-wal"])


def sealed_stamp(workspace: Workspace) -> Stamp:
    """The files that sealed records rest on; the moment at which a file was put in its place cannot be chosen."""
    found = [*workspace.evidence.glob("*"), *workspace.documents.glob("*")]
    return tuple((str(path), seen.st_ctime_ns, seen.st_size) for path in sorted(found) if (seen := _stat(path)))


@newest(4)
def _last_entry(home: Path, _stamp: Stamp) -> int | None:
    return last_entry(Workspace(home), besides=IN_SESSION)


def lake_files(workspace: Workspace) -> list[Path]:
    """What changes with every write to the lake, and with every sync."""
    catalogue = place_of(workspace)
    return [catalogue, catalogue.with_name(f"{catalogue.name}-wal"), workspace.lake / "sync.json"]


def stamp_of(watched: Sequence[Path]) -> Stamp:
    """Name, time and size of each file that is there."""
    return tuple((str(path), found.st_mtime_ns, found.st_size) for path in watched if (found := _stat(path)))


def _stat(path: Path) -> os.stat_result | None:
    """What a file is like; nothing for one that is not there, or for a journal that the first reader opens empty."""
    found = path.stat() if path.exists() else None
    return None if found and path.name.endswith("-wal") and not found.st_size else found
