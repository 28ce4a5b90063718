"""The files of a pack: what the manifest says of them, and how they are read."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from .files import RefusedError, Source, above
from .ledger import Checkpoint, bytes_of, checkpoint_of, leaf
from .tally import Tally

MANIFEST, CHECKPOINT = "manifest.json", "ledger/checkpoint"
HASH = "[0-9a-f]{64}"
COMMON = (
    r"manifest\.json|README\.md|LISEZMOI\.md|code\.json|requirements\.lock|verify\.py|verifier/[a-z0-9_]+\.py"
    r"|audits/[0-9]+-[a-z][a-z0-9_]*-[0-9]{4}-[0-9]{2}-[0-9]{2}\.json|(charters|systems)/" + HASH + r"\.json"
    r"|ledger/(checkpoint|consistency\.json|entry-[0-9]+\.tlog-proof|timestamp\.(txt|tsr))|cells/[0-9]+\.csv"
)
OPEN, RESTRICTED = re.compile(COMMON), re.compile(COMMON + f"|rows/{HASH}" + r"\.(csv|parquet)")
"""The names of all files that a pack can hold: no two of them differ by case only, or by the form of a character."""


class SealedEntry(NamedTuple):
    """An entry of the ledger with its way to the checkpoint."""

    leaf: bytes
    path: list[bytes]
    note: str
    entry: dict


class Pack:
    """An evidence pack. Raises ValueError or OSError where there is none, RefusedError where it holds more than one."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._seen: dict[str, str] = {}
        manifest = self.json(MANIFEST)
        if manifest["schema"] != "boussole.pack/1":
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
                tally.compare(f"{name}: SHA-256", digest(self.bytes(name)), self.listed[name])

    def json(self, name: str) -> dict:
        """An object as JSON. Raises ValueError for any other content."""
        return json_object(self.bytes(name))

    def proofs(self) -> list:
        """The proofs that earlier roots are those of beginnings of the log. Raises ValueError for none."""
        found = json_value(self.bytes("ledger/consistency.json"))
        if not isinstance(found, list):
            raise ValueError("the proofs of consistency are no list")  # noqa: TRY004 (of what was read)
        return found

    def verifier(self) -> dict[str, str]:
        """The files of the verifier that is in the pack, with the hashes that the manifest lists."""
        names = sorted(name for name in self.listed if name == "verify.py" or name.startswith("verifier/"))
        return {name: self.listed[name] for name in names}

    def checkpoint(self) -> Checkpoint:
        return checkpoint_of(self.text(CHECKPOINT))

    def audits(self) -> dict[int, str]:
        """The audit documents by their entry in the ledger. Raises ValueError where an entry has two."""
        names = self.names("audits")
        found = {int(Path(name).name.split("-", 1)[0]): name for name in names}
        if len(found) < len(names):
            raise ValueError("two documents bear the same entry")
        return dict(sorted(found.items()))

    def entries(self) -> list[int]:
        """The entries of the ledger of which the pack holds a proof."""
        names = [Path(name).name for name in self.names("ledger") if name.endswith(".tlog-proof")]
        return sorted(int(name.split("-")[1].split(".")[0]) for name in names)

    def entry(self, index: int) -> SealedEntry:
        """An entry and its proof (C2SP tlog-proof). Raises ValueError where it is none."""
        head, _, note = self.text(f"ledger/entry-{index}.tlog-proof").partition("\n\n")
        first, extra, place, *path = head.split("\n")
        if first != "c2sp.org/tlog-proof@v1" or not extra.startswith("extra ") or place != f"index {index}":
            raise ValueError(f"the proof of entry {index} is not written as one")
        sealed = bytes_of(extra[6:])
        return SealedEntry(leaf(sealed), [bytes_of(line) for line in path], note, json_object(sealed))


class Judge(NamedTuple):
    """The verifier that judges: the folder that `verify.py` and `verifier/` lie in, and its name in what is printed."""

    home: Path
    name: str = "the one that judges it"

    def files(self) -> dict[str, str]:
        """The files of this verifier with their SHA-256, named as in a pack."""
        found = [self.home / "verify.py", *sorted((self.home / "verifier").glob("*.py"))]
        return {path.relative_to(self.home).as_posix(): digest(path.read_bytes()) for path in found}


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def json_value(content: bytes) -> object:
    """The value of a JSON text that has only one: no key stands twice. Raises ValueError for any other text."""
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("it is nested too deeply to be JSON of a pack") from error


def json_object(content: bytes) -> dict:
    """The same of an object."""
    found = json_value(content)
    if not isinstance(found, dict):
        raise ValueError("it is no object")  # noqa: TRY004 (of what was read)
    return found


def _once(pairs: list) -> dict:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")
