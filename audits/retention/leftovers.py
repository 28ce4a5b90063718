"""Copies of sources that a killed process left in the temporary folder of the machine."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

PREFIX = "boussole-"
"""What the names of all temporary folders of Boussole begin with."""
DAY = 24 * 3600


def clear_temporary() -> int:
    """Remove one's own temporary folders of Boussole that are older than a day. Returns how many there were."""
    found = left_behind()
    for path in found:
        shutil.rmtree(path, ignore_errors=True)
    return len(found)


def left_behind() -> list[Path]:
    """One's own temporary folders of Boussole that are older than a day."""
    latest = time.time() - DAY
    return [path for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*") if _left(path, latest)]


def _left(path: Path, latest: float) -> bool:
    seen = path.lstat()
    return path.is_dir() and not path.is_symlink() and seen.st_uid == os.getuid() and seen.st_mtime < latest
