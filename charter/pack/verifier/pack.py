"""The files of a pack: what the manifest says of them, and how they are read."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from . import canonical, merkle
from .notes import Checkpoint, checkpoint_of
from .rows import lines_of
from .tally import Tally

MANIFEST, CHECKPOINT = "manifest.json", "ledger/checkpoint"


class Sealed(NamedTuple):
    """An entry of the ledger with its way to the checkpoint."""

    place: int
    leaf: bytes
    path: list[bytes]
    note: str
    entry: dict


class Pack:
    """A folder that holds an evidence pack. Raises ValueError or OSError where it holds none."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.manifest = json.loads(self.bytes(MANIFEST))
        if self.manifest["schema"] != "boussole.pack/1":
            raise ValueError("its manifest is of another version")
        self.listed: dict[str, str] = self.manifest["files"]
        self.restricted = bool(self.manifest["restricted"])

    def bytes(self, name: str) -> bytes:
        return (self.home / name).read_bytes()

    def text(self, name: str) -> str:
        return self.bytes(name).decode("utf-8")

    def names(self, folder: str) -> list[str]:
        """The files that the manifest lists of a folder, in order."""
        return sorted(name for name in self.listed if name.startswith(f"{folder}/"))

    def check_files(self, tally: Tally) -> None:
        """Every listed file is there with its hash, and no other."""
        found = {path.relative_to(self.home).as_posix() for path in self.home.rglob("*") if path.is_file()}
        for name in sorted(set(self.listed) | found - {MANIFEST}):
            if name not in self.listed:
                tally.check(f"{name}: the manifest does not list it", holds=False)
            elif name not in found:
                tally.check(f"{name}: it is missing", holds=False)
            else:
                tally.hold(f"{name}: SHA-256", digest(self.bytes(name)), self.listed[name])

    def checkpoint(self) -> Checkpoint:
        return checkpoint_of(self.text(CHECKPOINT))

    def entry(self, index: int) -> Sealed:
        """An entry and its proof (C2SP tlog-proof). Raises ValueError where it is none."""
        head, _, note = self.text(f"ledger/entry-{index}.tlog-proof").partition("\n\n")
        first, extra, place, *path = head.split("\n")
        if first != "c2sp.org/tlog-proof@v1" or not extra.startswith("extra ") or place != f"index {index}":
            raise ValueError(f"the proof of entry {index} is not written as one")
        sealed = base64.b64decode(extra[6:], validate=True)
        hashes = [base64.b64decode(line, validate=True) for line in path]
        entry = canonical.read(sealed)
        if not isinstance(entry, dict):
            raise ValueError(f"entry {index} is none")  # noqa: TRY004 (of what was read)
        return Sealed(index, merkle.leaf(sealed), hashes, note, entry)

    def cells(self, entry: int) -> dict[str, tuple[int, int]]:
        """The counts that a document tells: cases and rows of each measure that is a share."""
        lines = lines_of(self.text(f"cells/{entry}.csv"))
        next(lines)
        return {str(name): (int(cases or 0), int(rows or 0)) for name, cases, rows in lines}


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()
