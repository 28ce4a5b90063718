"""What a session hands out beside its page, the forms by which papers are made, where those of acts are sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.charter.committee.meetings.sessions import session, told_by
from boussole.charter.committee.papers.minutes import minutes_of
from boussole.charter.committee.papers.minutes_text import minutes_text
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types.acts import SessionPaper
from boussole.charter.record_types.inputs import WebForm
from boussole.charter.records import SealedStatement
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import (
    MINUTES_OF,
    committee_href,
    evidence_href,
    number_of,
    session_href,
)
from boussole.dashboard.pages.session.papers import Paper, file_at, file_name, make_paper, papers_of
from boussole.dashboard.server.access.permissions import Action, Person, allowed
from boussole.dashboard.server.access.sessions import of_request
from boussole.dashboard.server.forms import Form, FormDesk, FormField, FormValues, UnfitError, form_route
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber, chamber_of, leads, reads_drafts
from boussole.dashboard.views.records.calling import CONVENE, SEEN, Doing, acting, session_entry, told
from boussole.dashboard.views.records.entering import FormPage, record_routes
from boussole.dashboard.views.records.offering import BY_HAND, MINUTES, PACK, FormOffer, part_of
from boussole.dashboard.views.records.setting import FormPlace, Setting, place_of


def _session(desk: FormDesk, of: str, _: WebForm) -> Setting | None:
    place = place_of(desk.workspace, of)
    if place is None:
        return None
    return Setting(
        person=desk.person, say=desk.say, of=of, workspace=desk.workspace, chamber=place.chamber, place=place
    )


def _house(desk: FormDesk, of: str, _: WebForm) -> Setting | None:
    chamber = store.chambers(desk.workspace).get(of)
    if chamber is None:
        return None
    return Setting(person=desk.person, say=desk.say, of=of, workspace=desk.workspace, chamber=chamber)


def _act_back(desk: FormDesk, of: str, token: str) -> str:
    return session_href(int(of.partition("-")[0]), query=desk.query, sent=token)


def _done(desk: FormDesk, place: FormPlace, name: str, done: SealedStatement) -> str:
    known = name == "ask" and any(each.entry == done.entry for each in place.chamber.house.acts)
    said = {"done": str(done.entry), "at": part_of(name, place), **({"twice": "1"} if known else {})}
    return session_href(session_entry(done, place), query=desk.query, anchor="done", **said)


SESSION = FormPage(
    setting=_session, back=_act_back, done=lambda desk, at, form, done: _done(desk, at.session, form.name, done)
)
HOUSE = FormPage(
    setting=_house,
    back=lambda desk, of, token: committee_href(of, query=desk.query, sent=token),
    done=lambda desk, at, form, done: committee_href(
        at.of, query=desk.query, anchor="done", done=str(done.entry), at=form.name
    ),
)


def act_routes(home: Path) -> list[Route]:
    """One route for each thing that can be done in a session, or on the page of a committee."""
    by_hand = [CONVENE.route(home), *(_act_route(doing, home) for doing in BY_HAND.values())]
    return [*by_hand, *record_routes(home, "session", SESSION), *record_routes(home, "committee", HOUSE)]


def _act_route(doing: Doing, home: Path) -> Route:
    def ask(desk: FormDesk, of: str) -> Form | None:
        try:
            place = place_of(desk.workspace, of)
            return doing.form(place, desk.person, desk.say) if place else None
        except RefusedError:  # the address names an entry of another kind
            return None

    def act(desk: FormDesk, of: str, values: FormValues) -> str | Response:
        place = place_of(desk.workspace, of)
        if place is None:  # cannot be: `ask` has just found it
            raise UnfitError(desk.say("There is nothing of this name."))
        try:
            done = doing.act(desk, place, values)
        except RefusedError as error:
            raise UnfitError(told(error, place, desk.say)) from error
        if isinstance(done, Response):
            return done
        return _done(desk, place, doing.name, done)

    return form_route(doing.path, home, ask=ask, act=act, back=_act_back)


MAKE, TAKE = "/session-paper", "/session-paper-file"
CLOSED = "What a committee is writing is read by its members and its secretary only."
TYPES = {"pdf": "application/pdf", "md": "text/markdown"}
PARTS: Mapping[Paper, str] = {"file": PACK, "minutes": MINUTES}


def committee_routes(home: Path) -> list[Route]:
    """The addresses of files of sessions of a workspace."""

    def minutes(request: Request) -> Response:
        lang = request.path_params["lang"]
        return _file(home, request, "text/markdown", lambda chamber, entry: _text(chamber, entry, lang))

    def data(request: Request) -> Response:
        return _file(home, request, "application/json", _data)

    return [
        Route(MINUTES_OF + "/{entry:int}.{lang}.md", minutes),
        Route(MINUTES_OF + "/{entry:int}.json", data),
    ]


def _file(home: Path, request: Request, kind: str, make: Callable[[Chamber, int], bytes]) -> Response:
    entry = int(request.path_params["entry"])
    if request.path_params.get("lang", LANGUAGES[0]) not in LANGUAGES:
        return PlainTextResponse("There is no file in this language.\n", status_code=404)
    try:
        chamber = chamber_of(store.chambers(Workspace(home)), entry)
        if chamber is None:
            return PlainTextResponse("There is no such session.\n", status_code=404)
        content = make(chamber, entry)
    except BoussoleError as error:
        return PlainTextResponse(f"{error}\n", status_code=409)
    name = "session-" + request.url.path.rpartition("/")[2]
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers={**headers, "X-Content-Type-Options": "nosniff"})


def _text(chamber: Chamber, entry: int, lang: str) -> bytes:
    document = minutes_of(chamber.house, entry)
    return minutes_text(document, lang=lang, names=chamber.names, rules=chamber.house.rules).encode()


def _data(chamber: Chamber, entry: int) -> bytes:
    return json.dumps(minutes_of(chamber.house, entry), ensure_ascii=False, indent=2).encode()


def reads_paper(me: Person, chamber: Chamber, paper: Paper) -> bool:
    """Whether somebody may have a paper: the session file holds what the committee is writing."""
    return paper == "minutes" or reads_drafts(me, chamber)


def paper_view(
    workspace: Workspace, chamber: Chamber, entry: int, paper: Paper, say: Say, *, query: Mapping[str, str]
) -> PageData | None:
    """The paper that was made last; None while there is none."""
    for at, said in papers_of(chamber, entry, paper)[:1]:
        there = [each for each in said.files if file_at(workspace, entry, said, each).is_file()]
        return {
            "told": say("Made and sealed on {date}.", date=say.date(said.on)),
            "entry": (say("entry {n}", n=str(at)), evidence_href(query=query, entry=str(at))),
            "takes": [
                (_named(each.lang, each.form, say), f"{TAKE}/{entry}/{file_name(entry, said, each)}", each.lang)
                for each in sorted(there, key=lambda each: (each.lang != say.lang, each.form != "pdf"))
            ],
            "outdated": said.made_from != told_by(chamber.house, entry, paper),
            "gone": len(there) < len(said.files),
        }
    return None


def _named(lang: str, form: str, say: Say) -> str:
    names = {
        ("fr", "pdf"): say("In French (PDF)"),
        ("en", "pdf"): say("In English (PDF)"),
        ("fr", "md"): say("In French, as text to edit"),
        ("en", "md"): say("In English, as text to edit"),
    }
    return names[lang, form]


def paper_offers(chamber: Chamber, entry: int, me: Person, say: Say) -> dict[str, list[FormOffer]]:
    """The forms by which papers are made, by the part of the page, for whoever may convene."""
    if not (allowed(me.role, Action.CONVENE) and leads(me, chamber)):
        return {}
    found = {}
    for paper, part in PARTS.items():
        source = told_by(chamber.house, entry, paper)
        if source is not None:
            made = papers_of(chamber, entry, paper)
            now = not made or made[0][1].made_from != source
            form = _form(paper, entry, say, seen=len(made))
            found[part] = [FormOffer(title=_title(paper, say), form=form, now=now)]
    return found


def _title(paper: Paper, say: Say) -> str:
    return say("Make the session file") if paper == "file" else say("Make the minutes as files")


def _form(paper: Paper, entry: int, say: Say, *, seen: int) -> Form:
    """It knows how many whoever sends it has seen, so that none is made twice."""
    notes = {
        "file": say(
            "Agenda, evidence, texts that are being written, questions and answers, and what has changed since the "
            "last session, in French and English, as PDF. Its fingerprint is sealed."
        ),
        "minutes": say(
            "As PDF and as text that can be edited, in French and English, with the names that are known today. Their "
            "fingerprints are sealed: each can be checked on the page of evidence."
        ),
    }
    return Form(
        id=f"paper-{paper}-{entry}",
        path=f"{MAKE}/{paper}/{entry}",
        send=say("Make and seal it"),
        fields=[FormField(name=SEEN, label="", kind="hidden", value=str(seen))],
        note=notes[paper],
    )


def paper_routes(home: Path) -> list[Route]:
    """The addresses of papers of a workspace."""

    def take(request: Request) -> Response:
        entry, name = int(request.path_params["entry"]), request.path_params["name"]
        chamber = chamber_of(store.chambers(Workspace(home)), entry)
        known = chamber.house.about(SessionPaper, entry) if chamber else []
        for _, said in known:
            for each in said.files:
                if file_name(entry, said, each) == name:
                    if chamber is None or not reads_paper(of_request(request, home), chamber, said.paper):
                        return PlainTextResponse(f"{CLOSED}\n", status_code=403)
                    return _content(file_at(Workspace(home), entry, said, each), each.sha256, each.form)
        return PlainTextResponse("There is no such file.\n", status_code=404)

    return [Route(TAKE + "/{entry:int}/{name}", take), *(_paper_route(paper, home) for paper in PARTS)]


def _content(path: Path, sha256: str, form: str) -> Response:
    """A file that is the one that was sealed; no other is handed out."""
    content = path.read_bytes() if path.is_file() else b""
    if sha256_hex(content) != sha256:
        gone = "This file is gone, or is no longer the one that was sealed: have it made again.\n"
        return PlainTextResponse(gone, status_code=409)
    headers = {"Content-Disposition": f'attachment; filename="{path.name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=TYPES[form], headers={**headers, "X-Content-Type-Options": "nosniff"})


def _paper_route(paper: Paper, home: Path) -> Route:
    def asked(desk: FormDesk, of: str) -> tuple[Chamber, int] | None:
        number = number_of(of)
        chamber = None if number is None else chamber_of(store.chambers(desk.workspace), number)
        return None if chamber is None or number is None else (chamber, session(chamber.house, number).entry)

    def ask(desk: FormDesk, of: str) -> Form | None:
        found = asked(desk, of)
        if found is None:
            return None
        chamber, entry = found
        return _form(paper, entry, desk.say, seen=len(papers_of(chamber, entry, paper)))

    def act(desk: FormDesk, of: str, values: FormValues) -> str:
        found = asked(desk, of)
        if found is None:  # cannot be: `ask` has just found it
            raise UnfitError(desk.say("There is nothing of this name."))
        chamber, entry = found
        seen = number_of(values.text(SEEN)) or 0
        done = make_paper(desk.workspace, chamber, entry, paper, acting(desk, chamber), seen=seen)
        said = {"done": str(done.entry), "at": PARTS[paper]}
        return session_href(entry, query=desk.query, anchor="done", **said)

    def back(desk: FormDesk, of: str, token: str) -> str:
        return session_href(int(of), query=desk.query, sent=token)

    return form_route(f"{MAKE}/{paper}/{{of}}", home, ask=ask, act=act, back=back)
