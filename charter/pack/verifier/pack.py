"""The files of a pack: what the manifest says of them, and how they are read."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from .proofs import canonical, merkle
from .proofs.archive import Archive
from .proofs.files import Folder, RefusedError, Source, above
from .proofs.notes import Checkpoint, bytes_of, checkpoint_of
from .rows import lines_of
from .tally import Tally

MANIFEST, CHECKPOINT = "manifest.json", "ledger/checkpoint"
HASH = "[0-9a-f]{64}"
COMMON = (
    r"manifest\.json|README\.md|LISEZMOI\.md|code\.json|verify\.py|verifier/([a-z0-9_]+/)?[a-z0-9_]+\.py"
    r"|audits/[0-9]+-[a-z][a-z0-9_]*-[0-9]{4}-[0-9]{2}-[0-9]{2}\.json|(charters|systems)/" + HASH + r"\.json"
    r"|ledger/(checkpoint|consistency\.json|entry-[0-9]+\.tlog-proof)"
)
OPEN, RESTRICTED = re.compile(COMMON + r"|cells/[0-9]+\.csv"), re.compile(COMMON + f"|rows/{HASH}" + r"\.(csv|parquet)")
"""The names of all files that a pack can hold: no two of them differ by case only, or by the form of a character."""


class SealedEntry(NamedTuple):
    """An entry of the ledger with its way to the checkpoint."""

    place: int
    leaf: bytes
    path: list[bytes]
    note: str
    entry: dict


class Pack:
    """An evidence pack. Raises ValueError or OSError where there is none, RefusedError where it holds more than one."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._seen: dict[str, str] = {}
        manifest = canonical.read(self.bytes(MANIFEST))
        if not isinstance(manifest, dict) or manifest["schema"] != "boussole.pack/1":
            raise ValueError("its manifest is of another version")
        self.listed: dict[str, str] = dict(manifest["files"])
        self.restricted = bool(manifest["restricted"])
        kinds = RESTRICTED if self.restricted else OPEN
        reasons = [
            f"{name}: the manifest does not list it" for name in sorted(source.names - {MANIFEST} - set(self.listed))
        ]
        folders = sorted(source.folders - above(self.listed))
        reasons += [f"{name}: the manifest lists no file in this folder" for name in folders]
        names = sorted({*source.names, *self.listed})
        reasons += [f"{name}: no pack has a file of this name" for name in names if not kinds.fullmatch(name)]
        if reasons:
            raise RefusedError(reasons)

    def bytes(self, name: str) -> bytes:
        """The content of a file: the same each time that it is read."""
        content = self.source.read(name)
        if self._seen.setdefault(name, digest(content)) != digest(content):
            raise RefusedError([f"{name}: it was changed while it was read"])
        return content

    def text(self, name: str) -> str:
        return self.bytes(name).decode("utf-8")

    def names(self, folder: str) -> list[str]:
        """The files that the manifest lists of a folder, in order."""
        return sorted(name for name in self.listed if name.startswith(f"{folder}/"))

    def check_files(self, tally: Tally) -> None:
        """Checks that every listed file is there with its hash."""
        for name in sorted(self.listed):
            if name not in self.source.names:
                tally.check(f"{name}: it is missing", holds=False)
            else:
                tally.hold(f"{name}: SHA-256", digest(self.bytes(name)), self.listed[name])

    def verifier(self) -> dict[str, str]:
        """The files of the verifier that is in the pack, with the hashes that the manifest lists."""
        return {name: self.listed[name] for name in verifier_names(self.listed)}

    def checkpoint(self) -> Checkpoint:
        return checkpoint_of(self.text(CHECKPOINT))

    def entry(self, index: int) -> SealedEntry:
        """An entry and its proof (C2SP tlog-proof). Raises ValueError where it is none."""
        head, _, note = self.text(f"ledger/entry-{index}.tlog-proof").partition("\n\n")
        first, extra, place, *path = head.split("\n")
        if first != "c2sp.org/tlog-proof@v1" or not extra.startswith("extra ") or place != f"index {index}":
            raise ValueError(f"the proof of entry {index} is not written as one")
        sealed = bytes_of(extra[6:])
        hashes = [bytes_of(line) for line in path]
        entry = canonical.read(sealed)
        if not isinstance(entry, dict):
            raise ValueError(f"entry {index} is none")  # noqa: TRY004 (of what was read)
        return SealedEntry(index, merkle.leaf(sealed), hashes, note, entry)

    def cells(self, entry: int) -> dict[str, tuple[int, int]]:
        """The counts that a document tells: cases and rows of each measure that is a share."""
        lines = lines_of(self.text(f"cells/{entry}.csv"))
        next(lines)
        return {str(name): (int(cases or 0), int(rows or 0)) for name, cases, rows in lines}


class Judge(NamedTuple):
    """The verifier that judges: the folder that `verify.py` and `verifier/` lie in, and its name in what is told."""

    home: Path
    name: str = "the one that judges it"

    def files(self) -> dict[str, str]:
        """The files of this verifier with their SHA-256, named as in a pack."""
        found = [self.home / "verify.py", *sorted((self.home / "verifier").rglob("*.py"))]
        return {path.relative_to(self.home).as_posix(): digest(path.read_bytes()) for path in found}


def source_of(place: Path) -> Source:
    """The files of a folder, or of an archive. Raises ValueError where it is neither, RefusedError for what else it
    holds."""
    if place.is_dir():
        return Folder(place)
    if not stat.S_ISREG(place.stat().st_mode):
        raise ValueError(f"{place} is no folder and no archive")
    return Archive(place)


def verifier_names(names: Iterable[str]) -> Sequence[str]:
    """Which of some files of a pack are its verifier."""
    return sorted(name for name in names if name == "verify.py" or name.startswith("verifier/"))


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()
