"""The files of a lake: its catalogue in `keys/`, its data in `lake/`, and the draft that replaces them."""

from __future__ import annotations

import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from boussole.audits import private_files
from boussole.audits.errors import LakeError

if TYPE_CHECKING:
    import duckdb

DRAFT = "next.sqlite"
_DATA = re.compile(r"data(-[0-9a-f]{8})?")


@dataclass(frozen=True)
class LakeIdentity:
    """The identity of the lake that a reader opened, by which a newer one is told."""

    catalogue: Path
    data: Path
    inode: int
    had_data: bool

    @classmethod
    def of(cls, catalogue: Path, data: Path, inode: int) -> LakeIdentity:
        return cls(catalogue, data, inode, data.exists())

    def gone(self) -> bool:
        """Whether another lake has taken its place."""
        return inode(self.catalogue) != self.inode or (self.had_data and not self.data.exists())


def inode(path: Path) -> int:
    """The number of a file, another one once it was replaced; 0 when there is none."""
    return path.stat().st_ino if path.exists() else 0


def new_data(lake: Path) -> Path:
    """A data folder that no lake has used."""
    return lake / f"data-{secrets.token_hex(4)}"


def draft_of(catalogue: Path) -> Path:
    """Where the next catalogue is built."""
    return catalogue.with_name(DRAFT)


def swap(catalogue: Path) -> None:
    """Put the closed draft catalogue in the place of the catalogue. Raises LakeError where SQLite is at work."""
    refuse_work(catalogue)
    draft = draft_of(catalogue)
    private_files.to_disk(draft)
    draft.replace(catalogue)
    private_files.to_disk(catalogue.parent)


def refuse_work(catalogue: Path) -> None:
    """Raises LakeError where SQLite has work under way beside a catalogue that is to be replaced."""
    if any(catalogue.with_name(f"{catalogue.name}{suffix}").exists() for suffix in ("-journal", "-wal")):
        raise LakeError(
            "another process is writing to the catalogue; nothing was changed.",
            where=str(catalogue.parent),
            next_step="Wait for it to end, then run the command again.",
        )


def sweep(lake: Path, catalogue: Path, *, keep: Path) -> None:
    """Removes drafts and every data folder but the one that the catalogue names, where it names one of ours."""
    if not _DATA.fullmatch(keep.name):
        return
    for path in catalogue.parent.glob(f"{DRAFT}*"):
        path.unlink()
    for path in lake.iterdir():
        if _DATA.fullmatch(path.name) and path != keep:
            shutil.rmtree(path)


def has_data(lake: Path) -> bool:
    """Whether data lie there; without their catalogue, which holds their keys, nobody can read them."""
    return any(lake.glob("data*/**/*.parquet"))


def missing_data(connection: duckdb.DuckDBPyConnection, lake: Path) -> int:
    """How many data files that the catalogue of the attached lake names are missing, or are not of their full size."""
    named = connection.execute(
        "SELECT path, file_size_bytes FROM __ducklake_metadata_lake.ducklake_data_file WHERE end_snapshot IS NULL"
    ).fetchall()
    sizes = {path.name: path.stat().st_size for path in lake.glob("data*/**/*.parquet")}
    return sum(sizes.get(Path(path).name) != size for path, size in named)


def keep_only(lake: Path, names: set[str]) -> None:
    """Removes the data files that do not bear one of these names."""
    for path in lake.glob("data*/**/*.parquet"):
        if path.name not in names:
            path.unlink()
