"""Files of what is not sealed yet: moved to their place with the seal, or removed a day later."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from boussole.audits.lost import state_of
from boussole.audits.workspace import Workspace

DAY = 24 * 3600
FILES = {"cubes": "parquet", "system": "json"}
"""What the evidence of an audit document names, and the ending of the file that is named by its hash."""


def files_of(evidence: Mapping[str, Any]) -> list[str]:
    """Return the files that the evidence of an audit document names: its counts, and the declaration of its system."""
    return [f"{str(evidence[key]).removeprefix('sha256:')}.{end}" for key, end in FILES.items() if evidence.get(key)]


def clear(workspace: Workspace) -> None:
    """Removes what has lain here for a day."""
    latest = time.time() - DAY
    for path in workspace.unsealed.glob("*"):
        with suppress(FileNotFoundError):  # another process was faster
            if path.stat().st_mtime < latest:
                path.unlink()


@contextmanager
def settled(workspace: Workspace, targets: Sequence[Path]) -> Iterator[None]:
    """Move the files of some audits or records to their `targets` while these are sealed; back where that fails."""
    moved = [target for target in targets if _move(workspace.unsealed / target.name, target)]
    try:
        yield
    except BaseException:
        if state_of(workspace.governance) is not None:
            for target in moved:
                target.replace(workspace.unsealed / target.name)
        raise


def _move(source: Path, target: Path) -> bool:
    """Whether a file that was not sealed is at its place now; one that was there before stays."""
    if target.exists():
        return False
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        source.replace(target)
    except FileNotFoundError:
        return False
    return True
