"""The files of a pack, in a folder or in one ZIP archive: read within bounds, never unpacked, written or executed.

A folder holds nothing but regular files. An archive is read only where its bytes have a single meaning: what its
directory says of each file is what precedes the file's content, files follow one another without a gap, and nothing
stands before, between or after them. Otherwise two programs could read two packs from the same bytes.
Source: APPNOTE.TXT, PKWARE (2022), 4.3.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

MOST_FILES = 10_000
MOST_BYTES = 1 << 28
"""Of one file: 256 MB."""
MOST_OF_ALL = 1 << 31
"""Of all files together: 2 GB."""
END = "<4s4H2LH"
"""The last record of an archive: its mark, disks, how many files, length and start of the directory, comment."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error, ValueError)


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
                reasons.append(f"{name}: it is a link, a pipe or a device, not a file")
        if reasons := reasons + bounded(sizes.items()):
            raise RefusedError(reasons)
        self.names = set(sizes)

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

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


class Archive(Source):
    """The files of an archive as `boussole export pack` writes it. Raises RefusedError for any other one.

    Each file begins where the one before it ends, with the very header that the directory gives; the directory follows
    the last file, and the end follows the directory.
    """

    def __init__(self, place: Path) -> None:
        self._file: BinaryIO = place.open("rb")
        try:
            start = self._start()
            self._zip = zipfile.ZipFile(self._file)
            found = self._zip.infolist()
            if reasons := [*_unusual(found), *bounded((info.filename, info.file_size) for info in found)]:
                raise RefusedError(reasons)
            if not self._gapless(found, start):
                raise RefusedError(
                    ["bytes of the archive belong to no file, or say two things: unpack it, and verify the folder"]
                )
        except BROKEN as error:
            self._file.close()
            raise error if isinstance(error, RefusedError) else RefusedError([f"it is no archive: {error}"]) from error
        self._infos = {info.filename.partition("/")[2]: info for info in found}
        self.names, self.folders = set(self._infos), set()

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, name: str) -> bytes:
        """The content of a file."""
        if name not in self._infos:
            raise FileNotFoundError(f"{name}: it is missing")
        info = self._infos[name]
        try:
            with self._zip.open(info) as member:
                content = member.read(info.file_size + 1)
        except BROKEN as error:
            raise RefusedError([f"{name}: it cannot be unpacked: {error}"]) from error
        if len(content) != info.file_size:
            raise RefusedError([f"{name}: it has another size than the archive says"])
        return content

    def _start(self) -> int:
        """Where the directory of the archive begins. Raises RefusedError where the end does not follow it."""
        size = self._file.seek(0, 2)
        self._file.seek(max(0, size - struct.calcsize(END)))
        mark, *disks, n, length, start, comment = struct.unpack(END, self._file.read())
        if mark != b"PK\x05\x06" or disks != [0, 0, n] or comment or start + length + struct.calcsize(END) != size:
            raise RefusedError(["it is no archive, or bytes of it belong to no file"])
        if n > MOST_FILES:
            raise RefusedError([f"it holds more than {MOST_FILES} files"])
        return int(start)

    def _gapless(self, found: list[zipfile.ZipInfo], start: int) -> bool:
        at = 0
        for info in sorted(found, key=lambda info: info.header_offset):
            head = info.FileHeader(zip64=False)
            self._file.seek(at)
            if info.header_offset != at or self._file.read(len(head)) != head:
                return False
            at += len(head) + info.compress_size
        return at == start


def _unusual(found: list[zipfile.ZipInfo]) -> list[str]:
    """What files of an archive are that no file of a pack is."""
    names = [info.filename for info in found]
    reasons = [f"{name}: it is there {n} times" for name, n in sorted(Counter(names).items()) if n > 1]
    tops = {name.partition("/")[0] for name in names}
    for info in found:
        parts = info.filename.split("/")
        if info.orig_filename != info.filename or "\\" in info.filename or not all(parts) or {".", ".."} & set(parts):
            reasons.append(f"{info.filename}: this is no name of a file in a pack")
        if len(parts) < 2 or len(tops) > 1:
            reasons.append(f"{info.filename}: it does not lie in the one folder of the pack")
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            reasons.append(f"{info.filename}: it is a link, a folder or a device, not a file")
        if info.flag_bits or info.extra or info.comment or info.compress_type not in METHODS:
            another = "it is encrypted, or packed in another way than packs are: unpack it, and verify the folder"
            reasons.append(f"{info.filename}: {another}")
    return reasons


def source_of(place: Path) -> Source:
    """The files of a folder or an archive. Raises ValueError where it is neither, RefusedError for what no pack has."""
    if place.is_dir():
        return Folder(place)
    if not stat.S_ISREG(place.stat().st_mode):
        raise ValueError(f"{place} is no folder and no archive")
    return Archive(place)
