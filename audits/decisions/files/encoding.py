"""In which encoding a text file is written: found out from all of its bytes, never assumed."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from boussole.audits.decisions.files.kinds import refuse_disguised
from boussole.audits.errors import SourceError

PIECE = 1 << 20


def is_compressed(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


def pieces(path: Path) -> Iterator[bytes]:
    """The content, a megabyte at a time. Raises SourceError for compressed content that is cut short or damaged."""
    with unpacked(path) as file:
        while piece := file.read(PIECE):
            yield bytes(piece)


@contextmanager
def unpacked(path: Path) -> Iterator[BinaryIO]:
    """The file, decompressed, to read inside. Raises SourceError for compressed content cut short or damaged."""
    try:
        with gzip.open(path, "rb") if is_compressed(path) else path.open("rb") as file:
            yield cast("BinaryIO", file)
    except (EOFError, gzip.BadGzipFile, zlib.error, OSError) as error:
        if not is_compressed(path):
            raise
        raise SourceError(
            "the compressed file is cut short or damaged: it cannot be unpacked to its end.",
            where=str(path),
            next_step="Copy or export it again: nothing was read from it.",
        ) from error


MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNDEFINED = b"\x81\x8d\x8f\x90\x9d\xd0\xde\xf0\xfe"
"""Bytes that cp1252 does not have, or only for letters of Iceland."""
_OTHER = b"\x82\x83\x84\x87\x88\x89\x8a\x8b\x8c\x8e"
"""In cp1252 a quotation mark, a dagger or a capital; in the encodings of MS-DOS and of old Macs an é, within words."""
_STRANGE = re.compile(rb"[" + _UNDEFINED + rb"]|[A-Za-z][" + _OTHER + rb"][a-z]")
_PLAIN = bytes(set(range(256)) - set(_UNDEFINED + _OTHER))


@dataclass(frozen=True)
class TextEncoding:
    """What all the bytes of a text file say: its encoding, and whether it can be read without being rewritten."""

    encoding: str
    uniform: bool
    """Whether all its lines end in the same way."""


def known_as(encoding: str) -> str:
    """Return the customary name of an encoding."""
    known = {"utf-8-sig": "UTF-8", "iso8859-1": "latin-1", "iso8859-15": "latin-9"}
    name, comma, rest = encoding.partition(",")
    return known.get(name, name.upper() if name.startswith("utf") else name) + comma + rest


class UndecodableError(Exception):
    """A byte that an encoding does not have, with its place, and whether cp1252 does not have it either (`strange`)."""

    def __init__(
        self, encoding: str, byte: int | None, offset: int, *, strange: bool = False, mixed: bool = False
    ) -> None:
        self.encoding, self.byte, self.offset = encoding, byte, offset
        self.strange, self.mixed = strange, mixed
        super().__init__(encoding)


def survey(path: Path, encoding: str | None = None) -> TextEncoding:
    """Read all bytes of a text file to find its encoding; `encoding` is the declared one.

    Raises SourceError for what is no text or in no known encoding, UndecodableError for a byte that the encoding lacks.
    """
    head = next(pieces(path), b"")
    refuse_disguised(head[:512], where=str(path))
    found = _marked(head)
    if encoding is not None:
        _decoded(path, encoding)
        _refuse_other(path, encoding, found)
        return TextEncoding(_with_mark(encoding, found), _uniform(path, encoding))
    if found is None:
        found = _unmarked(path)
    else:
        _decoded(path, found)
    return TextEncoding(found, _uniform(path, found))


def require_utf8(path: Path) -> None:
    """Raises SourceError for a file of JSON lines that is not UTF-8, or whose compressed content is cut short."""
    refuse_disguised(next(pieces(path), b"")[:512], where=str(path))
    try:
        _decoded(path, "utf-8")
    except UndecodableError as fault:
        raise SourceError(
            f"byte {fault.offset + 1:,} is not UTF-8, as JSON is.", where=str(path), next_step="Save it as UTF-8."
        ) from None


def _marked(head: bytes) -> str | None:
    """The encoding that the first bytes name, or that only a NUL at every second byte can mean."""
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    start = head[:4096]
    if len(start) >= 8:
        for name, nuls in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
            if nuls.count(0) > 0.6 * len(nuls) and start.count(0) < 0.6 * len(start):
                return name
    return None


def _with_mark(encoding: str, found: str | None) -> str:
    return "utf-8-sig" if encoding == "utf-8" and found == "utf-8-sig" else encoding


def _decoded(path: Path, encoding: str) -> None:
    """Raises UndecodableError where the file is not in that encoding."""
    decoder, offset = codecs.getincrementaldecoder(encoding)(), 0
    piece = b""
    try:
        for piece in pieces(path):
            decoder.decode(piece)
            offset += len(piece)
        piece = b""
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        byte = error.object[error.start] if error.start < len(error.object) else None
        held = len(error.object) - len(piece)  # what the piece before ended with
        raise UndecodableError(encoding, byte, offset - held + error.start) from None


def _refuse_other(path: Path, encoding: str, found: str | None) -> None:
    """Refuse a file that is plainly in another encoding, as nearly any bytes can be read as cp1252 or UTF-16."""
    wide = encoding.startswith(("utf-16", "utf-32"))
    other = found or (None if encoding in ("utf-8", "utf-8-sig", "ascii") else _utf8(path, ascii_too=wide))
    if other is None or other.split("-")[:2] == encoding.split("-")[:2]:
        return
    raise SourceError(
        f"the file is said to be {known_as(encoding)}, and it is {known_as(other)}.",
        where=str(path),
        next_step="Leave --encoding (or `files.encoding` of the system file) out, or correct it.",
    )


def _utf8(path: Path, *, ascii_too: bool) -> str | None:
    """utf-8 where all bytes are, and (unless `ascii_too`) some are more than ASCII."""
    try:
        _decoded(path, "utf-8")
    except UndecodableError:
        return "utf-8, but for some bytes" if _mostly_utf8(path) else None
    return "utf-8" if ascii_too or not all(piece.isascii() for piece in pieces(path)) else None


def _unmarked(path: Path) -> str:
    """UTF-8 where every byte is; else cp1252 where nothing speaks against it."""
    try:
        _decoded(path, "utf-8")
    except UndecodableError as fault:
        if _mostly_utf8(path):
            raise UndecodableError("utf-8", fault.byte, fault.offset, mixed=True) from None
        if _strange(path):
            raise UndecodableError("utf-8", fault.byte, fault.offset, strange=True) from None
        return "cp1252"
    return "utf-8"


def _mostly_utf8(path: Path) -> bool:
    """Whether letters in UTF-8 stand beside the bytes that are none: text of two encodings in one file."""
    good = bad = 0
    for text in codecs.iterdecode(pieces(path), "utf-8", "replace"):
        if text.isascii():
            continue
        broken = text.count("\ufffd")
        bad += broken
        good += len(text) - len(text.encode("ascii", "ignore")) - broken
    return good >= max(bad, 1)


def _strange(path: Path) -> bool:
    suspect = (piece for piece in pieces(path) if piece.translate(None, _PLAIN))
    return any(_STRANGE.search(piece) for piece in suspect)


def _uniform(path: Path, encoding: str) -> bool:
    """Whether DuckDB can read the file as it is: UTF-8, and all lines end in one way."""
    wide = encoding.startswith(("utf-16", "utf-32"))
    ends, line = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("latin-1")(), translate=False), 1
    for piece in pieces(path):
        if not wide and (at := piece.find(0)) >= 0:
            raise SourceError(
                f"a NUL byte stands in line {line + piece.count(10, 0, at):,}: the file is damaged, or is no text.",
                where=str(path),
                next_step="Export it again.",
            )
        line += piece.count(10)
        ends.decode(piece)
    ends.decode(b"", final=True)
    several = isinstance(ends.newlines, tuple)
    return encoding in ("utf-8", "utf-8-sig", "ascii") and not is_compressed(path) and not several
