"""What a shell proposes while somebody types: read from names of files, so that no library is waited for."""

from __future__ import annotations

import os
from pathlib import Path

import typer


def system_ids(context: typer.Context, incomplete: str) -> list[str]:
    """The ids of the systems of the workspace that the command would work on; none outside a workspace."""
    named = context.find_root().params.get("workspace") or os.environ.get("BOUSSOLE_HOME") or "."
    found = sorted(path.stem for path in Path(named).glob("systems/*.yaml"))
    return [name for name in found if name.startswith(incomplete)]
