"""Audit documents in short, so that pages can read many: verdicts, and the comparisons that judging again needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import func, select

from boussole.audits.workspace import Workspace
from boussole.charter.document import ArticleVerdict, MeasureInShort, VerdictInShort
from boussole.charter.document.base import DocumentPart
from boussole.charter.document.left_out import LeftOutInShort
from boussole.charter.document.versions import DecidedBy
from boussole.charter.records.database import reading
from boussole.charter.records.models import Audit, Summary


class _DocumentSummary(DocumentPart):
    as_of: dt.date
    statements: int
    decisions: int
    articles: list[ArticleVerdict]
    verdicts: list[VerdictInShort]
    left_out: LeftOutInShort
    versions: tuple[DecidedBy, ...] = ()


_MEASURES = TypeAdapter(list[MeasureInShort])


@dataclass(frozen=True, kw_only=True)
class AuditSummary:
    """One stored audit in short. `measures` is empty where it was read without them."""

    entry: int
    system: str
    start: dt.date
    end: dt.date
    as_of: dt.date
    statements: int
    decisions: int
    charter: str
    articles: list[ArticleVerdict]
    verdicts: list[VerdictInShort]
    measures: list[MeasureInShort]
    left_out: LeftOutInShort
    versions: tuple[DecidedBy, ...] = ()


def summaries(
    workspace: Workspace,
    *,
    system: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> list[AuditSummary]:
    """The latest audits in short of each window that ends in some days, of a system or of all, oldest window first."""
    return list(each_summary(workspace, system=system, since=since, until=until, measures=False))


def summaries_at(workspace: Workspace, entries: Collection[int]) -> dict[int, AuditSummary]:
    """The audits that some entries seal, in short, without the comparisons, by entry."""
    columns = (Audit.entry, Audit.system, Audit.window_start, Audit.window_end, Audit.charter_sha256, Summary.verdicts)
    query = select(*columns).join(Summary, Summary.entry == Audit.entry).where(Audit.entry.in_(sorted(entries)))
    with reading(workspace) as connection:
        return {} if connection is None else {row.entry: _read(row) for row in connection.execute(query)}


def each_summary(
    workspace: Workspace,
    *,
    system: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    measures: bool = True,
) -> Iterator[AuditSummary]:
    """The audits of a system, or of all, in short, one at a time, with the comparisons that judging again needs."""
    columns = (Audit.entry, Audit.system, Audit.window_start, Audit.window_end, Audit.charter_sha256, Summary.verdicts)
    newest = func.row_number().over(
        partition_by=(Audit.system, Audit.window_start, Audit.window_end), order_by=Audit.entry.desc()
    )
    query = select(*columns, *([Summary.measures] if measures else []), newest.label("rank")).join(
        Summary, Summary.entry == Audit.entry
    )
    if system is not None:
        query = query.where(Audit.system == system)
    if since is not None:
        query = query.where(Audit.window_end >= since.isoformat())
    if until is not None:
        query = query.where(Audit.window_end <= until.isoformat())
    ranked = query.subquery()
    last = select(ranked).where(ranked.c.rank == 1).order_by(ranked.c.window_end, ranked.c.entry)
    with reading(workspace) as connection:
        if connection is not None:
            yield from map(_read, connection.execute(last))


def _read(row: Any) -> AuditSummary:
    said = _DocumentSummary.model_validate_json(row.verdicts)
    return AuditSummary(
        entry=row.entry,
        system=row.system,
        start=dt.date.fromisoformat(row.window_start),
        end=dt.date.fromisoformat(row.window_end),
        as_of=said.as_of,
        statements=said.statements,
        decisions=said.decisions,
        charter=row.charter_sha256,
        articles=said.articles,
        verdicts=said.verdicts,
        measures=_MEASURES.validate_json(row.measures) if "measures" in row._fields else [],
        left_out=said.left_out,
        versions=said.versions,
    )
