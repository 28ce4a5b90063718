"""Drafts of opinions: one writer at a time, every saving kept, and what members write about them before a vote."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import turn
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.voted import needs_unused, words_of
from boussole.charter.records import open_records
from boussole.charter.records.database import overwrite, reading
from boussole.charter.records.models import Draft, DraftComment, DraftText

LARGEST, LONGEST = 1_000_000, 5_000
"""Characters of a draft, all its fields together, and of a comment."""
HELD = dt.timedelta(hours=2)
"""How long a draft stays with its writer, who may have left without saving."""


@dataclass(frozen=True, kw_only=True)
class SavedDraft:
    """A draft as it was saved last. `writer`: who writes in it now, since when."""

    id: int
    committee: str
    about: int | None
    version: int
    sealed_as: int | None
    writer: str | None
    writing_since: str | None
    body: Mapping[str, Any]
    author: str
    saved_at: str

    def written_by(self, now: dt.datetime) -> str | None:
        """Who holds it at a moment; None where it is free."""
        if self.writing_since is None or now > dt.datetime.fromisoformat(self.writing_since) + HELD:
            return None
        return self.writer


@dataclass(frozen=True, kw_only=True)
class Saving:
    """One version of a draft."""

    version: int
    author: str
    saved_at: str
    body: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Comment:
    """What a member wrote about a draft."""

    id: int
    draft: int
    author: str
    text: str
    written_at: str


def begin(
    workspace: Workspace, committee: str, *, body: Mapping[str, Any], author: str, about: int | None = None
) -> SavedDraft:
    """A new draft, as its first version; its author writes in it. `about`: the entry of the referral."""
    text, now = _written(body), _now()
    with open_records(workspace).begin() as connection:
        values = {"committee": committee, "about": about, "version": 1, "writer": author, "writing_since": now}
        draft = connection.execute(insert(Draft).values(values).returning(Draft.id)).scalar_one()
        _keep(connection, draft=draft, version=1, author=author, body=text)
        return _current(connection, draft)


def claim(workspace: Workspace, number: int, *, author: str) -> SavedDraft:
    """Begin to write in a draft, which is then its writer's until they save, or for two hours.

    Raises RefusedError when somebody else writes in it, or it was sealed.
    """
    with open_records(workspace).begin() as connection:
        now = _unsealed(connection, number)
        if now.written_by(dt.datetime.now(dt.UTC)) not in (None, author):
            raise RefusedError("draft_taken", author=now.writer or "")
        values = {"writer": author, "writing_since": _now()}
        connection.execute(update(Draft).where(Draft.id == number).values(values))
        return _current(connection, number)


def save(workspace: Workspace, number: int, *, body: Mapping[str, Any], author: str) -> SavedDraft:
    """Save a draft as its next version; it is then free for others. The same text sent twice is saved once.

    Raises RefusedError when it is not `author` who writes in it, or it was sealed.
    """
    text = _written(body)
    with open_records(workspace).begin() as connection:
        now = _unsealed(connection, number)
        if (now.author, _written(now.body)) == (author, text):
            connection.execute(update(Draft).where(Draft.id == number, Draft.writer == author).values(writer=None))
            return _current(connection, number)
        if now.writer != author:
            raise RefusedError("draft_taken" if now.writer else "draft_free", author=now.writer or "")
        _keep(connection, draft=number, version=now.version + 1, author=author, body=text)
        values = {"version": now.version + 1, "writer": None, "writing_since": None}
        connection.execute(update(Draft).where(Draft.id == number).values(values))
        return _current(connection, number)


def sealed(connection: Connection, draft: int, *, version: int, entry: int) -> None:
    """Note, in the caller's transaction, as which entry a version was sealed.

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
    """Every version of a draft, the first one first."""
    columns = (DraftText.version, DraftText.author, DraftText.saved_at, DraftText.body)
    query = select(*columns).where(DraftText.draft == number).order_by(DraftText.version)
    with reading(workspace) as connection:
        rows = [] if connection is None else connection.execute(query).all()
    return [Saving(**{**row._asdict(), "body": json.loads(row.body)}) for row in rows]


def discard(workspace: Workspace, number: int) -> None:
    """Remove a draft with all its versions and comments, in a turn of its committee.

    Raises BoussoleError when there is none of this number, RefusedError when it was sealed, or a vote or a decision
    rests on one of its texts.
    """
    with turn(workspace, draft(workspace, number).committee) as now:
        _unsealed(now.connection, number)
        needs_unused(now.house, words_of(now.connection, number))
        overwrite(now.connection)
        for model in (DraftComment, DraftText):
            now.connection.execute(delete(model).where(model.draft == number))
        now.connection.execute(delete(Draft).where(Draft.id == number))


def comments(workspace: Workspace, number: int) -> list[Comment]:
    """What was written about a draft, the oldest first."""
    query = select(DraftComment.__table__).where(DraftComment.draft == number).order_by(DraftComment.id)
    with reading(workspace) as connection:
        return [] if connection is None else [Comment(**row._asdict()) for row in connection.execute(query)]


def comment(workspace: Workspace, number: int, *, text: str, author: str) -> None:
    """Write about a draft; the same words sent twice are written once. Raises RefusedError when it was sealed."""
    text = text.strip()
    if not 0 < len(text) <= LONGEST:
        raise BoussoleError(f"a comment has 1 to {LONGEST:,} characters.", next_step="Write it shorter.")
    with open_records(workspace).begin() as connection:
        _unsealed(connection, number)
        values = {"draft": number, "author": author, "text": text}
        same = [getattr(DraftComment, name) == value for name, value in values.items()]
        if connection.execute(select(DraftComment.id).where(*same)).first() is None:
            connection.execute(insert(DraftComment).values({**values, "written_at": _now()}))


def erase_comment(workspace: Workspace, number: int, *, author: str) -> None:
    """Erase one's own comment for good. Raises RefusedError where it is another's."""
    with open_records(workspace).begin() as connection:
        overwrite(connection)
        mine = (DraftComment.id == number) & (DraftComment.author == author)
        if not connection.execute(delete(DraftComment).where(mine)).rowcount:
            raise RefusedError("comment_of_another")


def _query() -> Any:
    columns = list(Draft.__table__.c)
    texts = (DraftText.body, DraftText.author, DraftText.saved_at)
    return select(*columns, *texts).join(
        DraftText, (DraftText.draft == Draft.id) & (DraftText.version == Draft.version)
    )


def _current(connection: Connection, number: int) -> SavedDraft:
    row = connection.execute(_query().where(Draft.id == number)).first()
    if row is None:
        raise _none(number)
    return _drafted(row)


def _unsealed(connection: Connection, number: int) -> SavedDraft:
    now = _current(connection, number)
    if now.sealed_as is not None:
        raise RefusedError("draft_closed", entry=now.sealed_as)
    return now


def _drafted(row: Row[Any]) -> SavedDraft:
    return SavedDraft(**{**row._asdict(), "body": json.loads(row.body)})


def _keep(connection: Connection, *, draft: int, version: int, author: str, body: str) -> None:
    values = {"draft": draft, "version": version, "author": author, "saved_at": _now(), "body": body}
    connection.execute(insert(DraftText).values(values))


def _written(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    if len(text) > LARGEST:
        raise BoussoleError(
            f"the text has {len(text):,} characters, and a draft may have {LARGEST:,}.",
            next_step="Attach long documents instead.",
        )
    return text


def _now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _none(number: int) -> BoussoleError:
    return BoussoleError(f"there is no draft {number}.", next_step="See `boussole committee drafts`.")
