"""What changed, as data, the messages that tell it, and the catalogue that alerts speak from."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select

from boussole.audits.hashing import sha256_hex
from boussole.audits.languages import LANGUAGES, Catalogue, capital, typeset
from boussole.charter.document import ArticleVerdict, Standing, VerdictInShort
from boussole.charter.document.answers.verdict import CALLING, Verdict, severity
from boussole.charter.records.models import Alert, AlertItem, AlertMessage
from boussole.dashboard.markup.words import Say, count, speaker
from boussole.dashboard.server.access.database import stamp

FOLDER = Path(__file__).parent / "locale"


class AlertSay(Say):
    """The messages of alerts in one language."""

    def __init__(self, lang: str) -> None:
        super().__init__(lang)
        self._catalogue = Catalogue(FOLDER, lang)

    def plural(self, one: str, many: str, n: int, **values: str) -> str:
        """The message for one thing or for `n` of them; the count is a word, as pages write it."""
        text = self._catalogue.ngettext(one, many, n).format(n=count(n, speaker(self.lang)), **values)
        return typeset(capital(text), self.lang)


@cache
def teller(lang: str) -> AlertSay:
    """The teller of a language; one that is not spoken here becomes the default."""
    return AlertSay(lang if lang in LANGUAGES else LANGUAGES[0])


# What counts as a change, and whether it is one for the worse. Nothing here reads a file.


Direction = Literal["worse", "lost", "better", "other"]
Cause = Literal[
    "audit",
    "again",
    "rule",
    "charter",
    "charter_and_audit",
    "stated",
    "stated_or_charter",
    "decisions",
    "decisions_again",
]
NOT_ASKED = "not_asked"
"""The state of a question that the charter asks no longer, or of an article that it has no longer."""
BLIND = (Verdict.UNKNOWN, Verdict.NOT_EXAMINED, NOT_ASKED)
"""States in which nobody can tell."""
UNFAVOURABLE = ("worse", "lost")
"""What `only = "worse"` lets through: that something can't be told any more is never good news."""


@dataclass(frozen=True, kw_only=True)
class KnownState:
    """A state that was told, or needed no telling: since which day it holds, and the end of the window seen last."""

    state: str
    since: str
    window_end: str


@dataclass(frozen=True, kw_only=True)
class About:
    """What a change is about: `article/ARTICLE`, `question/ARTICLE/QUESTION` or `drift/PART` of a system."""

    system: str
    subject: str

    @property
    def kind(self) -> str:
        return self.subject.partition("/")[0]

    @property
    def name(self) -> str:
        """Of the article, the question or the part."""
        return self.subject.rpartition("/")[2]

    @property
    def article(self) -> str:
        """Of which article; empty for drift."""
        return "" if self.kind == "drift" else self.subject.split("/")[1]


@dataclass(frozen=True, kw_only=True)
class SubjectChange(About):
    """One change of one subject of a system.

    `before` is None where nobody had looked; `start` is the day from which the state after holds, `end` the last of the
    window that says so; `since` the day from which the state before held; `document` what the texts are made from (None
    for drift), `former` the audit before, where there is one.
    """

    before: str | None
    after: str
    since: str | None
    start: str
    end: str
    entry: int | None
    cause: Cause
    document: Standing | None
    former: Standing | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    """Of drift, which no audit says: what the page says, in every language."""

    @property
    def direction(self) -> Direction:
        return direction(self.before, self.after)


def direction(before: str | None, after: str) -> Direction:
    """For the worse, for the better, or lost: it could be told, and cannot be any more.

    >>> direction("kept", "watch"), direction("broken", "watch"), direction("broken", "unknown")
    ('worse', 'better', 'lost')
    >>> direction(None, "broken"), direction("unknown", "kept"), direction("not_examined", "unknown")
    ('worse', 'better', 'other')
    """
    if after in BLIND:
        return "lost" if before is not None and before not in BLIND else "other"
    if after == "kept":
        return "better"
    worse = before not in CALLING or severity(after) < severity(before)
    return "worse" if worse else "better"


def is_told(before: str | None, after: str) -> bool:
    """Whether a state is a change that people are told.

    Of what nobody had looked at before, only what is not kept or to be watched; what stays as it is, never.

    >>> is_told(None, "kept"), is_told(None, "watch"), is_told("kept", "kept"), is_told("not_asked", "kept")
    (False, True, False, False)
    """
    if before in (None, NOT_ASKED):
        return after in CALLING
    return before != after


def states_of(articles: Iterable[ArticleVerdict], verdicts: Iterable[VerdictInShort]) -> dict[str, str]:
    """The state of each article and question of an audit.

    >>> states_of([ArticleVerdict(article="a", verdict="kept", answered=1, asked=1)], [])
    {'article/a': 'kept'}
    """
    found = {f"article/{each.article}": str(each.verdict) for each in articles}
    return found | {f"question/{each.article}/{each.indicator}": str(each.verdict) for each in verdicts}


def changes_between(
    known: Mapping[str, KnownState],
    document: Standing,
    *,
    system: str,
    window: tuple[str, str],
    entry: int | None,
    cause: Callable[[str, str | None, str], Cause],
    former: Standing | None = None,
) -> tuple[list[SubjectChange], dict[str, KnownState]]:
    """What a document says otherwise than what is known, and what is known from then on.

    `cause` tells why a subject changed, from its state before and after; `former` is the document before, if any. Parts
    of drift are left as they are.
    """
    now = states_of(document.articles, document.verdicts)
    gone = [name for name in known if not name.startswith("drift/") and name not in now]
    found, after = [], dict(known)
    for subject, state in [*now.items(), *((name, NOT_ASKED) for name in gone)]:
        before = known.get(subject)
        if before is not None and before.state == state:
            after[subject] = KnownState(state=state, since=before.since, window_end=window[1])
            continue
        after[subject] = KnownState(state=state, since=window[0], window_end=window[1])
        if is_told(before.state if before else None, state):
            found.append(
                SubjectChange(
                    system=system,
                    subject=subject,
                    before=before.state if before else None,
                    after=state,
                    since=before.since if before else None,
                    start=window[0],
                    end=window[1],
                    entry=entry,
                    cause=cause(subject, before.state if before else None, state),
                    document=document,
                    former=former,
                )
            )
    return found, after


# Changes and messages as the outbox keeps them: what is noted of a change, and which message tells it.


WAITING, SENT, DROPPED = "waiting", "sent", "dropped"


@dataclass(frozen=True, kw_only=True)
class ChangeMessage(About):
    """One change as it is told."""

    number: int
    before: str | None
    after: str
    direction: str
    detected_at: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message on one channel. `accepted`: which of its recipients have it, as hashes; `problem`: what kept it."""

    id: str
    channel: str
    digest: str
    created_at: str
    due_at: str
    state: str
    attempts: int
    try_at: str
    problem: str | None
    accepted: frozenset[str]
    ended_at: str | None
    items: Sequence[ChangeMessage] = ()


@dataclass(frozen=True, kw_only=True)
class MessageDraft:
    """A message that is to be queued: the changes of one system of the workspace at `home`, on one channel."""

    home: str
    channel: str
    digest: str
    system: str
    now: dt.datetime
    due: dt.datetime
    items: Sequence[ChangeMessage]

    def number(self, keys: Mapping[int, str]) -> str:
        """The number of the message: that of the digest, else of what was found together."""
        if self.digest == "off":
            return self.apart(keys)
        return _number(self.home, self.channel, self.digest, stamp(self.due))

    def apart(self, keys: Mapping[int, str]) -> str:
        """The number of a message that tells these changes alone."""
        return _number(self.channel, self.system, *(keys[each.number] for each in self.items))

    def message(self, number: str) -> Message:
        """The message with these changes alone."""
        return Message(
            id=number,
            channel=self.channel,
            digest=self.digest,
            created_at=stamp(self.now),
            due_at=stamp(self.due),
            state=WAITING,
            attempts=0,
            try_at=stamp(self.due),
            problem=None,
            accepted=frozenset(),
            ended_at=None,
            items=self.items,
        )


def _number(*what: str) -> str:
    return sha256_hex(json.dumps(what).encode())[:32]


def keep(connection: Connection, told: ChangeMessage, key: str) -> int:
    """Notes a change, in the caller's transaction; its number."""
    values = {
        "key": key,
        "system": told.system,
        "subject": told.subject,
        "before": told.before,
        "after": told.after,
        "direction": told.direction,
        "detected_at": told.detected_at,
        "facts": json.dumps(told.facts, ensure_ascii=False),
    }
    number: int = connection.execute(insert(Alert).values(values).returning(Alert.id)).scalar_one()
    return number


def queue(connection: Connection, draft: MessageDraft, keys: Mapping[int, str]) -> Message:
    """Puts a draft into the outbox, in the caller's transaction; `keys`: of its changes, by number.

    One digest is one message, to which other changes are added until somebody begins to send it, or drops it.
    """
    number = draft.number(keys)
    begun = connection.execute(
        select(AlertMessage.state, AlertMessage.attempts).where(AlertMessage.id == number)
    ).first()
    if begun is not None and tuple(begun) != (WAITING, 0):
        number, begun = draft.apart(keys), None
    if begun is None:
        due = stamp(draft.due)
        values = {
            "id": number,
            "channel": draft.channel,
            "digest": draft.digest,
            "created_at": stamp(draft.now),
            "due_at": due,
            "state": WAITING,
            "attempts": 0,
            "try_at": due,
            "accepted": "[]",
        }
        connection.execute(insert(AlertMessage).values(values))
    connection.execute(insert(AlertItem), [{"message": number, "alert": each.number} for each in draft.items])
    return draft.message(number)


def message_of(connection: Connection, row: Row[Any], *, attempts: int | None = None) -> Message:
    items = (
        select(Alert.__table__)
        .join(AlertItem, AlertItem.alert == Alert.id)
        .where(AlertItem.message == row.id)
        .order_by(Alert.id)
    )
    return Message(
        id=row.id,
        channel=row.channel,
        digest=row.digest,
        created_at=row.created_at,
        due_at=row.due_at,
        state=row.state,
        attempts=row.attempts if attempts is None else attempts,
        try_at=row.try_at,
        problem=row.problem,
        accepted=frozenset(json.loads(row.accepted)),
        ended_at=row.ended_at,
        items=[_told(each) for each in connection.execute(items)],
    )


def _told(row: Row[Any]) -> ChangeMessage:
    """A change from its row."""
    return ChangeMessage(
        number=row.id,
        system=row.system,
        subject=row.subject,
        before=row.before,
        after=row.after,
        direction=row.direction,
        detected_at=row.detected_at,
        facts=json.loads(row.facts),
    )
