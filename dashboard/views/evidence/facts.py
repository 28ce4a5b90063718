"""What the evidence page looks up: the ledger in short, the entries that are asked for, one entry with its proof."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from boussole.audits.ledger import Verification
from boussole.audits.ledger.entry import problem_of
from boussole.audits.ledger.log import row_at
from boussole.audits.ledger.merkle import verify_inclusion
from boussole.audits.ledger.search import EntryLine, LedgerQuery, Span, listed, search, span
from boussole.audits.ledger.tree import inclusion_proof, root_of
from boussole.audits.workspace import Workspace
from boussole.charter.records import verify_records
from boussole.charter.records.database import reading
from boussole.charter.records.sealed_files import NO_FILES, SealedFiles, bytes_of, verify_files
from boussole.charter.records.starting import Restart, started_anew

PER_PAGE = 25
MOST_VERIFIED = 50_000
"""Ledgers of more entries are not verified at every look: it would take more than a second."""
MOST_BYTES = 300_000_000
"""Nor are files of more bytes hashed."""


@dataclass(frozen=True, kw_only=True)
class Results:
    """Some of the entries that are as asked; `page` counts from 1, and there is always one."""

    total: int
    page: int
    pages: int
    entries: tuple[EntryLine, ...]


@dataclass(frozen=True, kw_only=True)
class InclusionProof:
    """An entry, the hashes that lead from it to the root of all, and whether they do."""

    entry: EntryLine
    size: int
    root: str
    path: tuple[str, ...]
    holds: bool


def short(workspace: Workspace) -> Span:
    """What the ledger holds, in short."""
    with reading(workspace) as connection:
        return Span(size=0) if connection is None else span(connection)


@dataclass(frozen=True, kw_only=True)
class VerificationResult:
    """What verifying everything found: the ledger with its records, the files that these rest on, how it began."""

    ledger: Verification
    files: SealedFiles
    restart: Restart | None = None


def verified(workspace: Workspace) -> VerificationResult | None:
    """Whether the ledger and what it seals hold in themselves, as `boussole verify --ledger` tells it.

    None when that is too much to look at every time, or the ledger is empty.
    """
    much = not 0 < short(workspace).size <= MOST_VERIFIED or bytes_of(workspace) > MOST_BYTES
    found = None if much else verify_records(workspace)
    if found is None:
        return None
    files = verify_files(workspace) if found.ok else NO_FILES
    return VerificationResult(ledger=found, files=files, restart=started_anew(workspace) if found.ok else None)


def results(workspace: Workspace, asked: LedgerQuery, *, page: int, named: Collection[int] = ()) -> Results:
    """One page of what is asked for; a page that is not there is the nearest one. `named`: see `search`."""
    with reading(workspace) as connection:
        if connection is None:
            return Results(total=0, page=1, pages=1, entries=())
        total, found = search(connection, asked, named=named, skip=(page - 1) * PER_PAGE, take=PER_PAGE)
        pages = max(1, -(-total // PER_PAGE))
        if page > pages:
            found = search(connection, asked, named=named, skip=(pages - 1) * PER_PAGE, take=PER_PAGE)[1]
    return Results(total=total, page=min(page, pages), pages=pages, entries=tuple(found))


def proved(workspace: Workspace, index: int) -> InclusionProof | None:
    """An entry with its proof; None when there is no entry of this number."""
    with reading(workspace) as connection:
        size = 0 if connection is None else span(connection).size
        if connection is None or not 0 <= index < size:
            return None
        row, whole = row_at(connection, index), root_of(connection, size=size)
        path = inclusion_proof(connection, index=index, size=size)
    holds = problem_of(row, index) is None and verify_inclusion(
        path, leaf=bytes.fromhex(row.leaf_hash), index=index, size=size, root=whole
    )
    return InclusionProof(
        entry=listed(row), size=size, root=whole.hex(), path=tuple(item.hex() for item in path), holds=holds
    )
