"""The files of a pack, in a folder or in an archive: read within bounds, and only where there is nothing but files.

Nothing of them is written anywhere or executed.
"""

from __future__ import annotations

import os
import stat
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

MOST_FILES = 10_000
MOST_BYTES = 1 << 28
"""Of one file: 256 MB."""
MOST_OF_ALL = 1 << 31
"""Of all files together: 2 GB."""


class RefusedError(ValueError):
    """A pack of which nothing is read, and why: one line for each thing in it that no pack has."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = list(reasons)
        super().__init__("; ".join(self.reasons))


def bounded(sizes: Iterable[tuple[str, int]]) -> list[str]:
    """What is too large, or too many."""
    reasons, n, whole = [], 0, 0
    for name, size in sizes:
        n, whole = n + 1, whole + size
        if size > MOST_BYTES:
            reasons.append(f"{name}: it is larger than {MOST_BYTES >> 20} MB")
    if n > MOST_FILES:
        reasons.append(f"it holds more than {MOST_FILES} files")
    if whole > MOST_OF_ALL:
        reasons.append(f"its files are larger than {MOST_OF_ALL >> 20} MB together")
    return reasons


def above(names: Iterable[str]) -> set[str]:
    """The folders that files with these names lie in."""
    return {"/".join(name.split("/")[:i]) for name in names for i in range(1, name.count("/") + 1)}


class Source(AbstractContextManager):
    """The files of a pack, by their names in it, and the folders that they are in."""

    names: set[str]
    folders: set[str]

    @abstractmethod
    def read(self, name: str) -> bytes:
        """The content of a file. Raises FileNotFoundError where there is none, RefusedError where it is not read."""


class Folder(Source):
    """The files below a folder. Raises RefusedError where something else is below it."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        reasons: list[str] = []
        sizes: dict[str, int] = {}
        self.folders = set()
        for name, status in _below(self.home):
            if stat.S_ISDIR(status.st_mode):
                self.folders.add(name)
            elif stat.S_ISREG(status.st_mode):
                sizes[name] = status.st_size
            else:
                reasons.append(f"{name}: it is {_kind(status)}, not a file")
        if reasons := reasons + bounded(sizes.items()):
            raise RefusedError(reasons)
        self.names = set(sizes)

    def __exit__(self, *_: object) -> None:
        """Nothing is held open."""

    def read(self, name: str) -> bytes:
        """The content of a file that was found below; a link or a pipe that took its place since is not followed."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        if name not in self.names:
            raise FileNotFoundError(f"{name}: it is missing")
        with os.fdopen(os.open(self.home / name, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise RefusedError([f"{name}: it is no longer a file"])
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise RefusedError([f"{name}: it is larger than {MOST_BYTES >> 20} MB"])
        return content


def _below(home: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Everything below a folder by its name, without following links; no more than a pack may have."""
    waiting, n = [""], 0
    while waiting and n <= 2 * MOST_FILES:
        within = waiting.pop()
        with os.scandir(home / within) as found:
            for entry in found:
                n += 1
                name = f"{within}/{entry.name}" if within else entry.name
                status = entry.stat(follow_symlinks=False)
                yield name, status
                if stat.S_ISDIR(status.st_mode):
                    waiting.append(name)
                if n > 2 * MOST_FILES:
                    return


def _kind(status: os.stat_result) -> str:
    kinds = {stat.S_IFLNK: "a link", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(status.st_mode), "a device")
