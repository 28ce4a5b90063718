"""Comments in the margin of a draft or of an answer: what members write to one another before anything is sealed.

A comment keeps the words that it is about, as whoever wrote it read them. Nothing of it is sealed: its author changes
or withdraws it, it goes with its draft, and with the name of its author.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, inspect, select, update

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.committee.placeholders import paragraphs
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.records import open_records
from boussole.charter.records.database import overwrite, reading
from boussole.charter.records.models import Draft, DraftText, MarginNote

LONGEST = 5_000
"""Characters of a comment."""
MOST = 1_000
"""Comments in one margin."""
WORDS, RESERVATIONS = "w", "r"
PARTS = (WORDS, RESERVATIONS)
"""The parts of an opinion that are numbered for readers."""


@dataclass(frozen=True, kw_only=True)
class SavedNote:
    """A comment as it stands. One that is `withdrawn` has no words left, and stays for what was replied to it."""

    id: int
    committee: str
    draft: int | None
    version: int | None
    part: str
    number: int
    system: str | None
    question: str | None
    audit: int | None
    lang: str
    quote: str
    reply_to: int | None
    author: str
    text: str
    edition: int
    written_at: str
    changed_at: str
    settled_by: str | None
    withdrawn: bool


@dataclass(frozen=True, kw_only=True)
class AnswerSpot:
    """An answer of a system as it is read: in which language, after which audit, in which words."""

    system: str
    question: str
    audit: int | None
    lang: str
    quote: str


@dataclass(frozen=True, kw_only=True)
class DraftSpot:
    """A paragraph of a draft by its number, in the version that was read."""

    draft: int
    version: int
    part: str
    number: int


def parts_of(body: Any, part: str) -> list[str]:
    """The paragraphs of a draft, or its reservations, in the order of their numbers.

    >>> parts_of({"words": "One.\\n\\nTwo.", "reservations": ["Until spring."]}, "w")
    ['One.', 'Two.']
    """
    if part == WORDS:
        return [each.strip("\n") for each in paragraphs(str(body.get("words") or ""))]
    found = body.get("reservations") or []
    return [str(each) for each in found] if isinstance(found, list) else [str(found)]


def on_draft(workspace: Workspace, draft: int) -> list[SavedNote]:
    """The comments of a draft and their replies, the oldest first."""
    return _read(workspace, MarginNote.draft == draft)


def on_answer(workspace: Workspace, committee: str, system: str, question: str) -> list[SavedNote]:
    """What a committee wrote in the margin of an answer, the oldest first."""
    here = (MarginNote.committee == committee, MarginNote.system == system, MarginNote.question == question)
    return _read(workspace, *here)


def note(workspace: Workspace, number: int) -> SavedNote | None:
    """One comment by its number; None where there is none."""
    return next(iter(_read(workspace, MarginNote.id == number)), None)


def comment_on_draft(workspace: Workspace, spot: DraftSpot, *, text: str, author: str) -> SavedNote:
    """Comment on a paragraph as it stood in a version of a draft. The same sent twice is written once.

    Raises RefusedError where there is no such paragraph, and where the draft was sealed.
    """
    with open_records(workspace).begin() as connection:
        committee = _unsealed(connection, spot.draft)
        query = select(DraftText.body).where(DraftText.draft == spot.draft, DraftText.version == spot.version)
        body = connection.execute(query).scalar()
        found = parts_of(json.loads(body), spot.part) if body and spot.part in PARTS else []
        if not 0 < spot.number <= len(found):
            raise RefusedError("margin_no_place")
        place = {**_NOWHERE, **asdict(spot), "quote": found[spot.number - 1], "committee": committee}
        return _add(connection, place, text=text, author=author)


def comment_on_answer(workspace: Workspace, committee: str, spot: AnswerSpot, *, text: str, author: str) -> SavedNote:
    """Comment on an answer as it was read. The same sent twice is written once."""
    with open_records(workspace).begin() as connection:
        return _add(connection, {**_NOWHERE, **asdict(spot), "committee": committee}, text=text, author=author)


def reply(workspace: Workspace, number: int, *, text: str, author: str) -> SavedNote:
    """Reply to a comment; what was settled is open again. Raises RefusedError where it is gone, or its draft sealed."""
    with open_records(workspace).begin() as connection:
        of = _standing(connection, number)
        top = of if of.reply_to is None else _standing(connection, of.reply_to)
        place = {name: getattr(top, name) for name in _NOWHERE} | {"committee": top.committee, "reply_to": top.id}
        made = _add(connection, place, text=text, author=author)
        connection.execute(update(MarginNote).where(MarginNote.id == top.id).values(settled_by=None))
        return made


def rewrite(workspace: Workspace, number: int, *, text: str, edition: int, author: str) -> SavedNote:
    """Change the words of one's own comment, as read at its `edition`. The words of before are not kept.

    Raises RefusedError for that of somebody else, and where it was changed or withdrawn since.
    """
    with open_records(workspace).begin() as connection:
        now = _own(connection, number, author)
        if now.text == _fit(text):
            return now
        if now.edition != edition:
            raise RefusedError("margin_moved")
        overwrite(connection)
        values = {"text": _fit(text), "edition": edition + 1, "changed_at": _now()}
        connection.execute(update(MarginNote).where(MarginNote.id == number).values(values))
        return _one(connection, number)


def withdraw(workspace: Workspace, number: int, *, author: str) -> None:
    """Erase the words of one's own comment; also under a draft that was sealed. What was replied to it stays."""
    with open_records(workspace).begin() as connection:
        now = _one(connection, number)
        _needs_author(now, author)
        _erase(connection, [now.id])


def settle(workspace: Workspace, number: int, *, author: str, settled: bool) -> None:
    """Mark a comment as settled, or open it again. Raises RefusedError where it is gone, or its draft sealed."""
    with open_records(workspace).begin() as connection:
        now = _standing(connection, number)
        if now.reply_to is not None:
            raise RefusedError("margin_gone")
        if bool(now.settled_by) != settled:
            values = {"settled_by": author if settled else None}
            connection.execute(update(MarginNote).where(MarginNote.id == number).values(values))


def erase_of_draft(connection: Connection, draft: int) -> None:
    """Erase the margin of a draft, in the transaction that erases the draft."""
    connection.execute(delete(MarginNote).where(MarginNote.draft == draft, MarginNote.reply_to.is_not(None)))
    connection.execute(delete(MarginNote).where(MarginNote.draft == draft))


def erase_of_member(connection: Connection, member: str) -> int:
    """Erase what a member wrote in margins, in the transaction that erases their name; how many comments."""
    query = select(MarginNote.id).where(MarginNote.author == member, MarginNote.withdrawn.is_(False))
    found = list(connection.execute(query.order_by(MarginNote.id.desc())).scalars())
    _erase(connection, found)
    return len(found)


_NOWHERE: dict[str, Any] = {
    "draft": None,
    "version": None,
    "part": "",
    "number": 0,
    "system": None,
    "question": None,
    "audit": None,
    "lang": "",
    "quote": "",
}
"""Where a comment is, of one that is nowhere yet."""


def _erase(connection: Connection, numbers: list[int]) -> None:
    """Erase comments: of those that were replied to the words, of others the row."""
    overwrite(connection)
    for number in numbers:
        now = _one(connection, number)
        if _replies(connection, number):
            values = {"text": "", "withdrawn": True, "changed_at": _now()}
            connection.execute(update(MarginNote).where(MarginNote.id == number).values(values))
            continue
        connection.execute(delete(MarginNote).where(MarginNote.id == number))
        if now.reply_to is not None and not _replies(connection, now.reply_to):
            gone = (MarginNote.id == now.reply_to, MarginNote.withdrawn.is_(True))
            connection.execute(delete(MarginNote).where(*gone))


def _replies(connection: Connection, number: int) -> int:
    query = select(func.count()).select_from(MarginNote).where(MarginNote.reply_to == number)
    return int(connection.execute(query).scalar_one())


def _add(connection: Connection, place: dict[str, Any], *, text: str, author: str) -> SavedNote:
    text, reply_to = _fit(text), place.get("reply_to")
    here = [getattr(MarginNote, name) == value for name, value in place.items() if name not in ("reply_to", "lang")]
    same = select(MarginNote.id).where(*here, MarginNote.reply_to == reply_to)
    same = same.where(MarginNote.author == author, MarginNote.text == text)
    known = connection.execute(same).scalar()
    if known is not None:
        return _one(connection, known)
    margin = [getattr(MarginNote, name) == place[name] for name in ("committee", "draft", "system", "question")]
    if connection.execute(select(func.count()).select_from(MarginNote).where(*margin)).scalar_one() >= MOST:
        raise RefusedError("margin_full", most=MOST)
    now = _now()
    values = {**place, "reply_to": reply_to, "author": author, "text": text, "edition": 1, "written_at": now}
    values |= {"changed_at": now, "settled_by": None, "withdrawn": False}
    made = connection.execute(insert(MarginNote).values(values).returning(MarginNote.id)).scalar_one()
    return _one(connection, made)


def _own(connection: Connection, number: int, author: str) -> SavedNote:
    now = _standing(connection, number)
    _needs_author(now, author)
    return now


def _needs_author(now: SavedNote, author: str) -> None:
    if now.author != author:
        raise RefusedError("margin_anothers", author=now.author)
    if now.withdrawn:
        raise RefusedError("margin_gone")


def _standing(connection: Connection, number: int) -> SavedNote:
    """A comment that can be worked on: one that is there, and whose draft was not sealed."""
    now = _one(connection, number)
    if now.draft is not None:
        _unsealed(connection, now.draft)
    return now


def _unsealed(connection: Connection, draft: int) -> str:
    """The committee of a draft that was not sealed."""
    row = connection.execute(select(Draft.committee, Draft.sealed_as).where(Draft.id == draft)).first()
    if row is None:
        raise RefusedError("margin_no_place")
    if row.sealed_as is not None:
        raise RefusedError("margin_sealed", entry=row.sealed_as)
    return str(row.committee)


def _one(connection: Connection, number: int) -> SavedNote:
    row = connection.execute(select(MarginNote.__table__).where(MarginNote.id == number)).first()
    if row is None:
        raise RefusedError("margin_gone")
    return SavedNote(**row._asdict())


def _read(workspace: Workspace, *where: Any) -> list[SavedNote]:
    query = select(MarginNote.__table__).where(*where).order_by(MarginNote.id)
    with reading(workspace) as connection:
        if connection is None or not inspect(connection).has_table(MarginNote.__tablename__):  # records of before
            return []
        return [SavedNote(**row._asdict()) for row in connection.execute(query)]


def _fit(text: str) -> str:
    text = text.strip()
    if not 0 < len(text) <= LONGEST:
        raise BoussoleError(f"a comment has 1 to {LONGEST:,} characters.", next_step="Write it shorter.")
    return text


def _now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
