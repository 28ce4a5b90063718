"""A pack as one ZIP archive: read where it has only one meaning, within bounds, and never unpacked.

What its directory says of each file must be what stands before the file's content, files follow one another without a
gap, and nothing stands before, between or after them: else two programs could read two packs from the same bytes.
Source: APPNOTE.TXT, PKWARE (2022), 4.3.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections import Counter
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .files import MOST_BYTES, MOST_FILES, RefusedError, Source, bounded

END, END_64, LOCAL = b"PK\x05\x06", b"PK\x06\x07", b"PK\x03\x04"
MOST_DIRECTORY = 1 << 24
MOST_RATIO = 200
"""No file of a pack is squeezed to less than this part of it; a bomb is, to a thousandth."""
SMALL = 1 << 20
DESCRIPTORS = (0, 12, 16, 20, 24)
"""Lengths of what may follow a content whose size was not known before it."""
ENCRYPTED, SIZE_FOLLOWS = 0x1, 0x8
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error, ValueError)


class Head(NamedTuple):
    """What stands before the content of a file."""

    flags: int
    method: int
    crc: int
    packed: int
    size: int
    name: bytes
    length: int


class Archive(Source):
    """The files of an archive, by their names within its one folder. Raises RefusedError where it holds more."""

    def __init__(self, place: Path) -> None:
        self._file: BinaryIO = place.open("rb")
        try:
            start = _directory(self._file)
            self._zip = zipfile.ZipFile(self._file)
            found = self._zip.infolist()
            if reasons := [*_unusual(found), *bounded((info.filename, info.file_size) for info in found)]:
                raise RefusedError(reasons)
            self._in_order(found, start)
        except BROKEN as error:
            self._file.close()
            raise error if isinstance(error, RefusedError) else RefusedError([f"it is no archive: {error}"]) from error
        kept = [info for info in found if not info.is_dir()]
        self._infos = {info.filename.partition("/")[2]: info for info in kept}
        self.names = set(self._infos)
        self.folders = {info.filename.partition("/")[2].rstrip("/") for info in found if info.is_dir()} - {""}

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, name: str) -> bytes:
        """The content of a file."""
        if name not in self._infos:
            raise FileNotFoundError(f"{name}: it is missing")
        info = self._infos[name]
        try:
            with self._zip.open(info) as member:
                content = member.read(min(info.file_size, MOST_BYTES) + 1)
        except BROKEN as error:
            raise RefusedError([f"{name}: it cannot be unpacked: {error}"]) from error
        if len(content) != info.file_size:
            raise RefusedError([f"{name}: it has another size than the archive says"])
        return content

    def _in_order(self, found: list[zipfile.ZipInfo], start: int) -> None:
        """Each file begins where the one before it ends, the directory after the last; both say the same of it."""
        at, follows = 0, False
        for info in sorted(found, key=lambda info: info.header_offset):
            if info.header_offset - at not in (DESCRIPTORS if follows else (0,)):
                raise RefusedError([f"{info.filename}: bytes before it belong to no file"])
            head = _head(self._file, info.header_offset)
            follows = bool(head.flags & SIZE_FOLLOWS)
            said = (info.CRC, info.compress_size, info.file_size)
            if (head.flags, head.method) != (info.flag_bits, info.compress_type) or not (
                follows or (head.crc, head.packed, head.size) == said
            ):
                raise RefusedError([f"{info.filename}: the archive says two things of it"])
            at = info.header_offset + head.length + info.compress_size
        if start - at not in (DESCRIPTORS if follows else (0,)):
            raise RefusedError(["bytes of the archive belong to no file"])


def _directory(file: BinaryIO) -> int:
    """Where the directory of an archive begins. Raises RefusedError where it is not at the end, or too large."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 42))
    tail = file.read()
    if tail[-22:-18] != END:
        raise RefusedError(["it is no archive, or bytes after its end belong to no file"])
    disk, of, here, n, length, start, comment = struct.unpack("<4H2LH", tail[-18:])
    if (disk, of, comment) != (0, 0, 0) or here != n or tail[:4] == END_64 or start + length + 22 != size:
        raise RefusedError(["bytes of the archive belong to no file"])
    if n > MOST_FILES:
        raise RefusedError([f"it holds more than {MOST_FILES} files"])
    if length > MOST_DIRECTORY:
        raise RefusedError(["the directory of the archive is too large"])
    return int(start)


def _head(file: BinaryIO, at: int) -> Head:
    file.seek(at)
    mark, _, flags, method, _, _, crc, packed, size, name, extra = struct.unpack("<4s5H3L2H", file.read(30))
    if mark != LOCAL:
        raise RefusedError(["a file of the archive is not where its directory says"])
    return Head(flags, method, crc, packed, size, file.read(name), 30 + name + extra)


def _unusual(found: list[zipfile.ZipInfo]) -> list[str]:
    """What files of an archive are that no file of a pack is."""
    names = [info.filename for info in found]
    reasons = [f"{name}: it is there {n} times" for name, n in sorted(Counter(names).items()) if n > 1]
    top = Counter(name.partition("/")[0] for name in names).most_common(1)
    reasons += [f"{name}: it is beside the pack" for name in names if name.partition("/")[0] != top[0][0]]
    for info in found:
        reasons += [f"{info.filename}: {reason}" for reason in _of_one(info)]
    return reasons


def _of_one(info: zipfile.ZipInfo) -> list[str]:
    kind = stat.S_IFMT(info.external_attr >> 16)
    parts = info.filename.rstrip("/").split("/")
    reasons = []
    if info.orig_filename != info.filename or "\\" in info.filename or not all(parts) or {".", ".."} & set(parts):
        reasons.append("this is no name of a file in a pack")
    if info.is_dir() and info.file_size:
        reasons.append("it is a folder with a content")
    if not info.is_dir() and len(parts) < 2:
        reasons.append("it is in no folder")
    if kind not in (0, stat.S_IFDIR if info.is_dir() else stat.S_IFREG):
        reasons.append("it is a link or a device, not a file")
    if info.flag_bits & ENCRYPTED or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        reasons.append("it is encrypted, or compressed in another way than packs are")
    if info.file_size > SMALL and info.file_size > MOST_RATIO * info.compress_size:
        reasons.append(f"it unpacks to more than {MOST_RATIO} times its size")
    return reasons
