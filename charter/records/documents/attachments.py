"""Attachments of records: kept encrypted, each under its SHA-256, and handed out only as they were sealed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from boussole.audits import private_files
from boussole.audits.attachment_settings import MEGABYTE
from boussole.audits.errors import BoussoleError, PrivacyError
from boussole.audits.hashing import sha256_hex
from boussole.audits.ledger.database import WAIT_SECONDS
from boussole.audits.privacy.blobs import seal_bytes, unseal_bytes
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.attached import Attachment, AttachmentKind
from boussole.charter.records.documents.attachment_kinds import AttachmentError, kind_of

ENDINGS: dict[AttachmentKind, tuple[str, ...]] = {
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


@dataclass(frozen=True, kw_only=True)
class AttachedFile:
    """A file that was looked at: what is sealed of it, its name and its content."""

    sealed: Attachment
    name: str
    content: bytes


def examined(workspace: Workspace, given: Sequence[tuple[str, bytes]]) -> list[AttachedFile]:
    """Files as they will be attached; the same content is attached once. Raises AttachmentError."""
    limits = workspace.settings.attachments
    if len(given) > limits.most:
        raise AttachmentError("many", most=str(limits.most))
    found: dict[str, AttachedFile] = {}
    for said, content in given:
        shown = _shown(said) or "?"
        if not content:
            raise AttachmentError("empty", name=shown)
        if len(content) > limits.largest:
            raise AttachmentError("large", name=shown, mb=str(limits.largest // MEGABYTE))
        kind = kind_of(shown, content)
        sealed = Attachment(sha256=sha256_hex(content), size=len(content), kind=kind)
        found.setdefault(sealed.sha256, AttachedFile(sealed=sealed, name=safe_name(said, kind), content=content))
    return list(found.values())


@contextmanager
def kept_with(workspace: Workspace, files: Sequence[AttachedFile]) -> Iterator[None]:
    """Keeps files while the record that names them is sealed; those that came with one that is refused go again.

    One record with files at a time: another that brings the same content keeps it anew. A file that is no longer what
    was sealed is made whole. Raises BoussoleError where they cannot be kept.
    """
    if not files:
        yield
        return
    with alone(workspace.attachments, "attaching files"):
        made: list[Path] = []
        try:
            for each in files:
                _keep(workspace, each, made)
            yield
        except BaseException:
            for path in made:
                path.unlink(missing_ok=True)
            raise


@contextmanager
def alone(folder: Path, doing: str) -> Iterator[None]:
    """Lets one process at a time work on a folder of sealed files. Raises BoussoleError after a minute of waiting."""
    lock = FileLock(folder.with_suffix(".lock"), timeout=WAIT_SECONDS, mode=private_files.FILE)
    try:
        lock.acquire()
    except Timeout as error:
        raise BoussoleError(
            f"another process has been {doing} for a minute.",
            where=str(folder),
            next_step="Nothing was recorded. Wait until it is done, then try again.",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _keep(workspace: Workspace, file: AttachedFile, made: list[Path]) -> None:
    """Keeps a file; one that was not there before is added to `made`."""
    path = path_of(workspace, file.sealed.sha256)
    try:
        opened(workspace, file.sealed)
    except AttachmentError as error:
        private_files.write(path, seal_bytes(workspace, file.name.encode() + b"\n" + file.content), lasting=True)
        if error.reason == "erased":
            made.append(path)


def opened(workspace: Workspace, file: Attachment) -> tuple[str, bytes]:
    """The name and the content of a file, as it was sealed. Raises AttachmentError where it was erased or changed."""
    path = path_of(workspace, file.sha256)
    if not path.is_file():
        raise AttachmentError("erased")
    try:
        name, _, content = unseal_bytes(workspace, path.read_bytes()).partition(b"\n")
    except PrivacyError as error:
        raise AttachmentError("changed") from error
    if sha256_hex(content) != file.sha256:
        raise AttachmentError("changed")
    return name.decode(), content


def erase(workspace: Workspace, sha256: str) -> bool:
    """Erase a file; whether there was one. What was sealed of it, its fingerprint, stays."""
    path = path_of(workspace, sha256)
    there = path.is_file()
    path.unlink(missing_ok=True)
    return there


def path_of(workspace: Workspace, sha256: str) -> Path:
    """Where the file of a fingerprint is kept."""
    return workspace.attachments / f"{sha256}.sealed"


def safe_name(said: str, kind: AttachmentKind) -> str:
    """A name that leads nowhere, hides nothing and ends as its kind does.

    >>> safe_name("../../etc/passwd", "text"), safe_name("avis.exe", "pdf"), safe_name("..", "png")
    ('passwd.txt', 'avis.exe.pdf', 'attachment.png')
    """
    name = _shown(said)
    ending = next((each for each in ENDINGS[kind] if name.lower().endswith(each)), "")
    stem = name[: len(name) - len(ending)] if ending else name
    return f"{stem[:LONGEST].strip('. ') or 'attachment'}{ending or ENDINGS[kind][0]}"


def _shown(said: str) -> str:
    """The last part of a path, without what is not seen or turns the direction of writing round."""
    last = unicodedata.normalize("NFC", said).replace("\\", "/").rpartition("/")[2]
    seen = "".join("_" if c in UNSAFE else c for c in last if c.isprintable())
    return " ".join(seen.split())[: 2 * LONGEST + 10].rstrip(". ")
