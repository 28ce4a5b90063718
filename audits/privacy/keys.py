"""The secrets of a workspace: files in keys/ that only their owner reads, made on first use, never half written."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from boussole.audits import private_files
from boussole.audits.errors import PrivacyError

LENGTH = 32
ID_BYTES = 4


def ring(folder: Path, name: str) -> list[bytes]:
    """Return all keys of a ring, oldest first: NAME.key, NAME-2.key, …; empty when there is none yet.

    Raises PrivacyError when a file of the ring is damaged or one in the middle is missing.
    """
    return [_read(path_of(folder, name, number)) for number in numbers(folder, name)]


def numbers(folder: Path, name: str) -> list[int]:
    """The numbers of a ring's keys; oldest ones may have been removed, none in between."""
    found = sorted(_number(path) for path in folder.glob(f"{name}*.key") if _belongs(path, name))
    missing = set(range(found[0], found[-1] + 1)) - set(found) if found else set()
    if missing:
        raise PrivacyError(
            f"the key file {path_of(folder, name, min(missing)).name} is missing.",
            where=str(folder),
            next_step="Put it back from the backup of the folder keys/.",
        )
    return found


def ensure(folder: Path, name: str) -> list[bytes]:
    """The keys of a ring; the first one is made when there is none."""
    return ring(folder, name) or [add(folder, name, 1)]


def add(folder: Path, name: str, number: int) -> bytes:
    """Makes the key of a number in a ring, or reads the one that another process just made."""
    return write(path_of(folder, name, number), draw())


def draw() -> bytes:
    """A key that nobody can guess."""
    return secrets.token_bytes(LENGTH)


def write(path: Path, key: bytes) -> bytes:
    """Write a key file that does not exist yet, whole or not at all. Returns what the file holds then."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return _read(path)
        private_files.to_disk(path.parent)
    finally:
        draft.unlink(missing_ok=True)
    return key


def path_of(folder: Path, name: str, number: int) -> Path:
    """Return the file of a key."""
    return folder / (f"{name}.key" if number == 1 else f"{name}-{number}.key")


def key_id(key: bytes) -> str:
    """Eight hexadecimal digits by which a key can be named: a hash, which tells nothing of 32 random bytes."""
    return hashlib.sha256(b"boussole key id" + key).digest()[:ID_BYTES].hex()


def _belongs(path: Path, name: str) -> bool:
    rest = path.name.removeprefix(name).removesuffix(".key")
    return rest == "" or (rest.startswith("-") and rest[1:].isdigit())


def _number(path: Path) -> int:
    return int(path.stem.rpartition("-")[2]) if "-" in path.stem else 1


def _read(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) != LENGTH:
        raise PrivacyError(
            f"the key file {path.name} does not hold {LENGTH} bytes.",
            where=str(path.parent),
            next_step="Put it back from the backup of the folder keys/.",
        )
    return key
