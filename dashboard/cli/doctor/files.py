"""Whether others on the machine can open the files of a workspace, and closing them."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from boussole.audits import private_files
from boussole.audits.lake import has_lake, reading
from boussole.audits.lake.catalogue import beside_data
from boussole.audits.retention.leftovers import clear_temporary
from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.doctor.row import Finding

SHOWN = 3
MEND = "boussole doctor --mend"
HOUR = 3600
PARTS = (private_files.PART, ".draft", ".tmp")
"""How the names of files end that were not whole yet when their process was killed, of earlier versions too."""


def private(workspace: Workspace) -> Iterator[Finding]:
    """What others than the owner may open, files of others, and who could put another workspace in its place."""
    roots = (workspace.home, workspace.keys)
    opened = list(private_files.too_open(*roots))
    if opened:
        yield f"others than their owner may open {_some(workspace, opened)}.", MEND
    foreign = [path for path in _below(roots) if path.lstat().st_uid != workspace.home.stat().st_uid]
    if foreign:
        yield f"{_some(workspace, foreign)}: not of the account that owns the workspace.", "chown -R OWNER WORKSPACE"
    if workspace.home.stat().st_uid != os.geteuid():
        yield "the workspace belongs to another account.", "Run boussole as its owner."
    for above in workspace.home.parents:
        mode = above.stat().st_mode
        if mode & (stat.S_IWGRP | stat.S_IWOTH) and not mode & stat.S_ISVTX:
            yield f"others may write to {above}, and put another folder in this one's place.", f"chmod go-w {above}"


def parts(workspace: Workspace) -> list[Path]:
    """Files that a killed process left half written, more than an hour ago."""
    latest = time.time() - HOUR
    return [path for path in _below((workspace.home,)) if _is_part(path) and path.lstat().st_mtime < latest]


def mend(workspace: Workspace) -> list[str]:
    """Does what can be done without asking: modes, the catalogue, what killed processes left. Says what it did."""
    done = []
    if beside_data(workspace) and has_lake(workspace):
        with reading(workspace):  # whoever opens it moves it
            pass
        if beside_data(workspace) is None:
            done.append("The catalogue of the lake lies with the keys now.")
    closed = private_files.close(workspace.home, workspace.keys)
    if closed:
        done.append(f"Only their owner opens {_some(workspace, closed)} now.")
    left = parts(workspace)
    for path in left:
        path.unlink(missing_ok=True)
    folders = clear_temporary()
    if left or folders:
        done.append(f"Removed: {len(left)} half-written files, {folders} temporary folders.")
    return done


def _is_part(path: Path) -> bool:
    ending = path.suffix.rstrip("0123456789")
    return ending in PARTS and path.is_file() and not path.is_symlink()


def _below(roots: Sequence[Path]) -> Iterator[Path]:
    for root in dict.fromkeys(roots):
        for folder, names, files in os.walk(root):
            yield from (Path(folder) / name for name in (*names, *files))


def _some(workspace: Workspace, paths: Sequence[Path]) -> str:
    names = [os.path.relpath(path, workspace.home) for path in paths]
    named = ["the workspace" if name == "." else name for name in names[:SHOWN]]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(named) + more
