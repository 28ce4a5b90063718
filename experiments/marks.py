"""When each MLflow source was last read completely: a small JSON file beside the lake, lost with it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from audits.workspace import Workspace

MARGIN = 30 * 24 * 3600 * 1000
"""Milliseconds before the last sync from which runs are listed again: artifacts can be added to finished runs."""


def _path(workspace: Workspace) -> Path:
    return workspace.home / "lake" / "sync.json"


def read_marks(workspace: Workspace) -> dict[str, int]:
    """Source name -> moment (milliseconds) from which its runs have to be listed; empty when unknown."""
    try:
        marks = json.loads(_path(workspace).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return {str(name): int(moment) for name, moment in marks.items()}


def save_mark(workspace: Workspace, source: str, started: int) -> None:
    """Remembers that everything logged before `started` has been read, less the margin."""
    marks = read_marks(workspace) | {source: started - MARGIN}
    path = _path(workspace)
    fresh = path.with_suffix(f".{os.getpid()}.tmp")
    fresh.write_text(json.dumps(marks, indent=1, sort_keys=True), encoding="utf-8")
    fresh.replace(path)
