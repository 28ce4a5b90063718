"""The forms of drafts, to begin one, to save one, to throw one away, and where they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.routing import Route

from boussole.charter.committee.papers.drafts import SavedDraft, begin, discard, draft, drafts, save
from boussole.charter.committee.referrals.matters import matters
from boussole.dashboard.markup.words.addresses import draft_href, drafts_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.access.person import Person
from boussole.dashboard.server.forms.model import Field, Form, UnfitError, Values
from boussole.dashboard.server.forms.routes import Desk, form_route
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber, needs_pen
from boussole.dashboard.views.committee_words import sense_word
from boussole.dashboard.views.parts.drafts import SENSES, reservations_of, title_of, words_of

# The forms of drafts: to begin one, to save one, to throw one away.


def beginning(chamber: Chamber, say: Say) -> Form:
    """A new draft: its title is enough to begin."""
    known = [(str(each.entry), each.referral.subject) for each in matters(chamber.house)]
    about = Field(name="about", label=say("On which matter?"), kind="choice", choices=known, required=False)
    return Form(
        id="draft-new",
        path=f"/drafts/new/{chamber.id}",
        send=say("Begin the draft"),
        fields=[Field(name="title", label=say("Title of the opinion")), *([about] if known else [])],
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
            Field(name="version", label="", kind="hidden", value=str(now.version)),
            Field(name="title", label=say("Title of the opinion"), value=title_of(body)),
            Field(
                name="sense",
                label=say("What it comes to"),
                kind="choice",
                choices=senses,
                value=str(chosen) if chosen in SENSES else "",
                required=False,
            ),
            Field(
                name="words",
                label=say("The opinion"),
                kind="prose",
                rows=18,
                value=words_of(body),
                required=False,
            ),
            Field(
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
        fields=[Field(name="sure", label=say("Yes, erase all of it"), kind="tick")],
    )


def found(desk: Desk, of: str) -> SavedDraft | None:
    """A draft by its number; None where there is none that can be changed here."""
    if not (of.isascii() and of.isdigit() and len(of) < 12):
        return None
    return next(
        (each for name in store.chambers(desk.workspace) for each in all_of(desk, name) if str(each.id) == of), None
    )


def all_of(desk: Desk, committee: str) -> list[SavedDraft]:
    """The drafts of opinions of a committee that are not sealed."""
    return [each for each in drafts(desk.workspace, committee) if each.kind == "opinion"]


def author(me: Person) -> str:
    """Who saves: the number of a member, whose name can be erased; else a role."""
    return me.member or me.role.value


def _writes(desk: Desk, committee: str) -> None:
    """That somebody sits in a committee today, or holds its pen. Raises UnfitError or RefusedError."""
    needs_pen(desk.person, store.chambers(desk.workspace)[committee], desk.say)


def start(desk: Desk, of: str, values: Values) -> str:
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


def _asked(desk: Desk, of: str) -> Form:
    return beginning(store.chambers(desk.workspace)[of], desk.say)


def keep(desk: Desk, of: str, values: Values) -> str:
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


def throw_away(desk: Desk, of: str, values: Values) -> str:
    """Erase a draft that was not sealed."""
    now = draft(desk.workspace, int(of))
    _writes(desk, now.committee)
    if not values.ticked("sure"):
        raise UnfitError(desk.say("Nothing was erased."), "sure")
    discard(desk.workspace, int(of))
    return drafts_href(now.committee, query=desk.query)


# Where drafts are sent.


BASE = "/drafts"


def draft_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return [
        form_route(f"{BASE}/new/{{of}}", home, ask=_beginning, act=start, back=_back_to_all),
        form_route(f"{BASE}/save/{{of}}", home, ask=_writing, act=keep, back=_back),
        form_route(f"{BASE}/discard/{{of}}", home, ask=_throwing, act=throw_away, back=_back),
    ]


def _beginning(desk: Desk, of: str) -> Form | None:
    chamber = store.chambers(desk.workspace).get(of)
    return beginning(chamber, desk.say) if chamber else None


def _writing(desk: Desk, of: str) -> Form | None:
    now = found(desk, of)
    return writing(now, now.body, desk.say) if now else None


def _throwing(desk: Desk, of: str) -> Form | None:
    now = found(desk, of)
    return throwing(now, desk.say) if now else None


def _back_to_all(desk: Desk, of: str, token: str) -> str:
    return drafts_href(of, query=desk.query, sent=token)


def _back(desk: Desk, of: str, token: str) -> str:
    return draft_href(int(of), query=desk.query, sent=token)
