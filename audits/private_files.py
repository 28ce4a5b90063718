"""Files that only their owner reads, whatever the umask of the program that writes them, whole or not at all."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
UMASK = 0o077
OTHERS = stat.S_IRWXG | stat.S_IRWXO
PART = ".part"
"""What the name of a file ends with that is not whole yet."""


def make_folder(path: Path) -> Path:
    """Makes a folder, and those above it that are missing; one that is there stays as it is."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=FOLDER, exist_ok=True)
    return path


def make_file(path: Path) -> None:
    """Makes an empty file where there is none, for a library that would make one that everybody reads."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE))


def write(path: Path, content: bytes | str, *, mode: int = FILE, lasting: bool = False, fresh: bool = False) -> None:
    """Write a file whole, or leave it as it was; `fresh` raises FileExistsError where a file is there."""
    make_folder(path.parent)
    part = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}{PART}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE), "wb") as file:
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
            os.fchmod(file.fileno(), mode)
        if lasting:
            to_disk(part)
        if fresh:
            path.hardlink_to(part)
        else:
            part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def to_disk(path: Path) -> None:
    """Makes a file, or the names in a folder, last through a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def mode_of(path: Path) -> int:
    """The mode of a file that is to be written, where its user may have chosen one; that of a new one is ours."""
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else FILE


def too_open(*roots: Path) -> Iterator[Path]:
    """Files and folders below some roots, and these themselves, that others than their owner may open."""
    for path in _below(roots):
        with suppress(FileNotFoundError):
            mode = path.stat().st_mode if path in roots else path.lstat().st_mode
            if mode & OTHERS and (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                yield path


def close(*roots: Path) -> list[Path]:
    """Takes from others what they may open below some roots. Returns what was too open and ours to close."""
    closed = []
    for path in too_open(*roots):
        with suppress(OSError):  # somebody else's, or gone
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)
            closed.append(path)
    return closed


def _below(roots: tuple[Path, ...]) -> Iterator[Path]:
    for root in roots:
        if root.exists():
            yield root
        for folder, names, files in os.walk(root):
            for name in (*names, *files):
                yield Path(folder) / name
