"""A margin as pages show it: each paragraph with what was written about it, where it stands now, and its forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from boussole.audits.workspace import Workspace
from boussole.charter.committee.margin import LONGEST, RESERVATIONS, WORDS, AnswerSpot, SavedNote, parts_of
from boussole.charter.committee.papers.drafts import SavedDraft
from boussole.dashboard.markup.words import Say, speaker, speaker_in
from boussole.dashboard.server.forms import Form, FormField
from boussole.dashboard.views import store
from boussole.dashboard.views.answers.short import short_answer
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.parts.drafts import author_words

# Where a comment stands in a text that was saved since: beside the same words, what took their place, or nowhere.


@dataclass(frozen=True, kw_only=True)
class NotePlace:
    """`number`: of the paragraph beside which it stands, None where nothing took its place."""

    number: int | None
    changed: bool


class CommentPlaces:
    """The places of the comments on one version of a text, in the text as it is now."""

    def __init__(self, before: Sequence[str], now: Sequence[str]) -> None:
        self._before, self._now = before, now
        same = before == now
        self._steps = [] if same else SequenceMatcher(None, before, now, autojunk=False).get_opcodes()

    def of(self, number: int) -> NotePlace:
        """The place of a paragraph of before.

        >>> CommentPlaces(["One.", "Two."], ["New.", "One.", "Three."]).of(1)
        NotePlace(number=2, changed=False)
        >>> CommentPlaces(["One.", "Two."], ["New.", "One.", "Three."]).of(2)
        NotePlace(number=3, changed=True)
        >>> CommentPlaces(["One.", "Two."], ["Two."]).of(1)
        NotePlace(number=None, changed=True)
        """
        if not self._steps:
            return NotePlace(number=number, changed=False)
        at = number - 1
        tag, first, _, start, end = next(step for step in self._steps if step[1] <= at < step[2])
        if tag == "equal":
            return NotePlace(number=start + at - first + 1, changed=False)
        moved = [place for place, text in enumerate(self._now, 1) if text == self._before[at]]
        if moved:
            return NotePlace(number=min(moved, key=lambda place: abs(place - number)), changed=False)
        if tag == "replace":
            return NotePlace(number=min(start + at - first, end - 1) + 1, changed=True)
        return NotePlace(number=None, changed=True)


# The forms of a margin: to comment, to reply, to change or withdraw one's own, to settle.


BASE = "/margin"


def commenting_on_draft(draft: int, version: int, part: str, number: int, say: Say) -> Form:
    """A comment on a paragraph of a draft, as it stands in a version of it."""
    return _written(f"draft/{draft}-{version}-{part}{number}", f"margin-{part}{number}", say("Comment"), say)


def commenting_on_answer(committee: str, system: str, question: str, audit: int | None, say: Say) -> Form:
    """A comment on an answer, after an audit."""
    read = FormField(name="audit", label="", kind="hidden", value=str(audit or ""), required=False)
    of = f"answer/{committee}.{system}.{question}"
    return _written(of, f"margin-{committee}", say("Comment"), say, read)


def replying(note: SavedNote, say: Say) -> Form:
    """A reply to a comment."""
    return _written(f"reply/{note.id}", f"margin-reply-{note.id}", say("Reply"), say)


def changing(note: SavedNote, say: Say) -> Form:
    """One's own comment, with other words."""
    edition = FormField(name="edition", label="", kind="hidden", value=str(note.edition))
    return _written(
        f"change/{note.id}", f"margin-change-{note.id}", say("Change the comment"), say, edition, value=note.text
    )


def withdrawing(note: SavedNote, say: Say) -> Form:
    """One's own comment is taken back."""
    return Form(
        id=f"margin-withdraw-{note.id}",
        path=f"{BASE}/withdraw/{note.id}",
        send=say("Withdraw the comment"),
        fields=[FormField(name="sure", label=say("Yes, erase its words"), kind="tick")],
    )


def settling(note: SavedNote, say: Say) -> Form:
    """A comment is marked as settled, or opened again."""
    return Form(
        id=f"margin-settle-{note.id}",
        path=f"{BASE}/settle/{note.id}",
        send=say("Open it again") if note.settled_by else say("Mark as settled"),
        fields=[FormField(name="to", label="", kind="hidden", value="open" if note.settled_by else "settled")],
    )


def _written(path: str, name: str, send: str, say: Say, *more: FormField, value: str = "") -> Form:
    text = FormField(name="text", label=say("Your comment"), kind="prose", rows=3, longest=LONGEST, value=value)
    return Form(id=name, path=f"{BASE}/{path}", send=send, fields=[*more, text])


# A margin as pages show it: each paragraph with what was written about it, and what is about words that are gone.


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

    @property
    def forms(self) -> list[Form | None]:
        """All that stand in it."""
        return [self.reply, self.settle, *(form for each in (self.head, *self.replies) for form in each.own)]


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
    known: dict[tuple[int | None, str], CommentPlaces] = {}
    found = []
    for note in notes:
        if note.reply_to is not None:
            continue
        key = (note.version, note.part)
        if key not in known:
            before = parts_of(bodies.get(note.version or 0, {}), note.part)
            known[key] = CommentPlaces(before, parts_of(draft.body, note.part))
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


# The margin of an answer, kept for each committee: what its members wrote, and what has changed since.


@dataclass(frozen=True, kw_only=True)
class AnswerMargin:
    """What one committee wrote in the margin of an answer."""

    committee: str
    title: str
    threads: Sequence[Thread]
    comment: Form | None


def answer_spot(workspace: Workspace, system: str, question: str, say: Say) -> AnswerSpot | None:
    """An answer as it is read now; None where a system is asked no such question."""
    scene = store.scene(workspace)
    document = scene.standing.get(system)
    verdict = next((each for each in document.verdicts if each.indicator == question), None) if document else None
    if document is None or verdict is None:
        return None
    title, declared = scene.title(system, say), scene.systems.get(system)
    said = short_answer(scene.charter, document, verdict, say, system=declared, title=title)
    return AnswerSpot(system=system, question=question, audit=document.entry, lang=say.lang, quote=said)


def answer_margin(
    reader: MarginReader, spot: AnswerSpot, notes: Sequence[SavedNote], now: Callable[[str], str]
) -> AnswerMargin:
    """The margin of an answer; `now` says it as it is read now in a language."""
    say, chamber = reader.say, reader.chamber
    heads = [note for note in notes if note.reply_to is None]
    return AnswerMargin(
        committee=chamber.id,
        title=chamber.title(say),
        threads=[thread(reader, note, notes, since=_since(note, spot, now, say)) for note in heads],
        comment=commenting_on_answer(chamber.id, spot.system, spot.question, spot.audit, say)
        if reader.writes
        else None,
    )


def told_in(workspace: Workspace, spot: AnswerSpot) -> Callable[[str], str]:
    """How an answer is told now, by language; each is told once, whatever the number of comments."""

    @cache
    def told(lang: str) -> str:
        found = answer_spot(workspace, spot.system, spot.question, speaker_in(workspace, lang))
        return found.quote if found else ""

    return told


def _since(note: SavedNote, spot: AnswerSpot, now: Callable[[str], str], say: Say) -> str:
    """What has changed since a comment was written; empty where nothing has."""
    if now(note.lang) != note.quote:
        return say("The answer has changed since.")
    if note.audit != spot.audit:
        return say("There has been another audit since, and the answer is the same.")
    return ""
