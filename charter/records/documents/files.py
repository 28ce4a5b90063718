"""Documents that records rest on, kept in `documents/` of the workspace and named by their content."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_of
from boussole.audits.lost import state_of
from boussole.audits.unsealed import settled
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.kinds import KeptFile

LARGEST = 50_000_000
"""Bytes: larger documents are refused."""


def describe(path: Path) -> KeptFile:
    """What a document will be kept as. Raises BoussoleError for what is no file, is empty or larger than 50 MB."""
    if not path.is_file():
        raise BoussoleError("there is no such document.", where=str(path), next_step="Give the path of a file.")
    size = path.stat().st_size
    if not 0 < size <= LARGEST:
        raise BoussoleError(
            "the document is empty." if not size else f"the document is larger than {LARGEST // 10**6} MB.",
            where=str(path),
            next_step="Give the signed document itself, as a PDF for example.",
        )
    return KeptFile(sha256=sha256_of(path), name=path.name[-300:], size=size)


def keep_file(workspace: Workspace, path: Path) -> KeptFile:
    """Copy a document into the workspace, the same content once. Raises BoussoleError as `describe` does."""
    described, content = describe(path), path.read_bytes()
    target = file_path(workspace, described.sha256)
    if state_of(workspace.governance) is not None and not target.exists():
        target = workspace.unsealed / described.sha256
    if not target.exists():
        private_files.write(target, content)
    return described


def keep_content(workspace: Workspace, file: KeptFile, content: bytes) -> None:
    """Keep a document that came with a form among the unsealed, where it waits for its seal."""
    if not file_path(workspace, file.sha256).exists():
        private_files.write(workspace.unsealed / file.sha256, content)


@contextmanager
def settled_file(workspace: Workspace, file: KeptFile | None) -> Iterator[None]:
    """Keeps the document of a record at its place while the record is sealed."""
    with settled(workspace, [file_path(workspace, file.sha256)] if file else []):
        yield


def file_path(workspace: Workspace, sha256: str) -> Path:
    """Where a document of this hash is kept."""
    return workspace.documents / sha256
