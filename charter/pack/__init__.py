"""Evidence packs: audits that can be checked without us."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError
from boussole.charter.pack.building import HERE, pack_files, with_earlier

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the archive, so that the same pack is the same archive."""


def write(files: Mapping[str, bytes], folder: Path) -> Path:
    """Writes the files into an empty or missing folder, and beside it an archive of them; returns the archive.

    Raises BoussoleError where the folder holds something, or the archive is there.
    """
    archive = folder.with_name(f"{folder.name}.zip")
    if (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))) or archive.exists():
        raise BoussoleError(
            "the folder holds something already, or its archive is there.",
            where=str(folder),
            next_step="Give the name of a new folder: a pack is never mixed with another.",
        )
    for name, content in files.items():
        private_files.write(folder / name, content)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        for name in sorted(files):
            info = zipfile.ZipInfo(f"{folder.name}/{name}", LONG_AGO)
            into.writestr(info, files[name], zipfile.ZIP_DEFLATED)
    private_files.write(archive, packed.getvalue())
    return archive


__all__ = ["HERE", "pack_files", "with_earlier", "write"]
