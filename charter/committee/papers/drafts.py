"""Texts written together before anything is sealed: nobody's words are lost when two people write at once.

Every saving is kept. Who saves a text that somebody else has saved since they opened it is told so, and their text is
kept aside under a number of its own: they bring both together and save again.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, insert, select, update

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import turn
from boussole.charter.committee.margin import erase_of_draft
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.voted import needs_unused, words_of
from boussole.charter.records import open_records
from boussole.charter.records.database import overwrite, reading
from boussole.charter.records.models import Draft, DraftText

Kind = Literal["opinion", "agenda", "minutes", "question"]
LARGEST = 1_000_000
"""Characters of a draft, all its fields together."""


@dataclass(frozen=True, kw_only=True)
class SavedDraft:
    """A draft as it was saved last."""

    id: int
    committee: str
    kind: str
    about: int | None
    version: int
    sealed_as: int | None
    body: Mapping[str, Any]
    author: str
    saved_at: str


@dataclass(frozen=True, kw_only=True)
class Saving:
    """One saving of a draft. `version` is None for what was kept aside."""

    id: int
    version: int | None
    based_on: int
    author: str
    saved_at: str
    body: Mapping[str, Any]


class StaleDraftError(RefusedError):
    """Somebody saved since the text was opened. `current` is theirs; `kept` numbers what was kept aside."""

    def __init__(self, current: SavedDraft, kept: int) -> None:
        self.current, self.kept = current, kept
        super().__init__("draft_stale", author=current.author, version=current.version, number=kept)


def begin(
    workspace: Workspace, committee: str, *, kind: Kind, body: Mapping[str, Any], author: str, about: int | None = None
) -> SavedDraft:
    """A new draft, as its first version. `about`: the entry that it is about, such as a referral."""
    text = _written(body)
    with open_records(workspace).begin() as connection:
        values = {"committee": committee, "kind": kind, "about": about, "version": 1, "sealed_as": None}
        draft = connection.execute(insert(Draft).values(values).returning(Draft.id)).scalar_one()
        _keep(connection, draft=draft, version=1, based_on=0, author=author, body=text)
        return _current(connection, draft)


def save(workspace: Workspace, draft: int, *, body: Mapping[str, Any], based_on: int, author: str) -> SavedDraft:
    """Save a draft that was opened at version `based_on`; the same text sent twice is saved once.

    Raises StaleDraftError when somebody saved in between, RefusedError when it was sealed; the text is kept aside.
    """
    text = _written(body)
    with open_records(workspace).begin() as connection:
        now = _current(connection, draft)
        if now.sealed_as is None and _written(now.body) == text:
            return now
        stale = now.version != based_on or now.sealed_as is not None
        version = None if stale else based_on + 1
        kept = _keep(connection, draft=draft, version=version, based_on=based_on, author=author, body=text)
        if not stale:
            connection.execute(update(Draft).where(Draft.id == draft).values(version=version))
            return _current(connection, draft)
    if now.sealed_as is not None:
        raise RefusedError("draft_sealed", entry=now.sealed_as, number=kept)
    raise StaleDraftError(now, kept)


def sealed(connection: Connection, draft: int, *, version: int, entry: int) -> None:
    """Note, in the caller's transaction, as which entry a version of a draft was sealed.

    Raises RefusedError when it was saved since, so that nothing else than what was read is sealed.
    """
    now = _current(connection, draft)
    if now.version != version or now.sealed_as not in (None, entry):
        raise RefusedError("draft_moved", version=now.version)
    connection.execute(update(Draft).where(Draft.id == draft).values(sealed_as=entry))


def drafts(workspace: Workspace, committee: str) -> list[SavedDraft]:
    """The drafts of a committee that are not sealed, the oldest first."""
    query = _query().where(Draft.committee == committee, Draft.sealed_as.is_(None)).order_by(Draft.id)
    with reading(workspace) as connection:
        return [] if connection is None else [_drafted(row) for row in connection.execute(query)]


def draft(workspace: Workspace, number: int) -> SavedDraft:
    """One draft. Raises BoussoleError when there is none of this number."""
    with reading(workspace) as connection:
        if connection is None:
            raise _none(number)
        return _current(connection, number)


def savings(workspace: Workspace, number: int) -> list[Saving]:
    """Every saving of a draft, what was kept aside included, in the order they came."""
    query = select(DraftText.__table__).where(DraftText.draft == number).order_by(DraftText.id)
    with reading(workspace) as connection:
        rows = [] if connection is None else connection.execute(query).all()
    return [
        Saving(
            id=row.id,
            version=row.version,
            based_on=row.based_on,
            author=row.author,
            saved_at=row.saved_at,
            body=json.loads(row.body),
        )
        for row in rows
    ]


def discard(workspace: Workspace, number: int) -> None:
    """Remove a draft with all its savings and its margin, in a turn of its committee: no vote on it begins meanwhile.

    Raises BoussoleError when there is none of this number, RefusedError when it was sealed, or a vote or a decision
    rests on one of its texts.
    """
    with turn(workspace, draft(workspace, number).committee) as now:
        kept = _current(now.connection, number)
        if kept.sealed_as is not None:
            raise RefusedError("draft_closed", entry=kept.sealed_as)
        needs_unused(now.house, words_of(now.connection, number))
        overwrite(now.connection)
        erase_of_draft(now.connection, number)
        now.connection.execute(delete(DraftText).where(DraftText.draft == number))
        now.connection.execute(delete(Draft).where(Draft.id == number))


def _query() -> Any:
    columns = (Draft.id, Draft.committee, Draft.kind, Draft.about, Draft.version, Draft.sealed_as)
    texts = (DraftText.body, DraftText.author, DraftText.saved_at)
    current = (DraftText.draft == Draft.id) & (DraftText.version == Draft.version)
    return select(*columns, *texts).join(DraftText, current)


def _current(connection: Connection, number: int) -> SavedDraft:
    row = connection.execute(_query().where(Draft.id == number)).first()
    if row is None:
        raise _none(number)
    return _drafted(row)


def _drafted(row: Row[Any]) -> SavedDraft:
    return SavedDraft(**{**row._asdict(), "body": json.loads(row.body)})


def _keep(connection: Connection, *, draft: int, version: int | None, based_on: int, author: str, body: str) -> int:
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    values = {"draft": draft, "version": version, "based_on": based_on, "author": author, "saved_at": now, "body": body}
    return int(connection.execute(insert(DraftText).values(values).returning(DraftText.id)).scalar_one())


def _written(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    if len(text) > LARGEST:
        raise BoussoleError(
            f"the text has {len(text):,} characters, and a draft may have {LARGEST:,}.",
            next_step="Attach long documents instead.",
        )
    return text


def _none(number: int) -> BoussoleError:
    return BoussoleError(f"there is no draft {number}.", next_step="See `boussole committee drafts`.")
