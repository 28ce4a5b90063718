"""Writing a pack: a folder, and the same as one file."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from audits.errors import BoussoleError

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the archive, so that the same pack is the same archive."""


def write(files: Mapping[str, bytes], folder: Path, *, private: bool) -> Path:
    """Writes the files into an empty or missing folder, and beside it an archive of them; returns the archive.

    `private`: only their owner can read them.

    Raises BoussoleError where the folder holds something, or the archive is there.
    """
    archive = folder.with_name(f"{folder.name}.zip")
    if (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))) or archive.exists():
        raise BoussoleError(
            "the folder holds something already, or its archive is there.",
            where=str(folder),
            next_step="Give the name of a new folder: a pack is never mixed with another.",
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    archive.touch(mode=0o600 if private else 0o666)
    with zipfile.ZipFile(archive, "w") as packed:
        for name in sorted(files):
            info = zipfile.ZipInfo(f"{folder.name}/{name}", LONG_AGO)
            packed.writestr(info, files[name], zipfile.ZIP_DEFLATED)
    return archive
