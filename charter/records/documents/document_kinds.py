"""What a document that somebody sends is, by its content; office files with macros or programs are refused."""

from __future__ import annotations

import io
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Literal

from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.charter.record_types.base import KeptFile

DocumentKind = Literal["pdf", "png", "jpeg", "docx", "xlsx", "odt", "ods", "text"]
MEGABYTE = 1_000_000
LARGEST = 10 * MEGABYTE
"""Bytes of a document that comes with a form."""
ENDINGS: dict[DocumentKind, tuple[str, ...]] = {
    "pdf": (".pdf",),
    "png": (".png",),
    "jpeg": (".jpg", ".jpeg"),
    "docx": (".docx",),
    "xlsx": (".xlsx",),
    "odt": (".odt",),
    "ods": (".ods",),
    "text": (".txt", ".csv", ".md"),
}
LONGEST = 100
"""Characters of a name that are kept, besides its ending."""
UNSAFE = frozenset('<>:"|?*')
MOST_PARTS, MOST_UNPACKED, MOST_RATIO = 5_000, 200_000_000, 300
"""Of an archive: its parts, their bytes once unpacked, and how many times larger than packed they may be."""
STEP = 1_000_000
OPEN_DOCUMENT: dict[bytes, DocumentKind] = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
ACTIVE = ("vbaproject", "vbadata", "activex", "macrosheets", "oleobject")
ACTIVE_ENDINGS = (".exe", ".dll", ".js", ".vbs", ".bat")
"""Words in the name of a part that does something when it is opened, and how such a name ends."""
ACTIVE_FOLDERS = frozenset({"basic", "scripts", "embeddings", "dialogs"})
ACTIVE_PDF = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
MARKUP = ("<!doctype", "<html", "<svg", "<?xml", "<script", "<body", "<head")
CONTROLS = frozenset(map(chr, range(32))) - set("\t\n\r\f")

REASONS = {
    "empty": ("the file “{name}” is empty.", "Give the file itself."),
    "large": ("the file “{name}” is larger than {mb} MB.", "Give a smaller one."),
    "kind": (
        "the file “{name}” is of no kind that is taken.",
        "Give a PDF, PNG, JPEG, DOCX, XLSX, ODT, ODS, plain text or CSV.",
    ),
    "active": ("the file “{name}” holds macros, scripts or embedded files.", "Save it without them, as a PDF."),
    "bomb": ("the file “{name}” unpacks to far more than it should.", "Save it anew, as a PDF."),
    "damaged": ("the file “{name}” is damaged or encrypted.", "Save it anew, without a password."),
}
"""Why a file is not taken: what is wrong, and the next step."""


class DocumentError(BoussoleError):
    """A file that is not taken."""

    def __init__(self, reason: str, **values: str) -> None:
        self.reason, self.values = reason, values
        what, step = REASONS[reason]
        super().__init__(what.format(**values), next_step=step)


def described(said: str, content: bytes) -> KeptFile:
    """What a document that was sent will be kept as. Raises DocumentError."""
    shown = _shown(said) or "?"
    if not content:
        raise DocumentError("empty", name=shown)
    if len(content) > LARGEST:
        raise DocumentError("large", name=shown, mb=str(LARGEST // MEGABYTE))
    name = safe_name(said, kind_of(shown, content))
    return KeptFile(sha256=sha256_hex(content), name=name, size=len(content))


def kind_of(name: str, content: bytes) -> DocumentKind:
    """The kind of a file. Raises DocumentError for what is none, or holds more than it shows."""
    if content.startswith(b"%PDF-"):
        return _pdf(name, content)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"PK\x03\x04"):
        return _archive(name, content)
    if _is_text(content):
        return "text"
    raise DocumentError("kind", name=name)


def _pdf(name: str, content: bytes) -> DocumentKind:
    if b"%%EOF" not in content[-4_096:]:
        raise DocumentError("damaged", name=name)
    if any(word in content for word in ACTIVE_PDF):
        raise DocumentError("active", name=name)
    return "pdf"


def _archive(name: str, content: bytes) -> DocumentKind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _bounded(name, parts, len(content))
            _plain(name, parts)
            found = _office(archive, {each.filename for each in parts})
            if found is None:
                raise DocumentError("kind", name=name)
            _unpacked(name, archive, parts)
            return found
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise DocumentError("damaged", name=name) from error


def _bounded(name: str, parts: list[zipfile.ZipInfo], size: int) -> None:
    total = sum(each.file_size for each in parts)
    if len(parts) > MOST_PARTS or total > MOST_UNPACKED or total > MOST_RATIO * size:
        raise DocumentError("bomb", name=name)


def _plain(name: str, parts: Iterable[zipfile.ZipInfo]) -> None:
    """No part is encrypted, leads out of the archive, stands in it twice, or does something when it is opened."""
    seen: set[str] = set()
    for each in parts:
        path = PurePosixPath(each.filename.replace("\\", "/"))
        if each.flag_bits & 0x1 or path.is_absolute() or ".." in path.parts or each.filename in seen:
            raise DocumentError("damaged", name=name)
        seen.add(each.filename)
        lower = each.filename.lower()
        named = lower.endswith(ACTIVE_ENDINGS) or any(word in lower for word in ACTIVE)
        if named or any(part.lower() in ACTIVE_FOLDERS for part in path.parts[:-1]):
            raise DocumentError("active", name=name)


def _office(archive: zipfile.ZipFile, names: set[str]) -> DocumentKind | None:
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
        return OPEN_DOCUMENT.get(archive.read("mimetype").strip())
    if "[Content_Types].xml" not in names:
        return None
    if "word/document.xml" in names:
        return "docx"
    return "xlsx" if "xl/workbook.xml" in names else None


def _unpacked(name: str, archive: zipfile.ZipFile, parts: Iterable[zipfile.ZipInfo]) -> None:
    """Every part is read to its end, in pieces: what it says of its size and content is held to what it is."""
    left = MOST_UNPACKED
    for each in parts:
        with archive.open(each) as part:
            types = b""
            while piece := part.read(STEP):
                left -= len(piece)
                if left < 0:
                    raise DocumentError("bomb", name=name)
                if each.filename == "[Content_Types].xml":
                    types += piece
            if b"macroEnabled" in types:
                raise DocumentError("active", name=name)


def _is_text(content: bytes) -> bool:
    """Whether it is text that no program takes for a page or a script, in UTF-8 or as Windows writes it."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        start = text.lstrip()[:1_000].lower()
        return not CONTROLS & set(text) and not start.startswith(("#!", *MARKUP)) and "<script" not in text.lower()
    return False


def safe_name(said: str, kind: DocumentKind) -> str:
    """A name that leads nowhere, hides nothing and ends as its kind does.

    >>> safe_name("../../etc/passwd", "text"), safe_name("avis.exe", "pdf"), safe_name("..", "png")
    ('passwd.txt', 'avis.exe.pdf', 'document.png')
    """
    name = _shown(said)
    ending = next((each for each in ENDINGS[kind] if name.lower().endswith(each)), "")
    stem = name[: len(name) - len(ending)] if ending else name
    return f"{stem[:LONGEST].strip('. ') or 'document'}{ending or ENDINGS[kind][0]}"


def _shown(said: str) -> str:
    """The last part of a path, without what is not seen or turns the direction of writing round."""
    last = unicodedata.normalize("NFC", said).replace("\\", "/").rpartition("/")[2]
    seen = "".join("_" if c in UNSAFE else c for c in last if c.isprintable())
    return " ".join(seen.split())[: 2 * LONGEST + 10].rstrip(". ")
