"""Drafts: the list, one with what was kept aside of it, two texts side by side; their forms, where these are sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from starlette.routing import Route

from boussole.charter.committee.papers.drafts import SavedDraft, Saving, begin, discard, draft, drafts, save
from boussole.charter.committee.placeholders import unwritten
from boussole.charter.committee.referrals.matters import matters
from boussole.charter.committee.voted import wording_in
from boussole.charter.record_types.acts import Referral
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
class DraftLine:
    """A draft in a list."""

    title: Link
    told: str
    complete: str


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text of an opinion, as it is read: each part with whether another text has it too."""

    title: str
    sense: str
    parts: Sequence[tuple[str, bool]]
    reservations: Sequence[tuple[str, bool]]


@dataclass(frozen=True, kw_only=True)
class DraftAside:
    """A text that was kept aside because somebody had saved in between."""

    number: int
    told: str
    mine: Text
    theirs: Text
    take: str


@dataclass(frozen=True, kw_only=True)
class DraftPage:
    """One draft. `sealed`: the entry it became, if any; then nothing of it can be changed."""

    number: int
    committee: str
    title: str
    told: str
    about: Link | None
    missing: str
    sealed: Link | None
    text: Text
    asides: Sequence[DraftAside]
    history: Sequence[tuple[str, str]]


def author_words(chamber: Chamber, author: str, say: Say) -> str:
    """Who saved: a member by name, else a role."""
    return chamber.name(author, say) if author.startswith("m_") else who_words(author, say)


def draft_line(chamber: Chamber, draft: SavedDraft, say: Say, *, query: dict[str, str]) -> DraftLine:
    """A draft in a list."""
    return DraftLine(
        title=(
            say.written(title_of(draft.body)) or say("Draft no. {n}", n=str(draft.id)),
            draft_href(draft.id, query=query),
        ),
        told=_saved(chamber, draft.version, draft.author, draft.saved_at, say),
        complete=missing(draft.body, say) or say("Complete: it can be put to the vote."),
    )


def draft_page(
    chamber: Chamber, draft: SavedDraft, savings: Sequence[Saving], say: Say, *, query: dict[str, str]
) -> DraftPage:
    """One draft, with everything that was saved of it."""
    aside = [each for each in savings if each.version is None]
    return DraftPage(
        number=draft.id,
        committee=draft.committee,
        title=say.written(title_of(draft.body)) or say("Draft no. {n}", n=str(draft.id)),
        told=_saved(chamber, draft.version, draft.author, draft.saved_at, say),
        about=_about(chamber, draft.about, query=query),
        missing=missing(draft.body, say),
        sealed=(say("entry {n}", n=str(draft.sealed_as)), evidence_href(query=query, entry=str(draft.sealed_as)))
        if draft.sealed_as is not None
        else None,
        text=read(draft.body, {}, say),
        asides=[_aside(chamber, draft, each, say, query=query) for each in reversed(aside)],
        history=[
            (_saved(chamber, each.version, each.author, each.saved_at, say), say.written(title_of(each.body)))
            for each in reversed(savings)
            if each.version is not None
        ],
    )


def _about(chamber: Chamber, entry: int | None, *, query: dict[str, str]) -> Link | None:
    known = dict(chamber.house.standing(Referral))
    if entry is None or entry not in known:
        return None
    return known[entry].subject, evidence_href(query=query, entry=str(entry))


def _aside(chamber: Chamber, draft: SavedDraft, saving: Saving, say: Say, *, query: dict[str, str]) -> DraftAside:
    return DraftAside(
        number=saving.id,
        told=say(
            "Written by {who} on {moment}, from version {n}",
            who=author_words(chamber, saving.author, say),
            moment=_moment(chamber, saving.saved_at, say),
            n=str(saving.based_on),
        ),
        mine=read(saving.body, draft.body, say),
        theirs=read(draft.body, saving.body, say),
        take=draft_href(draft.id, query=query, take=str(saving.id)),
    )


def _saved(chamber: Chamber, version: int | None, author: str, saved_at: str, say: Say) -> str:
    return say(
        "Version {n}, saved by {who} on {moment}",
        n=str(version),
        who=author_words(chamber, author, say),
        moment=_moment(chamber, saved_at, say),
    )


def _moment(chamber: Chamber, text: str, say: Say) -> str:
    """A moment on the clock of the committee."""
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


def read(body: Mapping[str, Any], other: Mapping[str, Any], say: Say) -> Text:
    """A text, each paragraph with whether the other text lacks it; without another, nothing is marked."""
    sense = body.get("sense")
    return Text(
        title=title_of(body),
        sense=sense_word(sense, say) if sense in SENSES else "",
        parts=_marked(_paragraphs(words_of(body)), _paragraphs(words_of(other)), bool(other)),
        reservations=_marked(reservations_of(body), reservations_of(other), bool(other)),
    )


def _paragraphs(text: str) -> list[str]:
    return [part.strip("\n") for part in text.split("\n\n") if part.strip()]


def _marked(mine: Sequence[str], others: Sequence[str], compared: bool) -> list[tuple[str, bool]]:
    if not compared:
        return [(text, False) for text in mine]
    same = {
        at
        for block in SequenceMatcher(None, mine, others, autojunk=False).get_matching_blocks()
        for at in range(block.a, block.a + block.size)
    }
    return [(text, at not in same) for at, text in enumerate(mine)]


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


def writing(now: SavedDraft, body: Mapping[str, Any], say: Say) -> Form:
    """A draft as it can be saved: over version `now`, with the words of `body`."""
    senses = [(each, sense_word(each, say)) for each in SENSES]
    chosen = body.get("sense")
    return Form(
        id=f"draft-{now.id}",
        path=f"/drafts/save/{now.id}",
        send=say("Save"),
        fields=[
            FormField(name="version", label="", kind="hidden", value=str(now.version)),
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
        note=say("All its versions and what was kept aside are erased for good."),
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
    return [each for each in drafts(desk.workspace, committee) if each.kind == "opinion"]


def author(me: Person) -> str:
    """Who saves: the number of a member, whose name can be erased; else a role."""
    return me.member or me.role.value


def _writes(desk: FormDesk, committee: str) -> None:
    """That somebody sits in a committee today, or holds its pen. Raises UnfitError or RefusedError."""
    needs_pen(desk.person, store.chambers(desk.workspace)[committee], desk.say)


def start(desk: FormDesk, of: str, values: FormValues) -> str:
    """Begin a draft."""
    _writes(desk, of)
    about = values.maybe("about") if any(each.name == "about" for each in _asked(desk, of).fields) else None
    made = begin(
        desk.workspace,
        of,
        kind="opinion",
        body={"title": values.text("title"), "sense": None, "words": "", "reservations": []},
        author=author(desk.person),
        about=int(about) if about else None,
    )
    return draft_href(made.id, query=desk.query, saved="1")


def _asked(desk: FormDesk, of: str) -> Form:
    return beginning(store.chambers(desk.workspace)[of], desk.say)


def keep(desk: FormDesk, of: str, values: FormValues) -> str:
    """Save a draft. Raises StaleDraftError, a refusal, where somebody saved in between: the text is kept aside."""
    _writes(desk, draft(desk.workspace, int(of)).committee)
    version = values.number("version")
    body = {
        "title": values.text("title"),
        "sense": values.maybe("sense"),
        "words": values.text("words"),
        "reservations": [part.strip() for part in values.text("reservations").split("\n\n") if part.strip()],
    }
    saved = save(desk.workspace, int(of), body=body, based_on=version or 0, author=author(desk.person))
    return draft_href(int(of), query=desk.query, saved=str(saved.version), anchor="done")


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
        form_route(f"{BASE}/save/{{of}}", home, ask=_writing, act=keep, back=_back),
        form_route(f"{BASE}/discard/{{of}}", home, ask=_throwing, act=throw_away, back=_back),
    ]


def _beginning(desk: FormDesk, of: str) -> Form | None:
    chamber = store.chambers(desk.workspace).get(of)
    return beginning(chamber, desk.say) if chamber else None


def _writing(desk: FormDesk, of: str) -> Form | None:
    now = found(desk, of)
    return writing(now, now.body, desk.say) if now else None


def _throwing(desk: FormDesk, of: str) -> Form | None:
    now = found(desk, of)
    return throwing(now, desk.say) if now else None


def _back_to_all(desk: FormDesk, of: str, token: str) -> str:
    return drafts_href(of, query=desk.query, sent=token)


def _back(desk: FormDesk, of: str, token: str) -> str:
    return draft_href(int(of), query=desk.query, sent=token)
