"""Drafts: the list, one with its versions and comments; their forms, and where these are sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from starlette.routing import Route

from boussole.audits.workspace import Workspace
from boussole.charter.committee.papers.drafts import (
    LONGEST,
    Comment,
    SavedDraft,
    begin,
    claim,
    comment,
    comments,
    discard,
    draft,
    drafts,
    erase_comment,
    save,
    savings,
)
from boussole.charter.committee.placeholders import unwritten
from boussole.charter.committee.referrals.matters import matters
from boussole.charter.committee.voted import wording_in
from boussole.charter.record_types.acts import Referral
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.markup.words.addresses import draft_href, drafts_href, evidence_href
from boussole.dashboard.server.access.permissions import Person, who_words
from boussole.dashboard.server.forms import Form, FormDesk, FormField, FormValues, UnfitError, form_route
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber, needs_pen
from boussole.dashboard.views.committee_words import sense_word

Link = tuple[str, str]
SENSES = ("favourable", "reserved", "unfavourable", "none")


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text of an opinion, as it is read."""

    title: str
    sense: str
    parts: Sequence[str]
    reservations: Sequence[str]


def author_words(chamber: Chamber, author: str, say: Say) -> str:
    """Who saved: a member by name, else a role."""
    return chamber.name(author, say) if author.startswith("m_") else who_words(author, say)


def draft_line(chamber: Chamber, draft: SavedDraft, say: Say, *, query: dict[str, str]) -> PageData:
    """A draft in a list."""
    return {
        "title": (
            say.written(title_of(draft.body)) or say("Draft no. {n}", n=str(draft.id)),
            draft_href(draft.id, query=query),
        ),
        "told": _saved(chamber, draft.version, draft.author, draft.saved_at, say),
        "complete": missing(draft.body, say) or say("Complete: it can be put to the vote."),
    }


def draft_page(
    workspace: Workspace, chamber: Chamber, draft: SavedDraft, me: Person, say: Say, *, query: dict[str, str]
) -> PageData:
    """One draft, with its versions and what was written about it."""
    writer = draft.written_by(dt.datetime.now(dt.UTC))
    return {
        "number": draft.id,
        "committee": draft.committee,
        "title": say.written(title_of(draft.body)) or say("Draft no. {n}", n=str(draft.id)),
        "told": _saved(chamber, draft.version, draft.author, draft.saved_at, say),
        "about": _about(chamber, draft.about, query=query),
        "missing": missing(draft.body, say),
        "sealed": (say("entry {n}", n=str(draft.sealed_as)), evidence_href(query=query, entry=str(draft.sealed_as)))
        if draft.sealed_as is not None
        else None,
        "writes": writer == author(me),
        "writer": _writer(chamber, draft, say) if writer not in (None, author(me)) else "",
        "text": read(draft.body, say),
        "remarks": [_remark(chamber, draft, each, me, say) for each in comments(workspace, draft.id)],
        "history": [
            (_saved(chamber, each.version, each.author, each.saved_at, say), read(each.body, say))
            for each in reversed(savings(workspace, draft.id))
        ],
    }


def _writer(chamber: Chamber, draft: SavedDraft, say: Say) -> str:
    return say(
        "{who} has been writing in it since {moment}: nobody else can until they have saved, or for two hours.",
        who=author_words(chamber, draft.writer or "", say),
        moment=_moment(chamber, draft.writing_since or "", say),
    )


def _remark(chamber: Chamber, draft: SavedDraft, comment: Comment, me: Person, say: Say) -> PageData:
    mine = comment.author == author(me) and draft.sealed_as is None
    return {
        "number": comment.id,
        "who": author_words(chamber, comment.author, say),
        "when": _moment(chamber, comment.written_at, say),
        "text": comment.text,
        "erase": erasing(draft, comment.id, say) if mine else None,
    }


def _about(chamber: Chamber, entry: int | None, *, query: dict[str, str]) -> Link | None:
    known = dict(chamber.house.standing(Referral))
    if entry is None or entry not in known:
        return None
    return known[entry].subject, evidence_href(query=query, entry=str(entry))


def _saved(chamber: Chamber, version: int | None, author: str, saved_at: str, say: Say) -> str:
    return say(
        "Version {n}, saved by {who} on {moment}",
        n=str(version),
        who=author_words(chamber, author, say),
        moment=_moment(chamber, saved_at, say),
    )


def _moment(chamber: Chamber, text: str, say: Say) -> str:
    return speaker(say.lang, ZoneInfo(chamber.house.rules.timezone)).moment(dt.datetime.fromisoformat(text))


def title_of(body: Mapping[str, Any]) -> str:
    """The title of a draft; empty while it has none."""
    return str(body.get("title") or "").strip()


def words_of(body: Mapping[str, Any]) -> str:
    return str(body.get("words") or "")


def reservations_of(body: Mapping[str, Any]) -> list[str]:
    """The reservations of a draft, whatever a file put there."""
    found = body.get("reservations") or []
    return [str(each) for each in found] if isinstance(found, list) else [str(found)]


def missing(body: Mapping[str, Any], say: Say) -> str:
    """What a draft still lacks before it can be put to the vote; empty where it is complete."""
    sense, reservations = body.get("sense"), reservations_of(body)
    checks: list[tuple[bool, Callable[[], str]]] = [
        (not title_of(body), lambda: say("It has no title yet.")),
        (sense not in SENSES, lambda: say("It does not say yet what it comes to.")),
        (not words_of(body).strip(), lambda: say("It has no words yet.")),
        (
            sense == "reserved" and not reservations,
            lambda: say("It is favourable with reservations, and names none."),
        ),
        (
            sense != "reserved" and bool(reservations),
            lambda: say("It has reservations: then it is “favourable with reservations”."),
        ),
    ]
    return next((told() for lacks, told in checks if lacks), "") or _to_write(body, say)


def _to_write(body: Mapping[str, Any], say: Say) -> str:
    """Where it still holds words that stand for others, such as “To be completed in the session”."""
    wording = wording_in(body)
    found = unwritten(wording) if wording else None
    if found is None:
        return ""
    part, number, words = found
    told = {
        "title": say("Its title still holds “{words}”: write it out.", words=words),
        "words": say("Paragraph {n} still holds “{words}”: write it out.", n=str(number), words=words),
        "reservation": say("Reservation {n} still holds “{words}”: write it out.", n=str(number), words=words),
    }
    return told[part]


def complete(body: Mapping[str, Any]) -> bool:
    """Whether it can be put to the vote."""
    wording = wording_in(body)
    return wording is not None and unwritten(wording) is None


def read(body: Mapping[str, Any], say: Say) -> Text:
    """A text as it is read."""
    sense = body.get("sense")
    return Text(
        title=title_of(body),
        sense=sense_word(sense, say) if sense in SENSES else "",
        parts=[part.strip("\n") for part in words_of(body).split("\n\n") if part.strip()],
        reservations=reservations_of(body),
    )


def beginning(chamber: Chamber, say: Say) -> Form:
    """A new draft: its title is enough to begin."""
    known = [(str(each.entry), each.referral.subject) for each in matters(chamber.house)]
    about = FormField(name="about", label=say("On which matter?"), kind="choice", choices=known, required=False)
    return Form(
        id="draft-new",
        path=f"/drafts/new/{chamber.id}",
        send=say("Begin the draft"),
        fields=[FormField(name="title", label=say("Title of the opinion")), *([about] if known else [])],
    )


def taking(now: SavedDraft, say: Say) -> Form:
    """Begin to write in a draft."""
    return Form(id=f"draft-write-{now.id}", path=f"/drafts/write/{now.id}", send=say("Write in this draft"), fields=[])


def commenting(now: SavedDraft, say: Say) -> Form:
    """A comment on a draft."""
    text = FormField(name="text", label=say("Your comment"), kind="prose", rows=3, longest=LONGEST)
    return Form(id=f"draft-comment-{now.id}", path=f"/drafts/comment/{now.id}", send=say("Comment"), fields=[text])


def erasing(now: SavedDraft, number: int, say: Say) -> Form:
    """One's own comment is erased."""
    return Form(
        id=f"draft-erase-{number}",
        path=f"/drafts/erase/{now.id}",
        send=say("Erase the comment"),
        fields=[FormField(name="comment", label="", kind="hidden", value=str(number))],
    )


def writing(now: SavedDraft, say: Say) -> Form:
    """A draft as its writer saves it."""
    body = now.body
    senses = [(each, sense_word(each, say)) for each in SENSES]
    chosen = body.get("sense")
    return Form(
        id=f"draft-{now.id}",
        path=f"/drafts/save/{now.id}",
        send=say("Save"),
        fields=[
            FormField(name="title", label=say("Title of the opinion"), value=title_of(body)),
            FormField(
                name="sense",
                label=say("What it comes to"),
                kind="choice",
                choices=senses,
                value=str(chosen) if chosen in SENSES else "",
                required=False,
            ),
            FormField(
                name="words",
                label=say("The opinion"),
                kind="prose",
                rows=18,
                value=words_of(body),
                required=False,
            ),
            FormField(
                name="reservations",
                label=say("Reservations"),
                kind="prose",
                rows=6,
                note=say("One each paragraph: an empty line between two of them."),
                value="\n\n".join(reservations_of(body)),
                required=False,
            ),
        ],
    )


def throwing(now: SavedDraft, say: Say) -> Form:
    """A draft is thrown away, with everything that was saved of it."""
    return Form(
        id=f"draft-discard-{now.id}",
        path=f"/drafts/discard/{now.id}",
        send=say("Throw the draft away"),
        note=say("All its versions and comments are erased for good."),
        fields=[FormField(name="sure", label=say("Yes, erase all of it"), kind="tick")],
    )


def found(desk: FormDesk, of: str) -> SavedDraft | None:
    """A draft by its number; None where there is none that can be changed here."""
    if not (of.isascii() and of.isdigit() and len(of) < 12):
        return None
    return next(
        (each for name in store.chambers(desk.workspace) for each in all_of(desk, name) if str(each.id) == of), None
    )


def all_of(desk: FormDesk, committee: str) -> list[SavedDraft]:
    """The drafts of opinions of a committee that are not sealed."""
    return drafts(desk.workspace, committee)


def author(me: Person) -> str:
    """Who saves: the number of a member, whose name can be erased; else a role."""
    return me.member or me.role.value


def _writes(desk: FormDesk, committee: str) -> None:
    needs_pen(desk.person, store.chambers(desk.workspace)[committee], desk.say)


def start(desk: FormDesk, of: str, values: FormValues) -> str:
    """Begin a draft."""
    _writes(desk, of)
    about = values.maybe("about") if any(each.name == "about" for each in _asked(desk, of).fields) else None
    made = begin(
        desk.workspace,
        of,
        body={"title": values.text("title"), "sense": None, "words": "", "reservations": []},
        author=author(desk.person),
        about=int(about) if about else None,
    )
    return draft_href(made.id, query=desk.query, saved="1")


def _asked(desk: FormDesk, of: str) -> Form:
    return beginning(store.chambers(desk.workspace)[of], desk.say)


def keep(desk: FormDesk, of: str, values: FormValues) -> str:
    """Save a draft. Raises RefusedError where somebody else writes in it."""
    _writes(desk, draft(desk.workspace, int(of)).committee)
    body = {
        "title": values.text("title"),
        "sense": values.maybe("sense"),
        "words": values.text("words"),
        "reservations": [part.strip() for part in values.text("reservations").split("\n\n") if part.strip()],
    }
    saved = save(desk.workspace, int(of), body=body, author=author(desk.person))
    return draft_href(int(of), query=desk.query, saved=str(saved.version), anchor="done")


def write(desk: FormDesk, of: str, _: FormValues) -> str:
    """Begin to write in a draft. Raises RefusedError where somebody else does."""
    _writes(desk, draft(desk.workspace, int(of)).committee)
    claim(desk.workspace, int(of), author=author(desk.person))
    return draft_href(int(of), query=desk.query, anchor="to-write")


def remark(desk: FormDesk, of: str, values: FormValues) -> str:
    """Comment on a draft."""
    _writes(desk, draft(desk.workspace, int(of)).committee)
    comment(desk.workspace, int(of), text=values.text("text"), author=author(desk.person))
    return draft_href(int(of), query=desk.query, anchor="comments")


def erase(desk: FormDesk, of: str, values: FormValues) -> str:
    """Erase one's own comment. Raises RefusedError where it is another's."""
    _writes(desk, draft(desk.workspace, int(of)).committee)
    erase_comment(desk.workspace, values.number("comment") or 0, author=author(desk.person))
    return draft_href(int(of), query=desk.query, anchor="comments")


def throw_away(desk: FormDesk, of: str, values: FormValues) -> str:
    """Erase a draft that was not sealed."""
    now = draft(desk.workspace, int(of))
    _writes(desk, now.committee)
    if not values.ticked("sure"):
        raise UnfitError(desk.say("Nothing was erased."), "sure")
    discard(desk.workspace, int(of))
    return drafts_href(now.committee, query=desk.query)


BASE = "/drafts"


def draft_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return [
        form_route(f"{BASE}/new/{{of}}", home, ask=_beginning, act=start, back=_back_to_all),
        form_route(f"{BASE}/write/{{of}}", home, ask=_of_draft(taking), act=write, back=_back),
        form_route(f"{BASE}/save/{{of}}", home, ask=_of_draft(writing), act=keep, back=_back),
        form_route(f"{BASE}/comment/{{of}}", home, ask=_of_draft(commenting), act=remark, back=_back),
        form_route(f"{BASE}/erase/{{of}}", home, ask=_erasing, act=erase, back=_back),
        form_route(f"{BASE}/discard/{{of}}", home, ask=_of_draft(throwing), act=throw_away, back=_back),
    ]


def _beginning(desk: FormDesk, of: str) -> Form | None:
    chamber = store.chambers(desk.workspace).get(of)
    return beginning(chamber, desk.say) if chamber else None


def _erasing(desk: FormDesk, of: str) -> Form | None:
    now = found(desk, of)
    return erasing(now, 0, desk.say) if now else None


def _of_draft(form: Callable[[SavedDraft, Say], Form]) -> Callable[[FormDesk, str], Form | None]:

    def ask(desk: FormDesk, of: str) -> Form | None:
        now = found(desk, of)
        return form(now, desk.say) if now else None

    return ask


def _back_to_all(desk: FormDesk, of: str, token: str) -> str:
    return drafts_href(of, query=desk.query, sent=token)


def _back(desk: FormDesk, of: str, token: str) -> str:
    return draft_href(int(of), query=desk.query, sent=token)
