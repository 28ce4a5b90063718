"""Are the files that sealed records rest on still those? Each is hashed again, in pieces, whatever its size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, case, func, select

from boussole.audits.hashing import sha256_of
from boussole.audits.private_files import PART
from boussole.audits.unsealed import FILES
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.base import LedgerStart
from boussole.charter.records.database import reading
from boussole.charter.records.documents.files import file_path
from boussole.charter.records.models import Audit
from boussole.charter.records.statements import SealedStatement, statements_in


class FileFault(StrEnum):
    """What is wrong with a file that a sealed record names."""

    missing = "missing"
    changed = "changed"
    swapped = "swapped"
    """It holds what another sealed file should."""
    sealed_name = "sealed_name"
    """It bears the hash of a sealed file as its name, and is not that file."""


@dataclass(frozen=True, kw_only=True)
class BadFile:
    """A file that is not as sealed: its path in the workspace, the first entry that rests on it, what is wrong."""

    path: str
    entry: int
    fault: FileFault


@dataclass(frozen=True, kw_only=True)
class SealedFiles:
    """How many files sealed records name, those that are not as sealed, and those that nobody names."""

    evidence: int
    declarations: int
    documents: int
    bad: tuple[BadFile, ...]
    extra: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.bad


NO_FILES = SealedFiles(evidence=0, declarations=0, documents=0, bad=(), extra=())
"""What is found where nothing is sealed, or nobody looked."""


@dataclass(frozen=True)
class _NamedFile:
    sha256: str
    entry: int


Names = dict[Path, _NamedFile]


def verify_files(workspace: Workspace) -> SealedFiles:
    """Hash every evidence file, declaration and document that a sealed record names, and list what else lies there."""
    with reading(workspace) as connection:
        if connection is None:
            return NO_FILES
        kinds = [_of_audits(workspace, connection, kind) for kind in FILES]
        stated = statements_in(connection)
    documents, found = _of_statements(workspace, stated), _of_start(workspace, stated)
    must = {**documents, **kinds[0], **kinds[1]}
    named = {**found, **must}
    there = {path: each for path, each in named.items() if path in must or path.exists()}
    bad = list(_changed(workspace, there))
    bad += _under_sealed_names(workspace, named)
    return SealedFiles(
        evidence=len(kinds[0]),
        declarations=len(kinds[1]),
        documents=len(documents),
        bad=tuple(sorted(bad, key=lambda each: (each.entry, each.path))),
        extra=tuple(_extra(workspace, named, bad)),
    )


def bytes_of(workspace: Workspace) -> int:
    """How many bytes lie beside the ledger to be hashed."""
    return sum(path.stat().st_size for path in _lying(workspace))


def _of_audits(workspace: Workspace, connection: Connection, kind: str) -> Names:
    """The files of one kind that audits rest on. A document that is no JSON names none: its record does not hold."""
    said = _said(f"$.evidence.{kind}")
    query = select(func.min(Audit.entry).label("entry"), said.label("digest")).where(said.is_not(None)).group_by(said)
    rows = [(str(row.digest).removeprefix("sha256:"), row.entry) for row in connection.execute(query)]
    return {workspace.evidence / f"{digest}.{FILES[kind]}": _NamedFile(digest, entry) for digest, entry in rows}


def _said(path: str) -> ColumnElement[str]:
    return case((func.json_valid(Audit.document) == 1, func.json_extract(Audit.document, path)))


def _of_statements(workspace: Workspace, stated: Iterable[SealedStatement]) -> Names:
    names: Names = {}
    for each in stated:
        file = each.statement.document
        if file is not None:
            names.setdefault(file_path(workspace, file.sha256), _NamedFile(file.sha256, each.entry))
    return names


def _of_start(workspace: Workspace, stated: Iterable[SealedStatement]) -> Names:
    """What a ledger that was started anew found of evidence and documents; reports are held to their own seals."""
    names: Names = {}
    for sealed in stated:
        if isinstance(sealed.statement, LedgerStart):
            found = {
                workspace.home / each.path: _NamedFile(each.sha256, sealed.entry) for each in sealed.statement.files
            }
            names |= {path: each for path, each in found.items() if path.parent in _folders(workspace)}
    return names


def _changed(workspace: Workspace, named: Mapping[Path, _NamedFile]) -> Iterator[BadFile]:
    others = {each.sha256 for each in named.values()}
    for path, each in named.items():
        digest = sha256_of(path) if path.is_file() else None
        if digest != each.sha256:
            fault = (
                FileFault.missing if digest is None else FileFault.swapped if digest in others else FileFault.changed
            )
            yield BadFile(path=_told(workspace, path), entry=each.entry, fault=fault)


def _under_sealed_names(workspace: Workspace, named: Mapping[Path, _NamedFile]) -> Iterator[BadFile]:
    """Files that look like a sealed one by their name: in its folder, of its hash, with another ending."""
    entries = {(path.parent, each.sha256): each.entry for path, each in named.items()}
    for path in _lying(workspace):
        entry = entries.get((path.parent, path.name.partition(".")[0].lower()))
        if entry is not None and path not in named and not path.suffix.startswith(PART):
            yield BadFile(path=_told(workspace, path), entry=entry, fault=FileFault.sealed_name)


def _extra(workspace: Workspace, named: Mapping[Path, _NamedFile], bad: list[BadFile]) -> list[str]:
    known = {each.path for each in bad}
    return sorted({_told(workspace, path) for path in _lying(workspace) if path not in named} - known)


def _lying(workspace: Workspace) -> Iterator[Path]:
    for folder in _folders(workspace):
        yield from (path for path in folder.glob("*") if path.is_file())


def _folders(workspace: Workspace) -> tuple[Path, ...]:
    return workspace.evidence, workspace.documents


def _told(workspace: Workspace, path: Path) -> str:
    return str(path.relative_to(workspace.home))
