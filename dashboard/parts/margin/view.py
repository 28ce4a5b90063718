"""A margin as pages show it: each paragraph with what was written about it, and what is about words that are gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from boussole.charter.committee.margin import RESERVATIONS, WORDS, SavedNote, parts_of
from boussole.charter.committee.papers.drafts import SavedDraft
from boussole.dashboard.forms.model import Form
from boussole.dashboard.parts.drafts.view import author_words
from boussole.dashboard.parts.margin.forms import changing, commenting_on_draft, replying, settling, withdrawing
from boussole.dashboard.parts.margin.places import NotePlace, Places
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.words.say import Say, speaker

MOST_FORMS = 300
"""Paragraphs of a text on which a comment can be begun; a text of thousands would be a page of thousands of forms."""
Link = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A comment, or a reply. `own`: the forms by which whoever looks changes and withdraws it; `acts`: where its words
    can be sealed."""

    number: int
    who: str
    when: str
    text: str
    own: Sequence[Form] = ()
    acts: Sequence[Link] = ()


@dataclass(frozen=True, kw_only=True)
class Thread:
    """A comment with its replies. `since`: what changed since, with the words it was about in `quote`."""

    head: Remark
    replies: Sequence[Remark]
    settled: str
    since: str
    quote: str
    reply: Form | None
    settle: Form | None


@dataclass(frozen=True, kw_only=True)
class NotedParagraph:
    """A paragraph with its margin."""

    number: int
    name: str
    text: str
    threads: Sequence[Thread]
    comment: Form | None


@dataclass(frozen=True, kw_only=True)
class DraftMargin:
    """The text of a draft with its margin. `gone`: comments on words of which nothing is left."""

    words: Sequence[NotedParagraph]
    reservations: Sequence[NotedParagraph]
    gone: Sequence[Thread]
    told: str


@dataclass(frozen=True, kw_only=True)
class MarginReader:
    """Who reads a margin: `author` is the name under which they write, `writes` whether they can now, `acts` what can
    be made of a comment of theirs."""

    chamber: Chamber
    say: Say
    author: str
    writes: bool
    acts: Mapping[int, Sequence[Link]] = field(default_factory=dict)


def draft_margin(
    reader: MarginReader, draft: SavedDraft, bodies: Mapping[int, Any], notes: Sequence[SavedNote]
) -> DraftMargin:
    """The margin of a draft; `bodies` are its texts by version."""
    placed = _placed(draft, bodies, notes)
    gone = [(note, place) for note, place in placed if place.number is None]
    every = [note for note in notes if note.reply_to is None]
    waiting = len([note for note in every if not note.settled_by])
    say = reader.say
    return DraftMargin(
        words=_paragraphs(reader, draft, WORDS, placed, notes),
        reservations=_paragraphs(reader, draft, RESERVATIONS, placed, notes),
        gone=[thread(reader, note, notes, since=say("This paragraph is no longer there.")) for note, _ in gone],
        told=say.plural("{n} comment is open.", "{n} comments are open.", waiting) if every else "",
    )


def thread(reader: MarginReader, head: SavedNote, notes: Iterable[SavedNote], *, since: str) -> Thread:
    """A comment with its replies, in the order in which they came."""
    say = reader.say
    replies = [_remark(reader, each) for each in notes if each.reply_to == head.id]
    by = author_words(reader.chamber, head.settled_by, say) if head.settled_by else ""
    return Thread(
        head=_remark(reader, head),
        replies=replies,
        settled=say("Settled by {who}", who=by) if by else "",
        since=since,
        quote=head.quote if since else "",
        reply=replying(head, say) if reader.writes else None,
        settle=settling(head, say) if reader.writes else None,
    )


def _placed(
    draft: SavedDraft, bodies: Mapping[int, Any], notes: Iterable[SavedNote]
) -> list[tuple[SavedNote, NotePlace]]:
    known: dict[tuple[int | None, str], Places] = {}
    found = []
    for note in notes:
        if note.reply_to is not None:
            continue
        key = (note.version, note.part)
        if key not in known:
            before = parts_of(bodies.get(note.version or 0, {}), note.part)
            known[key] = Places(before, parts_of(draft.body, note.part))
        found.append((note, known[key].of(note.number)))
    return found


def _paragraphs(
    reader: MarginReader,
    draft: SavedDraft,
    part: str,
    placed: Sequence[tuple[SavedNote, NotePlace]],
    notes: Sequence[SavedNote],
) -> list[NotedParagraph]:
    say, changed = reader.say, reader.say("This paragraph has changed since.")
    beside: dict[int, list[Thread]] = {}
    for note, place in placed:
        if note.part == part and place.number is not None:
            told = changed if place.changed else ""
            beside.setdefault(place.number, []).append(thread(reader, note, notes, since=told))
    return [
        NotedParagraph(
            number=number,
            name=say("Paragraph {n}", n=str(number)) if part == WORDS else say("Reservation {n}", n=str(number)),
            text=text,
            threads=beside.get(number, ()),
            comment=commenting_on_draft(draft.id, draft.version, part, number, say)
            if reader.writes and number <= MOST_FORMS
            else None,
        )
        for number, text in enumerate(parts_of(draft.body, part), 1)
    ]


def _remark(reader: MarginReader, note: SavedNote) -> Remark:
    say = reader.say
    clock = speaker(say.lang, ZoneInfo(reader.chamber.house.rules.timezone))
    when = clock.short_moment(dt.datetime.fromisoformat(note.changed_at))
    mine = note.author == reader.author and not note.withdrawn
    own = [changing(note, say)] if mine and reader.writes else []
    return Remark(
        number=note.id,
        who=author_words(reader.chamber, note.author, say),
        when=say("withdrawn on {moment}", moment=when)
        if note.withdrawn
        else say("changed on {moment}", moment=when)
        if note.edition > 1
        else when,
        text=note.text,
        own=[*own, withdrawing(note, say)] if mine else [],
        acts=reader.acts.get(note.id, ()) if mine else (),
    )
